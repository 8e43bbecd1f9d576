"""`shuke doctor`: what is wrong with this installation, and the mend."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import asyncpg
import obstore

from shuke.kit import jobs
from shuke.kit.db import Db, connect
from shuke.kit.postgres import PostgresFailed, ensure
from shuke.kit.postgres_doctor import Finding, diagnose
from shuke.kit.settings import DEFAULT_SECRET, Settings, SettingsInvalid, use
from shuke.kit.storage import open_store
from shuke.operations import schema
from shuke.operations.refusal import Cannot

LATE_S = 60
HTTP_TIMEOUT_S = 3
LOOPBACK = ("127.0.0.1", "localhost", "::1")


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything an installation needs, starting its database for as long as that takes. Raises nothing."""
    use(settings)
    found = [*_secrets(settings), *_origin(settings), *await asyncio.to_thread(diagnose, settings)]
    found += [finding async for finding in _objects(settings)]
    if all(finding.ok or "database" not in finding.what for finding in found):
        found += [finding async for finding in _contents(settings)]
    found += _services(settings)
    return found


def _secrets(settings: Settings) -> Iterator[Finding]:
    # The production profile refuses a weak secret before we are called.
    if settings.is_sandbox:
        own = "the demo's own" if settings.secret == DEFAULT_SECRET else "one of its own"
        yield Finding(True, f"Profile {settings.profile}: play money, sign-in code 000000, secret: {own}")
    else:
        yield Finding(True, f"Profile {settings.profile}, with a secret of its own")
    repeated = settings.secret in settings.previous_secrets
    if repeated:
        yield Finding(False, "SHUKE_PREVIOUS_SECRETS names the current secret", "Keep only former secrets there.")


def _origin(settings: Settings) -> Iterator[Finding]:
    if settings.is_sandbox:
        return
    secure = settings.origin.startswith("https://")
    mend = "Set SHUKE_PUBLIC_URL to the https address that people open; links and payment notices carry it."
    yield Finding(secure, f"People reach it at {settings.origin}", "" if secure else mend)
    if settings.host not in LOOPBACK and not settings.trusted_proxies:
        mend = "Put a proxy with TLS before it, listen on 127.0.0.1, and name the proxy in SHUKE_TRUSTED_PROXIES."
        yield Finding(False, f"It listens on {settings.host} without TLS", mend)


async def _objects(settings: Settings) -> AsyncIterator[Finding]:
    try:
        store = open_store(settings)
        await obstore.list(store.backend, chunk_size=1).collect_async()
    except SettingsInvalid as invalid:
        yield Finding(False, "The object storage is not configured", str(invalid))
    except Exception as error:  # the library has an error for each provider
        yield Finding(
            False, f"The object storage does not answer ({type(error).__name__})", "Check SHUKE_STORAGE_URL and AWS_*."
        )
    else:
        yield Finding(True, f"Objects are in {settings.storage_url or settings.data / 'objects'}")


async def _contents(settings: Settings) -> AsyncIterator[Finding]:
    try:
        server = await asyncio.to_thread(ensure, settings)
    except PostgresFailed as failed:
        yield Finding(False, "The database does not start", str(failed))
        return
    try:
        db = await connect(server.dsn)
        try:
            async for finding in _tables(db):
                yield finding
        finally:
            await db.close()
    except (OSError, asyncpg.PostgresError) as error:
        yield Finding(False, f"The database cannot be read: {error}", "Look into the database's log.")
    finally:
        await asyncio.to_thread(server.stop)


async def _tables(db: Db) -> AsyncIterator[Finding]:
    try:
        await schema.check(db)
    except Cannot as cannot:
        yield Finding(False, "The tables are not those of this version", str(cannot))
        return
    yield Finding(True, "All migrations are applied")
    waiting = await jobs.WAITING.one(db, datetime.now(UTC))
    is_running = bool(await db.fetchval(schema.OTHERS))
    is_late = is_running and waiting.late_s > LATE_S
    what = f"{waiting.due} jobs are due" + (f", the oldest for {waiting.late_s:.0f} s" if waiting.due else "")
    what += "" if is_running else "; nothing runs that could do them"
    yield Finding(not is_late, what, "Is a worker running? shuke up has one, shuke work is one." if is_late else "")
    if waiting.dead:
        mend = "Read kit.jobs (kind, error) where dead_at is not null; mend the cause, then run shuke revive."
        yield Finding(False, f"{waiting.dead} jobs gave up after all their attempts", mend)


def _services(settings: Settings) -> Iterator[Finding]:
    parts = [("API", settings.port, f"http://127.0.0.1:{settings.port}/health")]
    if settings.is_sandbox:
        parts.append(("sandbox cashier", settings.cashier_port, f"http://127.0.0.1:{settings.cashier_port}/health"))
    for name, port, url in parts:
        try:
            with urllib.request.urlopen(url, timeout=HTTP_TIMEOUT_S) as answer:  # noqa: S310 - our own address
                answer.read(10_000)
            yield Finding(True, f"The {name} is well on port {port}")
        except urllib.error.HTTPError as error:
            is_ours = error.code == 503
            said = error.read(2000).decode(errors="replace")
            mend = f"It says: {said}" if is_ours else "Another program has this port: stop it, or choose another with --port."
            yield Finding(False, f"Port {port} answers, and the {name} is not well", mend)
        except OSError as error:
            if isinstance(getattr(error, "reason", error), ConnectionRefusedError):
                yield Finding(True, f"The {name} does not run; port {port} is free")
            else:
                yield Finding(
                    False, f"Port {port} does not answer properly ({error})", "Another program may have it: use --port."
                )
