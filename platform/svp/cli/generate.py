"""svp generate: a platform's data on disk, the same for the same arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svp.cli.common import JsonOption, emit, terminal_progress
from svp.cli.tables import new_table
from svp.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from svp.generate import Arguments, Manifest, TableEstimate

__all__ = ["register"]

ScaleName = Literal["tiny", "small", "medium", "large"]

SCALE_HELP = (
    "A size with a name; the options below change parts of it. "
    "tiny: 200 users, 120 titles, 30 days, about 4,000 plays; "
    "small: 10,000 users, 5,000 titles, 90 days, about 130,000 plays; "
    "medium: 50,000 users, 8,000 titles, 180 days, about 1,000,000 plays; "
    "large: 200,000 users, 12,000 titles, 365 days, about 10,000,000 plays."
)

OutOption = Annotated[
    Path | None, typer.Option(help="New folder to write; needed unless --plan is given.")
]
DaysOption = Annotated[
    int | None, typer.Option(help="Days of plays; plays a day stay as the size has them.")
]
StartOption = Annotated[
    datetime,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="First day of plays, UTC.",
        show_default="2025-01-01",
    ),
]
SessionsOption = Annotated[
    float | None, typer.Option(help="Plays a user in the whole period, mean of all users.")
]
PlanOption = Annotated[
    bool, typer.Option("--plan", help="Say how much it will be, and write nothing.")
]

Row = tuple[str, int, int]
"""Table, rows, bytes."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(generate)


def generate(
    *,
    out: OutOption = None,
    scale: Annotated[ScaleName, typer.Option(help=SCALE_HELP)] = "small",
    users: Annotated[int | None, typer.Option(help="Users who have signed up by the end.")] = None,
    days: DaysOption = None,
    start: StartOption = datetime(2025, 1, 1),  # noqa: DTZ001  (a day, not an instant)
    seed: Annotated[int, typer.Option(help="Another seed is another platform.")] = 1,
    titles: Annotated[int | None, typer.Option(help="Titles in the catalogue at the end.")] = None,
    sessions_per_user: SessionsOption = None,
    plan: PlanOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a platform's data: users, titles, plays, ratings, subscriptions, searches.

    The same arguments give the same bytes. Load the folder with 'svp ingest DIR'.

    \b
    Example: svp generate --scale tiny --seed 7 --out ./platform
    """
    from svp.generate import SCALES

    arguments = SCALES[scale].arguments(
        seed=seed,
        start_on=start.date(),
        users=users,
        titles=titles,
        days=days,
        sessions_per_user=sessions_per_user,
    )
    if plan:
        _show_plan(arguments, as_json=as_json)
    elif out is None:
        message = "--out is missing"
        raise UsageError(message, "say where to write, for example --out ./platform")
    else:
        _write(out, arguments, as_json=as_json)


def _show_plan(arguments: Arguments, *, as_json: bool) -> None:
    from svp.generate import estimate

    tables = estimate(arguments)
    seconds = sum(table.seconds for table in tables)
    facts = {
        "arguments": arguments.values(),
        "rows": sum(table.rows for table in tables),
        "bytes": sum(table.bytes for table in tables),
        "seconds": round(seconds, 1),
        "tables": {table.table: {"rows": table.rows, "bytes": table.bytes} for table in tables},
    }
    emit(facts, as_json=as_json, show=lambda: _plan_table(tables, seconds))


def _write(out: Path, arguments: Arguments, *, as_json: bool) -> None:
    from svp.generate import write

    with terminal_progress() as progress:
        manifest = write(out, **arguments.values(), progress=progress)
    facts = {"out": out, "was_there": manifest.was_there, **manifest.as_json()}
    emit(facts, as_json=as_json, show=lambda: _manifest_table(out, manifest))


def _plan_table(tables: Iterable[TableEstimate], seconds: float) -> RenderableType:
    rows = [(table.table, table.rows, table.bytes) for table in tables]
    caption = f"About {seconds:,.0f} s on one core. Nothing was written."
    return _table("What would be written, about", rows, caption)


def _manifest_table(out: Path, manifest: Manifest) -> RenderableType:
    rows = [(table.table, table.rows, table.bytes) for table in manifest.tables]
    title = f"Already in {out}" if manifest.was_there else f"Written to {out}"
    return _table(title, rows, f"Load it with: svp ingest {out}")


def _table(title: str, rows: Iterable[Row], caption: str) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    rows = list(rows)
    table = new_table("table", "rows", "size", title=title, numbers=("rows", "size"))
    for name, count, size_bytes in rows:
        table.add_row(name, f"{count:,}", _size(size_bytes))
    table.add_section()
    total_rows, total_bytes = sum(row[1] for row in rows), sum(row[2] for row in rows)
    table.add_row("all", f"{total_rows:,}", _size(total_bytes))
    return Group(table, Text(caption))


def _size(size_bytes: int) -> str:
    """Return bytes in the unit that gives one to three digits before the point."""
    size, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:  # noqa: PLR2004  (from one unit to the next)
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
