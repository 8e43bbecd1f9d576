import asyncio

import msgspec
import pytest

from shuke.goods import catalog
from shuke.goods.catalog import AppealAsk, ProductPatch, ReportAsk, State, StateAsk
from shuke.kit import settings
from shuke.kit.actor import NOBODY
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.errors import CapabilityMissing, NotSignedIn
from shuke.kit.settings import Profile, Settings
from tests.catalog.builders import a_catalog_operator, a_listed_product
from tests.catalog.test_cards import assert_cards_agree, cards
from tests.shops.builders import a_person, an_open_shop


@pytest.fixture
def production(installation: Settings):
    """The rules of a real market."""
    settings.use(msgspec.structs.replace(installation, profile=Profile.PRODUCTION))
    yield
    settings.use(installation)


async def test_in_production_a_product_is_listed_when_an_operator_agrees(db: Db, production: None):
    operator, shop = a_catalog_operator(await a_person(db)), await an_open_shop(db)
    await catalog.show_shop(db, shop.id, is_open=True)
    product = await a_listed_product(db, shop)
    await catalog.show_shop(db, shop.id, is_open=True)

    assert product.state == State.IN_REVIEW
    assert await cards(db) == []
    assert [each.id for each in (await catalog.to_review(db, operator, State.IN_REVIEW, None, 20)).items] == [product.id]
    listed = await catalog.set_state(db, operator, product.id, StateAsk("listed"))
    assert listed.state == State.LISTED and listed.listed_at is not None
    assert [card.id for card in await cards(db)] == [product.id]
    edited = await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(title="另一种茶"))
    assert edited.state == State.IN_REVIEW
    assert await cards(db) == []
    await assert_cards_agree(db)


async def test_a_held_product_comes_back_by_an_appeal_and_every_step_says_why(db: Db):
    operator, shop = a_catalog_operator(await a_person(db)), await an_open_shop(db)
    product = await a_listed_product(db, shop)
    sku = product.skus[0].id

    await catalog.set_state(db, operator, product.id, StateAsk("held", "no licence for tea"))
    assert not (await read(db, catalog.for_sale([sku])))[sku].is_listed
    with pytest.raises(catalog.StateNotPossible):
        await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(state="listed"))
    await catalog.appeal(db, shop.owner, shop.id, product.id, AppealAsk("the licence is in the shop's papers"))
    await catalog.set_state(db, operator, product.id, StateAsk("listed"))

    assert (await read(db, catalog.for_sale([sku])))[sku].is_listed
    found = sorted((each.state, each.reason, each.is_appeal) for each in await catalog.states_of(db, shop.owner, product.id))
    assert found == [
        ("held", "no licence for tea", False),
        ("in_review", "the licence is in the shop's papers", True),
        ("listed", "", False),
    ]
    await assert_cards_agree(db)


@pytest.mark.parametrize(
    ("state", "reason", "refusal"),
    [
        ("held", " ", catalog.ReasonMissing),
        ("rejected", "", catalog.ReasonMissing),
        ("rejected", "it was listed already", catalog.StateNotPossible),
    ],
)
async def test_a_decision_has_a_reason_and_a_way_to_it(db: Db, state: str, reason: str, refusal: type[Exception]):
    operator, shop = a_catalog_operator(await a_person(db)), await an_open_shop(db)
    product = await a_listed_product(db, shop)

    with pytest.raises(refusal):
        await catalog.set_state(db, operator, product.id, msgspec.convert({"state": state, "reason": reason}, StateAsk))
    with pytest.raises(catalog.StateNotPossible):
        await catalog.appeal(db, shop.owner, shop.id, product.id, AppealAsk("why not"))
    with pytest.raises(CapabilityMissing):
        await catalog.set_state(db, shop.owner, product.id, StateAsk("held", "mine"))


async def test_a_person_reports_a_product_once_and_a_decision_closes_it(db: Db):
    operator, shop = a_catalog_operator(await a_person(db)), await an_open_shop(db)
    product = await a_listed_product(db, shop)
    ana = await a_person(db, "Ana")

    made = await catalog.report(db, ana, product.id, ReportAsk("counterfeit", "not from Anxi"))

    with pytest.raises(catalog.ReportedAlready):
        await catalog.report(db, ana, product.id, ReportAsk("other"))
    with pytest.raises(catalog.OwnProduct):
        await catalog.report(db, shop.owner, product.id, ReportAsk("other"))
    with pytest.raises(NotSignedIn):
        await catalog.report(db, NOBODY, product.id, ReportAsk("other"))
    with pytest.raises(catalog.ProductNotFound):
        await catalog.report(db, ana, catalog.ProductId(shop.id), ReportAsk("other"))
    assert (await catalog.open_reports(db, operator, None, 20)).items == [made]
    await catalog.set_state(db, operator, product.id, StateAsk("listed", "it is from Anxi"))
    assert (await catalog.open_reports(db, operator, None, 20)).items == []


@pytest.mark.concurrent
async def test_a_report_sent_many_times_at_once_is_one(pool: Pool):
    async with borrowed(pool) as db:
        product = await a_listed_product(db, await an_open_shop(db))
        ana = await a_person(db)

    async def send() -> bool:
        async with borrowed(pool) as db:
            try:
                await catalog.report(db, ana, product.id, ReportAsk("unsafe"))
            except catalog.ReportedAlready:
                return False
            return True

    assert sum(await asyncio.gather(*[send() for _ in range(8)])) == 1


@pytest.mark.concurrent
async def test_changes_of_different_skus_at_once_all_reach_the_card(pool: Pool):
    async with borrowed(pool) as db:
        shop = await an_open_shop(db)
        skus = [catalog.SkuAsk(str(number), catalog.PriceAsk(1000, "CNY"), 5) for number in range(8)]
        product = await a_listed_product(db, shop, skus=skus)

    async def reprice(number: int) -> None:
        async with borrowed(pool) as db:
            ask = catalog.SkuPatch(price=catalog.PriceAsk(900 - number, "CNY"))
            await catalog.revise_sku(db, shop.owner, shop.id, product.skus[number].id, ask)

    await asyncio.gather(*[reprice(number) for number in range(8)])

    async with borrowed(pool) as db:
        assert [card.price.amount for card in await cards(db)] == [893]
        await assert_cards_agree(db)
