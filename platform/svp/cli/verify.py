"""``svp verify``: the same totals in PostgreSQL, MongoDB and MySQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, settings_from
from svp.errors import VerifyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType
    from rich.table import Table

    from warehouse.checks import Comparison

__all__ = ["register"]

SHOWN_DIFFERENCES = 20

ByDayOption = Annotated[bool, typer.Option("--by-day", help="Show every day, not the totals only.")]

CurrentOption = Annotated[
    bool, typer.Option("--current", help="Fail on days that are not published yet, too.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify_command)


def verify_command(
    context: typer.Context,
    *,
    by_day: ByDayOption = False,
    current: CurrentOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare plays and playing time by day across the stores; exit 6 where they disagree.

    \b
    Example: svp verify --current
    """
    from warehouse.checks import verify

    settings = settings_from(context)
    found = verify(settings)
    data = facts(settings.workspace.name, found, by_day=by_day)
    emit(data, as_json=as_json, show=lambda: tables(settings.workspace.name, found, by_day=by_day))
    if found.differences or (current and found.pending):
        raise typer.Exit(VerifyError.exit_code)


def facts(workspace: str, found: Comparison, *, by_day: bool) -> dict[str, object]:
    """Return what was found, for machines."""
    data: dict[str, object] = {
        "workspace": workspace,
        "agree": not found.differences,
        "totals": {store: asdict(totals) for store, totals in found.totals.items()},
        "differences": [asdict(difference) for difference in found.differences],
        "pending": found.pending,
    }
    if by_day:
        data["by_day"] = {
            f"{day}": {store: asdict(totals) for store, totals in said.items()}
            for day, said in found.by_day.items()
        }
    return data


def tables(workspace: str, found: Comparison, *, by_day: bool) -> RenderableType:
    """Return what was found, for people."""
    from rich.console import Group
    from rich.text import Text

    shown: list[RenderableType] = []
    if not found.is_empty:
        shown.append(totals_table(found))
    if by_day and not found.is_empty:
        shown.append(by_day_table(found))
    if found.differences:
        shown.append(differences_table(found))
    shown.append(Text(f"workspace {workspace}: {conclusion(found)}"))
    return Group(*shown)


def conclusion(found: Comparison) -> str:
    """Return the finding in one line."""
    pending = f"; {len(found.pending):,} days are pending" if found.pending else ""
    if found.is_empty:
        return f"nothing to compare{pending}"
    if found.differences:
        return f"the stores disagree in {len(found.differences):,} places{pending}"
    return f"the stores agree on {len(found.by_day):,} days{pending}"


def totals_table(found: Comparison) -> Table:
    """Return each measure in each store, over all compared days."""
    from warehouse.checks import MEASURES

    table = new_table("Totals", ("measure",), found.totals)
    for measure in MEASURES:
        values = {store: getattr(totals, measure) for store, totals in found.totals.items()}
        table.add_row(measure, *numbers(values))
    return table


def by_day_table(found: Comparison) -> Table:
    """Return each measure in each store, day by day."""
    from warehouse.checks import MEASURES

    table = new_table("By day", ("day", "measure"), found.totals)
    for day, said in found.by_day.items():
        for measure in MEASURES:
            values = {store: getattr(totals, measure) for store, totals in said.items()}
            table.add_row(f"{day}", measure, *numbers(values))
    return table


def differences_table(found: Comparison) -> Table:
    """Return the first days on which the stores disagree."""
    title = f"Differences (the first {SHOWN_DIFFERENCES}; --json has all)"
    table = new_table(title, ("day", "measure"), found.totals)
    for each in found.differences[:SHOWN_DIFFERENCES]:
        table.add_row(f"{each.day}", each.measure, *numbers(each.values))
    return table


def new_table(title: str, labels: tuple[str, ...], stores: Mapping[str, object]) -> Table:
    """Return a table with labels to the left and one column of numbers per store."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for label in labels:
        table.add_column(label)
    for store in stores:
        table.add_column(store, justify="right", overflow="fold")
    return table


def numbers(values: Mapping[str, int]) -> list[str]:
    """Return what each store says, in the order of the columns."""
    return [f"{value:,}" for value in values.values()]
