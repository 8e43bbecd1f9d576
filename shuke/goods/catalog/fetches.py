"""Fetches: the pictures that an import names by their addresses elsewhere, brought here after it.

An address is asked for once for each product; what stumbles is tried again, what fails is told in the log and left out. Each
picture is encoded anew by the same way as an upload. In production only addresses of the public internet are called.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shuke.goods.catalog import fetches_sql
from shuke.goods.catalog.asks import MAX_IMAGES
from shuke.goods.catalog.fetches_sql import DueFetch
from shuke.goods.catalog.pictures import keep_picture
from shuke.goods.catalog.products import hold, set_images
from shuke.goods.catalog.rules import with_image
from shuke.goods.catalog.types import FetchPictures, Picture, ProductId
from shuke.goods.shops import ShopId
from shuke.kit import clock, fetching, logs
from shuke.kit import settings as kit_settings
from shuke.kit.db import Db, transaction
from shuke.kit.events import Later, emit
from shuke.kit.fetching import FetchFailed
from shuke.kit.ids import home_of
from shuke.kit.pictures import MAX_UPLOAD_BYTES, PictureInvalid
from shuke.kit.storage import ObjectStore, open_store

AT_ONCE = 6
TIMEOUT_S = 8
"""Six pictures within eight seconds each, and encoding them, take less time than the lease of a job."""
WAIT = timedelta(minutes=1)
CLAIM_FOR = timedelta(minutes=1)
PAUSES = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
MAX_SHOPS = 1000

log = logs.named("catalog")


async def ask_for_pictures(db: Db, shop_id: ShopId, pictures: Mapping[ProductId, Sequence[str]]) -> int:
    """Order the pictures of products, in their order, by addresses; answers how many are new, or had failed before.

    They are fetched a minute later: until then an import of 100,000 products has the machine for itself. Trusts its caller.
    """
    due_at = clock.now() + WAIT
    asked = [(product_id, place, url) for product_id, urls in pictures.items() for place, url in enumerate(urls, 1)]
    if not asked:
        return 0
    columns = [list(column) for column in zip(*asked, strict=True)]
    new = await fetches_sql.ASK.all(db, home_of(shop_id), shop_id, *columns, clock.now(), due_at)
    if new:
        await emit(db, _fetching(shop_id, due_at))
    return len(new)


async def fetch_some(db: Db, shop_id: ShopId) -> None:
    """Fetch up to six pictures of a shop that are due, and order the next. Calls the outside: in no transaction.

    A picture is shown once, however often this is called and wherever it is interrupted.
    """
    home, now = home_of(shop_id), clock.now()
    due = await fetches_sql.CLAIM.all(db, home, now, now + CLAIM_FOR, AT_ONCE)
    if not due:
        return
    settings = kit_settings.current()
    store = open_store(settings)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_fetched(store, each, is_public_only=not settings.is_sandbox)) for each in due]
    for each, task in zip(due, tasks, strict=True):
        match task.result():
            case Picture() as picture:
                await _show(db, shop_id, each, picture.key)
            case FetchFailed() as failed:
                await _fail(db, each, failed)
    if await fetches_sql.HAS_DUE.one(db, home, clock.now()):
        await emit(db, _fetching(shop_id, clock.now()))


async def find_due_fetches(db: Db) -> None:
    """Order the fetching for every shop that has pictures due: tried again, or left by who was killed."""
    now = clock.now()
    shop_ids = await fetches_sql.DUE_SHOPS.all(db, now, MAX_SHOPS)
    await emit(db, *(_fetching(ShopId(shop_id), now) for shop_id in shop_ids))


def _fetching(shop_id: ShopId, at: datetime) -> Later:
    return Later(FetchPictures(shop_id), at, dedupe=f"catalog.fetch:{clock.timeline_name()}:{shop_id}")


async def _fetched(store: ObjectStore, due: DueFetch, *, is_public_only: bool) -> Picture | FetchFailed:
    try:
        found = await fetching.fetch(due.url, at_most=MAX_UPLOAD_BYTES, timeout_s=TIMEOUT_S, is_public_only=is_public_only)
        return await keep_picture(store, found)
    except PictureInvalid as invalid:
        return FetchFailed(invalid.reason, is_final=True)
    except FetchFailed as failed:
        return failed


async def _show(db: Db, shop_id: ShopId, due: DueFetch, key: str) -> None:
    home = home_of(shop_id)
    async with transaction(db):
        old = await hold(db, shop_id, due.product_id)
        if not await fetches_sql.FETCHED.first(db, home, due.product_id, due.digest, key):
            return
        places = {each.key: each.place for each in await fetches_sql.PLACES.all(db, home, due.product_id)}
        images = with_image(old.images, key, places)
        if images == old.images:
            return
        if len(images) > MAX_IMAGES:
            _tell(due, "too_many_pictures")
            return
        await set_images(db, old, images)


async def _fail(db: Db, due: DueFetch, failed: FetchFailed) -> None:
    row = (home_of(due.product_id), due.product_id, due.digest)
    if not failed.is_final and due.attempts <= len(PAUSES):
        await fetches_sql.PUT_OFF.run(db, *row, clock.now() + PAUSES[due.attempts - 1])
    elif await fetches_sql.GIVE_UP.first(db, *row, clock.now(), failed.reason):
        _tell(due, failed.reason)


def _tell(due: DueFetch, reason: str) -> None:
    # Without the address, which may hold a secret: the product and the place say which one it is.
    log.warning("picture_not_fetched", product_id=due.product_id, place=due.place, reason=reason, attempts=due.attempts)
