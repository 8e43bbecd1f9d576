import asyncio

import pytest

from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.secrets import SealBroken
from shuke.society import identity
from shuke.society.identity import AddressRevision, AddressUnknown, PhoneInvalid, TooManyAddresses
from tests.identity.people import a_person, an_address


async def test_an_address_is_sealed_shown_masked_and_plain_for_an_order(db: Db):
    ana = await a_person(db)

    card = await identity.add_address(db, ana, an_address(region=["浙江省", " 杭州市 "]))
    plain = await read(db, identity.address(ana.person, card.id))

    assert (card.phone, card.region, card.country) == ("138****5678", ["浙江省", "杭州市"], "CN")
    assert (plain.recipient, plain.phone, plain.street) == ("安娜", "+8613812345678", "文三路 1 号")
    sealed = await db.fetchval("select sealed from identity.addresses")
    assert "文三路".encode() not in sealed
    assert b"13812345678" not in sealed


async def test_a_sealed_address_does_not_open_in_another_row(db: Db):
    ana = await a_person(db)
    first, second = [await identity.add_address(db, ana, an_address()) for _ in range(2)]
    await db.execute(
        """
        update identity.addresses set sealed = (select sealed from identity.addresses where id = $1) where id = $2""",
        first.id,
        second.id,
    )

    with pytest.raises(SealBroken):
        await read(db, identity.address(ana.person, second.id))


async def test_the_first_address_is_the_default_and_there_is_never_another(db: Db):
    ana = await a_person(db)
    first, second, third = [await identity.add_address(db, ana, an_address(is_default=turn == 2)) for turn in range(3)]
    assert [first.is_default, second.is_default, third.is_default] == [True, False, True]

    revised = await identity.revise_address(db, ana, second.id, AddressRevision(is_default=True, street="文三路 2 号"))

    assert (revised.street, revised.recipient) == ("文三路 2 号", "安娜")
    listed = await identity.addresses_of(db, ana)
    assert listed[0].id == second.id
    assert [each.is_default for each in listed] == [True, False, False]


async def test_a_courier_needs_a_number_that_rings(db: Db):
    ana = await a_person(db)

    with pytest.raises(PhoneInvalid):
        await identity.add_address(db, ana, an_address(phone="none"))

    assert (await identity.add_address(db, ana, an_address(phone="0571-88881234"))).is_default


async def test_somebody_elses_address_is_not_there(db: Db):
    ana, bao = await a_person(db), await a_person(db, "宝")
    card = await identity.add_address(db, ana, an_address())

    with pytest.raises(AddressUnknown):
        await read(db, identity.address(bao.person, card.id))
    with pytest.raises(AddressUnknown):
        await identity.revise_address(db, bao, card.id, AddressRevision(street="别处"))
    with pytest.raises(AddressUnknown):
        await identity.remove_address(db, bao, card.id)
    assert await identity.addresses_of(db, bao) == []
    assert await identity.addresses_of(db, ana) == [card]


async def test_a_removed_address_is_gone_and_makes_room(db: Db):
    ana = await a_person(db)
    cards = [await identity.add_address(db, ana, an_address()) for _ in range(50)]
    with pytest.raises(TooManyAddresses):
        await identity.add_address(db, ana, an_address())

    await identity.remove_address(db, ana, cards[7].id)
    await identity.add_address(db, ana, an_address())

    with pytest.raises(AddressUnknown):
        await read(db, identity.address(ana.person, cards[7].id))
    assert len(await identity.addresses_of(db, ana)) == 50


@pytest.mark.concurrent
async def test_addresses_added_at_once_stay_at_fifty_with_one_default(pool: Pool):
    async with borrowed(pool) as db:
        ana = await a_person(db)
        for _ in range(44):
            await identity.add_address(db, ana, an_address())

    async def add() -> bool:
        async with borrowed(pool) as db:
            try:
                await identity.add_address(db, ana, an_address(is_default=True))
            except TooManyAddresses:
                return False
            return True

    assert sum(await asyncio.gather(*[add() for _ in range(14)])) == 6
    async with borrowed(pool) as db:
        listed = await identity.addresses_of(db, ana)
    assert (len(listed), sum(each.is_default for each in listed)) == (50, 1)
