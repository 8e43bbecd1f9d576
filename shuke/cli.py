"""The command `shuke`. Every command reads the same settings, from its options and from the environment (docs/running.md).

Each command imports what it needs when it is called: `shuke up` waits for no importer, and `shuke --help` for nobody.
"""

import asyncio
import functools
import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from shuke import __version__
from shuke.kit.errors import Refusal
from shuke.kit.postgres_host import PostgresFailed
from shuke.kit.settings import Profile, Settings, SettingsInvalid
from shuke.operations.profiles import keep, load
from shuke.operations.refusal import Cannot
from shuke.processes import terminal
from shuke.processes.parts import CANNOT_RUN, log_as

app = typer.Typer(
    name="shuke",
    help="Shuke 熟客: social commerce in one system. To look around: shuke demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
importing = typer.Typer(help="Bring products and orders from the files of another shop system.", no_args_is_help=True)
app.add_typer(importing, name="import")

PANEL = "Installation"
OPTIONS = {
    "data": Annotated[
        Path | None, typer.Option(envvar="SHUKE_DATA", help="Folder of the database and all files.", rich_help_panel=PANEL)
    ],
    "port": Annotated[
        int | None,
        typer.Option(envvar="SHUKE_PORT", help="Port of the API; the cashier takes the next.", rich_help_panel=PANEL),
    ],
    "profile": Annotated[
        Profile | None,
        typer.Option(envvar="SHUKE_PROFILE", help="demo and test: play money, sign-in code 000000.", rich_help_panel=PANEL),
    ],
}
ToShop = Annotated[UUID | None, typer.Option(help="Id of the shop; without it the first one, made if there is none.")]
InCurrency = Annotated[str | None, typer.Option(metavar="CODE", help="ISO 4217, as GBP; without it what fits, or CNY.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only look, and say what would come of it.")]
File = Annotated[Path, typer.Argument(metavar="FILE")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="How many processes serve the API.")]


def command(group: typer.Typer = app, *, profile: Profile | None = None, name: str | None = None) -> Callable[..., Any]:
    """A command whose function takes the settings first; it gets the common options, and failures become one red line."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(*, data: Path | None, port: int | None, **more: Any) -> None:
            try:
                asked = more.pop("profile") or profile
                function(load(asked, data=data, port=port), **more)
            except (SettingsInvalid, Cannot, PostgresFailed) as problem:
                terminal.fail(str(problem))
                raise typer.Exit(CANNOT_RUN) from None
            except Refusal as refusal:
                own_words = type(refusal).sentence is not Refusal.sentence
                terminal.fail(refusal.sentence if own_words or not refusal.fields else f"{refusal.sentence} {refusal.fields}")
                raise typer.Exit(CANNOT_RUN) from None

        own = list(inspect.signature(function).parameters.values())[1:]
        kind = inspect.Parameter.KEYWORD_ONLY
        common = [inspect.Parameter(option, kind, annotation=Of, default=None) for option, Of in OPTIONS.items()]
        run.__signature__ = inspect.Signature([*(each.replace(kind=kind) for each in own), *common])  # type: ignore[attr-defined]
        return group.command(name)(run)

    return register


@command()
def up(settings: Settings, *, workers: Workers = 1) -> None:
    """Start everything: database, API, job worker, and outside of production the sandbox cashier. Seeds nothing."""
    from shuke.processes.supervisor import Plan, supervise

    keep(settings)
    log_as(settings, "shuke", is_quiet=False)
    parts = ("api", "worker", "cashier") if settings.is_sandbox else ("api", "worker")
    plan = Plan(parts=parts, workers=workers, migrates=True, is_alone=True)
    supervise(settings, plan, lambda wrong: terminal.open_at(settings, wrong))


@command()
def serve(settings: Settings, *, workers: Workers = 1) -> None:
    """Start the API only; shuke work does the jobs."""
    from shuke.processes.supervisor import Plan, supervise

    keep(settings)
    log_as(settings, "shuke", is_quiet=False)
    plan = Plan(parts=("api",), workers=workers)
    supervise(settings, plan, lambda wrong: terminal.open_at(settings, wrong))


@command()
def work(settings: Settings) -> None:
    """Start a job worker only. Any number of them share the work."""
    from shuke.processes.supervisor import Plan, supervise

    keep(settings)
    log_as(settings, "shuke", is_quiet=False)
    supervise(settings, Plan(parts=("worker",)), lambda _: terminal.done("The worker does what is due. Ctrl-C stops it."))


@command(profile=Profile.DEMO)
def demo(
    settings: Settings,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Forget everything and build the town anew.")] = False,
    size: Annotated[int, typer.Option(min=10, max=100_000, help="How many people live in the town.")] = 300,
) -> None:
    """Start everything with a living town to look at, and say whom to be."""
    from shuke.processes import demo as town

    town.run(settings, people=size, is_reset=reset)


@command()
def migrate(settings: Settings) -> None:
    """Bring the database's tables up to this version."""
    from shuke.operations import installation as place
    from shuke.operations import schema

    with place.database(settings) as server:
        applied = asyncio.run(schema.make_ready(server.dsn, migrates=True))
    for each in applied:
        terminal.done(f"{each.module}/{each.name}")
    terminal.done(f"{len(applied)} migrations applied." if applied else "The database is up to date.")


