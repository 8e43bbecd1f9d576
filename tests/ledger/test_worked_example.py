"""The order of docs/money.md, posted as it stands there."""

from shuke.kit.db import Db
from shuke.kit.ids import PLATFORM
from shuke.money import ledger
from shuke.money.ledger import Move, Transfer
from tests.ledger.books import an_entry, assert_books_agree, cny

SHOP, BEN, CHI = 9501, 9502, 9503
GOODS, FREIGHT = 12_800, 600


async def test_what_the_buyer_paid_is_shop_plus_fees_plus_shares_to_the_fen(db: Db):
    paid = cny(GOODS + FREIGHT)
    commission, tech_fee = cny(GOODS).share(500).amount, paid.share(60).amount
    ben, chi = cny(GOODS).share(800).amount, cny(GOODS).share(300).amount
    shop = paid.amount - commission - tech_fee - ben - chi
    fees = [
        Move("owed:platform:commission", "revenue:commission", cny(commission)),
        Move("owed:platform:tech_fee", "revenue:tech_fee", cny(tech_fee)),
    ]

    await ledger.post(db, SHOP, an_entry("payment", "order", ("clearing:sandbox", "escrow", paid.amount)))
    settlement = an_entry(
        "settlement",
        "order",
        ("escrow", "owed:platform:commission", commission),
        ("escrow", "owed:platform:tech_fee", tech_fee),
        ("escrow", "owed:person:ben", ben),
        ("escrow", "owed:person:chi", chi),
        ("escrow", "pending", shop),
    )
    await ledger.post(db, SHOP, settlement)
    await ledger.post(db, SHOP, an_entry("release", "order", ("pending", "available", shop)))
    await ledger.transfer(db, SHOP, PLATFORM, Transfer("sweep", "1 platform", fees))
    for home, name, amount in ((BEN, "ben", ben), (CHI, "chi", chi)):
        share = Transfer("sweep", f"2 {name}", [Move(f"owed:person:{name}", "available", cny(amount))])
        await ledger.transfer(db, SHOP, home, share)

    assert (shop, commission, tech_fee, ben, chi) == (11_272, 640, 80, 1_024, 384)
    held = await ledger.balances(db, SHOP)
    assert {account: moneys[0].amount for account, moneys in held.items() if moneys[0].amount} == {
        "available": 11_272,
        "clearing:books": 2_128,
        "clearing:sandbox": -13_400,
    }
    platform = await ledger.balances(db, PLATFORM)
    assert (platform["revenue:commission"], platform["revenue:tech_fee"]) == ([cny(640)], [cny(80)])
    assert (await ledger.balances(db, BEN))["available"] == [cny(1_024)]
    await assert_books_agree(db)
