"""The form of a backup: one tar with a manifest, the database in parts, every object, and a seal at the end.

    manifest.json        what made it: version, migrations, keys
    database/000000 ...  pg_dump's custom format, cut into parts: `cat database/* | pg_restore -l` reads them
    objects/<key>        each stored object
    seal.json            how much of each there is, and the SHA-256 of the dump: without it the backup is not whole

Parts keep memory constant, and need no copy of the dump on disk before its size is known.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Self, TypeVar

import msgspec

from shuke.kit.migrate import Migration
from shuke.operations.refusal import Cannot

FORMAT = 1
PART = 8 << 20
MAX_NOTE = 4 << 20
MANIFEST, SEAL, DATABASE, OBJECTS = "manifest.json", "seal.json", "database/", "objects/"

Note = TypeVar("Note", bound=msgspec.Struct)


class Manifest(msgspec.Struct, frozen=True):
    """What made a backup. The keys are ids of secrets, never the secrets: the current one first."""

    format: int
    shuke: str
    made_at: datetime
    keys: list[str]
    migrations: list[Migration]


class Seal(msgspec.Struct, frozen=True):
    """What a whole backup has."""

    objects: int
    database_bytes: int
    database_sha256: str


class Writer:
    """Writes a backup to a file, in the order of the form: `with Writer(file) as writer`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed at exit
        self._digest = hashlib.sha256()
        self._bytes = self._objects = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()

    def note(self, name: str, note: msgspec.Struct) -> None:
        """Write a manifest or a seal."""
        self._add(name, msgspec.json.format(msgspec.json.encode(note)))

    def database(self, dump: IO[bytes]) -> Iterator[int]:
        """Write the dump part by part; yields how many bytes there are so far."""
        number = 0
        while part := dump.read(PART):
            self._digest.update(part)
            self._bytes += len(part)
            self._add(f"{DATABASE}{number:06}", part)
            number += 1
            yield self._bytes

    def object(self, key: str, content: bytes) -> None:
        """Write one object."""
        self._objects += 1
        self._add(OBJECTS + key, content)

    def finish(self) -> Seal:
        """Write the seal: the backup is whole."""
        seal = Seal(self._objects, self._bytes, self._digest.hexdigest())
        self.note(SEAL, seal)
        return seal

    def _add(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))


class Reader:
    """Reads a backup once, from beginning to end. Raises Cannot when it is not one, or not whole."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._tar = tarfile.open(fileobj=file, mode="r|")  # noqa: SIM115 - the caller closes the file
            first = self._tar.next()
        except tarfile.TarError:
            first = None
        if first is None or first.name != MANIFEST:
            raise Cannot("This file is no backup of Shuke: shuke backup FILE makes one.")
        self.manifest = self._note(first, Manifest)

    def entries(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Everything between manifest and seal, as name and open content; checks the seal at the end."""
        digest, size, objects = hashlib.sha256(), 0, 0
        try:
            while (entry := self._tar.next()) is not None and entry.name != SEAL:
                content = self._open(entry)
                if entry.name.startswith(DATABASE):
                    part = content.read()
                    digest.update(part)
                    size += len(part)
                    content = io.BytesIO(part)
                else:
                    objects += 1
                yield entry.name, content
            seal = self._note(entry, Seal) if entry else None
        except (tarfile.TarError, EOFError) as error:
            raise Cannot(f"The backup is damaged ({error}): use another copy.") from None
        if seal != Seal(objects, size, digest.hexdigest()):
            raise Cannot("The backup is not whole: it was cut short or altered. Use another copy.")

    def _open(self, entry: tarfile.TarInfo) -> IO[bytes]:
        content = self._tar.extractfile(entry) if entry.isfile() else None
        if content is None or (entry.name.startswith(DATABASE) and entry.size > PART):
            raise Cannot(f"The backup holds {entry.name!r}, which no backup of Shuke has.")
        return content

    def _note(self, entry: tarfile.TarInfo, kind: type[Note]) -> Note:
        if entry.size > MAX_NOTE:
            raise Cannot(f"The backup's {entry.name} is too large to be one.")
        try:
            return msgspec.json.decode(self._open(entry).read(), type=kind)
        except msgspec.DecodeError as error:
            raise Cannot(
                f"The backup's {entry.name} cannot be read ({error}): a newer Shuke made it, or it is damaged."
            ) from None