@command()
def verify(settings: Settings, *, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Prove on the live database that everything adds up. Fails when something does not."""
    from shuke.operations import verification

    verdict = asyncio.run(verification.verify(settings))
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(verdict)).decode() + "\n")
    else:
        terminal.verdict(verdict)
    if not verdict.is_valid:
        raise typer.Exit(1)


@command()
def backup(settings: Settings, file: File) -> None:
    """Write the database and all objects into one file, while everything goes on."""
    from shuke.operations.backup import backup as write

    with terminal.counting() as tell:
        seal = asyncio.run(write(settings, file, tell))
    terminal.done(f"{file}: {file.stat().st_size / 1e6:,.1f} MB, {seal.objects:,} objects.")
    terminal.note("Keep SHUKE_SECRET with care and apart from it: without the secret, phones and addresses stay sealed.")


@command()
def restore(
    settings: Settings,
    file: File,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Put a backup back, all or nothing, into an installation that is stopped."""
    from shuke.operations.restore import restore as put_back

    keep(settings)
    with terminal.counting() as tell:
        manifest = asyncio.run(put_back(settings, file, tell, with_force=force))
    terminal.done(f"Everything is as it was at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC. shuke verify proves it.")


@command()
def doctor(settings: Settings) -> None:
    """Say what is wrong with this installation, and the mend. Fails when something is."""
    from shuke.operations.doctor import examine

    found = asyncio.run(examine(settings))
    terminal.findings(found)
    if not all(each.ok for each in found):
        raise typer.Exit(1)


@command(importing)
def products(
    settings: Settings, file: File, *, shop: ToShop = None, currency: InCurrency = None, dry_run: DryRun = False
) -> None:
    """Bring products from Shopify's product CSV, also gzipped. The same file again changes nothing."""
    from shuke.operations import imports

    ask = imports.Import(file=file, shop=shop, currency=currency, is_dry=dry_run)
    with terminal.one_bar("Products") as tell:
        report = asyncio.run(imports.import_products(settings, ask, tell))
    told = f"{report.created:,} created, {report.revised:,} revised, {report.unchanged:,} as they were"
    if report.pictures:
        told += f"; {report.pictures:,} pictures are fetched while the installation runs"
    _imported(f"{report.products:,} products with {report.skus:,} SKUs: {told}", report, report.products, dry_run=dry_run)


@command(importing)
def orders(
    settings: Settings, file: File, *, shop: ToShop = None, currency: InCurrency = None, dry_run: DryRun = False
) -> None:
    """Bring a shop's history from an order export, also gzipped. Orders that are here already stay as they are."""
    from shuke.operations import imports

    ask = imports.Import(file=file, shop=shop, currency=currency, is_dry=dry_run)
    with terminal.one_bar("Orders") as tell:
        report = asyncio.run(imports.import_orders(settings, ask, tell))
    told = f"{report.placed:,} brought, {report.known:,} here already, {report.skipped:,} skipped (cancelled or unpaid)"
    _imported(f"{report.orders:,} orders: {told}", report, report.placed + report.known, dry_run=dry_run)


def _imported(told: str, report: Any, accepted: int, *, dry_run: bool) -> None:
    terminal.done(f"Nothing is written yet. {told}" if dry_run else told)
    if report.rejected:
        terminal.rejected(report.rejected)
    if report.refused and not accepted:
        raise typer.Exit(1)


@command()
def revive(settings: Settings) -> None:
    """Try the jobs again that gave up."""
    from shuke.operations import queue

    terminal.done(f"{asyncio.run(queue.revive(settings))} jobs are due again.")


@command()
def operator(settings: Settings, phone: Annotated[str, typer.Argument(metavar="PHONE")]) -> None:
    """Make whoever signs in with this phone an operator of the platform."""
    from shuke.kit.secrets import mask_phone
    from shuke.operations import people

    asyncio.run(people.make_operator(settings, phone))
    terminal.done(f"Who signs in with {mask_phone(phone)} is an operator.")


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from shuke.app import document

    sys.stdout.write(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"shuke {__version__}\n")
