from uuid import UUID

from shuke.kit.db import borrowed
from shuke.kit.ids import home_of
from shuke.money import ledger
from shuke.money.ledger.privacy import export_person
from shuke.society import identity
from tests.api import Api, problem
from tests.identity.people import a_phone
from tests.ledger.books import an_entry, paid

SHOP = 9001


async def enter(api: Api) -> tuple[UUID, str]:
    async with borrowed(api.pool) as db:
        person_id = await identity.person_by_login(db, identity.PHONE, a_phone(), "安娜")
        return person_id, await identity.open_session(db, person_id)


async def test_an_operator_reads_any_book_and_nobody_else_does(api: Api):
    (operator_id, operator), (_, ana) = await enter(api), await enter(api)
    async with borrowed(api.pool) as db:
        await identity.make_operator(db, operator_id)
        await paid(db, SHOP, "order-1", 10_000)

    balances = await api.get(f"/ops/ledger/books/{SHOP}/balances", token=operator)

    assert balances.json() == {
        "items": [
            {"account": "clearing:sandbox", "balance": {"amount": -10_000, "currency": "CNY"}},
            {"account": "escrow", "balance": {"amount": 10_000, "currency": "CNY"}},
        ],
        "next_cursor": None,
    }
    for path in ("balances", "entries"):
        problem(await api.get(f"/ops/ledger/books/{SHOP}/{path}", token=ana), 403, "errors.capability_missing")
        problem(await api.get(f"/ops/ledger/books/{SHOP}/{path}"), 401, "errors.not_signed_in")


async def test_entries_are_read_page_by_page_newest_first(api: Api):
    operator_id, operator = await enter(api)
    async with borrowed(api.pool) as db:
        await identity.make_operator(db, operator_id)
        for number in range(5):
            await paid(db, SHOP, f"order-{number}", 100 + number)

    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await api.get(f"/ops/ledger/books/{SHOP}/entries", token=operator, params=query)).json()
        seen += answer["items"]
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert sorted(entry["reference"] for entry in seen) == [f"order-{number}" for number in range(5)]
    assert [entry["id"] for entry in seen] == sorted((entry["id"] for entry in seen), reverse=True)
    assert all(sum(posting["amount"]["amount"] for posting in entry["postings"]) == 0 for entry in seen)


async def test_a_person_reads_their_own_book_and_takes_it_away(api: Api):
    ana_id, ana = await enter(api)
    async with borrowed(api.pool) as db:
        await ledger.post(db, home_of(ana_id), an_entry("sweep", "order-1", ("clearing:books", "available", 500)))

    mine = (await api.get("/me/balances", token=ana)).json()["items"]

    assert [(each["account"], each["balance"]["amount"]) for each in mine] == [("available", 500), ("clearing:books", -500)]
    async with borrowed(api.pool) as db:
        export = await export_person(db, ana_id)
    assert [each["reference"] for each in export["entries"]] == ["order-1"]
