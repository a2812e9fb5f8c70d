"""svp loads: what was loaded, and what became of its rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import (
    JsonOption,
    LimitOption,
    emit,
    new_group,
    settings_from,
    terminal_progress,
)
from svp.cli.ingest import check_schemas
from svp.cli.tables import OUTCOMES, beside_lines, new_table, plain, text_table, visible
from svp.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.undo import Undo

__all__ = ["register"]

LoadArgument = Annotated[
    int, typer.Argument(help="Number of the load, as 'svp loads list' gives it.", metavar="LOAD")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    loads = new_group("What was loaded: the ledger.")
    loads.command("list")(list_all)
    loads.command("show")(show)
    loads.command("undo")(undo)
    app.add_typer(loads, name="loads")


def list_all(
    context: typer.Context, *, limit: LimitOption = 20, as_json: JsonOption = False
) -> None:
    """List the newest loads with the numbers of their rows.

    \b
    Example: svp loads list --limit 5
    """
    from loaders.ledger import list_loads
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    rows = list_loads(settings, limit=limit)
    emit({"loads": rows}, as_json=as_json, show=lambda: _loads_table(rows))


def _loads_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    cells = [
        [
            f"{row['load_id']}",
            "\n".join(
                (
                    Path(row["path"]).name,
                    row["kind"],
                    f"{row['state']}, {row['started_at']:%Y-%m-%d %H:%M}",
                    *beside_lines(row["skipped_rows"], row["ended_rows"]),
                )
            ),
            *(f"{row[f'{name}_rows']:,}" for name in OUTCOMES),
        ]
        for row in rows
    ]
    return text_table("Loads", ("load", "file"), OUTCOMES, cells)


def show(context: typer.Context, load: LoadArgument, *, as_json: JsonOption = False) -> None:
    """Show everything that the ledger knows of a load.

    \b
    Example: svp loads show 3
    """
    from loaders.ledger import find_one
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    row = find_one(settings, load)
    emit(row, as_json=as_json, show=lambda: _load_table(row))


def _load_table(row: Mapping[str, Any]) -> RenderableType:
    from rich.text import Text

    table = new_table("", "", title=f"Load {row['load_id']}")
    table.show_header = False
    for name, value in _load_facts(row):
        table.add_row(name, Text(visible(value), overflow="fold"))
    return table


def _load_facts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is known of a load, as people read it."""
    yield "file", row["path"]
    yield "content", f"{row['file_bytes']:,} bytes, SHA-256 {row['content_sha256']}"
    yield "kind", f"{row['kind']}, source {row['source']}"
    yield "state", f"{row['state']}, attempts: {row['attempts']}"
    yield "started", plain(row["started_at"])
    yield "ended", plain(row["ended_at"])
    if row["origin_load_id"]:
        yield "rows", f"out of the quarantine of load {row['origin_load_id']}"
    yield "read", f"{row['read_rows']:,}"
    for name in (*OUTCOMES, "skipped"):
        yield f"  {name}", f"{row[f'{name}_rows']:,}"
    if row["ended_rows"]:
        yield "ended", f"{row['ended_rows']:,} rows that it no longer has"
    for code, rows in row["flags"].items():
        yield "flagged", f"{rows:,} {code}"
    for code, rows in row["quarantine"].items():
        yield "in quarantine", f"{rows:,} {code}"
    if row["replays"]:
        yield "replayed", ", ".join(f"load {load_id}" for load_id in row["replays"])
    if days := row["days"]:
        yield "days", f"{len(days):,}, {days[0]} to {days[-1]}"


def undo(
    context: typer.Context,
    load: LoadArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Take it back without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take a load back in both stores: its rows go, and those it replaced are again what they were.

    What was replayed out of its quarantine goes with it. It is refused while rows of other loads refer to its
    rows or have replaced them. The warehouse follows with its next refresh.

    \b
    Example: svp loads undo 7 --yes
    """
    from loaders.undo import plan_undo
    from loaders.undo import undo as take_back

    settings = settings_from(context)
    with terminal_progress() as progress:
        check_schemas(settings)
        if not yes:
            confirm_undo(settings.workspace.name, load, plan_undo(settings, load))
        done = take_back(settings, load, progress=progress)
    facts = {"workspace": settings.workspace.name, **asdict(done)}
    emit(facts, as_json=as_json, show=lambda: _undo_line(load, done))


def confirm_undo(workspace: str, load: int, plan: Undo) -> None:
    """Show what would go, and ask whether it may.

    Raises:
        UsageError: nobody is there to ask, or the answer was no.
    """
    from loaders.files import printable

    if not plan.load_ids:
        return
    changes = f"removes {plan.removed_rows:,} rows and restores {plan.restored_rows:,}"
    typer.echo(
        f"This {changes} of load {load} ({printable(Path(plan.path))}), in workspace {workspace}",
        err=True,
    )
    if not sys.stdin.isatty():
        message = "nobody is there to say yes, so nothing was taken back"
        raise UsageError(message, "add --yes to be asked nothing")
    if not typer.confirm("Take it back?", err=True):
        message = "nothing was taken back"
        raise UsageError(message, "answer y, or add --yes, to take the load back")


def _undo_line(load: int, done: Undo) -> str:
    if not done.load_ids:
        return f"load {load} was taken back before"
    changes = f"{done.removed_rows:,} rows removed, {done.restored_rows:,} restored"
    return f"load {load} is taken back: {changes}; 'svp warehouse refresh' follows"
