import pytest

from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db
from shuke.society import identity, shares
from shuke.society.shares import LinkNotFound
from tests.shares.builders import a_person, a_tea, a_visitor, pass_on, people


async def visitors_of(db: Db, sharer: Actor, code: str) -> int:
    return (await shares.cascade(db, sharer, code)).levels[0].visitors


async def test_a_visit_shows_the_target_and_who_sent_it(db: Db):
    tea, (ana, bo) = a_tea(), await people(db, 2)
    code = await pass_on(db, ana, tea)

    visit = await shares.visit(db, bo, code)

    assert (visit.target.id, visit.target.title) == (tea.id, "龙井")
    assert visit.sharer and visit.sharer.id == ana.person
    assert visit.visitor_token is None


async def test_nobody_becomes_a_visitor_whose_token_is_good(db: Db):
    ana = await a_person(db)
    code = await pass_on(db, ana, a_tea())

    visit = await shares.visit(db, NOBODY, code)

    visitor = await identity.authenticate(db, visit.visitor_token or "")
    assert visitor and visitor.is_visitor
    assert await visitors_of(db, ana, code) == 1
    assert (await shares.visit(db, visitor, code)).visitor_token is None
    assert await visitors_of(db, ana, code) == 1


async def test_ones_own_visits_count_for_nothing(db: Db):
    ana = await a_person(db)
    code = await pass_on(db, ana, a_tea())

    await shares.visit(db, ana, code)

    assert await visitors_of(db, ana, code) == 0
    assert await db.fetchval("select count(*) from shares.touches") == 0


async def test_who_came_as_a_visitor_and_again_signed_in_is_one(db: Db):
    ana, bo = await people(db, 2)
    code, visitor = await pass_on(db, ana, a_tea()), await a_visitor(db)
    await shares.visit(db, visitor, code)

    await shares.visit(db, Actor(id=bo.id, selves=(*bo.selves, *visitor.selves)), code)

    assert await visitors_of(db, ana, code) == 1
    assert await db.fetchval("select times from shares.visits") == 2


async def test_an_unknown_code_leads_nowhere(db: Db):
    with pytest.raises(LinkNotFound):
        await shares.visit(db, NOBODY, "A" * 22)
