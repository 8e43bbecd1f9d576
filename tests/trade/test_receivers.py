from uuid import UUID, uuid4

import msgspec
import pytest

from shuke.deals import trade
from shuke.goods import stock
from shuke.kit.db import Db, borrowed, read
from shuke.kit.ids import new_id
from shuke.society import identity, social
from tests.api import Api, problem
from tests.identity.people import a_person as somebody_who_signs_in
from tests.shops.builders import a_person
from tests.social.people import make_friends
from tests.trade.builders import a_cast, placed_by


async def test_an_order_for_a_friend_is_seen_by_buyer_and_friend(db: Db):
    cast = await a_cast(db)
    await make_friends(db, cast.ana, cast.chi)

    placed = await placed_by(db, cast, receiver_id=cast.chi.person)

    seen = [await read(db, trade.order(reader, placed.orders[0].id)) for reader in (cast.ana, cast.chi)]
    assert [order.receiver_id for order in seen] == [cast.chi.person] * 2


async def test_an_order_for_oneself_may_say_so_by_any_of_ones_ids(db: Db):
    cast = await a_cast(db)
    before = await a_person(db, "Ana before")
    both = msgspec.structs.replace(cast.ana, selves=(cast.ana.person, before.person))

    for own in both.selves:
        placed = await placed_by(db, msgspec.structs.replace(cast, ana=both), receiver_id=own)
        assert (await read(db, trade.order(both, placed.orders[0].id))).receiver_id == own


async def test_nobody_but_a_friend_is_made_a_receiver(db: Db):
    cast = await a_cast(db)
    asked, former, blocked = [await a_person(db, name) for name in ("Asked", "Former", "Blocked")]
    await social.ask_friend(db, cast.ana, social.FriendAsk(asked.person))
    for each in (former, blocked):
        await make_friends(db, cast.ana, each)
    await social.end_friendship(db, cast.ana, former.person)
    await social.block(db, blocked, cast.ana.person)

    unfit: list[UUID] = [cast.chi.person, asked.person, former.person, blocked.person, cast.shop.id, new_id(70), uuid4()]
    for receiver_id in unfit:
        with pytest.raises(trade.ReceiverUnfit) as refused:
            await placed_by(db, cast, receiver_id=receiver_id)
        assert refused.value.receiver_id == receiver_id

    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}
    assert (await trade.orders_of_buyer(db, cast.ana, None, 10)).items == []


async def test_who_receives_costs_no_round_trip(db: Db, statements):
    cast = await a_cast(db)
    await make_friends(db, cast.ana, cast.chi)
    with statements(db, at_most=100) as alone:
        await placed_by(db, cast)

    with statements(db, at_most=len(alone)):
        await placed_by(db, cast, receiver_id=cast.chi.person)


async def test_a_refused_receiver_frees_the_key(api: Api):
    async with borrowed(api.pool) as db:
        cast = await a_cast(db, is_virtual=True)
        ana, chi = await somebody_who_signs_in(db, "Ana"), await somebody_who_signs_in(db, "Chi")
        token = await identity.open_session(db, ana.person)
    ask = {"lines": [{"sku_id": str(cast.sku_id), "quantity": 1}], "delivery": {"mode": "none"}}
    for_chi = ask | {"receiver_id": str(chi.person)}

    refused = await api.post("/orders", for_chi, token=token, key="for-chi")
    async with borrowed(api.pool) as db:
        await make_friends(db, ana, chi)
    placed = await api.post("/orders", for_chi, token=token, key="for-chi")

    assert problem(refused, 422, "trade.receiver_unfit") == {"receiver_id": str(chi.person)}
    assert placed.status_code == 201, placed.text
