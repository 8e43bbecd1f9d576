"""What a person sees: short lines, tables and progress, in colour when there is a terminal to show it."""

import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from shuke.kit.money import Money, plain
from shuke.kit.postgres_doctor import Finding
from shuke.kit.settings import Settings

if TYPE_CHECKING:
    from shuke.operations.verification import Verdict

MAX_REJECTED = 50

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(message: str) -> None:
    """One red line."""
    err.print(f"[bold red]✗[/] {escape(message)}", soft_wrap=True)


def done(message: str) -> None:
    """One line with a green tick."""
    out.print(f"[green]✓[/] {escape(message)}", soft_wrap=True)


def open_at(settings: Settings, wrong: str | None, lines: Iterable[tuple[str, str]] = ()) -> None:
    """Say that all is ready and what to open."""
    if wrong:
        err.print(f"[yellow]![/] {settings.origin} answers, but is not well yet ({escape(wrong)}). shuke doctor knows more.")
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_row("API", f"[link={settings.origin}]{settings.origin}[/link]")
    grid.add_row("Its pages", f"{settings.origin}/docs")
    for name, text in lines:
        grid.add_row(name, text)
    out.print(Panel(grid, title="[bold]Shuke 熟客 is open[/]", subtitle="Ctrl-C stops it", border_style="green", expand=False))
    sys.stdout.flush()


def table(columns: Iterable[str], rows: Iterable[Iterable[Any]], title: str | None = None) -> None:
    """A plain table; texts are shown as they are."""
    shown = Table(*columns, title=title, title_justify="left", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, str) else str(cell) for cell in row))
    out.print(shown)


def findings(found: Iterable[Finding]) -> None:
    """Each finding on a line, what is wrong with its mend below."""
    for each in found:
        mark = "[green]✓[/]" if each.ok else "[bold red]✗[/]"
        out.print(f"{mark} {escape(each.what)}", soft_wrap=True)
        if not each.ok:
            out.print(f"  [yellow]→[/] {escape(each.mend)}", soft_wrap=True)


def note(message: str) -> None:
    """One line with a hint."""
    out.print(f"[yellow]→[/] {escape(message)}", soft_wrap=True)


def verdict(found: "Verdict") -> None:
    """Every invariant with what was looked at, and what was sold."""
    rows = (
        ("[green]✓[/]" if not each.broken else "[bold red]✗[/]", escape(each.sentence), f"{each.checked:,}", f"{each.broken:,}")
        for each in found.proofs
    )
    table(("", "what must always be true", "looked at", "broken"), rows)
    for each in found.proofs:
        if each.broken:
            fail(f"{each.name}: for example {each.example}")
    for sold in found.completed:
        done(f"{sold.orders:,} completed orders, goods {plain(Money(sold.goods, sold.currency))} {sold.currency}")
    if found.is_valid:
        done("Everything adds up.")


def rejected(rows: Sequence[Any]) -> None:
    """Why rows of a file were not accepted: line, column, reason."""
    shown = ((f"{each.line:,}", escape(each.column), escape(each.reason)) for each in rows[:MAX_REJECTED])
    table(("line", "column", "why it was not accepted"), shown)
    if len(rows) > MAX_REJECTED:
        note(f"and {len(rows) - MAX_REJECTED:,} more")


@contextmanager
def counting() -> Generator[Callable[[str, int], None]]:
    """Spinning counters for what has no known end: `tell("objects", 12)`."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, count: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=None)
            bars.update(tasks[what], completed=count)

        yield tell


@contextmanager
def one_bar(title: str) -> Generator[Callable[[str, float], None]]:
    """A bar on stderr for one long work: `tell("shops open", 0.15)`. Without a terminal only the title is shown."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    if not err.is_terminal:
        err.print(title)
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(title, total=1.0)
        yield lambda stage, part: bars.update(task, description=f"{title}: {stage}", completed=part)
