"""`shuke demo`: everything started, with a town that lives in it, and a card that says whom to be."""

import shutil
from functools import partial
from pathlib import Path

import msgspec
import uvloop

from shuke.kit import postgres
from shuke.kit.db import connect
from shuke.kit.settings import Settings, use
from shuke.operations import schema
from shuke.operations.profiles import keep
from shuke.operations.refusal import Cannot
from shuke.processes import terminal
from shuke.processes.parts import log_as
from shuke.processes.supervisor import Plan, supervise
from shuke.town import Town, build

PARTS = ("api", "worker", "cashier")
OURS = ("objects", "cashier", "logs", "run", "town.json", "profile")
CODE = "000000"
STAGES = {"people": "people move in", "friends": "they make friends", "shops": "shops open", "days": "a month passes"}


class Stay(msgspec.Struct, frozen=True):
    """What the data folder knows of its town. One that is not finished is begun anew."""

    town: Town | None = None


def run(settings: Settings, *, people: int, is_reset: bool) -> None:
    """Start everything, building the town where there is none. Raises Cannot, PostgresFailed."""
    if not settings.is_sandbox:
        raise Cannot("The demo has play money and a sign-in code that everybody knows: it runs in the profiles demo and test.")
    use(settings)
    stay = _stay(settings)
    if is_reset or (stay and stay.town is None):
        reset(settings)
    keep(settings)
    log_as(settings, "shuke", is_quiet=True)
    plan = Plan(parts=PARTS, migrates=True, is_quiet=True, is_alone=True)
    supervise(settings, plan, partial(_welcome, settings), partial(_settle, settings, people))


def reset(settings: Settings) -> None:
    """Forget all that this installation knows. Refuses while anybody uses it."""
    if settings.database_url:
        raise Cannot(
            "The database is elsewhere (SHUKE_DATABASE_URL): empty it there, and remove the data folder, to begin anew."
        )
    postgres.erase(settings)
    for name in OURS:
        path = settings.data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _settle(settings: Settings, people: int, dsn: str) -> None:
    if not _file(settings).exists():
        uvloop.run(_build(settings, people, dsn))


async def _build(settings: Settings, people: int, dsn: str) -> None:
    await schema.make_ready(dsn, migrates=True)
    db = await connect(dsn)
    try:
        if await schema.is_used(db):
            # Somebody lives here already, who did not ask for neighbours.
            return
        _write(settings, Stay())
        with terminal.one_bar(f"A town of {people} people is built") as tell:
            built = await build(db, people=people, progress=lambda stage, part: tell(STAGES.get(stage, stage), part))
        _write(settings, Stay(built))
    finally:
        await db.close()
    terminal.done(f"A town of {built.people} people and {built.shops} shops has lived for a month.")


def _welcome(settings: Settings, wrong: str | None) -> None:
    stay = _stay(settings)
    residents = stay.town.residents if stay and stay.town else []
    people = [(each.part.capitalize(), f"[bold]{each.phone}[/]  {each.name}") for each in residents]
    if people:
        people = [("", ""), ("Sign in", f"with a phone below and the code [bold]{CODE}[/]"), *people]
    terminal.open_at(settings, wrong, [*people, ("", ""), ("Logs", str(settings.data / "logs"))])


def _stay(settings: Settings) -> Stay | None:
    try:
        return msgspec.json.decode(_file(settings).read_bytes(), type=Stay)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        return Stay()


def _write(settings: Settings, stay: Stay) -> None:
    _file(settings).write_bytes(msgspec.json.encode(stay))


def _file(settings: Settings) -> Path:
    return settings.data / "town.json"
