import asyncio

import msgspec
import pytest

from shuke.goods import shops
from shuke.goods.shops import LocationAsk, MerchantAsk, ShopAsk
from shuke.goods.shops.types import ResealMerchants
from shuke.kit import proofs, settings
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.kit.jobs import drain
from shuke.kit.money import Money
from tests.shops.builders import a_person, an_open_shop, an_operator


async def test_a_shop_is_open_for_trade_with_all_it_needs(db: Db):
    bao = await an_open_shop(db, "Bao")

    (ready,) = (await read(db, shops.delivering([bao.id]))).values()
    assert (ready.state, ready.currency, ready.default_location_id) == ("open", "CNY", bao.location_id)
    assert shops.freight(ready.freight, ["北京市"], "CN", Money(100, "CNY"), 3, 900) == Money(0, "CNY")
    assert [(each.shop.id, each.roles) for each in await shops.my_shops(db, bao.owner)] == [(bao.id, ["shop.owner"])]
    assert {proof.name: finding.broken for proof, finding in await proofs.verify(db)}["shops.ready"] == 0


async def test_in_production_a_shop_is_reviewed_first(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings.Settings, "is_sandbox", False)
    bao = await an_open_shop(db)

    assert bao.shop.state == "in_review"
    with pytest.raises(shops.ShopNotFound):
        await shops.shop(db, await a_person(db), bao.id)
    assert (await shops.open_shops(db)).items == []

    await shops.set_state(db, an_operator(await a_person(db)), bao.id, shops.ShopStateAsk(state="open", why="licence seen"))
    assert [card.id for card in (await shops.open_shops(db)).items] == [bao.id]


async def test_every_shop_has_a_home_of_its_own_and_a_merchant_owns_several(db: Db):
    first = await an_open_shop(
        db, kind="company", merchant=MerchantAsk(legal_name="宝记茶业有限公司", licence="91110000MA01ABCD5X")
    )

    ask = ShopAsk(name="第二家", kind="company", merchant_id=first.shop.merchant_id)
    second = await shops.open_shop(db, first.owner, ask)

    assert second.merchant_id == first.shop.merchant_id
    assert home_of(second.id) != home_of(first.id)
    seen = (await shops.shop(db, await a_person(db), second.id)).merchant
    assert (seen.name, seen.licence_tail, seen.is_verified) == ("宝记茶业有限公司", "****CD5X", False)


async def test_nobody_opens_a_shop_for_another_s_merchant(db: Db):
    bao = await an_open_shop(db)

    with pytest.raises(shops.MerchantNotFound):
        await shops.open_shop(db, await a_person(db), ShopAsk(name="x", kind="personal", merchant_id=bao.shop.merchant_id))
    with pytest.raises(shops.MerchantOfOtherKind):
        await shops.open_shop(db, bao.owner, ShopAsk(name="x", kind="company", merchant_id=bao.shop.merchant_id))


async def test_a_natural_person_s_name_and_licence_are_not_shown(db: Db):
    bao = await an_open_shop(db, merchant=MerchantAsk(legal_name="包大明", licence="110101199003071234"))

    seen = (await shops.shop(db, await a_person(db), bao.id)).merchant

    assert (seen.name, seen.licence_tail) == (None, None)
    (own,) = await shops.my_merchants(db, bao.owner)
    assert (own.legal_name, own.licence_tail) == ("包大明", "****1234")
    stored = await db.fetchrow("select legal_name_sealed, licence_sealed from shops.merchants where id = $1", own.id)
    assert "包大明".encode() not in stored[0] and b"1990" not in stored[1]


