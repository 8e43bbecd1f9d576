"""People, teas to share, and a recount that knows nothing of counters."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID, uuid4

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import from_short, new_id
from shuke.society import identity, shares
from shuke.society.shares import LinkId, ShareAsk, Target, TargetRef

SHOP = new_id(4242)
MISSING = new_id(4242)


async def resolve_teas(_db: Db, ids: Iterable[UUID]) -> dict[UUID, Target]:
    """Every id is a tea; its shop is in its last bits, and one of them is not there."""
    return {id: Target("tea", id, owner_of(id), "龙井") for id in ids if id != MISSING}


def owner_of(tea: UUID) -> UUID:
    """The shop of a tea: the usual one, but for version 4 ids a shop of its own."""
    return SHOP if tea.version == 8 else UUID(int=tea.int ^ 1)


shares.target_kind("tea", resolve_teas)


def a_tea() -> TargetRef:
    """A tea of the usual shop."""
    return TargetRef("tea", new_id(4242))


def another_shops_tea() -> TargetRef:
    """A tea of a shop of its own."""
    return TargetRef("tea", uuid4())


async def a_person(db: Db, name: str = "Ana") -> Actor:
    """Somebody new, as they act when signed in."""
    person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
    return Actor(id=person_id, selves=(person_id,))


async def people(db: Db, count: int) -> list[Actor]:
    """Several new persons."""
    return [await a_person(db, f"P{number}") for number in range(count)]


async def a_visitor(db: Db) -> Actor:
    """Somebody without a name."""
    begun = await identity.begin_visit(db)
    return Actor(id=begun.id, is_visitor=True, selves=(begun.id,))


def staff(*, owner: UUID = SHOP) -> Actor:
    """A clerk of the shop who may read cascades."""
    id = new_id(77)
    return Actor(id=id, selves=(id,), grants={owner: frozenset({"shares.read"})})


async def pass_on(db: Db, actor: Actor, tea: TargetRef, parent: str | None = None, medium: str = "chat") -> str:
    """Share a tea and answer the code."""
    return (await shares.share(db, actor, ShareAsk(tea, medium, None, parent))).code  # type: ignore[arg-type]


async def a_chain(db: Db, tea: TargetRef, sharers: list[Actor]) -> list[str]:
    """Each of `sharers` opens the link of the one before and passes it on."""
    codes: list[str] = []
    for sharer in sharers:
        if codes:
            await shares.visit(db, sharer, codes[-1])
        codes.append(await pass_on(db, sharer, tea))
        clock._timeline.get().advance(seconds=1)  # type: ignore[union-attr]
    return codes


def link_of(code: str) -> LinkId:
    """The id behind a code."""
    found = from_short(code)
    assert found is not None
    return LinkId(found)


Counted = dict[tuple[UUID, int], tuple[int, int, int, int]]


async def recount(db: Db) -> Counted:
    """(shares, visitors, orders, GMV) by link and level below it, counted anew from the plain rows."""
    parents = {row["id"]: row["parent_id"] for row in await db.fetch("select id, parent_id from shares.links")}
    found: dict[tuple[UUID, int], list[object]] = defaultdict(lambda: [0, set(), 0, 0])

    def above(link: UUID) -> Iterable[tuple[UUID, int]]:
        steps = 0
        while link is not None:
            yield link, steps
            link, steps = parents[link], steps + 1

    for link in parents:
        for place in above(link):
            found[place][0] += 1  # type: ignore[operator]
    for row in await db.fetch("select link_id, visitor_id from shares.visits"):
        for place in above(row["link_id"]):
            found[place][1].add(row["visitor_id"])  # type: ignore[attr-defined]
    for row in await db.fetch("select link_id, amount from shares.conversions where undone_at is null"):
        for place in above(row["link_id"]):
            found[place][2] += 1  # type: ignore[operator]
            found[place][3] += row["amount"]  # type: ignore[operator]
    return {place: (s, len(v), o, g) for place, (s, v, o, g) in found.items()}  # type: ignore[arg-type,misc]


async def counters(db: Db, codes: Iterable[str], reader: Actor) -> Counted:
    """The same as their readers see it."""
    found: Counted = {}
    for code in codes:
        for level in (await shares.cascade(db, reader, code)).levels:
            gmv = sum(money.amount for money in level.gmv)
            found[link_of(code), level.depth] = (level.shares, level.visitors, level.orders, gmv)
    return found


def without_nothing(counted: Counted) -> Counted:
    """Only the levels where something happened."""
    return {place: values for place, values in counted.items() if any(values)}
