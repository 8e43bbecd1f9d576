"""Who acts: a person, a visitor or nobody, with the capabilities their roles give them."""

from typing import NewType
from uuid import UUID

import msgspec

from shuke.kit.errors import CapabilityMissing, NotSignedIn
from shuke.kit.ids import PLATFORM

PersonId = NewType("PersonId", UUID)
VisitorId = NewType("VisitorId", UUID)

ON_PLATFORM = UUID(int=PLATFORM)
"""The scope of an operator's capabilities; a shop's id is the scope of its staff's."""


class Actor(msgspec.Struct, frozen=True):
    """The caller of a use case.

    `selves` are the ids under which this person may have acted: their own, those of merged persons, and of visitors that
    joined them. `grants` maps a scope (a shop's id, or ON_PLATFORM) to capabilities.
    """

    id: UUID | None = None
    is_visitor: bool = False
    selves: tuple[UUID, ...] = ()
    grants: dict[UUID, frozenset[str]] = {}
    language: str = "zh-CN"
    session_id: UUID | None = None

    @property
    def person(self) -> PersonId:
        """The signed-in person; raises NotSignedIn for a visitor and for nobody."""
        if self.id is None or self.is_visitor:
            raise NotSignedIn()
        return PersonId(self.id)

    @property
    def anyone(self) -> UUID:
        """The person or visitor; raises NotSignedIn for nobody."""
        if self.id is None:
            raise NotSignedIn()
        return self.id

    def can(self, capability: str, scope: UUID = ON_PLATFORM) -> bool:
        """Whether the actor holds `capability` in `scope`."""
        return capability in self.grants.get(scope, frozenset())

    def require(self, capability: str, scope: UUID = ON_PLATFORM) -> None:
        """Go on only with `capability` in `scope`; raises NotSignedIn or CapabilityMissing."""
        if not self.can(capability, scope):
            _ = self.person
            raise CapabilityMissing(capability=capability)


NOBODY = Actor()
