"""svp ingest: files into both stores, and what became of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import JsonOption, emit, path_from, settings_from, terminal_progress
from svp.cli.preview import announce, left_out_facts
from svp.cli.preview import dry_run as show_judged
from svp.cli.preview import explain as show_explained
from svp.cli.tables import OUTCOMES, beside_lines, text_table
from svp.core.progress import SILENT
from svp.errors import QuarantineError, UsageError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.days import Days
    from loaders.files import Options
    from loaders.ingest import FileReport
    from loaders.recognise import Delivery
    from loaders.terms import Terms
    from loaders.tolerance import Tolerance
    from loaders.wanted import Wanted
    from svp.settings import Settings

__all__ = [
    "EncodingOption",
    "check_schemas",
    "options_of",
    "register",
    "report_facts",
    "report_table",
]

MAX_WAITING_LINES = 5

WAREHOUSE = "warehouse"

MAX_FILES_ALONE = 3
"""More files of one kind with one outcome share a line: a month of daily logs is one thing to its owner."""


class OnBadRow(StrEnum):
    """What happens to a row that is rejected."""

    QUARANTINE = "quarantine"
    STOP = "stop"


PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Files, folders, patterns in quotes, or - for standard input; the setting 'inbox' if none is given.",
        metavar="[PATH...]",
        parser=path_from,
    ),
]
SourceOption = Annotated[
    str | None,
    typer.Option(help="Name of the source, when two companies deliver files of one shape."),
]
FromOption = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="First day of daily files; those of other days are left out, missing days are named.",
    ),
]
ToOption = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="DATE|warehouse",
        help="Last day of daily files; or 'warehouse': take logs of set-top boxes there without making documents of"
        " them. May be given twice.",
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        help="Encoding of text whose first bytes tell none, as cp1252; UTF-8 if it is not given."
    ),
]
ExplainOption = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Only show what each file is, what becomes of its columns, and its first rows as they would be stored; "
        "needs no server.",
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Only read and judge every row, and write nothing; needs no server."
    ),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit with 5 if rows were quarantined.")
]
KindOption = Annotated[
    str | None,
    typer.Option(
        help="Take the files for this kind, as relational.users, whatever they look like."
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map",
        help="TOML file that says how columns of unknown files become ours.",
        metavar="FILE",
        parser=path_from,
    ),
]
ZoneOption = Annotated[
    str | None,
    typer.Option(help="Whose clocks show the instants that name no zone, as Europe/Paris."),
]
BadRowOption = Annotated[
    OnBadRow,
    typer.Option(help="Put rejected rows into quarantine, or publish nothing of their file."),
]
MaxBadOption = Annotated[
    str | None,
    typer.Option(
        metavar="N|P%",
        help="Rejected rows of one file that are borne, as 100 or 0.5%; with more, nothing of it is"
        " published (exit 4).",
    ),
]

SnapshotOption = Annotated[
    bool,
    typer.Option(
        "--snapshot",
        help="Each file is all there is of its kind: users, titles, episodes, devices and entries of watchlists that"
        " are there and not in it are ended. Bears no rejected row unless --max-bad says how many.",
    ),
]
MaxEndedOption = Annotated[
    str | None,
    typer.Option(
        metavar="N|P%",
        help="Rows that --snapshot or --replace-day may end, as 100 or 80%; half of those that are there if it is not"
        " given.",
    ),
]
ReplaceDayOption = Annotated[
    bool,
    typer.Option(
        "--replace-day",
        help="Each log of set-top boxes is all there is of its day: other lines of that day go. Bears no rejected row"
        " unless --max-bad says how many.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ingest)


def ingest(
    context: typer.Context,
    paths: PathsArgument = None,
    *,
    source: SourceOption = None,
    kind: KindOption = None,
    map_file: MapOption = None,
    zone: ZoneOption = None,
    on_bad_row: BadRowOption = OnBadRow.QUARANTINE,
    max_bad: MaxBadOption = None,
    snapshot: SnapshotOption = False,
    max_ended: MaxEndedOption = None,
    replace_day: ReplaceDayOption = False,
    first: FromOption = None,
    to: ToOption = None,
    encoding: EncodingOption = None,
    explain: ExplainOption = False,
    dry_run: DryRunOption = False,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Load files into PostgreSQL and MongoDB; the same content again changes nothing.

    Files are recognised by their content, compressed (gzip, zip, bzip2, zstd) or not. Refused rows go to quarantine
    with the reason; those that refer to something that is not there yet are loaded by the ingest that brings it.

    \b
    Example: svp ingest ./delivery --workspace trial
             svp ingest 'logs/2022*.json.gz' --from 2022-04-01 --to 2022-04-30
             svp ingest export.zip --explain
    """
    from loaders.days import Days
    from loaders.terms import Terms
    from loaders.wanted import wanted

    settings, said = settings_from(context), wanted(kind=kind, map_file=map_file, zone=zone)
    last, to_warehouse = where_to(to or [])
    days = Days(first and first.date(), last)
    is_whole = snapshot or replace_day
    tolerance = tolerance_of(OnBadRow.STOP if is_whole and not max_bad else on_bad_row, max_bad)
    may_end = may_end_of(max_ended, is_snapshot=snapshot, replaces_days=replace_day)
    terms = Terms(source, tolerance, to_warehouse, may_end, replace_day)
    options = options_of(settings, encoding)
    with _recognised(paths or inbox_of(settings), said, days, options, as_json=as_json) as delivery:
        if explain:
            show_explained(delivery, days, terms, as_json=as_json)
        elif dry_run:
            show_judged(delivery, days, terms, is_strict=strict, as_json=as_json)
        else:
            _load(settings, delivery, days, terms, is_strict=strict, as_json=as_json)


