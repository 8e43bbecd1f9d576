"""What the modules above tell identity at import: roles, purposes, scopes of consents, and what to do for privacy."""

from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")


class Register(Generic[T]):
    """Entries by name. Sealed once every module is loaded, so a forgotten import is an error at start."""

    every: ClassVar["list[Register[Any]]"] = []

    def __init__(self, what: str) -> None:
        self.what = what
        self.entries: dict[str, T] = {}
        self.is_sealed = False
        Register.every.append(self)

    def put(self, name: str, entry: T) -> None:
        """Add or replace an entry, before the seal."""
        assert not self.is_sealed, f"{self.what} {name} came after the seal: name its module in modules.py"
        self.entries[name] = entry

    def add(self, name: str, entry: T) -> None:
        """Add an entry that is not there yet."""
        assert name not in self.entries, f"{self.what} {name} is registered twice"
        self.put(name, entry)


def seal() -> None:
    """No more roles, purposes, scopes and privacy hooks: every module is loaded."""
    for register in Register.every:
        register.is_sealed = True
