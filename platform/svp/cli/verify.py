"""``svp verify``: the same totals in PostgreSQL, MongoDB and MySQL, and the marts as a full rebuild would make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, settings_from
from svp.cli.rebuild import compare_with_rebuild
from svp.cli.tables import cell, new_table, plain, rows_table
from svp.errors import UsageError, VerifyError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from svp.settings import Settings
    from warehouse.checks import Comparison, Difference, MeasureComparison
    from warehouse.money import UnbalancedBridge

__all__ = ["register"]

SHOWN_DIFFERENCES = 10

ByDayOption = Annotated[bool, typer.Option("--by-day", help="Show every day, not the totals only.")]

CurrentOption = Annotated[
    bool, typer.Option("--current", help="Fail on days that are not published yet, too.")
]

RebuildOption = Annotated[
    bool,
    typer.Option(
        "--rebuild",
        help="Instead, rebuild every aggregate beside the marts, and compare hashes with what is there.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify_command)


def verify_command(
    context: typer.Context,
    *,
    by_day: ByDayOption = False,
    current: CurrentOption = False,
    rebuild: RebuildOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the totals of each day across the stores; exit 6 where they disagree.

    A month whose subscribers or MRR do not lead from its opening to its closing is a disagreement, too.

    With --rebuild no export and no refresh can run meanwhile; reports can.

    \b
    Example: svp verify --current
    """
    settings = settings_from(context)
    if rebuild and by_day:
        message = "--by-day was given with --rebuild, which compares slices of aggregates"
        raise UsageError(message, "leave out one or the other")
    if rebuild:
        is_wrong, is_pending = compare_with_rebuild(settings, as_json=as_json)
    else:
        is_wrong, is_pending = compare_stores(settings, by_day=by_day, as_json=as_json)
    if is_wrong or (current and is_pending):
        raise typer.Exit(VerifyError.exit_code)


def compare_stores(settings: Settings, *, by_day: bool, as_json: bool) -> tuple[bool, bool]:
    """Print what the stores say; return whether they disagree, and whether anything is pending."""
    from warehouse.checks import verify

    workspace, found = settings.workspace.name, verify(settings)
    emit(
        facts(workspace, found, by_day=by_day),
        as_json=as_json,
        show=lambda: tables(workspace, found, by_day=by_day),
    )
    return not found.is_right, bool(found.pending)


def facts(workspace: str, found: Comparison, *, by_day: bool) -> dict[str, object]:
    """Return what was found, for machines."""
    return {
        "workspace": workspace,
        "agree": found.is_right,
        "measures": [measure_facts(each, by_day=by_day) for each in found.measures],
        "differences": [asdict(difference) for difference in found.differences],
        "unbalanced": [asdict(bridge) for bridge in found.unbalanced],
        "rateless": [asdict(currency) for currency in found.rateless],
        "pending": found.pending.days,
        "pending_marks": found.pending.marks,
        "interrupted": found.pending.interrupted,
    }


def measure_facts(found: MeasureComparison, *, by_day: bool) -> dict[str, object]:
    """Return what was found of one measure, for machines."""
    data: dict[str, object] = {
        "measure": found.measure.name,
        "unit": found.measure.unit,
        "verdict": verdict(found),
        "totals": found.totals,
    }
    if by_day:
        data["by_day"] = {f"{day}": said for day, said in found.by_day.items()}
    return data


def verdict(found: MeasureComparison) -> str:
    """Return whether the stores agree on a measure, in a word or two."""
    if found.is_waiting:
        return "pending"
    if found.is_empty:
        return "-"
    return "differ" if found.differences else "agree"


