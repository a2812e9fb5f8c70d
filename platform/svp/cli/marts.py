"""svp mart: the marts in the terminal, and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, console, emit, new_group, path_from, settings_from
from svp.cli.tables import new_table, rows_table, texts_of
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

__all__ = ["mart_table", "register"]

GAP_COLUMNS, BORDER_COLUMNS = 3, 2

KeepFormulasOption = Annotated[
    bool,
    typer.Option(
        "--keep-formulas", help="Leave text in a CSV alone that a spreadsheet takes for a formula."
    ),
]
AS_OF_HELP = "Day as of which it is told, of marts that know any day: churn_signals."

AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help=AS_OF_HELP,
    ),
]
MarkOption = Annotated[
    bool,
    typer.Option(
        "--bom",
        help="Begin a CSV with a byte order mark, without which Excel does not take it for UTF-8.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    marts = new_group("The marts that reports read: what there is, and what is in them.")
    marts.command("list")(list_all)
    marts.command("show")(show)
    marts.command("export")(export)
    app.add_typer(marts, name="mart")


def list_all(*, as_json: JsonOption = False) -> None:
    """List the marts with their grain.

    \b
    Example: svp mart list
    """
    from dataclasses import asdict

    from warehouse.reading import list_marts

    marts = list_marts()
    emit({"marts": [asdict(mart) for mart in marts]}, as_json=as_json, show=_list_table)


def _list_table() -> RenderableType:
    from warehouse.reading import list_marts

    table = new_table("mart", "grain", "what it says")
    for mart in list_marts():
        table.add_row(mart.name, mart.grain, mart.description)
    return table


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a mart, as 'svp mart list' gives it.")],
    *,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show at most, the newest first.")] = 20,
    columns: Annotated[
        str | None,
        typer.Option(help="Columns to show, parted by commas; those that fit otherwise."),
    ] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest rows of a mart.

    \b
    Example: svp mart show daily_statistics --limit 7 --columns stat_date,plays,watch_hours
    """
    from warehouse.reading import read_mart

    day = as_of and as_of.date()
    frame = read_mart(settings_from(context), name, limit=limit, as_of=day)
    if columns:
        frame = frame[_chosen(frame, columns.split(","))]
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    facts = {"mart": name, **({"as_of": day} if day else {}), "rows": rows}
    emit(facts, as_json=as_json, show=lambda: mart_table(frame, title=name))


def export(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a mart, as 'svp mart list' gives it.")],
    file: Annotated[
        Path, typer.Argument(help="New file, .csv, .xlsx or .parquet.", parser=path_from)
    ],
    *,
    columns: Annotated[
        str | None, typer.Option(help="Columns to write, parted by commas; all otherwise.")
    ] = None,
    first_day: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="First day."),
    ] = None,
    last_day: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Last day."),
    ] = None,
    as_of: AsOfOption = None,
    keep_formulas: KeepFormulasOption = False,
    bom: MarkOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a mart to a file, the newest rows first; the day of a month is its first.

    \b
    Example: svp mart export customer_360_classic april.csv --from 2022-04-01 --to 2022-04-30
    """
    from warehouse.mart_files import Selection, export_mart

    selection = Selection(
        tuple(column.strip() for column in columns.split(",")) if columns else (),
        first_day and first_day.date(),
        last_day and last_day.date(),
        as_of and as_of.date(),
    )
    rows = export_mart(
        settings_from(context),
        name,
        file,
        selection=selection,
        keep_formulas=keep_formulas,
        is_marked=bom,
    )
    facts = {"mart": name, "file": file, "rows": rows}
    emit(facts, as_json=as_json, show=lambda: f"{rows:,} rows of {name} written to {file}")


def _chosen(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    wanted = [name.strip() for name in names]
    unknown = [name for name in wanted if name not in frame.columns]
    if unknown:
        message = f"the mart has no column {shorten(unknown[0])!r}"
        raise UsageError(message, f"its columns are {', '.join(map(str, frame.columns))}")
    return wanted


def mart_table(frame: pd.DataFrame, *, title: str) -> RenderableType:
    """Return as many columns of a mart as fit, and say how many don't."""
    if frame.empty:
        return f"{title}: no rows yet; run 'svp warehouse refresh'"
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    widths = {name: _width(name, texts_of([row[name] for row in rows])) for name in rows[0]}
    shown = _fitting(widths)
    table = rows_table(rows, shown, title=title)
    for column, name in zip(table.columns, shown, strict=True):
        column.width = widths[name]
    if left_out := len(frame.columns) - len(shown):
        columns = "column" if left_out == 1 else "columns"
        table.caption = f"{left_out} more {columns}: --columns or --json"
        table.caption_justify = "left"
    return table


def _width(name: str, texts: Sequence[str]) -> int:
    """Return how many columns of the terminal a column of a mart takes; its heading may wrap at its underscores."""
    return max(map(len, (*name.split("_"), *map(shorten, texts))))


def _fitting(widths: Mapping[str, int]) -> list[str]:
    """Return the first columns that fit side by side, at least one."""
    left = console().width - BORDER_COLUMNS
    shown: list[str] = []
    for name, width in widths.items():
        left -= width + GAP_COLUMNS
        if left < 0 and shown:
            break
        shown.append(name)
    return shown
