"""Routes of shops."""

from typing import Annotated
from uuid import UUID

import msgspec

from shuke.goods import shops
from shuke.goods.shops import (
    FreightTemplate,
    FreightTemplateAsk,
    HireAsk,
    LinkAnswer,
    LinkAsk,
    LinkedProfile,
    Location,
    LocationAsk,
    LocationPatch,
    Merchant,
    MerchantAsk,
    MyShop,
    Role,
    Shop,
    ShopAppealAsk,
    ShopAsk,
    ShopCard,
    ShopId,
    ShopInvitation,
    ShopPatch,
    ShopReview,
    ShopStateAsk,
    ShopView,
    StaffMember,
    State,
)
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.once import once
from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import Anyone, IdempotencyKey, Limit, delete, get, patch, post, put
from shuke.society import identity

Words = Annotated[str, msgspec.Meta(max_length=60)]
OPENINGS = Limit("shop openings", per_minute=10, burst=60, by="person")
INVITATIONS = Limit("shop invitations", per_minute=20, burst=40, by="person")


@post("/shops", limit=OPENINGS, raises=(shops.MerchantNotFound, shops.MerchantOfOtherKind))
async def create_shop(data: ShopAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> Shop:
    """Open a shop; without a merchant of yours, one is made on the way."""
    if key is None:
        return await shops.open_shop(db, actor, data)
    return await once(db, actor, key, data, Shop, lambda: shops.open_shop(db, actor, data))


@get("/shops")
async def list_shops(db: Db, q: Words | None = None, cursor: str | None = None, limit: PageLimit = 20) -> Page[ShopCard]:
    """Shops open for trade, the newest first."""
    return await shops.open_shops(db, q, cursor, limit)


@get("/shops/{shop_id:uuid}", raises=(shops.ShopNotFound,))
async def read_shop(shop_id: UUID, db: Db, actor: Anyone) -> ShopView:
    """A shop, and who sells there."""
    return await shops.shop(db, actor, shop_id)


@patch("/shops/{shop_id:uuid}")
async def revise_shop(shop_id: UUID, data: ShopPatch, db: Db, actor: Actor) -> Shop:
    """Change how the shop presents itself."""
    return await shops.revise_shop(db, actor, ShopId(shop_id), data)


@get("/me/shops")
async def list_my_shops(db: Db, actor: Actor) -> Page[MyShop]:
    """The shops where I work, and my roles there."""
    return Page(await shops.my_shops(db, actor))


@get("/me/merchants")
async def list_my_merchants(db: Db, actor: Actor) -> Page[Merchant]:
    """The merchants I own."""
    return Page(await shops.my_merchants(db, actor))


@patch("/me/merchants/{merchant_id:uuid}", raises=(shops.MerchantNotFound,))
async def revise_merchant(merchant_id: UUID, data: MerchantAsk, db: Db, actor: Actor) -> Merchant:
    """Change the legal particulars of a merchant of mine."""
    return await shops.revise_merchant(db, actor, merchant_id, data)


@get("/shops/{shop_id:uuid}/staff")
async def list_staff(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[StaffMember]:
    """Who works in the shop."""
    return await shops.staff_of(db, actor, ShopId(shop_id), cursor, limit)


@delete("/shops/{shop_id:uuid}/staff/{person_id:uuid}/{role}", raises=(shops.MayNotAppoint, shops.NotStaff, shops.LastOwner))
async def dismiss_staff(shop_id: UUID, person_id: UUID, role: Role, db: Db, actor: Actor) -> None:
    """End somebody's role in the shop, or my own."""
    await shops.dismiss(db, actor, ShopId(shop_id), PersonId(person_id), role)


@post(
    "/shops/{shop_id:uuid}/staff",
    status_code=202,
    limit=INVITATIONS,
    raises=(shops.MayNotAppoint, shops.InviteeMissing, identity.PersonUnknown, identity.PhoneInvalid),
)
async def hire_staff(shop_id: UUID, data: HireAsk, db: Db, actor: Actor) -> ShopInvitation:
    """Invite somebody to the shop's staff, by id or phone."""
    return await shops.hire(db, actor, ShopId(shop_id), data)


@get("/shops/{shop_id:uuid}/invitations")
async def list_shop_invitations(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[ShopInvitation]:
    """The shop's invitations that wait for an answer."""
    return await shops.invitations_of(db, actor, ShopId(shop_id), cursor, limit)


@delete("/shops/{shop_id:uuid}/invitations/{invitation_id:uuid}", raises=(shops.InvitationNotFound,))
async def withdraw_shop_invitation(shop_id: UUID, invitation_id: UUID, db: Db, actor: Actor) -> None:
    """Take an invitation back."""
    await shops.withdraw(db, actor, ShopId(shop_id), invitation_id)


@get("/me/shop-invitations")
async def list_my_shop_invitations(db: Db, actor: Actor) -> Page[ShopInvitation]:
    """What shops ask of me."""
    return Page(await shops.my_invitations(db, actor))


@post(
    "/me/shop-invitations/{invitation_id:uuid}/acceptance",
    raises=(shops.InvitationNotFound, shops.AlreadyStaff, shops.AlreadyLinked, shops.TooManyProfiles),
)
async def accept_shop_invitation(invitation_id: UUID, db: Db, actor: Actor) -> ShopInvitation:
    """Take the role, or let my profile be linked."""
    return await shops.accept(db, actor, invitation_id)


@delete("/me/shop-invitations/{invitation_id:uuid}", raises=(shops.InvitationNotFound,))
async def decline_shop_invitation(invitation_id: UUID, db: Db, actor: Actor) -> None:
    """Say no to a shop."""
    await shops.decline(db, actor, invitation_id)


@get("/shops/{shop_id:uuid}/locations")
async def list_locations(shop_id: UUID, db: Db, cursor: str | None = None, limit: PageLimit = 20) -> Page[Location]:
    """Where the shop ships from and where one may pick up."""
    return await shops.locations_of(db, ShopId(shop_id), cursor, limit)


@post("/shops/{shop_id:uuid}/locations")
async def add_location(shop_id: UUID, data: LocationAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> Location:
    """Add a warehouse or a store."""
    id = ShopId(shop_id)
    if key is None:
        return await shops.add_location(db, actor, id, data)
    return await once(db, actor, key, (shop_id, data), Location, lambda: shops.add_location(db, actor, id, data))


@patch("/shops/{shop_id:uuid}/locations/{location_id:uuid}", raises=(shops.LocationNotFound,))
async def revise_location(shop_id: UUID, location_id: UUID, data: LocationPatch, db: Db, actor: Actor) -> Location:
    """Change a location, or make it the default."""
    return await shops.revise_location(db, actor, ShopId(shop_id), location_id, data)


@delete("/shops/{shop_id:uuid}/locations/{location_id:uuid}", raises=(shops.LocationNotFound,))
async def close_location(shop_id: UUID, location_id: UUID, db: Db, actor: Actor) -> None:
    """Close a location that is not the default."""
    await shops.close_location(db, actor, ShopId(shop_id), location_id)


@get("/shops/{shop_id:uuid}/freight-templates")
async def list_freight_templates(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[FreightTemplate]:
    """What delivery costs."""
    return await shops.templates_of(db, actor, ShopId(shop_id), cursor, limit)


@post("/shops/{shop_id:uuid}/freight-templates")
async def add_freight_template(
    shop_id: UUID, data: FreightTemplateAsk, db: Db, actor: Actor, key: IdempotencyKey | None
) -> FreightTemplate:
    """Add a freight template; as the default it replaces the one before."""
    id = ShopId(shop_id)
    if key is None:
        return await shops.add_freight(db, actor, id, data)
    return await once(db, actor, key, (shop_id, data), FreightTemplate, lambda: shops.add_freight(db, actor, id, data))


@put("/shops/{shop_id:uuid}/freight-templates/{template_id:uuid}", raises=(shops.TemplateNotFound,))
async def set_freight_template(
    shop_id: UUID, template_id: UUID, data: FreightTemplateAsk, db: Db, actor: Actor
) -> FreightTemplate:
    """Change a freight template."""
    return await shops.set_freight(db, actor, ShopId(shop_id), template_id, data)


@delete("/shops/{shop_id:uuid}/freight-templates/{template_id:uuid}", raises=(shops.TemplateNotFound,))
async def remove_freight_template(shop_id: UUID, template_id: UUID, db: Db, actor: Actor) -> None:
    """Remove a freight template that is not the default."""
    await shops.remove_freight(db, actor, ShopId(shop_id), template_id)


@get("/shops/{shop_id:uuid}/profiles")
async def list_linked_profiles(shop_id: UUID, db: Db) -> Page[LinkedProfile]:
    """The profiles that speak for the shop."""
    return Page(await shops.profiles_of(db, ShopId(shop_id)))


@post(
    "/shops/{shop_id:uuid}/profiles",
    limit=INVITATIONS,
    raises=(shops.ProfileUnknown, shops.AlreadyLinked, shops.TooManyProfiles),
)
async def link_profile(shop_id: UUID, data: LinkAsk, db: Db, actor: Actor) -> LinkAnswer:
    """Link a profile at once, or ask its owner."""
    return await shops.link_profile(db, actor, ShopId(shop_id), data.profile_id)


@delete("/shops/{shop_id:uuid}/profiles/{profile_id:uuid}", raises=(shops.NotLinked,))
async def unlink_profile(shop_id: UUID, profile_id: UUID, db: Db, actor: Actor) -> None:
    """End the link, as the shop or as the profile's owner."""
    await shops.unlink_profile(db, actor, ShopId(shop_id), profile_id)


@get("/shops/{shop_id:uuid}/reviews")
async def list_reviews(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[ShopReview]:
    """What was decided about the shop, and what it said."""
    return await shops.reviews_of(db, actor, ShopId(shop_id), cursor, limit)


@post("/shops/{shop_id:uuid}/appeal", status_code=204, raises=(shops.NothingToAppeal,))
async def appeal(shop_id: UUID, data: ShopAppealAsk, db: Db, actor: Actor) -> None:
    """Say why the shop should be open."""
    await shops.appeal(db, actor, ShopId(shop_id), data)


@get("/ops/shops")
async def list_shops_in_state(
    state: State, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[Shop]:
    """The shops in one state, for operators."""
    return await shops.shops_in_state(db, actor, state, cursor, limit)


@put("/ops/shops/{shop_id:uuid}/state", raises=(shops.StateNotPossible,))
async def set_shop_state(shop_id: UUID, data: ShopStateAsk, db: Db, actor: Actor) -> Shop:
    """Open, hold or close a shop, as an operator."""
    return await shops.set_state(db, actor, ShopId(shop_id), data)


@post("/ops/merchants/{merchant_id:uuid}/verification", status_code=200, raises=(shops.MerchantNotFound,))
async def verify_merchant(merchant_id: UUID, db: Db, actor: Actor) -> Merchant:
    """Say that a merchant's licence was seen and is good, as an operator."""
    return await shops.verify_merchant(db, actor, merchant_id)


routes = [
    create_shop,
    list_shops,
    read_shop,
    revise_shop,
    list_my_shops,
    list_my_merchants,
    revise_merchant,
    list_staff,
    dismiss_staff,
    hire_staff,
    list_shop_invitations,
    withdraw_shop_invitation,
    list_my_shop_invitations,
    accept_shop_invitation,
    decline_shop_invitation,
    list_locations,
    add_location,
    revise_location,
    close_location,
    list_freight_templates,
    add_freight_template,
    set_freight_template,
    remove_freight_template,
    list_linked_profiles,
    link_profile,
    unlink_profile,
    list_reviews,
    appeal,
    list_shops_in_state,
    set_shop_state,
    verify_merchant,
]
