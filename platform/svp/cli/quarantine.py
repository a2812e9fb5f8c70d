"""svp quarantine: rows that were refused, why, and what to do about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import (
    JsonOption,
    LimitOption,
    emit,
    new_group,
    path_from,
    settings_from,
    terminal_progress,
)
from svp.cli.ingest import EncodingOption, check_schemas, options_of, report_facts, report_table
from svp.cli.tables import new_table, text_table, visible
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.replay import Replay

__all__ = ["register"]

LoadOption = Annotated[int | None, typer.Option(help="Only rows of this load.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    quarantine = new_group("Rows that were refused, and why.")
    quarantine.command("list")(list_all)
    quarantine.command("show")(show)
    quarantine.command("export")(export)
    quarantine.command("replay")(replay)
    app.add_typer(quarantine, name="quarantine")


def list_all(
    context: typer.Context,
    *,
    load: LoadOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List refused rows with file, line, column, reason and value.

    \b
    Example: svp quarantine list --load 3
    """
    from loaders.quarantine import list_rows
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    rows = list_rows(settings, load_id=load, limit=limit)
    for row in rows:
        row["file"] = Path(row["path"]).name
    emit({"rows": rows}, as_json=as_json, show=lambda: _list_table(rows))


def _list_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    cells = [
        [
            f"{row['load_id']}",
            f"{row['file']}\nline {row['line']:,}",
            "\n".join((f"{row['code']}: {row['reason']}", *_fault(row), *_overtaken(row))),
        ]
        for row in rows
    ]
    return text_table("Quarantine", ("load", "file", "reason"), (), cells)


def _fault(row: Mapping[str, Any]) -> list[str]:
    """Return the column and value at fault, if it is not the whole row."""
    return [f"{row['column_name']}: {shorten(row['value'] or '')}"] if row["column_name"] else []


def _overtaken(row: Mapping[str, Any]) -> list[str]:
    return ["out of date: a later delivery says what became of it"] if row["is_overtaken"] else []


def show(
    context: typer.Context,
    load: Annotated[int, typer.Argument(help="Load that refused it.", metavar="LOAD")],
    line: Annotated[int, typer.Argument(help="Line of its file.", metavar="LINE")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show one refused row whole, why it was refused, and what to do.

    \b
    Example: svp quarantine show 3 17
    """
    from loaders.quarantine import find_row
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    row = find_row(settings, load, line)
    emit(row, as_json=as_json, show=lambda: _row_table(row))


def _row_table(row: Mapping[str, Any]) -> RenderableType:
    from rich.text import Text

    table = new_table("", "", title=f"Line {row['line']:,} of load {row['load_id']}")
    table.show_header = False
    for name, value in _row_facts(row):
        table.add_row(Text(visible(name)), Text(visible(value), overflow="fold"))
    return table


def _row_facts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is known of a refused row, and then the row."""
    yield "file", row["path"]
    yield "kind", f"{row['kind']}, source {row['source']}"
    if row["byte_offset"] is not None:
        yield (
            "begins at",
            f"byte {row['byte_offset']:,} of the file, counted from 0, without its compression",
        )
    yield "reason", f"{row['code']}: {row['reason']}"
    if row["column_name"]:
        yield "at fault", f"{row['column_name']}: {row['value'] or ''}"
    yield "what to do", row["remedy"]
    yield "refused", f"{row['refused_at']:%Y-%m-%d %H:%M} UTC"
    yield "row", row["row_text"] or "not kept, as the settings say"
    for name, value in (row["row_values"] or {}).items():
        yield f"  {name}", value


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="New file, .csv or .jsonl.", parser=path_from)],
    *,
    load: LoadOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write refused rows to a file, to be corrected there and given to 'svp quarantine replay'.

    \b
    Example: svp quarantine export mend.csv --load 3
    """
    from loaders.quarantine import export_rows
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    rows = export_rows(settings, file, load_id=load)
    facts = {"file": file, "rows": rows}
    emit(facts, as_json=as_json, show=lambda: f"{rows:,} refused rows written to {file}")


def replay(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Corrected rows, as exported; the refused rows themselves otherwise.",
            parser=path_from,
        ),
    ] = None,
    *,
    load: LoadOption = None,
    encoding: EncodingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge refused rows again, or their corrections, and load those that are accepted now.

    A row leaves quarantine when it is loaded, in one transaction; the others stay as they are. Rows that wait
    for what they refer to need no replay: the ingest that brings it loads them.

    \b
    Example: svp quarantine replay mend.csv --load 3
    """
    from loaders.replay import replay_corrections, replay_quarantine

    settings = settings_from(context)
    if file and load is None:
        message = "corrected rows are of one load, and it was not said of which"
        raise UsageError(message, "add --load, with the number that the export was made for")
    with terminal_progress() as progress:
        check_schemas(settings)
        if file and load is not None:
            options = options_of(settings, encoding)
            done = replay_corrections(
                settings, file, load_id=load, options=options, progress=progress
            )
        else:
            done = replay_quarantine(settings, load_id=load, progress=progress)
    facts = {
        "workspace": settings.workspace.name,
        "files": [report_facts(report) for report in done.reports],
        "gone_rows": done.gone_rows,
        "refused": done.codes,
        "unkept_rows": done.unkept_rows,
    }
    emit(facts, as_json=as_json, show=lambda: _replay_report(done))


def _replay_report(done: Replay) -> RenderableType:
    from rich.console import Group

    lines = [f"{rows:,} are still refused: {code}" for code, rows in sorted(done.codes.items())]
    if done.gone_rows:
        lines.append(f"{done.gone_rows:,} were replayed before, and are left alone")
    if done.unkept_rows:
        lines.append(
            f"{done.unkept_rows:,} can't be judged again, as not all of them is kept, or they have no columns:"
            " ingest the corrected file"
        )
    table = report_table(done.reports) if done.reports else "No row was replayed"
    return Group(table, *lines)