def inbox_of(settings: Settings) -> list[Path]:
    """Return the folder that is read when no path is given; nothing while it is empty.

    Raises:
        UsageError: none is set, or it is not there.
    """
    if settings.inbox is None:
        message = "no path was given, and no inbox is set"
        raise UsageError(
            message, "give files or folders, or set SVP_INBOX to the folder they arrive in"
        )
    if not settings.inbox.is_dir():
        message = f"the inbox {shorten(settings.inbox)} is not a folder that is there"
        raise UsageError(message, "make it, or set SVP_INBOX to the folder that files arrive in")
    return [settings.inbox] if any(settings.inbox.iterdir()) else []


@contextmanager
def _recognised(
    paths: Sequence[Path], said: Wanted, days: Days, options: Options, *, as_json: bool
) -> Iterator[Delivery]:
    """Give what the paths hold, as long as what was piped in is kept; bars show how far it is, but for machines."""
    from loaders.folders import standard_input_kept
    from loaders.recognise import recognise_delivery

    with standard_input_kept(paths) as given:
        with nullcontext(SILENT) if as_json else terminal_progress() as progress:
            delivery = recognise_delivery(
                given, said, options=options, days=days, progress=progress
            )
        yield delivery


def options_of(settings: Settings, encoding: str | None) -> Options:
    """Return how files are to be opened.

    Raises:
        UsageError: there is no such encoding.
    """
    from loaders.files import Options
    from loaders.packed import Limits
    from loaders.readers.text import check_encoding

    if encoding:
        check_encoding(encoding)
    limits = Limits(settings.max_unpacked_gigabytes, settings.max_unpacked_ratio)
    return Options(encoding=encoding, limits=limits)


def _load(
    settings: Settings,
    delivery: Delivery,
    days: Days,
    terms: Terms,
    *,
    is_strict: bool,
    as_json: bool,
) -> None:
    """Load files into both stores, and show what became of their rows."""
    from loaders.ingest import ingest as load_files
    from loaders.quarantine import list_waiting

    with terminal_progress() as progress:
        check_schemas(settings)
        announce(delivery, days, terms, progress)
        reports = load_files(settings, delivery.files, terms=terms, progress=progress)
    facts = {
        "workspace": settings.workspace.name,
        "files": [report_facts(report) for report in reports],
        "left_out": left_out_facts(delivery),
        "waiting": (waiting := list_waiting(settings)),
    }
    rejected = sum(report.counts.rejected_rows for report in reports)
    message, advice = f"{rejected} rows are in quarantine", "see them with 'svp quarantine list'"
    emit(
        facts,
        as_json=as_json,
        show=lambda: _with_waiting(report_table(reports), waiting),
        error=QuarantineError(message, advice) if rejected and is_strict else None,
    )


def where_to(ends: Sequence[str]) -> tuple[date | None, bool]:
    """Return the last day that is wanted, and whether logs go to the warehouse without documents.

    Raises:
        UsageError: it is neither a day nor the warehouse, or two days are given.
    """
    days = [end for end in ends if end != WAREHOUSE]
    try:
        (last,) = map(date.fromisoformat, days) if days else (None,)
    except ValueError as error:
        message = f"--to {shorten(' '.join(days))} is not one day"
        raise UsageError(message, f"write it as 2022-04-30, or --to {WAREHOUSE}") from error
    return last, WAREHOUSE in ends


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


def may_end_of(
    max_ended: str | None, *, is_snapshot: bool, replaces_days: bool
) -> Tolerance | None:
    """Return how many rows a delivery may end that is said to be whole; None for any other delivery.

    Raises:
        UsageError: ``max_ended`` says no number, or there is nothing that it could say it of; or files are said to be
            all there is of their kind, and of their day.
    """
    from loaders.tolerance import HALF, parse_tolerance

    if is_snapshot and replaces_days:
        message = "--snapshot is of files without a day, --replace-day of those that have one"
        raise UsageError(message, "give one of the two")
    is_whole = is_snapshot or replaces_days
    if max_ended is not None and not is_whole:
        message = "--max-ended says how many rows --snapshot or --replace-day may end, which were not given"
        raise UsageError(message, "add --snapshot or --replace-day, or leave it out")
    if not is_whole:
        return None
    return HALF if max_ended is None else parse_tolerance(max_ended)


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
        "advice": report.advice,
    }


def report_table(reports: Sequence[FileReport]) -> RenderableType:
    """Return what became of each file, for people."""
    from rich.console import Group
    from rich.text import Text

    numbers = (*OUTCOMES, "seconds")
    groups: dict[tuple[str, str], list[FileReport]] = {}
    for report in reports:
        groups.setdefault((report.kind, report.outcome), []).append(report)
    cells = chain.from_iterable(map(_group_cells, groups.values()))
    table = text_table("Ingest", ("file",), numbers, cells)
    rejected = sum(report.counts.rejected_rows for report in reports)
    if not rejected:
        return table
    advice = (Text(report.advice) for report in reports if report.advice)
    quarantined = f"{rejected:,} rows are in quarantine: see 'svp quarantine list'"
    return Group(table, quarantined, *advice)


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
    beside = beside_lines(counts.skipped_rows, counts.ended_rows)
    file = "\n".join((*named, *beside, *flags))
    numbers = [f"{getattr(counts, f'{name}_rows'):,}" for name in OUTCOMES]
    return [file, *numbers, seconds]
