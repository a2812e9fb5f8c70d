"""The definition of the report: tables, measures and pages, as the ``.toml`` files beside this declare them.

A field is written ``mart.column`` everywhere, and has a caption that people see. The files are part of the program:
what is wrong in them is a defect, told by ``report.checking``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable

__all__ = [
    "BEFORE",
    "CALENDAR",
    "FORMATS",
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "PERIOD",
    "Column",
    "Kind",
    "Measure",
    "Page",
    "Place",
    "Report",
    "Table",
    "Visual",
    "VisualKind",
    "load_report",
    "split_field",
]

Kind = Literal["whole", "decimal", "date", "moment", "text"]
VisualKind = Literal["cards", "line", "bar", "column", "matrix", "table"]
Place = tuple[int, int, int, int]
"""Left, top, width and height, in pixels of the page."""

CALENDAR = "calendar"
PERIOD = "calendar.month_start"
"""The slicer of the period; a report opens with its last whole month."""
PAGE_WIDTH, PAGE_HEIGHT = 1280, 720

FORMATS = {
    "count": "#,##0",
    "decimal": "#,##0.0",
    "hours": "#,##0.0",
    "rate": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "seconds": "0.00",
    "stars": "0.00",
    "money": "#,##0.00",
    "moment": "yyyy-mm-dd hh:nn",
}
"""How measures look, as format strings of Power BI."""
COLUMN_FORMATS = {"whole": "0", "decimal": "0", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:nn"}
MONTH_FORMAT = "mmm yyyy"
"""How columns look, by their kind; a month is a date."""

BEFORE = {"28 days": (28, "DAY"), "month": (1, "MONTH")}
"""How far back the period before is: a number, and an interval that DAX and MySQL call alike."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    """In the mart."""
    kind: Kind
    caption: str
    """In the model: words where it is shown, the name in the mart where it is hidden."""
    is_shown: bool = False
    sort: str = ""
    """Name of the column whose order it takes; empty for its own."""

    @property
    def format(self) -> str:
        """How it looks, as a format string of Power BI; empty for text."""
        return MONTH_FORMAT if self.name == "month_start" else COLUMN_FORMATS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A view of the marts as a table of the model."""

    mart: str
    columns: tuple[Column, ...]
    key: str = ""
    """Of a dimension: the column that is its own."""
    keys: tuple[str, ...] = ()
    """Of a fact: the columns that relate it to dimensions."""
    dates: str = ""
    """Of the calendar: the column of days."""
    levels: tuple[str, ...] = ()
    """Of the calendar: columns from year to day."""

    @property
    def caption(self) -> str:
        """What people see."""
        return _words(self.mart)

    def column(self, name: str) -> Column:
        """Return a column by its name in the mart; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of some rows of a mart; ``measures.toml`` says what each part means."""

    name: str
    mart: str
    dax: str
    sql: str
    format: str
    folder: str
    description: str
    at: Literal["", "last"] = ""
    by: tuple[str, ...] = ()
    before: str = ""
    base: str = ""
    """The measure of which this is the one of the period before, or the change; empty for neither."""
    is_change: bool = False

    @property
    def earlier(self) -> Measure:
        """The same of the period before."""
        told = f"{self.description} Of the period before."
        name = f"{self.name}, {self.before} before"
        return replace(self, name=name, description=told, base=self.name)

    @property
    def change(self) -> Measure:
        """By how much it changed, of what it was in the period before."""
        told = f"Change of: {self.name}, against the period before."
        name = f"{self.name}, change"
        return replace(
            self, name=name, format="change", description=told, base=self.name, is_change=True
        )


