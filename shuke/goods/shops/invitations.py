"""Invitations: nobody becomes staff, and no profile is linked, before the person said yes."""

from datetime import timedelta
from uuid import UUID

from shuke.goods.shops import people_sql
from shuke.goods.shops.people import HireAsk, ShopInvitation
from shuke.goods.shops.staff import require_appointing
from shuke.goods.shops.types import InvitationId, InvitationNotFound, InviteeMissing, Role, ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page
from shuke.kit.secrets import mask_phone
from shuke.society import identity

LIFE = timedelta(days=14)
NEW_NAME = "熟客"


async def hire(db: Db, actor: Actor, shop_id: ShopId, ask: HireAsk) -> ShopInvitation:
    """Invite a person to the shop's staff, by id or by phone; who has the phone need not be here yet.

    By phone, nothing is told of who has it until they accept. Raises MayNotAppoint, InviteeMissing, PersonUnknown,
    PhoneInvalid.
    """
    require_appointing(actor, shop_id, ask.role)
    async with transaction(db):
        match ask:
            case HireAsk(person_id=UUID() as id, phone=None):
                if id not in await identity.by_ids(db, [id]):
                    raise identity.PersonUnknown()
                return await invite(db, actor.person, shop_id, PersonId(id), role=ask.role)
            case HireAsk(person_id=None, phone=str(phone)):
                person_id = await identity.person_by_login(db, identity.PHONE, phone, NEW_NAME)
                masked = mask_phone(identity.normalise_phone(phone))
                return await invite(db, actor.person, shop_id, person_id, role=ask.role, phone_masked=masked)
            case _:
                raise InviteeMissing()


async def invite(
    db: Db,
    invited_by: PersonId,
    shop_id: ShopId,
    person_id: PersonId,
    *,
    role: Role | None = None,
    profile_id: UUID | None = None,
    phone_masked: str | None = None,
) -> ShopInvitation:
    """Ask a person to take a role, or to let their profile be linked; asked again, it lasts longer. Trusts its caller."""
    home, now = home_of(shop_id), clock.now()
    async with transaction(db):
        made = await people_sql.INVITE.one(
            db, home, new_id(home), shop_id, person_id, role, profile_id, phone_masked, invited_by, now, now + LIFE
        )
        await people_sql.NOTE_INVITATION.run(db, home_of(person_id), person_id, made.id)
    return made


async def withdraw(db: Db, actor: Actor, shop_id: ShopId, invitation_id: UUID) -> None:
    """Take an invitation back, as the shop; raises InvitationNotFound when it was answered."""
    actor.require("staff.write", shop_id)
    async with transaction(db):
        invitee = await people_sql.WITHDRAW.first(db, home_of(shop_id), shop_id, invitation_id, clock.now())
        if invitee is None:
            raise InvitationNotFound(invitation_id=invitation_id)
        await people_sql.DROP_INVITATION.run(db, home_of(invitee), invitee, invitation_id)


async def invitations_of(db: Db, actor: Actor, shop_id: ShopId, cursor: str | None, limit: int) -> Page[ShopInvitation]:
    """The invitations of a shop that wait for an answer."""
    actor.require("staff.write", shop_id)
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await people_sql.INVITATIONS_OF_SHOP.all(db, home_of(shop_id), shop_id, clock.now(), *after, limit + 1)
    return page(rows, limit, lambda row: (row.id,))


async def my_invitations(db: Db, actor: Actor) -> list[ShopInvitation]:
    """What the actor is asked and has not answered, the newest first, at most 200."""
    _ = actor.person
    selves = list(actor.selves)
    ids = await people_sql.MY_INVITATION_IDS.all(db, [home_of(id) for id in selves], selves)
    return await people_sql.INVITATIONS.all(db, [home_of(id) for id in ids], ids, selves, clock.now())


async def answer(db: Db, actor: Actor, invitation_id: UUID, *, is_accepted: bool) -> ShopInvitation:
    """Mark an invitation as answered by its invitee, once; raises InvitationNotFound. What follows is the caller's."""
    _ = actor.person
    selves = list(actor.selves)
    home, id = home_of(invitation_id), InvitationId(invitation_id)
    answered = await people_sql.ANSWER.first(db, home, id, selves, clock.now(), is_accepted)
    if answered is None or answered.person_id is None:
        raise InvitationNotFound(invitation_id=id)
    await people_sql.DROP_INVITATION.run(db, home_of(answered.person_id), answered.person_id, id)
    return answered
