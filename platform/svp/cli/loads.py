"""svp loads: what was loaded, and what became of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from svp.cli.common import JsonOption, LimitOption, emit, new_group, settings_from
from svp.cli.tables import OUTCOMES, skipped_lines, text_table

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    loads = new_group("What was loaded: the ledger.")
    loads.command("list")(list_all)
    app.add_typer(loads, name="loads")


def list_all(
    context: typer.Context, *, limit: LimitOption = 20, as_json: JsonOption = False
) -> None:
    """List the newest loads with the numbers of their rows.

    \b
    Example: svp loads list --limit 5
    """
    from loaders.ledger import list_loads
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    rows = list_loads(settings, limit=limit)
    emit({"loads": rows}, as_json=as_json, show=lambda: _loads_table(rows))


def _loads_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    cells = [
        [
            f"{row['load_id']}",
            "\n".join(
                (
                    Path(row["path"]).name,
                    row["kind"],
                    f"{row['state']}, {row['started_at']:%Y-%m-%d %H:%M}",
                    *skipped_lines(row["skipped_rows"]),
                )
            ),
            *(f"{row[f'{name}_rows']:,}" for name in OUTCOMES),
        ]
        for row in rows
    ]
    return text_table("Loads", ("load", "file"), OUTCOMES, cells)
