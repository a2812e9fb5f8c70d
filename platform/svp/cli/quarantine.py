"""svp quarantine: rows that were refused, why, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svp.cli.common import JsonOption, LimitOption, emit, new_group, settings_from
from svp.cli.tables import text_table
from svp.errors import shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    quarantine = new_group("Rows that were refused, and why.")
    quarantine.command("list")(list_all)
    app.add_typer(quarantine, name="quarantine")


def list_all(
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
    from loaders.ledger import list_quarantine
    from oltp.schema import check_current

    settings = settings_from(context)
    check_current(settings)
    rows = list_quarantine(settings, load_id=load, limit=limit)
    for row in rows:
        row["reason"] = REFUSALS.get(row["code"], "")
        row["file"] = Path(row["path"]).name
    emit({"rows": rows}, as_json=as_json, show=lambda: _quarantine_table(rows))


def _quarantine_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    cells = [
        [
            f"{row['load_id']}",
            f"{row['file']}\nline {row['line']:,}",
            "\n".join((f"{row['code']}: {row['reason']}", *_fault(row))),
        ]
        for row in rows
    ]
    return text_table("Quarantine", ("load", "file", "reason"), (), cells)


def _fault(row: Mapping[str, Any]) -> list[str]:
    """Return the column and value at fault, if it is not the whole row."""
    return [f"{row['column_name']}: {shorten(row['value'] or '')}"] if row["column_name"] else []
