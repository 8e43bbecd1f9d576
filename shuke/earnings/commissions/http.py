"""Routes of commissions."""

from shuke.earnings import commissions
from shuke.earnings.commissions.types import MyEarnings
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.pages import PageLimit
from shuke.kit.web import get


@get("/me/earnings")
async def get_my_earnings(db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20) -> MyEarnings:
    """Who you brought and what it earned you, newest first."""
    return await commissions.my_earnings(db, actor, cursor, limit)


routes = [get_my_earnings]