@dataclass(frozen=True, slots=True)
class Visual:
    """One picture, table or row of cards; ``pages/1_overview.toml`` says what each part means."""

    name: str
    kind: VisualKind
    title: str
    alt: str
    place: Place
    measures: tuple[str, ...]
    axis: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] | None = None
    unfiltered: tuple[str, ...] = ()
    top: int = 0
    sort: Literal["", "axis", "newest"] = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """Fields that part its rows."""
        return self.axis + self.series

    @property
    def is_by_axis(self) -> bool:
        """Whether its rows come by its axis, and not the biggest first."""
        return bool(self.sort) or self.kind in {"line", "column", "matrix"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    name: str
    heading: str
    visuals: tuple[Visual, ...]
    slicers: tuple[str, ...] = ()
    drill: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, by mart and by name."""

    tables: Mapping[str, Table]
    measures: Mapping[str, Measure]
    pages: tuple[Page, ...]

    def table_of(self, field: str) -> Table:
        """Return the table of a field; KeyError if there is none."""
        return self.tables[split_field(field)[0]]

    def column(self, field: str) -> Column:
        """Return the column of a field; KeyError if there is none."""
        return self.table_of(field).column(split_field(field)[1])

    def reaches(self, field: str, mart: str) -> bool:
        """Tell whether a choice of a field's values limits the rows of a mart."""
        own = split_field(field)[0]
        return own == mart or self.tables[own].key in self.tables[mart].keys

    def marts_of(self, visual: Visual) -> tuple[str, ...]:
        """Return the marts whose rows a visual counts, in the order of its measures."""
        return tuple(dict.fromkeys(self.measures[name].mart for name in visual.measures))

    def acts_on(self, slicer: str, visual: Visual) -> bool:
        """Tell whether a slicer limits a visual, or any part of it."""
        marts = self.marts_of(visual)
        return slicer not in visual.unfiltered and any(self.reaches(slicer, mart) for mart in marts)

    def limits_told(self, fields: Iterable[str], visual: Visual) -> str:
        """Return what is said beneath a visual's title of chosen fields that do not limit it; empty where all do."""
        apart = [self.column(field).caption for field in fields if not self.acts_on(field, visual)]
        return f"Not limited by {' and '.join(apart).lower()}" if apart else ""


def split_field(field: str) -> tuple[str, str]:
    """Return mart and column of a field."""
    mart, _, column = field.partition(".")
    return mart, column


@cache
def load_report() -> Report:
    """Return the report as its files declare it."""
    folder = files("report")
    declared = sorted((folder / "pages").iterdir(), key=lambda entry: entry.name)
    tables = [_table(**entry) for entry in _read(folder / "tables.toml")["table"]]
    measures = [
        measure
        for entry in _read(folder / "measures.toml")["measure"]
        for measure in _with_earlier(Measure(**_frozen(entry)))
    ]
    return Report(
        {table.mart: table for table in tables},
        {measure.name: measure for measure in measures},
        tuple(_page(**_read(entry)) for entry in declared if entry.name.endswith(".toml")),
    )


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }


def _table(
    *,
    mart: str,
    key: str = "",
    keys: tuple[str, ...] = (),
    hidden: Mapping[Kind, list[str]] | None = None,
    shown: Mapping[Kind, list[str]] | None = None,
    captions: Mapping[str, str] | None = None,
    sort: Mapping[str, str] | None = None,
    dates: str = "",
    levels: tuple[str, ...] = (),
) -> Table:
    called = captions or {}
    whole: dict[Kind, list[str]] = {"whole": [name for name in (key, *keys) if name]}
    out_of_sight = [
        Column(name, kind, called.get(name, name))
        for names_by_kind in (whole, hidden or {})
        for kind, names in names_by_kind.items()
        for name in names
    ]
    in_sight = [
        Column(
            name,
            kind,
            called.get(name, _words(name)),
            is_shown=True,
            sort=(sort or {}).get(name, ""),
        )
        for kind, names in (shown or {}).items()
        for name in names
    ]
    return Table(mart, (*out_of_sight, *in_sight), key, tuple(keys), dates, tuple(levels))


def _with_earlier(measure: Measure) -> Iterator[Measure]:
    yield measure
    if measure.before:
        yield measure.earlier
        yield measure.change


def _page(*, visual: list[dict[str, Any]], **entry: Any) -> Page:
    return Page(**_frozen(entry), visuals=tuple(_visual(**_frozen(each)) for each in visual))


def _visual(*, only: Mapping[str, list[str]] | None = None, **entry: Any) -> Visual:
    return Visual(**entry, only=_frozen(only) if only else None)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
