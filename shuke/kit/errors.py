"""Refusals: what a use case says when it will not do a thing. A few kinds, each with one HTTP status.

A refusal is a subclass in its module's `types.py`: the docstring is the sentence for a developer, the annotated fields
are data, and the code (`trade.refund_not_possible`) is the contract and the translation key.
"""

import re
from typing import Any, ClassVar, dataclass_transform


def owner_of(cls: type) -> str:
    """The module a refusal or a message belongs to: its package, whichever of its files declares it."""
    package, _, file = cls.__module__.rpartition(".")
    return package.rpartition(".")[2] if file in ("types", "refusals", "messages") else file


@dataclass_transform(kw_only_default=True, eq_default=False)
class Refusal(Exception):
    """Not possible, and the caller can know why. Subclasses declare their fields as annotations."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, code: str | None = None) -> None:
        cls.code = code or f"{owner_of(cls)}.{re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()}"
        own = tuple(name for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind))
        taken = {"status", "code", "sentence", "fields"}.intersection(own)
        assert not taken, f"{cls.__name__}: a field cannot be called {taken}, which every refusal has"
        cls._fields = cls._fields + own

    def __init__(self, **fields: Any) -> None:
        missing = [name for name in self._fields if name not in fields and not hasattr(type(self), name)]
        unknown = fields.keys() - set(self._fields)
        assert not missing and not unknown, f"{type(self).__name__}: missing {missing}, unknown {sorted(unknown)}"
        for name, value in fields.items():
            setattr(self, name, value)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The first paragraph of the docstring, for a developer."""
        return " ".join((type(self).__doc__ or self.code).split("\n\n")[0].split())

    @property
    def fields(self) -> dict[str, Any]:
        """The data of this refusal, as declared."""
        return {name: getattr(self, name) for name in self._fields}


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""

    status = 404


class Forbidden(Refusal):
    """You are known, and may not do this."""

    status = 403


class Invalid(Refusal):
    """What was sent is well formed and cannot be accepted."""

    status = 422


class Conflict(Refusal):
    """The state of things does not allow this now."""

    status = 409


class Throttled(Refusal):
    """Too often; try again later."""

    status = 429


class Unavailable(Refusal):
    """What this needs does not answer now; try again in a moment."""

    status = 503
    retry_after_s: int = 1


class NotSignedIn(Refusal):
    """This needs a person: sign in first, or send a token that is still valid."""

    status = 401


class CapabilityMissing(Forbidden):
    """This needs a capability that you do not have here."""

    capability: str
