"""The words of staff, invitations and linked profiles."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from shuke.goods.shops.types import InvitationId, Role, ShopId
from shuke.kit.actor import PersonId
from shuke.society.identity import PersonCard


class Staff(msgspec.Struct, frozen=True):
    """Somebody who works in a shop, in one role."""

    person_id: PersonId
    role: Role
    since: datetime


class StaffMember(msgspec.Struct, frozen=True):
    """Staff with a name."""

    person: PersonCard
    role: Role
    since: datetime


class Workplace(msgspec.Struct, frozen=True):
    """Where a person works, in one role."""

    shop_id: ShopId
    person_id: PersonId
    role: Role


class HireAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, by id or by phone, in which role."""

    role: Role
    person_id: UUID | None = None
    phone: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None


class ShopInvitation(msgspec.Struct, frozen=True):
    """Asked to join a shop's staff in a role, or to link a profile; by phone, only the masked number shows until accepted."""

    id: InvitationId
    shop_id: ShopId
    person_id: PersonId | None
    phone_masked: str | None
    role: Role | None
    profile_id: UUID | None
    invited_by: PersonId
    invited_at: datetime
    expires_at: datetime


class LinkAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile to link."""

    profile_id: UUID


class LinkedProfile(msgspec.Struct, frozen=True):
    """A profile that speaks for the shop, in a slot of its own."""

    profile_id: UUID
    slot: int
    linked_at: datetime


class LinkAnswer(msgspec.Struct, frozen=True):
    """The profile is linked, or its owner was asked."""

    linked: LinkedProfile | None
    invitation: ShopInvitation | None
