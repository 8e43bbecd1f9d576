"""Homes: the shard key of everything, given once and never again."""

from shuke.kit.db import Db, Query
from shuke.kit.ids import Home

NEXT = Query(int, "select nextval('kit.homes')", fan_out="one number space for shops and persons")


async def new_home(db: Db) -> Home:
    """A home nobody had before, for a person or a shop to be."""
    return Home(await NEXT.one(db))
