"""Proofs: what must always be true, as statements that `shuke verify` runs on the live database."""

from typing import Protocol

import msgspec

from shuke.kit.db import Db


class Finding(msgspec.Struct, frozen=True):
    """What a proof found."""

    checked: int
    broken: int
    example: str | None


class Check(Protocol):
    """What can be asked for a finding: a `Query[Finding]`, or more than one statement where modules are compared."""

    async def one(self, db: Db, /) -> Finding:
        """Look at everything."""
        ...


class Proof(msgspec.Struct, frozen=True):
    """An invariant: `query` answers how many things it looked at, how many break it, and one of them."""

    name: str
    sentence: str
    query: Check


registered: list[Proof] = []


def prove(name: str, sentence: str, query: Check) -> None:
    """Register an invariant: `prove("stock.identity", "reserved + sold + available = supplied", sql.IDENTITY)`."""
    assert name not in {proof.name for proof in registered}, f"{name} is proved twice"
    registered.append(Proof(name, sentence, query))


async def verify(db: Db) -> list[tuple[Proof, Finding]]:
    """Run every proof. They read whole tables, and may say so to the planner."""
    async with db.transaction():
        await db.execute("set local enable_seqscan = on; set local plan_cache_mode = force_custom_plan")
        return [(proof, await proof.query.one(db)) for proof in sorted(registered, key=lambda proof: proof.name)]
