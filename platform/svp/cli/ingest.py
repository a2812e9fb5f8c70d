"""svp ingest, svp loads and svp quarantine: files into both stores, and what became of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import JsonOption, emit, new_group, settings_from, terminal_progress
from svp.cli.tables import new_table
from svp.errors import QuarantineError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.ingest import FileReport
    from loaders.recognise import Recognised
    from svp.settings import Settings

__all__ = ["check_schemas", "register", "report_facts", "report_table"]

LimitOption = Annotated[int, typer.Option(min=1, help="Rows to show at most.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    loads = new_group("What was loaded: the ledger.")
    loads.command("list")(list_loads)
    app.add_typer(loads, name="loads")
    quarantine = new_group("Rows that were refused, and why.")
    quarantine.command("list")(list_quarantine)
    app.add_typer(quarantine, name="quarantine")


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(help="Files, or folders of files.", metavar="PATH...")
    ],
    *,
    source: Annotated[
        str | None,
        typer.Option(help="Name of the source, when two companies deliver files of one shape."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 5 if rows were quarantined.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load files into PostgreSQL and MongoDB; the same content again changes nothing.

    Files are recognised by their content. Refused rows go to quarantine with the reason.

    \b
    Example: svp ingest ./delivery --workspace trial
    """
    from loaders.ingest import ingest as load_files
    from loaders.recognise import recognise_all

    settings = settings_from(context)
    files = recognise_all(paths)
    with terminal_progress() as progress:
        check_schemas(settings)
        for line in describe(files):
            progress.say(line)
        reports = load_files(settings, files, source=source, progress=progress)
    facts = {
        "workspace": settings.workspace.name,
        "files": [report_facts(report) for report in reports],
    }
    emit(facts, as_json=as_json, show=lambda: report_table(reports))
    rejected = sum(report.counts.rejected_rows for report in reports)
    if rejected and strict:
        message = f"{rejected} rows are in quarantine"
        raise QuarantineError(message, "see them with 'svp quarantine list'")


def describe(files: Sequence[Recognised]) -> Iterator[str]:
    """Yield what was recognised, and what of it is missing or not used."""
    noun = "file" if len(files) == 1 else "files"
    yield f"{len(files)} {noun}: {', '.join(file.kind.name for file in files)}"
    for file in files:
        if file.missing:
            yield f"{file.path.name} has no {', '.join(file.missing)}: empty in every row"
        if file.unused:
            yield f"{file.path.name}: {', '.join(map(shorten, file.unused))} not used"


def check_schemas(settings: Settings) -> None:
    """Raise SchemaError unless both stores have exactly this program's schema."""
    from nosql.schema import check_current as check_mongodb
    from oltp.schema import check_current as check_postgres

    check_postgres(settings)
    check_mongodb(settings)


def report_facts(report: FileReport) -> dict[str, object]:
    """Return what became of one file, for machines."""
    from dataclasses import asdict

    from loaders.files import printable

    return {
        "path": printable(report.path),
        "kind": report.kind,
        "outcome": report.outcome,
        **asdict(report.counts),
        "seconds": round(report.seconds, 3),
    }


def report_table(reports: Sequence[FileReport]) -> RenderableType:
    """Return what became of each file, for people."""
    from rich.console import Group

    numbers = ("loaded", "unchanged", "updated", "rejected", "skipped", "seconds")
    table = _table("Ingest", ("file",), numbers, map(_report_cells, reports))
    rejected = sum(report.counts.rejected_rows for report in reports)
    if not rejected:
        return table
    return Group(table, f"{rejected:,} rows are in quarantine: see 'svp quarantine list'")


def _report_cells(report: FileReport) -> list[str]:
    from loaders.files import printable

    counts = report.counts
    named = [printable(Path(report.path.name))]
    if report.path.stem != report.kind.partition(".")[2]:
        named.append(report.kind)
    if report.outcome != "loaded":
        return ["\n".join((*named, report.outcome)), *[""] * 5, f"{report.seconds:.1f}"]
    flags = [f"  {rows:,} {code}" for code, rows in counts.flags.items()]
    numbers = (
        counts.loaded_rows,
        counts.unchanged_rows,
        counts.updated_rows,
        counts.rejected_rows,
        counts.skipped_rows,
    )
    file = "\n".join((*named, *flags))
    return [file, *(f"{number:,}" for number in numbers), f"{report.seconds:.1f}"]


def list_loads(
    context: typer.Context, *, limit: LimitOption = 20, as_json: JsonOption = False
) -> None:
    """List the newest loads with the numbers of their rows.

    \b
    Example: svp loads list --limit 5
    """
    from loaders.ledger import list_loads as read

    rows = read(settings_from(context), limit=limit)
    emit({"loads": rows}, as_json=as_json, show=lambda: _loads_table(rows))


def _loads_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    names = ("read", "loaded", "unchanged", "updated", "rejected", "skipped")
    cells = [
        [
            f"{row['load_id']}",
            f"{Path(row['path']).name}\n{row['kind']}\n{row['state']}, {row['started_at']:%Y-%m-%d %H:%M}",
            *(f"{row[f'{name}_rows']:,}" for name in names),
        ]
        for row in rows
    ]
    return _table("Loads", ("load", "file"), names, cells)


def list_quarantine(
    context: typer.Context,
    *,
    load: Annotated[int | None, typer.Option(help="Only rows of this load.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List refused rows with file, line, column, reason and value.

    \b
    Example: svp quarantine list --load 3
    """
    from loaders.codes import REFUSALS
    from loaders.ledger import list_quarantine as read

    rows = read(settings_from(context), load_id=load, limit=limit)
    for row in rows:
        row["reason"] = REFUSALS.get(row["code"], "")
        row["file"] = Path(row["path"]).name
    emit({"rows": rows}, as_json=as_json, show=lambda: _quarantine_table(rows))


def _quarantine_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    cells = [
        [
            f"{row['load_id']}",
            f"{row['file']}\nline {row['line']:,}",
            row["column_name"] or "",
            shorten(row["value"] or ""),
            f"{row['code']}\n{row['reason']}",
        ]
        for row in rows
    ]
    return _table("Quarantine", ("load", "file", "column", "value", "reason"), (), cells)


def _table(
    title: str, texts: Sequence[str], numbers: Sequence[str], rows: Iterable[Sequence[str]]
) -> RenderableType:
    """Return a table of columns with text, then columns with numbers."""
    from rich.text import Text

    table = new_table(*texts, *numbers, title=title, numbers=numbers)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table if table.row_count else f"{title}: nothing"
