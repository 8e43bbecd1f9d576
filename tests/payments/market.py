"""A running installation as a test uses it."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from shuke.kit.db import Db, Pool, borrowed
from shuke.money.payments import Part, Payment
from tests.cashier.till import Till
from tests.payments.asked import asked, news, status_of

phones = itertools.count(13_900_000_001)


@dataclass(frozen=True)
class Payer:
    """A signed-in person."""

    id: UUID
    headers: dict[str, str]


@dataclass(frozen=True)
class Market:
    """The application over HTTP, its database, and the cashier beside it."""

    pool: Pool
    client: httpx.AsyncClient
    till: Till

    async def payer(self) -> Payer:
        """Somebody new, signed in by the demo code."""
        phone = f"+86{next(phones)}"
        await self.client.post("/sessions/codes", json={"phone": phone})
        answer = await self.client.post("/sessions", json={"phone": phone, "code": "000000"})
        assert answer.status_code == 201, answer.text
        session = answer.json()
        return Payer(UUID(session["person"]["id"]), {"authorization": f"Bearer {session['token']}"})

    async def asks(self, payer: Payer, *parts: Part) -> Payment:
        """A pending payment of this payer."""
        async with borrowed(self.pool) as db:
            return await asked(db, *parts, payer=payer.id)

    async def confirms(self, payer: Payer, payment: Payment, outcome: str = "paid") -> httpx.Response:
        """The payer decides through our own route."""
        url = f"/payments/{payment.id}/confirmations"
        return await self.client.post(url, json={"outcome": outcome}, headers=payer.headers)

    async def pays_at_the_cashier(self, payer: Payer, payment: Payment, **behaviour: Any) -> httpx.Response:
        """The payer follows the instructions to the cashier and pays there; the news travels as told."""
        view = (await self.client.get(f"/payments/{payment.id}", headers=payer.headers)).json()
        [request] = parse_qs(urlsplit(view["instructions"]["url"]).query)["request"]
        ask = {"request": request, "outcome": "paid", "behaviour": behaviour}
        return await self.client.post(f"{self.till.origin}/payments/{self.handle(payment)}/decisions", json=ask)

    def at_the_cashier(self, payment: Payment, attempt: int = 1) -> dict[str, Any]:
        """How the cashier knows the payment."""
        return self.till.call("GET", f"/payments/{self.handle(payment, attempt)}").json()

    def handle(self, payment: Payment, attempt: int = 1) -> str:
        """The cashier's name of an attempt."""
        return f"{payment.id.hex}-{attempt}"

    async def becomes(self, payment: Payment, status: str) -> None:
        """Wait for the payment's status."""
        await self.eventually(lambda db: _is(db, payment, status), f"the payment to be {status}")

    async def hears(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for so many events of this name, and answer them."""

        async def enough(db: Db) -> bool:
            return len(await news(db, name)) >= count

        await self.eventually(enough, f"{count} {name}")
        async with borrowed(self.pool) as db:
            return await news(db, name)

    async def eventually(self, holds: Callable[[Db], Awaitable[bool]], what: str, within_s: float = 10) -> None:
        """Wait, and fail with a sentence."""
        deadline = time.monotonic() + within_s
        while True:
            async with borrowed(self.pool) as db:
                if await holds(db):
                    return
            assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
            await asyncio.sleep(0.02)


async def _is(db: Db, payment: Payment, status: str) -> bool:
    return await status_of(db, payment) == status
