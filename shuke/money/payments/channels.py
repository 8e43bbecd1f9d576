"""Payment channels: what the outside must be able to do, and who does it here."""

from typing import Any, Literal, Protocol

import msgspec

from shuke.kit.money import Money
from shuke.money.payments.types import ChannelUnavailable, Payment, RefundOrder, RefundStatus

NONE = "none"
"""The channel of a total of zero."""

IMPORTED = "imported"
"""The channel of payments that another system took."""


class PaymentState(msgspec.Struct, frozen=True):
    """How the current attempt of a payment stands at its channel."""

    state: Literal["open", "paid", "failed", "closed"]
    transaction_id: str | None = None
    amount: Money | None = None


class PaymentChannel(Protocol):
    """A way to pay. Its notices arrive at a route of the adapter's own; every call may be repeated.

    `query`, `close` and `refund` run in no transaction and raise ChannelSilent when the outside does not answer in time.
    """

    name: str

    @property
    def is_open(self) -> bool:
        """Whether this installation is set up for it."""
        ...

    async def instructions(self, payment: Payment) -> dict[str, Any]:
        """What the payer's client needs to pay the current attempt."""
        ...

    async def query(self, payment: Payment) -> PaymentState:
        """How the current attempt stands."""
        ...

    async def close(self, payment: Payment) -> PaymentState:
        """Let nobody pay the current attempt any more; `paid` when somebody was faster."""
        ...

    async def refund(self, order: RefundOrder) -> RefundStatus:
        """Give money back, once for `order.id` however often this is asked; `requested` while it is on its way."""
        ...

    async def stop(self) -> None:
        """Let go of what the process holds for it."""
        ...


_registered: dict[str, PaymentChannel] = {}


def register(channel: PaymentChannel) -> None:
    """Make a channel known, at import; the first open one is the default."""
    assert channel.name not in _registered, f"{channel.name} is registered twice"
    _registered[channel.name] = channel


def get(name: str) -> PaymentChannel:
    """The channel of this name, if it is open here. Raises ChannelUnavailable."""
    channel = _registered.get(name)
    if channel is None or not channel.is_open:
        raise ChannelUnavailable(channel=name)
    return channel


def default() -> str:
    """The channel of a payer who does not choose. Raises ChannelUnavailable when none is open."""
    for name in names():
        return name
    raise ChannelUnavailable(channel="")


async def stop() -> None:
    """Let go of every channel's connections, when the process ends."""
    for channel in _registered.values():
        await channel.stop()


def names() -> list[str]:
    """The channels a payer may choose from."""
    return [name for name, channel in _registered.items() if channel.is_open]
