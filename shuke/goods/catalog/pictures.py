"""Pictures: uploads, encoded anew and stored under their content's name."""

import asyncio

from shuke.goods.catalog.rules import address_of, thumb_key
from shuke.goods.catalog.types import Picture
from shuke.goods.shops import ShopId
from shuke.kit.actor import Actor
from shuke.kit.pictures import reencode
from shuke.kit.storage import ObjectStore, key_of

MAX_AT_ONCE = 2
"""A picture at the limits takes half a gigabyte while it is open."""

_turns = asyncio.Semaphore(MAX_AT_ONCE)


async def add_picture(store: ObjectStore, actor: Actor, shop_id: ShopId, upload: bytes) -> Picture:
    """Accept a picture for the shop's products; the same picture again answers the same key. Raises PictureInvalid."""
    actor.require("catalog.write", shop_id)
    return await keep_picture(store, upload)


async def keep_picture(store: ObjectStore, upload: bytes) -> Picture:
    """Encode a picture and store it with its thumbnail; two at a time. Trusts its caller. Raises PictureInvalid."""
    async with _turns:
        picture = await asyncio.to_thread(reencode, upload)
    key = key_of(picture.full, ".webp")
    await store.put(thumb_key(key), picture.thumb, picture.content_type)
    await store.put(key, picture.full, picture.content_type)
    return Picture(key, address_of(key), address_of(thumb_key(key)), picture.width, picture.height)
