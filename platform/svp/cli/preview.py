"""svp ingest --explain and --dry-run: what an ingest would do, and what it says of files before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from svp.cli.common import emit, terminal_progress
from svp.cli.tables import cell, new_table
from svp.errors import QuarantineError, shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loaders.contract import Kind
    from loaders.days import Days
    from loaders.preview import Explanation, Judgement
    from loaders.recognise import Delivery, Recognised
    from loaders.terms import Terms
    from svp.core.progress import Progress

__all__ = ["announce", "describe", "dry_run", "explain", "left_out_facts"]

MAX_NAMED_DAYS = 10

MAX_LEFT_OUT_LINES = 5

STORES = {"postgres": "PostgreSQL", "mongodb": "MongoDB"}

NOT_JUDGED = "Only the stores know what rows refer to, and which of them are there already."


def announce(delivery: Delivery, days: Days, terms: Terms, progress: Progress) -> None:
    """Say what was recognised, what of it is missing or not used, and what was left out."""
    for line in (*describe(delivery.files, days, terms), *_left_out(delivery)):
        progress.say(line)


def _left_out(delivery: Delivery) -> Iterator[str]:
    """Yield a line for each file that was left out, and one for all behind the first few."""
    for one in delivery.left_out[:MAX_LEFT_OUT_LINES]:
        yield f"left out: {one.reason}"
    if (more := len(delivery.left_out) - MAX_LEFT_OUT_LINES) > 0:
        noun = "file" if more == 1 else "files"
        yield f"left out: {more} more {noun}; --json names them all"


def left_out_facts(delivery: Delivery) -> list[dict[str, str]]:
    """Return what was left out, for machines."""
    from loaders.files import printable

    return [
        {"path": printable(one.path), "reason": one.reason, "advice": one.advice}
        for one in delivery.left_out
    ]


def describe(files: Sequence[Recognised], days: Days, terms: Terms) -> Iterator[str]:
    """Yield the lines that say it."""
    from loaders.days import ALL_DAYS

    noun = "file" if len(files) == 1 else "files"
    if terms.to_warehouse:
        noun = f"{noun} to the warehouse without documents"
    groups = [list(group) for _, group in groupby(files, key=lambda file: file.kind.name)]
    yield f"{len(files)} {noun}: {', '.join(_named(groups, days)) or 'nothing to do'}"
    if days != ALL_DAYS and not any(file.day for file in files):
        yield f"no file is of a day in {days}"
    for file in files:
        if file.missing:
            yield f"{file.short_name} has no {', '.join(file.missing)}: empty in {file.seen}"
        if file.unused:
            yield f"{file.short_name}: {', '.join(map(shorten, file.unused))} not used"


def _named(groups: Iterable[Sequence[Recognised]], days: Days) -> Iterator[str]:
    """Yield what the files of each kind are called; the set of a kind only where it is another than before."""
    set_before = ""
    for files in groups:
        kind = files[0].kind
        if kind.is_daily:
            yield _days_named(files, days)
            continue
        of_set = f" ({kind.source} set)" if kind.source != set_before else ""
        in_files = f" in {len(files)} files" if len(files) > 1 else ""
        yield f"{_title(kind)}{in_files}{of_set}"
        set_before = kind.source


def _title(kind: Kind) -> str:
    return kind.title or kind.name.partition(".")[2].replace("_", " ")


def _days_named(files: Sequence[Recognised], days: Days) -> str:
    """Return a line as "28 days of set-top-box logs 2022-04-01…30, 2 missing: 2022-04-05, 2022-04-06"."""
    present = {file.day for file in files if file.day}
    noun = "day" if len(present) == 1 else "days"
    in_files = "" if len(present) == len(files) else f" in {len(files)} files"
    told = f"{len(present)} {noun} of {_title(files[0].kind)} {days.around(present)}{in_files}"
    missing = days.missing(present)
    return f"{told}, {len(missing)} missing: {_listed(missing)}" if missing else told


def _listed(days: Sequence[date]) -> str:
    more = len(days) - MAX_NAMED_DAYS
    return ", ".join(map(str, days[:MAX_NAMED_DAYS])) + (f" and {more} more" if more > 0 else "")


def explain(delivery: Delivery, days: Days, terms: Terms, *, as_json: bool) -> None:
    """Show what each file is, and what becomes of its columns and its first rows.

    Raises:
        UsageError: the files can't be taken on these terms.
    """
    from rich.console import Group

    from loaders.preview import explain as explained

    terms.rehearse(delivery.files)
    with terminal_progress() as progress:
        announce(delivery, days, terms, progress)
    explanations = list(map(explained, delivery.files))
    facts = {
        "files": [_explanation_facts(told, terms) for told in explanations],
        "left_out": left_out_facts(delivery),
    }
    shown = partial(_explanation, terms=terms)
    emit(facts, as_json=as_json, show=lambda: Group(*map(shown, explanations)))


def _explanation_facts(told: Explanation, terms: Terms) -> dict[str, object]:
    from loaders.codes import REFUSALS

    file, kind = told.file, told.file.kind
    store, table = _place(kind, terms)
    return {
        "path": file.file.name,
        "kind": kind.name,
        "source": terms.source_of(kind),
        "store": store,
        "table": table,
        "day": file.day,
        "format": file.reader.format,
        **file.reader.facts,
        "compression": list(told.compression),
        "columns": [
            {
                "column": field.name,
                "becomes": field.to,
                "may_hold": field.parser.meaning,
                "is_required": field.required,
                "is_there": is_there,
            }
            for field, is_there in told.fields
        ],
        "unused": list(file.unused),
        "rows": list(told.rows),
        "refused": [
            {
                "line": refusal.line,
                "column": refusal.column,
                "code": refusal.code,
                "reason": REFUSALS[refusal.code],
                "value": refusal.value,
            }
            for refusal in told.refusals
        ],
    }


def _place(kind: Kind, terms: Terms) -> tuple[str, str]:
    """Return the store that takes the rows of a kind, and where in it they go."""
    return ("postgres", "box_day_lines") if terms.to_warehouse else (kind.store, kind.target.name)


def _explanation(told: Explanation, terms: Terms) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from loaders.codes import REFUSALS

    refused = (
        f"line {refusal.line:,} is refused: {refusal.code}, {REFUSALS[refusal.code]}"
        for refusal in told.refusals
    )
    return Group(Text(_headline(told, terms)), _columns(told), _rows(told), *map(Text, refused))


def _headline(told: Explanation, terms: Terms) -> str:
    """Return one line, as "a.csv.gz: relational.users, to users in PostgreSQL; CSV, gzip, encoding utf-8"."""
    file, kind = told.file, told.file.kind
    store, table = _place(kind, terms)
    place = f"{table} in {STORES[store]}"
    if terms.to_warehouse:
        place = f"the warehouse by {place}"
    written = [f"{name} {value!r}" for name, value in file.reader.facts.items()]
    of_day = f" of {file.day}" if file.day else ""
    form = ", ".join((file.reader.format, *told.compression, *written))
    return f"{shorten(file.path.name)}: {kind.name}{of_day}, to {place}; {form}"


def _columns(told: Explanation) -> RenderableType:
    table = new_table("column", "becomes", "may hold")
    absent = " (not in the file: empty)"
    if told.file.reader.seen_rows:
        absent = f" (not in {told.file.seen})"
    for field, is_there in told.fields:
        remark = "" if is_there else absent
        table.add_row(cell(field.name), cell(f"{field.to}{remark}"), cell(field.parser.meaning))
    for name in told.file.unused:
        table.add_row(cell(name), cell("nothing: not used"), cell(""))
    return table


def _rows(told: Explanation) -> RenderableType:
    """Return the first rows, one beside the other: a table has more columns than a terminal is wide."""
    if not told.rows:
        return "no row is stored of the first ones"
    table = new_table("stored as", *(f"line {row['line']}" for row in told.rows))
    for name in told.rows[0]:
        if name != "line":
            table.add_row(cell(name), *(cell(_written(row[name])) for row in told.rows))
    return table


def _written(value: object) -> object:
    """Return a value as it is stored: a number is not put into groups of three."""
    return str(value) if isinstance(value, int | float | Decimal) else value


def dry_run(
    delivery: Delivery, days: Days, terms: Terms, *, is_strict: bool, as_json: bool
) -> None:
    """Judge every row by its contract, show what would become of it, and write nothing.

    Raises:
        InputError: more rows of a file are rejected than are borne; those before it are shown, and its first part.
        QuarantineError: ``is_strict``, and rows would be quarantined.
        UsageError: the files can't be taken on these terms.
    """
    from loaders.preview import judge_all
    from loaders.tolerance import too_many

    terms.rehearse(delivery.files)
    with terminal_progress() as progress:
        announce(delivery, days, terms, progress)
        judged = list(judge_all(delivery.files, terms.tolerance, progress))
        for one in judged:
            for remark in one.file.remarks(one.rejected, one.late_names):
                progress.say(remark)
    told = [_judgement_facts(one, terms) for one in judged]
    facts = {"files": told, "left_out": left_out_facts(delivery), "not_judged": NOT_JUDGED}
    refused = [
        too_many(one.file.name, one, terms.tolerance)
        for one in judged
        if terms.tolerance.refuses(one)
    ]
    error = next(iter(refused), _quarantined(judged) if is_strict else None)
    emit(facts, as_json=as_json, show=lambda: _judgements(judged), error=error)


def _quarantined(judged: Sequence[Judgement]) -> QuarantineError | None:
    """Return how a strict run would end; None if no row is rejected."""
    rejected = sum(one.rejected_rows for one in judged)
    message = f"{rejected} rows would be in quarantine"
    advice = "the codes above say why; 'docs/ingest.md' explains them"
    return QuarantineError(message, advice) if rejected else None


def _judgement_facts(judged: Judgement, terms: Terms) -> dict[str, object]:
    return {
        "path": judged.file.file.name,
        "kind": judged.file.kind.name,
        "source": terms.source_of(judged.file.kind),
        "read_rows": judged.read_rows,
        "accepted_rows": judged.accepted_rows,
        "rejected_rows": judged.rejected_rows,
        "skipped_rows": judged.skipped_rows,
        "rejected": judged.rejected,
        "flags": judged.flags,
        "advice": judged.advice,
    }


def _judgements(judged: Sequence[Judgement]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    numbers = ("accepted", "rejected", "skipped")
    table = new_table("file", *numbers, title="Nothing was written", numbers=numbers)
    for one in judged:
        codes = (*_counted(one.rejected, "rejected"), *_counted(one.flags, "flagged"))
        named = "\n".join((one.file.short_name, one.file.kind.name, *codes))
        counts = (one.accepted_rows, one.rejected_rows, one.skipped_rows)
        table.add_row(Text(named), *(f"{rows:,}" for rows in counts))
    advice = (Text(one.advice) for one in judged if one.advice)
    return Group(table, *advice, NOT_JUDGED)


def _counted(codes: Mapping[str, int], what: str) -> Iterator[str]:
    return (f"  {rows:,} {what}: {code}" for code, rows in sorted(codes.items()))