def tables(workspace: str, found: Comparison, *, by_day: bool) -> RenderableType:
    """Return what was found, for people."""
    from rich.console import Group
    from rich.text import Text

    shown: list[RenderableType] = []
    if not found.is_empty:
        shown.append(totals_table(found))
        if by_day:
            shown.append(by_day_table(found))
    if found.differences:
        shown.append(differences_table(found.differences))
    if found.unbalanced:
        shown.append(unbalanced_table(found.unbalanced))
    notes = (*found.pending.interrupted, *map(str, found.rateless))
    shown.append(Text("\n".join((f"workspace {workspace}: {conclusion(found)}", *notes))))
    return Group(*shown)


def conclusion(found: Comparison) -> str:
    """Return the finding in one line."""
    remarks = [f"{len(found.pending.days):,} days are pending"] if found.pending.days else []
    remarks += [f"changed {mark} are pending" for mark in found.pending.marks]
    if found.unbalanced:
        remarks.insert(0, f"{len(found.unbalanced):,} bridges do not balance")
    also = "".join(f"; {each}" for each in remarks)
    if found.is_empty:
        return f"nothing to compare{also}"
    if found.differences:
        return f"the stores disagree in {len(found.differences):,} places{also}"
    return f"the stores agree on {len(found.days):,} days{also}"


def totals_table(found: Comparison) -> Table:
    """Return the matrix of measures and stores, over all compared days."""
    rows = [
        (each.measure.name, *store_cells(each.totals), verdict(each)) for each in found.measures
    ]
    return matrix(("measure", *stores(), ""), rows, title="Totals of all days")


def by_day_table(found: Comparison) -> Table:
    """Return the matrix day by day, for the measures that are compared."""
    rows = [
        (f"{day}", each.measure.name, *store_cells(said))
        for each in found.measures
        if not each.is_empty
        for day, said in each.by_day.items()
    ]
    rows.sort(key=lambda row: row[0])
    return matrix(("day", "measure", *stores()), rows, title="By day")


def matrix(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str) -> Table:
    """Return a table of texts whose columns of stores stand to the right and are never cut."""
    table = new_table(*columns, title=title, numbers=stores())
    for number, column in enumerate(table.columns):
        texts = [row[number] for row in rows]
        column.min_width = max(
            (len(text) for text in texts if columns[number] in stores()), default=0
        )
    for row in rows:
        table.add_row(*(cell(text.replace("_", " ")) for text in row))
    return table


def store_cells(said: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield what each store says; its tables may differ among themselves."""
    for store in stores():
        values = set(said[store].values()) if store in said else set()
        if not values:
            yield "not held"
        else:
            yield plain(values.pop()) if len(values) == 1 else "differ"


def differences_table(differences: Sequence[Difference]) -> Table:
    """Return what each store says where they disagree first, with the tables that say so."""
    title = f"Differences (the first {SHOWN_DIFFERENCES}; --json has all)"
    rows = [
        {
            "day": f"{each.day}",
            "measure": each.measure.replace("_", " "),
            "store": store,
            "value": value,
            "said by": said_by(tables, value),
        }
        for each in differences[:SHOWN_DIFFERENCES]
        for store, tables in each.values.items()
        for value in sorted(set(tables.values()))
    ]
    return rows_table(rows, ("day", "measure", "store", "value", "said by"), title=title)


def unbalanced_table(bridges: Sequence[UnbalancedBridge]) -> Table:
    """Return the months whose bridges do not lead to where they should."""
    title = f"Bridges that do not balance (the first {SHOWN_DIFFERENCES}; --json has all)"
    rows = [asdict(each) for each in bridges[:SHOWN_DIFFERENCES]]
    return rows_table(rows, ("month_start", "measure", "expected", "found"), title=title)


def said_by(tables: Mapping[str, int], value: int) -> str:
    """Return which tables of a store say a value."""
    names = [table for table in tables if tables[table] == value]
    return f"all {len(names)} tables" if len(names) == len(tables) > 1 else ", ".join(names)


def stores() -> tuple[str, ...]:
    """Return the names of the stores."""
    from warehouse.measures import STORES

    return STORES
