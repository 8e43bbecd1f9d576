"""Renewal after a change of the installation's secret: fields are sealed anew, phones are indexed anew."""

from shuke.kit.db import Db, transaction
from shuke.kit.secrets import vault
from shuke.society.identity import privacy_sql, sql
from shuke.society.identity.logins import PHONE

BATCH = 500


async def reseal(db: Db) -> int:
    """Renew everything under a former secret, batch by batch; answers how many fields. Afterwards it may be forgotten."""
    count = 0
    while renewed := await reseal_batch(db):
        count += renewed
    return count


async def reseal_batch(db: Db) -> int:
    """Renew at most 500 phones and 500 addresses; answers how many were found."""
    async with transaction(db):
        return await _reseal_phones(db) + await _reseal_addresses(db)


async def _reseal_phones(db: Db) -> int:
    keys = vault()
    stale = await privacy_sql.STALE_PHONES.all(db, keys.key_id, BATCH)
    for row in stale:
        number = keys.open(row.sealed, row.person_id.bytes)
        current, *former = keys.indexes(PHONE, number)
        for key in former:
            await sql.RE_INDEX.run(db, PHONE, key, current)
        sealed = keys.seal(number, row.person_id.bytes)
        await privacy_sql.RESEAL_PHONE.run(db, row.home, row.person_id, row.sealed, sealed)
    return len(stale)


async def _reseal_addresses(db: Db) -> int:
    keys = vault()
    stale = await privacy_sql.STALE_ADDRESSES.all(db, keys.key_id, BATCH)
    for row in stale:
        sealed = keys.seal(keys.open(row.sealed, row.id.bytes), row.id.bytes)
        await privacy_sql.RESEAL_ADDRESS.run(db, row.home, row.id, row.sealed, sealed)
    return len(stale)
