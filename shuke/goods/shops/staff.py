"""Staff: who works in a shop, in which roles. A shop that is not closed has an owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shuke.goods.shops import people_sql
from shuke.goods.shops.people import Staff, StaffMember
from shuke.goods.shops.rules import MANAGED
from shuke.goods.shops.types import AlreadyStaff, LastOwner, MayNotAppoint, NotStaff, Role, ShopId, StaffMoved
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, refusing, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society import identity


def require_appointing(actor: Actor, shop_id: UUID, role: Role) -> None:
    """Go on only if the actor may give and take this role here; raises MayNotAppoint."""
    actor.require("staff.write", shop_id)
    if role not in MANAGED and not actor.can("shop.own", shop_id):
        raise MayNotAppoint(role=role)


async def join_staff(db: Db, shop_id: ShopId, person_id: PersonId, role: Role, given_by: PersonId) -> Staff:
    """Let a person work here in a role. Trusts its caller that both sides agreed. Raises AlreadyStaff, PersonUnknown."""
    now = clock.now()
    async with transaction(db):
        joined = await people_sql.JOIN_STAFF.first(db, home_of(shop_id), shop_id, person_id, role, given_by, now)
        if joined is None:
            raise AlreadyStaff(role=role)
        await people_sql.ADD_WORKPLACE.run(db, home_of(person_id), person_id, shop_id, role, now)
        await identity.give_role(db, given_by, person_id, shop_id, role)
        await emit(db, StaffMoved(shop_id, person_id, role))
    return joined


async def dismiss(db: Db, actor: Actor, shop_id: ShopId, person_id: PersonId, role: Role) -> None:
    """End a role: one's own, or that of somebody whom the actor may appoint. An owner goes only by themselves.

    Raises MayNotAppoint, NotStaff, LastOwner.
    """
    if person_id not in actor.selves:
        require_appointing(actor, shop_id, role)
    await leave_staff(db, shop_id, person_id, role, actor.selves)


async def leave_staff(db: Db, shop_id: ShopId, person_id: PersonId, role: Role, selves: Sequence[UUID]) -> None:
    """End a role, an owner's only if they are among `selves`. Trusts its caller. Raises NotStaff, LastOwner."""
    home, now = home_of(shop_id), clock.now()
    with refusing(shops_owners_check=LastOwner(shop_id=shop_id)):
        async with transaction(db):
            gone = await people_sql.LEAVE_STAFF.first(db, home, shop_id, person_id, role, now, list(selves))
            if gone is None:
                raise NotStaff(role=role)
            await people_sql.WITHDRAW_THEIRS.run(db, home, shop_id, person_id, now)
            await people_sql.REMOVE_WORKPLACE.run(db, home_of(person_id), person_id, shop_id, role)
            await identity.end_role(db, person_id, shop_id, role)
            await emit(db, StaffMoved(shop_id, person_id, role))


async def works_as(db: Db, shop_id: UUID, person_id: UUID, role: Role) -> bool:
    """Whether the person has this role here, which stays so until the caller's transaction ends. Trusts its caller."""
    return bool(await people_sql.IS_STAFF.first(db, home_of(shop_id), shop_id, person_id, role))


async def staff_of(db: Db, actor: Actor, shop_id: ShopId, cursor: str | None = None, limit: int = 20) -> Page[StaffMember]:
    """Who works in a shop, those who came first at the top, for those who appoint."""
    actor.require("staff.write", shop_id)
    after = decode_cursor(cursor, tuple[datetime, UUID, str]) or (None, None, None)
    rows = await people_sql.STAFF.all(db, home_of(shop_id), shop_id, *after, limit + 1)
    found = page(rows, limit, lambda row: (row.since, row.person_id, row.role))
    people = await identity.by_ids(db, {row.person_id for row in found.items})
    return Page([StaffMember(people[row.person_id], row.role, row.since) for row in found.items], found.next_cursor)
