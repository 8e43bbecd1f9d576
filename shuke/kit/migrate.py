"""Migrations: plain SQL files in `<module>/migrations/NNNN_name.sql`, applied once each, in the order of the modules."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import msgspec

from shuke.kit.db import Db, Query, Statement

_LOCK = 7_310_842_601  # any number, the same in every process


class Migration(msgspec.Struct, frozen=True):
    """One file: its module's schema, its name and the SHA-256 of its text."""

    module: str
    name: str
    checksum: str


class MigrationChanged(Exception):
    """A migration that was applied has another text now; write a new file instead of editing one that has landed."""


APPLIED = Query(Migration, "select {cols} from kit.migrations order by module, name", fan_out="schema bookkeeping")
RECORD = Statement(
    "insert into kit.migrations (module, name, checksum, applied_at) values ($1, $2, $3, clock_timestamp())",
    fan_out="schema bookkeeping",
)
CREATE = """
    create schema if not exists kit;
    create table if not exists kit.migrations (
        module text not null, name text not null, checksum text not null, applied_at timestamptz not null,
        primary key (module, name));
    comment on table kit.migrations is 'reference: what was applied to this database';
"""


async def migrate(db: Db, modules: Sequence[ModuleType]) -> list[Migration]:
    """Bring the schema up to date and answer what was applied; raises MigrationChanged.

    An advisory lock lets one process migrate while the others wait. Each file is one transaction.
    """
    await db.execute(f"select pg_advisory_lock({_LOCK})")
    try:
        await db.execute(CREATE)
        applied = _by_name(await APPLIED.all(db))
        return [done for module in modules for done in await _migrate_module(db, module, applied)]
    finally:
        await db.execute(f"select pg_advisory_unlock({_LOCK})")


async def pending(db: Db, modules: Sequence[ModuleType]) -> list[Migration]:
    """What `migrate` would apply to this database; raises MigrationChanged."""
    has_any = await db.fetchval("select to_regclass('kit.migrations') is not null")
    applied = _by_name(await APPLIED.all(db)) if has_any else {}
    return [migration for module in modules for migration, _ in _missing(module, applied)]


def known(modules: Sequence[ModuleType]) -> list[Migration]:
    """Every migration there is, in the order in which they are applied."""
    return [migration for module in modules for migration, _ in _missing(module, {})]


async def _migrate_module(db: Db, module: ModuleType, applied: dict[tuple[str, str], str]) -> list[Migration]:
    done: list[Migration] = []
    for migration, text in _missing(module, applied):
        async with db.transaction():
            await db.execute(f"create schema if not exists {migration.module}")
            await db.execute(text)
            await RECORD.run(db, migration.module, migration.name, migration.checksum)
        done.append(migration)
    return done


def _missing(module: ModuleType, applied: dict[tuple[str, str], str]) -> Iterator[tuple[Migration, str]]:
    assert module.__file__ is not None
    schema = module.__name__.rpartition(".")[2]
    for file in sorted(Path(module.__file__).parent.glob("migrations/*.sql")):
        text = file.read_text()
        migration = Migration(schema, file.stem, hashlib.sha256(text.encode()).hexdigest())
        known = applied.get((schema, file.stem))
        if known is None:
            yield migration, text
        elif known != migration.checksum:
            raise MigrationChanged(f"{schema}/{file.name} was applied with another text")


def _by_name(applied: list[Migration]) -> dict[tuple[str, str], str]:
    return {(each.module, each.name): each.checksum for each in applied}
