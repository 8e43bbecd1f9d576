"""Answers to invitations, and what follows from them."""

from uuid import UUID

from shuke.goods.shops.invitations import answer
from shuke.goods.shops.people import ShopInvitation
from shuke.goods.shops.profiles import link
from shuke.goods.shops.staff import join_staff
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction


async def accept(db: Db, actor: Actor, invitation_id: UUID) -> ShopInvitation:
    """Take the role, or let the profile be linked, as the invitee; raises InvitationNotFound and what the joining raises."""
    async with transaction(db):
        answered = await answer(db, actor, invitation_id, is_accepted=True)
        if answered.role is not None:
            await join_staff(db, answered.shop_id, actor.person, answered.role, answered.invited_by)
        if answered.profile_id is not None:
            await link(db, answered.shop_id, answered.profile_id, answered.invited_by)
    return answered


async def decline(db: Db, actor: Actor, invitation_id: UUID) -> None:
    """Say no, as the invitee; raises InvitationNotFound."""
    async with transaction(db):
        await answer(db, actor, invitation_id, is_accepted=False)
