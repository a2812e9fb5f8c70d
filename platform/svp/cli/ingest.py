"""svp ingest: files into both stores, and what became of their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import JsonOption, emit, settings_from, terminal_progress
from svp.cli.tables import OUTCOMES, skipped_lines, text_table
from svp.errors import QuarantineError, UsageError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.ingest import FileReport
    from loaders.recognise import Recognised
    from loaders.tolerance import Tolerance
    from svp.settings import Settings

__all__ = ["check_schemas", "register", "report_facts", "report_table"]

MAX_WAITING_LINES = 5

MAX_FILES_ALONE = 3
"""More files of one kind with one outcome share a line: a month of daily logs is one thing to its owner."""


class OnBadRow(StrEnum):
    """What happens to a row that is rejected."""

    QUARANTINE = "quarantine"
    STOP = "stop"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ingest)


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
    on_bad_row: Annotated[
        OnBadRow,
        typer.Option(help="Put rejected rows into quarantine, or publish nothing of their file."),
    ] = OnBadRow.QUARANTINE,
    max_bad: Annotated[
        str | None,
        typer.Option(
            metavar="N|P%",
            help="Rejected rows of one file that are borne, as 100 or 0.5%; with more, nothing of it is"
            " published (exit 4).",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 5 if rows were quarantined.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load files into PostgreSQL and MongoDB; the same content again changes nothing.

    Files are recognised by their content. Refused rows go to quarantine with the reason; those that refer to
    something that is not there yet are loaded by the ingest that brings it.

    \b
    Example: svp ingest ./delivery --workspace trial
    """
    from loaders.ingest import ingest as load_files
    from loaders.quarantine import list_waiting
    from loaders.recognise import recognise_all

    settings, tolerance = settings_from(context), tolerance_of(on_bad_row, max_bad)
    files = recognise_all(paths)
    with terminal_progress() as progress:
        check_schemas(settings)
        for line in describe(files):
            progress.say(line)
        reports = load_files(settings, files, source=source, tolerance=tolerance, progress=progress)
    facts = {
        "workspace": settings.workspace.name,
        "files": [report_facts(report) for report in reports],
        "waiting": (waiting := list_waiting(settings)),
    }
    emit(facts, as_json=as_json, show=lambda: _with_waiting(report_table(reports), waiting))
    rejected = sum(report.counts.rejected_rows for report in reports)
    if rejected and strict:
        message = f"{rejected} rows are in quarantine"
        raise QuarantineError(message, "see them with 'svp quarantine list'")


def tolerance_of(on_bad_row: OnBadRow, max_bad: str | None) -> Tolerance:
    """Return how many rejected rows the options bear.

    Raises:
        UsageError: they say two things.
    """
    from loaders.tolerance import ANY, NONE, parse_tolerance

    if on_bad_row is OnBadRow.QUARANTINE:
        return ANY if max_bad is None else parse_tolerance(max_bad)
    if max_bad is not None:
        message = (
            "--on-bad-row stop bears no rejected row, so there is nothing for --max-bad to say"
        )
        raise UsageError(message, "give one of the two")
    return NONE


def describe(files: Sequence[Recognised]) -> Iterator[str]:
    """Yield what was recognised, and what of it is missing or not used."""
    noun = "file" if len(files) == 1 else "files"
    counted = Counter(file.kind.name for file in files)
    kinds = (name if count == 1 else f"{count} {name}" for name, count in counted.items())
    yield f"{len(files)} {noun}: {', '.join(kinds)}"
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

    numbers = (*OUTCOMES, "seconds")
    groups: dict[tuple[str, str], list[FileReport]] = {}
    for report in reports:
        groups.setdefault((report.kind, report.outcome), []).append(report)
    cells = chain.from_iterable(map(_group_cells, groups.values()))
    table = text_table("Ingest", ("file",), numbers, cells)
    rejected = sum(report.counts.rejected_rows for report in reports)
    if not rejected:
        return table
    return Group(table, f"{rejected:,} rows are in quarantine: see 'svp quarantine list'")


def _with_waiting(table: RenderableType, loads: Sequence[dict[str, Any]]) -> RenderableType:
    """Return a report that ends with the rows that wait for what they refer to."""
    from rich.console import Group
    from rich.text import Text

    if not loads:
        return table
    lines = [_waiting(load["waiting_rows"], Path(load["path"]).name) for load in loads]
    if len(lines) > MAX_WAITING_LINES:
        rows = sum(load["waiting_rows"] for load in loads)
        lines = [_waiting(rows, f"{len(loads)} files")]
    advice = "They are loaded by the ingest that brings it; no file need be given again."
    return Group(table, *map(Text, lines), advice)


def _waiting(rows: int, where: str) -> str:
    noun, verb = ("row", "waits") if rows == 1 else ("rows", "wait")
    return f"{rows:,} {noun} of {where} {verb} for a user, title, session or episode."


def _group_cells(reports: Sequence[FileReport]) -> Iterator[list[str]]:
    """Yield the cells of files of one kind and outcome: a line each, or one for all when they are many."""
    from loaders.files import printable

    if len(reports) > MAX_FILES_ALONE:
        first, last = (printable(Path(report.path.name)) for report in (reports[0], reports[-1]))
        yield _report_cells(reports, [f"{len(reports)} files, {first} …", last, reports[0].kind])
        return
    for report in reports:
        named = [printable(Path(report.path.name))]
        if report.path.stem != report.kind.partition(".")[2]:
            named.append(report.kind)
        yield _report_cells([report], named)


def _report_cells(reports: Sequence[FileReport], named: list[str]) -> list[str]:
    """Return the cells of one line: what its files are called, and the sums of what became of their rows."""
    from loaders.ledger import RowCounts

    seconds = f"{sum(report.seconds for report in reports):.1f}"
    outcome, counts = reports[0].outcome, sum((report.counts for report in reports), RowCounts())
    if outcome != "loaded":
        named = [*named, outcome]
    if outcome == "already loaded":
        return ["\n".join(named), *[""] * len(OUTCOMES), seconds]
    flags = [f"  {rows:,} {code}" for code, rows in counts.flags.items()]
    file = "\n".join((*named, *skipped_lines(counts.skipped_rows), *flags))
    numbers = [f"{getattr(counts, f'{name}_rows'):,}" for name in OUTCOMES]
    return [file, *numbers, seconds]
