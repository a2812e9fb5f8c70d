"""``svp warehouse rates``: what converts the money of subscriptions into the one currency that marts report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, new_group, path_from, settings_from
from svp.cli.tables import rows_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from warehouse.rates import Rates

__all__ = ["group"]

group = new_group("Rates of currencies, which convert money into the one that marts report.")


@group.command("show")
def show_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show the rates, and the currencies of prices that lack one.

    \b
    Example: svp warehouse rates show
    """
    from warehouse.rates import rates_in_force

    found = rates_in_force(settings_from(context))
    emit(asdict(found), as_json=as_json, show=lambda: _rates_table(found))


@group.command("import")
def import_command(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="A .csv file: currency, report_currency, valid_from, rate.", parser=path_from
        ),
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Put the rates of a file in the place of those of the same currencies, and convert again.

    A rate is the worth of one unit: EUR,USD,2026-01-01,1.17 says that a euro is worth 1.17 dollars from then on.

    \b
    Example: svp warehouse rates import rates.csv
    """
    from warehouse.rates import import_rates, read_rates

    changed = import_rates(settings_from(context), read_rates(file))
    emit(
        {"changed": changed},
        as_json=as_json,
        show=lambda: f"{changed:,} rates were added or removed, and all money converted again",
    )


def _rates_table(found: Rates) -> RenderableType:
    """Return the rates, and a line for each currency without one."""
    from rich.console import Group

    names = ("currency", "report_currency", "valid_from", "rate")
    table = rows_table([asdict(each) for each in found.rates], names)
    return Group(table, *(str(each) for each in found.missing))
