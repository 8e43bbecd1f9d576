"""`shuke restore`: an installation as a backup holds it, all or nothing.

The database is replaced in one transaction, which is committed only after the whole file was read and its seal was right.
Objects are put back before that commit: each is named after its content, so one too many harms nobody.
"""

import mimetypes
import os
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from shuke import modules
from shuke.kit import migrate
from shuke.kit.db import connect
from shuke.kit.postgres import Server
from shuke.kit.settings import Settings
from shuke.kit.storage import ObjectStore, open_store
from shuke.operations import schema
from shuke.operations.archive import DATABASE, FORMAT, OBJECTS, Manifest, Reader
from shuke.operations.backup import keys_of
from shuke.operations.installation import database
from shuke.operations.refusal import Cannot

CHUNK = 1 << 20
Progress = Callable[[str, int], None]

# Events carry the number of the transaction that wrote them, and readers stop below the oldest running one. Another server
# counts from the beginning: without this, readers would take old events for unfinished ones until it has caught up.
AFTERWARDS = "update kit.events set xid = '3' where xid >= pg_current_xact_id();\ncommit;\n"


async def restore(settings: Settings, source: Path, progress: Progress, *, with_force: bool = False) -> Manifest:
    """Put a backup back into an installation where nothing has happened yet, or with force into any that is stopped.

    Raises Cannot, and then the database is as it was; PostgresFailed.
    """
    try:
        file = source.open("rb")
    except OSError as error:
        raise Cannot(f"{source} cannot be read ({error.strerror}).") from None
    with file, database(settings) as server:
        reader = Reader(file)
        _check_fit(settings, reader.manifest)
        await _check_target(server, with_force=with_force)
        with _replacing(server, _schemas(reader.manifest)) as pouring:
            await _pour(reader, pouring, open_store(settings), progress)
        await schema.make_ready(server.dsn, migrates=True)
        await _analyse(server)
    return reader.manifest


def _check_fit(settings: Settings, manifest: Manifest) -> None:
    known = {(each.module, each.name): each.checksum for each in migrate.known(modules.load())}
    strange = [each for each in manifest.migrations if known.get((each.module, each.name)) != each.checksum]
    if manifest.format != FORMAT or strange:
        raise Cannot(f"The backup was made by Shuke {manifest.shuke}, whose tables this version does not know: update first.")
    if manifest.keys[0] not in keys_of(settings):
        raise Cannot(
            f"The backup's phones and addresses are sealed under key {manifest.keys[0]}, and the secret here makes "
            f"{keys_of(settings)[0]}: set SHUKE_SECRET to the secret of the installation that made the backup."
        )


async def _check_target(server: Server, *, with_force: bool) -> None:
    db = await connect(server.dsn)
    try:
        if await db.fetchval(schema.OTHERS):
            raise Cannot("Shuke is running on this database: stop it first.")
        if not with_force and await schema.is_used(db):
            raise Cannot("This installation has people, shops or orders of its own. To replace them all, add --force.")
    finally:
        await db.close()


def _schemas(manifest: Manifest) -> list[str]:
    return sorted({each.module for each in [*manifest.migrations, *migrate.known(modules.load())]})


class _Pouring:
    """`pg_restore` writing SQL into `psql`, inside a transaction that only `commit` ends."""

    def __init__(self, restoring: subprocess.Popen[bytes], playing: subprocess.Popen[bytes], schemas: list[str]) -> None:
        self.restoring = restoring
        self.playing = playing
        self._passing = threading.Thread(target=self._pass_on, args=(schemas,), daemon=True)
        self._passing.start()

    def write(self, part: bytes) -> None:
        assert self.restoring.stdin
        try:
            self.restoring.stdin.write(part)
        except BrokenPipeError:
            raise self.failure() from None

    def commit(self) -> None:
        assert self.restoring.stdin and self.playing.stdin
        with suppress(BrokenPipeError):
            self.restoring.stdin.close()
        self._passing.join()
        if self.restoring.wait() != 0 or self.playing.poll() is not None:
            raise self.failure()
        with suppress(BrokenPipeError):
            self.playing.stdin.write(AFTERWARDS.encode())
            self.playing.stdin.close()
        if self.playing.wait() != 0:
            raise self.failure()

    def failure(self) -> Cannot:
        """What the tools said, once both have ended."""
        said: list[str] = []
        for process in (self.playing, self.restoring):
            process.kill()
            assert process.stderr
            said += process.stderr.read().decode(errors="replace").strip().splitlines()[:5]
        return Cannot("The backup does not go into this database, which is as it was:\n" + "\n".join(said))

    def _pass_on(self, schemas: list[str]) -> None:
        source, target = self.restoring.stdout, self.playing.stdin
        assert source and target
        with suppress(BrokenPipeError, ValueError):
            target.write(b"begin;\nset client_min_messages = warning;\nset idle_in_transaction_session_timeout = 0;\n")
            target.write(f"drop schema if exists {', '.join(schemas)} cascade;\n".encode())
            while chunk := source.read(CHUNK):
                target.write(chunk)
            target.flush()


@contextmanager
def _replacing(server: Server, schemas: list[str]) -> Generator[_Pouring]:
    """A stream into the database, committed when the block ends well and rolled back otherwise."""
    env = {**os.environ, **server.env}
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "env": env}
    reading = [server.bin / "pg_restore", "--no-owner", "--no-privileges", "--file=-"]
    playing = [server.bin / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with (
        subprocess.Popen(reading, stdout=subprocess.PIPE, **pipes) as restoring,  # type: ignore[call-overload]  # noqa: S603
        subprocess.Popen(playing, **pipes) as psql,  # type: ignore[call-overload]  # noqa: S603
    ):
        try:
            pouring = _Pouring(restoring, psql, schemas)
            yield pouring
            pouring.commit()
        finally:
            # Without the commit, its end is a rollback.
            for process in (psql, restoring):
                process.kill()
                assert process.stdin
                with suppress(BrokenPipeError):
                    process.stdin.close()


async def _pour(reader: Reader, pouring: _Pouring, store: ObjectStore, progress: Progress) -> None:
    size = objects = 0
    for name, content in reader.entries():
        if name.startswith(DATABASE):
            pouring.write(part := content.read())
            size += len(part)
            progress("database", size)
        elif name.startswith(OBJECTS):
            kind, _ = mimetypes.guess_type(name, strict=False)
            await store.put(name.removeprefix(OBJECTS), content.read(), kind or "application/octet-stream")
            objects += 1
            progress("objects", objects)


async def _analyse(server: Server) -> None:
    db = await connect(server.dsn, command_timeout=None)
    try:
        await db.execute("analyze")
    finally:
        await db.close()
