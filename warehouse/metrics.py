"""The dictionary of the marts: what every column means, and over what it may be added up.

``metrics.toml`` beside this declares it; ``docs/metrics.md`` is made from it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from warehouse.reading import list_marts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "SUMS",
    "Attribute",
    "Metric",
    "defined_columns",
    "list_attributes",
    "list_metrics",
    "render_metrics",
]

SUMS = {
    "days and customers": "over days, customers and all else that the mart has rows for",
    "days": "over days and months, not over the other rows of a mart",
    "customers": "over customers and groups of them within one day or month, never over time",
    "never": "never",
}
"""Over what a metric may be summed, and how that is said."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Something measured, defined once for all marts that show it."""

    name: str
    columns: tuple[str, ...]
    """As mart.column; the grain of each is that of its mart."""
    unit: str
    formula: str
    """In words."""
    sums: str
    """A key of ``SUMS``."""
    nulls: str = "never"
    """When there is no value."""
    source: str = "house"
    """Whose definition it is; house is ours."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What something is measured of: a key, a date, a name."""

    name: str
    columns: tuple[str, ...]
    """As mart.column."""
    meaning: str
    nulls: str = "never"
    """When there is no value."""


def list_metrics() -> tuple[Metric, ...]:
    """Return every metric, in the order of the dictionary."""
    return tuple(Metric(**entry) for entry in _entries("metric"))


def list_attributes() -> tuple[Attribute, ...]:
    """Return every attribute, in the order of the dictionary."""
    return tuple(Attribute(**entry) for entry in _entries("attribute"))


def defined_columns() -> list[tuple[str, Metric | Attribute]]:
    """Return each mart.column with its definition, by mart and in the order of the dictionary."""
    entries: tuple[Metric | Attribute, ...] = (*list_metrics(), *list_attributes())
    defined = [(column, entry) for entry in entries for column in entry.columns]
    return sorted(defined, key=lambda pair: _mart_of(pair[0]))


def render_metrics() -> str:
    """Return the dictionary as Markdown, for the documentation."""
    grains = {mart.name: mart.grain for mart in list_marts()}
    parts = [
        "## Metrics\n",
        *(line for metric in list_metrics() for line in _metric_lines(metric, grains)),
        "## Columns of the marts",
        *_mart_lines(grains),
    ]
    return "\n".join(parts)


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files("warehouse") / "metrics.toml").read_text(encoding="utf-8"))


def _entries(kind: str) -> Iterator[dict[str, Any]]:
    for entry in _read()[kind]:
        yield {**entry, "columns": tuple(entry["columns"])}


def _mart_of(column: str) -> str:
    return column.partition(".")[0]


def _metric_lines(metric: Metric, grains: Mapping[str, str]) -> Iterator[str]:
    yield f"### {metric.name}\n"
    yield f"{_sentence(metric.formula)}\n"
    yield f"- Unit: {metric.unit}. Summed: {SUMS[metric.sums]}. Null: {metric.nulls}. Source: {metric.source}."
    for column in metric.columns:
        yield f"- `{column}`, {grains.get(_mart_of(column), 'not built yet')}"
    yield ""


def _mart_lines(grains: Mapping[str, str]) -> Iterator[str]:
    last = ""
    for column, entry in defined_columns():
        mart, _, name = column.partition(".")
        if mart != last:
            grain = grains.get(mart, "not built yet")
            yield f"\n### Mart {mart}\n\n{_sentence(grain)}\n"
            yield "| column | what | summed |\n|---|---|---|"
            last = mart
        yield f"| `{name}` | {_column_cells(entry)} |"


def _column_cells(entry: Metric | Attribute) -> str:
    if isinstance(entry, Metric):
        return f"[{entry.name}](#{entry.name}), {entry.unit} | {entry.sums}"
    nulls = "" if entry.nulls == "never" else f"; null {entry.nulls}"
    return f"{entry.meaning}{nulls} | -"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