async def test_another_licence_must_be_verified_anew(db: Db):
    bao = await an_open_shop(db, kind="company", merchant=MerchantAsk(licence="91110000MA01ABCD5X"))
    merchant_id, operator = bao.shop.merchant_id, an_operator(await a_person(db))
    await shops.verify_merchant(db, operator, merchant_id)
    assert (await shops.shop(db, bao.owner, bao.id)).merchant.is_verified

    await shops.revise_merchant(db, bao.owner, merchant_id, MerchantAsk(payout="6222021234567890"))
    assert (await shops.shop(db, bao.owner, bao.id)).merchant.is_verified

    await shops.revise_merchant(db, bao.owner, merchant_id, MerchantAsk(licence="91110000MA01ZZZZ9Z"))
    assert not (await shops.shop(db, bao.owner, bao.id)).merchant.is_verified


async def test_particulars_are_sealed_anew_after_the_secret_changed(
    db: Db, timeline: Timeline, installation: settings.Settings
):
    bao = await an_open_shop(db, merchant=MerchantAsk(legal_name="包大明", licence="110101199003071234"))
    changed = msgspec.structs.replace(installation, secret="b" * 32, previous_secrets=(installation.secret,))
    settings.use(changed)

    try:
        await emit(db, ResealMerchants())
        await drain(db, timeline)
        settings.use(msgspec.structs.replace(changed, previous_secrets=()))
        (own,) = await shops.my_merchants(db, bao.owner)
    finally:
        settings.use(installation)

    assert (own.legal_name, own.licence_tail, own.payout_tail) == ("包大明", "****1234", None)


async def test_a_store_offers_pickup_and_a_warehouse_does_not(db: Db):
    store = await an_open_shop(db, location=LocationAsk(name="前门店", kind="store", region=["北京市", "西城区"]))
    warehouse = await an_open_shop(db)

    found = await read(db, shops.delivering([store.id, warehouse.id]))

    assert found[store.id].pickup_location_ids == [store.location_id]
    assert found[warehouse.id].pickup_location_ids == []


async def test_what_an_order_needs_of_its_shops_is_one_statement(db: Db, statements):
    some = [(await an_open_shop(db)).id for _ in range(3)]

    with statements(db, at_most=1):
        found = await read(db, shops.delivering(some))

    assert found.keys() == set(some)


@pytest.mark.parametrize("q", ["茶", "高山茶", "gaoshan", "gsc", "chapu", "LAO", "老王 茶"])
async def test_a_shop_is_found_by_chinese_words_pinyin_and_initials(db: Db, q: str):
    tea = await an_open_shop(db, name="老王高山茶铺 LaoWang Tea")
    await an_open_shop(db, name="Rice & Bowl 米饭")

    found = await shops.open_shops(db, q)

    assert [card.id for card in found.items] == [tea.id]


@pytest.mark.parametrize("q", ["' | !", "a' & 'b", ":*", "\\", "面"])
async def test_a_search_of_operators_finds_nothing_and_breaks_nothing(db: Db, q: str):
    await an_open_shop(db, name="老王高山茶铺")

    assert (await shops.open_shops(db, q)).items == []


async def test_the_list_of_shops_goes_on_where_it_ended(db: Db):
    opened = [(await an_open_shop(db)).id for _ in range(5)]

    first = await shops.open_shops(db, limit=3)
    second = await shops.open_shops(db, cursor=first.next_cursor, limit=3)

    assert {card.id for card in [*first.items, *second.items]} == set(opened)
    assert second.next_cursor is None


async def test_an_import_takes_the_first_shop_in_its_currency(db: Db):
    bao = await an_open_shop(db)

    pounds = await shops.ensure_import_shop(db, "Retail", "GBP")

    assert await shops.ensure_import_shop(db, "Retail", "CNY") == bao.id
    assert await shops.ensure_import_shop(db, "Another name", "GBP") == pounds
    assert (await shops.by_ids(db, [pounds]))[pounds].name == "Retail"


@pytest.mark.concurrent
async def test_imports_that_begin_at_once_make_one_shop(pool: Pool):
    async def begin() -> shops.ShopId:
        async with borrowed(pool) as db:
            return await shops.ensure_import_shop(db, "Retail", "GBP")

    made = await asyncio.gather(*[begin() for _ in range(8)])

    assert len(set(made)) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select count(*) from shops.shops") == 1
