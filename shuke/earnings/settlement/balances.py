"""Balances: what a shop's book holds, in the words of its staff."""

from uuid import UUID

from shuke.earnings.settlement.rules import AVAILABLE, ESCROW, OWED, PENDING, WITHDRAWN, sums
from shuke.earnings.settlement.types import ShopBalances
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.money import ledger


async def shop_balances(db: Db, actor: Actor, shop_id: UUID) -> ShopBalances:
    """What a shop has, waits for, owes and has withdrawn, for its staff."""
    actor.require("money.read", shop_id)
    held = await ledger.balances(db, home_of(shop_id))
    return ShopBalances(
        escrow=held.get(ESCROW, []),
        pending=held.get(PENDING, []),
        available=held.get(AVAILABLE, []),
        owed=sums([amount for account, amounts in held.items() if account.startswith(OWED) for amount in amounts]),
        withdrawn=held.get(WITHDRAWN, []),
    )
