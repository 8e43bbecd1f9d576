from pathlib import Path

import pytest

from shuke.kit import clock, settings
from shuke.kit.db import Db, read
from shuke.kit.events import emit
from shuke.kit.jobs import drain
from shuke.kit.secrets import KeyUnknown
from shuke.society import identity
from shuke.society.identity.types import Forget, Reseal
from tests.identity.people import a_person, a_phone, a_proof, an_address, sign_in

NEW = "the second secret of this installation, long enough"


@pytest.fixture
def rotate(installation: settings.Settings):
    """A function that changes the secret, keeping the former one or not; the test's own comes back afterwards."""

    def change(*, forget: bool = False) -> None:
        former = () if forget else (installation.secret,)
        settings.use(settings.Settings(data=Path("unused"), profile=settings.Profile.TEST, secret=NEW, previous_secrets=former))

    yield change
    settings.use(installation)


async def test_after_a_rotation_people_are_found_and_indexed_anew_on_sight(db: Db, rotate):
    ana = await a_person(db, phone=(phone := a_phone()))
    rotate()

    again = await sign_in(db, await a_proof(db, phone))

    assert again.person == ana.person
    assert await db.fetchval("select count(*) from identity.logins") == 1
    rotate(forget=True)
    assert (await sign_in(db, await a_proof(db, phone))).person == ana.person


async def test_when_all_is_resealed_the_former_secret_may_be_forgotten(db: Db, rotate):
    phones = [a_phone() for _ in range(3)]
    people = [await a_person(db, phone=phone) for phone in phones]
    card = await identity.add_address(db, people[0], an_address())
    rotate()

    assert await identity.reseal(db) == 4
    assert await identity.reseal(db) == 0

    rotate(forget=True)
    assert [(await sign_in(db, await a_proof(db, phone))).person for phone in phones] == [each.person for each in people]
    assert (await read(db, identity.address(people[0].person, card.id))).street == "文三路 1 号"


async def test_without_resealing_a_forgotten_secret_is_missed_and_named(db: Db, rotate):
    ana = await a_person(db)
    card = await identity.add_address(db, ana, an_address())
    rotate(forget=True)

    with pytest.raises(KeyUnknown):
        await read(db, identity.address(ana.person, card.id))


async def test_the_daily_job_reseals_batch_by_batch(db: Db, timeline: clock.Timeline, rotate):
    await a_person(db)
    rotate()
    await emit(db, Reseal())

    await drain(db, timeline)

    assert await identity.reseal(db) == 0


async def test_what_has_no_more_use_is_forgotten_and_the_rest_is_not(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    ended = await a_person(db)
    await identity.end_session(db, ended)
    card = await identity.add_address(db, ana, an_address())
    kept = await identity.add_address(db, ana, an_address())
    await identity.remove_address(db, ana, card.id)
    await identity.begin_visit(db)
    await identity.send_code(db, a_phone())
    timeline.advance(days=40)
    await identity.send_code(db, a_phone())
    await emit(db, Forget())

    await drain(db, timeline)

    counts = {
        table: await db.fetchval(f"select count(*) from identity.{table}")
        for table in ("codes", "sessions", "addresses", "visitors", "persons")
    }
    assert counts == {"codes": 1, "sessions": 1, "addresses": 1, "visitors": 1, "persons": 2}
    assert [each.id for each in await identity.addresses_of(db, ana)] == [kept.id]
