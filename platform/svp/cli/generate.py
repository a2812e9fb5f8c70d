"""svp generate: a platform's data on disk, the same for the same arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svp.cli.common import JsonOption, emit, path_from, terminal_progress
from svp.cli.tables import new_table
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from svp.generate import Estimate, Manifest, Order

__all__ = ["register"]

ScaleName = Literal["tiny", "small", "medium", "large"]
ShapeName = Literal["platform", "relational", "iptv"]
FormatName = Literal["parquet", "csv", "jsonl"]

SCALE_HELP = (
    "A size with a name; the options below change parts of it. "
    "tiny: 200 users, 120 titles, 30 days, about 4,000 plays; "
    "small: 10,000 users, 5,000 titles, 90 days, about 150,000 plays; "
    "medium: 50,000 users, 8,000 titles, 180 days, about 1,000,000 plays; "
    "large: 200,000 users, 12,000 titles, 365 days, about 10,000,000 plays."
)
ONLY_HELP = (
    "Write only this; may be repeated, or several with commas: users, content, episodes, devices, "
    "viewing_sessions, episode_viewing, playback_attempts, ratings, watchlist, subscription_events, "
    "search_queries, box_logs, truth."
)
SHAPE_HELP = (
    "platform: a file a table, a file a day of set-top-box logs; "
    "relational: users.csv, content.json, viewing_sessions.csv; "
    "iptv: a file a day of set-top-box logs, every user a household with a box."
)

OutOption = Annotated[
    Path | None,
    typer.Option(help="New folder to write; needed unless --plan is given.", parser=path_from),
]
ScaleOption = Annotated[ScaleName, typer.Option(help=SCALE_HELP)]
UsersOption = Annotated[
    int | None, typer.Option(help="Users when the first day begins; more sign up as days pass.")
]
DaysOption = Annotated[
    int | None, typer.Option(help="Days of plays; more leave the earlier ones as they are.")
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
FromOption = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="Leave out what happened before this day, UTC; users and titles stay whole, and a listed title "
        "comes again when it is played. So a day can be added to what was loaded before.",
    ),
]
SeedOption = Annotated[int, typer.Option(help="Another seed is another platform.")]
TitlesOption = Annotated[
    int | None, typer.Option(help="Titles when the first day begins; more come as days pass.")
]
SessionsOption = Annotated[
    float | None,
    typer.Option(
        help="Plays of a subscriber in 30 days, about the mean of all subscribers; 100 at most."
    ),
]
ShapeOption = Annotated[ShapeName, typer.Option(help=SHAPE_HELP)]
FormatOption = Annotated[
    FormatName, typer.Option("--format", help="Of the tables of the shape platform.")
]
OnlyOption = Annotated[list[str] | None, typer.Option(metavar="KIND", help=ONLY_HELP)]
DirtOption = Annotated[
    str,
    typer.Option(
        metavar="SHARE",
        help="Bad rows to plant beside the good ones, as 1% or 0.01; dirt.jsonl tells each of them. "
        "Other days or users get other dirt.",
    ),
]
ReportOption = Annotated[
    bool, typer.Option("--report", help="Write report.html, too: curves of what was made.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        help="Processes that make rows; the bytes are the same for any number. "
        "Each more than two takes some 200 MB of memory.",
        show_default="one a core, at most 2",
    ),
]
PlanOption = Annotated[
    bool, typer.Option("--plan", help="Say how much it will be, and write nothing.")
]

Row = tuple[str, int, int]
"""Kind of data, rows, bytes."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(generate)


def generate(
    *,
    out: OutOption = None,
    scale: ScaleOption = "small",
    users: UsersOption = None,
    days: DaysOption = None,
    start: StartOption = datetime(2025, 1, 1),  # noqa: DTZ001  (a day, not an instant)
    from_day: FromOption = None,
    seed: SeedOption = 1,
    titles: TitlesOption = None,
    sessions_per_user: SessionsOption = None,
    shape: ShapeOption = "platform",
    file_format: FormatOption = "parquet",
    only: OnlyOption = None,
    dirt: DirtOption = "0%",
    report: ReportOption = False,
    workers: WorkersOption = None,
    plan: PlanOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a platform's data: users, titles, plays, ratings, subscriptions, searches, box logs.

    The same arguments give the same bytes. Load the folder with 'svp ingest DIR'.

    \b
    Example: svp generate --scale tiny --seed 7 --out ./platform
    """
    from svp.generate import SCALES, Order

    arguments = SCALES[scale].arguments(
        seed=seed,
        start_on=start.date(),
        users=users,
        titles=titles,
        days=days,
        sessions_per_user=sessions_per_user,
    )
    order = Order(
        arguments,
        shape=shape,
        file_format=file_format,
        only=_kinds(only),
        from_on=from_day.date() if from_day else None,
        dirt=_share(dirt),
        report=report,
    )
    if plan:
        _show_plan(order, as_json=as_json)
    else:
        _write(out, order, workers, as_json=as_json)


def _kinds(only: list[str] | None) -> tuple[str, ...]:
    """Return the kinds of data that were asked for, with commas or one by one."""
    from svp.generate import kinds_of

    return kinds_of([name.strip() for names in only or () for name in names.split(",")])


def _share(text: str) -> float:
    """Return 0.01 for 1% and for 0.01."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number)
    except ValueError as error:
        message = f"--dirt {shorten(text)} is no share"
        raise UsageError(message, "write it as 1% or 0.01") from error
    return share / 100 if text.strip().endswith("%") else share


def _show_plan(order: Order, *, as_json: bool) -> None:
    from svp.generate.output import estimate

    kinds = estimate(order)
    seconds = sum(kind.seconds for kind in kinds)
    facts = {
        "arguments": order.values(),
        "rows": sum(kind.rows for kind in kinds),
        "bytes": sum(kind.bytes for kind in kinds),
        "seconds": round(seconds, 1),
        "tables": {kind.kind: {"rows": kind.rows, "bytes": kind.bytes} for kind in kinds},
    }
    emit(facts, as_json=as_json, show=lambda: _plan_table(kinds, seconds))


def _write(out: Path | None, order: Order, workers: int | None, *, as_json: bool) -> None:
    from svp.generate import write_order

    if out is None:
        message = "--out is missing"
        raise UsageError(message, "say where to write, for example --out ./platform")

    with terminal_progress() as progress:
        manifest = write_order(out, order, workers=workers, progress=progress)
    facts = {"out": out, "was_there": manifest.was_there, **manifest.as_json()}
    emit(facts, as_json=as_json, show=lambda: _manifest_table(out, manifest))


def _plan_table(kinds: Iterable[Estimate], seconds: float) -> RenderableType:
    rows = [(kind.kind, kind.rows, kind.bytes) for kind in kinds]
    caption = f"About {seconds:,.0f} s on one core. Nothing was written."
    return _table("What would be written, about", rows, caption)


def _manifest_table(out: Path, manifest: Manifest) -> RenderableType:
    title = f"Already in {out}" if manifest.was_there else f"Written to {out}"
    return _table(title, _rows(manifest), f"Load it with: svp ingest {out}")


def _rows(manifest: Manifest) -> list[Row]:
    """Return the tables, the days of set-top boxes in one row, and the files that go with them."""
    rows: dict[str, Row] = {}
    for file in manifest.files:
        name = file.table or file.path
        _, count, size_bytes = rows.get(name, (name, 0, 0))
        rows[name] = (name, count + file.rows, size_bytes + file.bytes)
    return list(rows.values())


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
