"""`shuke backup`: the database and all objects in one file, while everything goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import obstore

from shuke import __version__
from shuke.kit import migrate
from shuke.kit.db import connect
from shuke.kit.postgres import Server
from shuke.kit.secrets import Vault
from shuke.kit.settings import Settings
from shuke.kit.storage import ObjectStore, open_store
from shuke.operations.archive import FORMAT, MANIFEST, Manifest, Seal, Writer
from shuke.operations.installation import database
from shuke.operations.refusal import Cannot
from shuke.operations.schema import check

Progress = Callable[[str, int], None]


async def backup(settings: Settings, target: Path, progress: Progress) -> Seal:
    """Write a backup. The file appears under its name once it is whole, readable by its owner only.

    The database comes first, as one snapshot: objects never change and are stored before the row that names them, so what is
    stored later is at most too much. Raises Cannot, PostgresFailed.
    """
    half = target.with_name(f"{target.name}.partial")
    with database(settings) as server:
        manifest = await _manifest(settings, server)
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                with Writer(file) as writer:
                    writer.note(MANIFEST, manifest)
                    _dump(server, writer, progress)
                    _copy_objects(open_store(settings), writer, progress)
                    seal = writer.finish()
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
        except OSError as error:
            raise Cannot(f"{target} cannot be written ({error.strerror}).") from error
        finally:
            half.unlink(missing_ok=True)
    return seal


def keys_of(settings: Settings) -> list[str]:
    """The ids of the secrets this installation has, the current one first."""
    secrets = (settings.secret, *settings.previous_secrets)
    return [Vault(msgspec.structs.replace(settings, secret=secret, previous_secrets=())).key_id.hex() for secret in secrets]


async def _manifest(settings: Settings, server: Server) -> Manifest:
    db = await connect(server.dsn)
    try:
        await check(db)
        applied = await migrate.APPLIED.all(db)
    finally:
        await db.close()
    return Manifest(FORMAT, __version__, datetime.now(UTC), keys_of(settings), applied)


def _dump(server: Server, writer: Writer, progress: Progress) -> None:
    command = [server.bin / "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--compress=gzip:3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **server.env}) as dumping:  # noqa: S603
        assert dumping.stdout and dumping.stderr
        try:
            for so_far in writer.database(dumping.stdout):
                progress("database", so_far)
        except BaseException:
            dumping.kill()
            raise
        said = dumping.stderr.read().decode(errors="replace").strip()
    if dumping.returncode != 0:
        raise Cannot(f"pg_dump cannot read the database:\n{said}")


def _copy_objects(store: ObjectStore, writer: Writer, progress: Progress) -> None:
    for copied, key in enumerate(_keys(store), 1):
        # One that was deleted since it was listed is not missed.
        with suppress(FileNotFoundError):
            writer.object(key, obstore.get(store.backend, key).bytes().to_bytes())
        progress("objects", copied)


def _keys(store: ObjectStore) -> Iterator[str]:
    for page in obstore.list(store.backend):
        for found in page:
            yield found["path"]
