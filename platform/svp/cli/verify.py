"""``svp verify``: the same totals in PostgreSQL, MongoDB and MySQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, settings_from
from svp.cli.tables import rows_table
from svp.errors import VerifyError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from warehouse.checks import Comparison

__all__ = ["register"]

SHOWN_DIFFERENCES = 10

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
    if found.differences or (current and (found.pending or found.interrupted)):
        raise typer.Exit(VerifyError.exit_code)


def facts(workspace: str, found: Comparison, *, by_day: bool) -> dict[str, object]:
    """Return what was found, for machines."""
    data: dict[str, object] = {
        "workspace": workspace,
        "agree": not found.differences,
        "totals": {store: asdict(totals) for store, totals in found.totals.items()},
        "differences": [asdict(difference) for difference in found.differences],
        "pending": found.pending,
        "interrupted": found.interrupted,
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
    lines = [f"workspace {workspace}: {conclusion(found)}", *found.interrupted]
    shown.append(Text("\n".join(lines)))
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
    """Return what each store says, over all compared days."""
    rows = [{"store": store, **asdict(said)} for store, said in found.totals.items()]
    return rows_table(rows, ("store", *measures()), title="Totals")


def by_day_table(found: Comparison) -> Table:
    """Return what each store says, day by day."""
    rows = [
        {"day": f"{day}", "store": store, **asdict(totals)}
        for day, said in found.by_day.items()
        for store, totals in said.items()
    ]
    return rows_table(rows, ("day", "store", *measures()), title="By day")


def differences_table(found: Comparison) -> Table:
    """Return what each store says where they disagree first."""
    title = f"Differences (the first {SHOWN_DIFFERENCES}; --json has all)"
    rows = [
        {"day": f"{each.day}", "measure": each.measure, "store": store, "value": value}
        for each in found.differences[:SHOWN_DIFFERENCES]
        for store, value in each.values.items()
    ]
    return rows_table(rows, ("day", "measure", "store", "value"), title=title)


def measures() -> tuple[str, ...]:
    """Return the names of what is compared."""
    from warehouse.checks import MEASURES

    return MEASURES
