"""Object storage: bytes under a key, in a local folder or in S3-compatible storage, by one setting.

Pictures and exports live here and never in the database. Keys are checked on every call, so no input of a person can
reach another path. Content-addressed keys (`key_of`) make an upload repeatable and an object immutable: the same bytes
are stored once, and may be cached for ever by whoever serves them.
"""

import hashlib
import re
from contextlib import suppress
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec
import obstore
from obstore.store import LocalStore, S3Store

from shuke.kit.errors import Invalid, NotFound
from shuke.kit.settings import Settings, SettingsInvalid

KEY_MAX_LENGTH = 200
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
_SUFFIX = re.compile(r"(?:\.[a-z0-9]{1,8}){0,2}")


class ObjectMissing(NotFound):
    """Nothing is stored under this key."""

    key: str


class KeyInvalid(Invalid):
    """A key is made of letters, digits and `._-` between slashes, no part begins with a dot, at most 200 characters."""

    key: str


class ObjectStore(msgspec.Struct, frozen=True):
    """A place for objects. A call to S3 takes 30 s at most, and is tried again up to three times when storage stumbles."""

    backend: LocalStore | S3Store

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store an object whole or not at all; an older one under the key is replaced. Raises KeyInvalid."""
        if isinstance(self.backend, LocalStore):
            # A folder cannot remember the type: there it follows from the key's suffix.
            await obstore.put_async(self.backend, _checked(key), content)
        else:
            await obstore.put_async(self.backend, _checked(key), content, attributes={"Content-Type": content_type})

    async def get(self, key: str) -> bytes:
        """Read an object whole. Raises ObjectMissing, KeyInvalid."""
        try:
            found = await obstore.get_async(self.backend, _checked(key))
            return (await found.bytes_async()).to_bytes()
        except FileNotFoundError:
            raise ObjectMissing(key=key) from None

    async def exists(self, key: str) -> bool:
        """Tell whether an object is stored under the key. Raises KeyInvalid."""
        try:
            await obstore.head_async(self.backend, _checked(key))
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no mistake. Raises KeyInvalid."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self.backend, _checked(key))


def open_store(settings: Settings) -> ObjectStore:
    """Open this installation's objects: `s3://bucket/prefix?endpoint=...&region=...`, or the folder `objects`.

    Credentials of S3 come from the usual `AWS_` variables. Raises SettingsInvalid.
    """
    if not settings.storage_url:
        return ObjectStore(LocalStore(settings.data / "objects", mkdir=True))
    url = urlsplit(settings.storage_url)
    options = dict(parse_qsl(url.query))
    endpoint, region = options.pop("endpoint", None), options.pop("region", "us-east-1")
    if url.scheme != "s3" or not url.netloc or options:
        raise SettingsInvalid("SHUKE_STORAGE_URL is s3://bucket/prefix?endpoint=https://...&region=..., or empty.")
    store = S3Store(
        url.netloc,
        prefix=url.path.strip("/") or None,
        config={"region": region, "endpoint": endpoint} if endpoint else {"region": region},
        client_options={"allow_http": (endpoint or "").startswith("http://"), "timeout": timedelta(seconds=30)},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
    )
    return ObjectStore(store)


def key_of(content: bytes, suffix: str) -> str:
    """Name content by itself: two hex digits, a slash, SHA-256 in hex, then the suffix (`.webp`, `.thumb.webp`)."""
    assert _SUFFIX.fullmatch(suffix), f"{suffix!r} is not a suffix"
    name = hashlib.sha256(content).hexdigest()
    return f"{name[:2]}/{name}{suffix}"


def _checked(key: str) -> str:
    if len(key) > KEY_MAX_LENGTH or not _KEY.fullmatch(key):
        raise KeyInvalid(key=key[:KEY_MAX_LENGTH])
    return key
