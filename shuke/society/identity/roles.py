"""Roles: named sets of capabilities, held by a person in a scope (a shop, or the platform)."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import ON_PLATFORM, Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society.identity import known, sql
from shuke.society.identity.registers import Register
from shuke.society.identity.types import PersonUnknown, RoleAsk, RoleGiven, RoleNotHeld, RoleUnknown

OPERATOR = "operator"
roles: Register[frozenset[str]] = Register("role")


def define_role(role: str, capabilities: Iterable[str]) -> None:
    """Name a set of capabilities, at import. Defined again, a role gains: a module adds what its operators may do."""
    roles.put(role, roles.entries.get(role, frozenset()) | frozenset(capabilities))


define_role(
    OPERATOR,
    (
        "ops.people",
        "ops.shops",
        "ops.catalog",
        "ops.rates",
        "ops.orders",
        "ops.ledger",
        "ops.payments",
        "ops.shares",
        "ops.reports",
        "ops.metrics",
    ),
)


@lru_cache(maxsize=1024)
def capabilities_of(held: tuple[str, ...]) -> frozenset[str]:
    """What these roles allow together; a role nobody defines any more allows nothing."""
    return frozenset[str]().union(*(roles.entries.get(role, frozenset()) for role in held))


async def give_role(db: Db, given_by: PersonId | None, person_id: PersonId, scope: UUID, role: str) -> None:
    """Give a role, once however often. Trusts its caller. Raises RoleUnknown, PersonUnknown."""
    if role not in roles.entries:
        raise RoleUnknown(role=role)
    home = home_of(person_id)
    is_new = await sql.GIVE_ROLE.run(db, home, person_id, scope, role, given_by, clock.now())
    known.forget(db)
    if not is_new:
        person = await sql.PERSON.first(db, home, person_id)
        if person is None or person.merged_into or person.erased_at:
            raise PersonUnknown()


async def end_role(db: Db, person_id: PersonId, scope: UUID, role: str) -> bool:
    """Take a role away; answers whether it was held. Trusts its caller."""
    was_held = bool(await sql.END_ROLE.first(db, home_of(person_id), person_id, scope, role, clock.now()))
    known.forget(db)
    return was_held


async def roles_of(db: Db, person_id: PersonId) -> list[RoleGiven]:
    """The roles a person holds, in every scope. Trusts its caller."""
    return await sql.ROLES.all(db, home_of(person_id), person_id)


async def make_operator(db: Db, person_id: PersonId) -> None:
    """Make a person an operator of the platform; for the command line, which needs nobody's leave."""
    await give_role(db, None, person_id, ON_PLATFORM, OPERATOR)


async def appoint(db: Db, actor: Actor, person_id: PersonId, ask: RoleAsk) -> list[RoleGiven]:
    """Give a role on the platform, as an operator. Raises RoleUnknown for one that belongs in shops."""
    actor.require("ops.people")
    if not _is_of_platform(ask.role):
        raise RoleUnknown(role=ask.role)
    await give_role(db, actor.person, person_id, ON_PLATFORM, ask.role)
    return await roles_of(db, person_id)


async def dismiss(db: Db, actor: Actor, person_id: PersonId, role: str) -> None:
    """Take a role on the platform away, as an operator. Raises RoleNotHeld."""
    actor.require("ops.people")
    if not await end_role(db, person_id, ON_PLATFORM, role):
        raise RoleNotHeld()


def _is_of_platform(role: str) -> bool:
    allowed = roles.entries.get(role, frozenset())
    return bool(allowed) and all(capability.startswith("ops.") for capability in allowed)
