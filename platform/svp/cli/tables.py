"""Tables in one look: numbers to the right and never cut, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from svp.errors import shorten

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

__all__ = [
    "OUTCOMES",
    "beside_lines",
    "cell",
    "new_table",
    "plain",
    "rows_table",
    "text_table",
    "texts_of",
    "visible",
]

OUTCOMES = ("loaded", "unchanged", "updated", "rejected")
"""Columns of numbers of a load; skipped rows are rare, and rows read are the sum."""

UNGROUPED = ("_key", "year", "load_id")
"""Numbers that are names: they are written without groups of three."""


def new_table(*columns: str, title: str = "", numbers: Collection[str] = ()) -> Table:
    """Return an empty table; the columns in ``numbers`` stand to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right" if column in numbers else "left")
    return table


def text_table(
    title: str, texts: Sequence[str], numbers: Sequence[str], rows: Iterable[Sequence[str]]
) -> RenderableType:
    """Return a table of columns with text, then columns with numbers."""
    from rich.text import Text

    table = new_table(*texts, *numbers, title=title, numbers=numbers)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table if table.row_count else f"{title}: nothing"


def beside_lines(skipped_rows: int, ended_rows: int) -> list[str]:
    """Return the lines that say how many rows of a file were skipped, and how many it ended, if any."""
    counted = ((skipped_rows, "skipped"), (ended_rows, "ended"))
    return [f"  {rows:,} {what}" for rows, what in counted if rows]


def rows_table(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, title: str = ""
) -> Table:
    """Return rows as a table; a column of numbers is known by its values, and they are never cut."""
    values = {name: [row.get(name) for row in rows] for name in columns}
    numbers = {name for name in columns if _is_numeric(values[name])}
    table = new_table(*columns, title=title, numbers=numbers)
    texts = {
        name: [plain(value if value is None else str(value)) for value in values[name]]
        if name.endswith(UNGROUPED)
        else texts_of(values[name])
        for name in columns
    }
    for column, name in zip(table.columns, columns, strict=True):
        if name in numbers:
            column.min_width = max(map(len, texts[name]))
    for row in zip(*texts.values(), strict=True):
        table.add_row(*map(cell, row))
    return table


def texts_of(values: Sequence[object]) -> list[str]:
    """Return the values of one column as people read them; numbers with the same decimals."""
    has_parts = any(isinstance(value, float | Decimal) and value % 1 for value in values)
    return [
        f"{value:,.2f}" if has_parts and isinstance(value, float | Decimal) else plain(value)
        for value in values
    ]


def _is_numeric(values: Sequence[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float | Decimal) for value in known)


def cell(value: object) -> Text:
    """Return a value as people read it; what it holds is neither markup nor a control sequence."""
    from rich.text import Text

    return Text(shorten(plain(value)), overflow="fold")


def visible(text: str) -> str:
    """Return text whole, with what is no printable character written as an escape."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def plain(value: object) -> str:
    """Return a value as text: numbers in groups of three, a midnight as its date."""
    if value is None or value == () or value != value:  # noqa: PLR0124  (not a number)
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
