"""What is to be written: everything that the bytes of a folder depend on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from svp.errors import UsageError, shorten
from svp.generate.arrays import day_number
from svp.model import BOX_LOGS, TABLES

if TYPE_CHECKING:
    from collections.abc import Collection

    from svp.generate.arguments import Arguments
    from svp.generate.output.formats import FileFormat

__all__ = ["KINDS", "TRUTH", "Order", "Shape", "kinds_of"]

Shape: TypeAlias = Literal["platform", "relational", "iptv"]

TRUTH = "truth"
KINDS = (*(table.name for table in TABLES), BOX_LOGS.name, TRUTH)
"""What a platform on disk has, and ``only`` may ask for."""

MOST_DIRT = 0.5


def kinds_of(names: Collection[str]) -> tuple[str, ...]:
    """Return kinds of data in their order, each once.

    Raises:
        UsageError: a name is none of KINDS.
    """
    for name in names:
        if name not in KINDS:
            message = f"--only names {shorten(name)}, which is no kind of data"
            raise UsageError(message, f"choose from {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in names)


@dataclass(frozen=True, slots=True)
class Order:
    """A platform, and what of it is written in which way.

    Raises:
        UsageError: a value is out of range, or goes with another shape only.
    """

    arguments: Arguments
    shape: Shape = "platform"
    file_format: FileFormat = "parquet"
    """Of the tables of the shape platform; the other shapes have their own."""
    only: tuple[str, ...] = ()
    """Some of KINDS, as ``kinds_of`` returns them; empty for all."""
    from_on: date | None = None
    """First day of which events are written; None for all."""
    dirt: float = 0.0
    """Bad rows, as a share of the good ones of a table."""
    report: bool = False

    def __post_init__(self) -> None:
        self._require_range()
        own = {
            "--format": self.file_format != "parquet",
            "--only": self.only,
            "--report": self.report,
        }
        given = [option for option, value in own.items() if value]
        if given and self.shape != "platform":
            message = f"{given[0]} does not go with the shape {self.shape}, which has its own files"
            raise UsageError(message, f"leave {given[0]} out, or choose --shape platform")
        if self.report and self.from_on:
            message = "--report does not go with --from: its curves need the whole period"
            raise UsageError(message, "leave one of them out")
        if self.dirt and self.shape == "relational":
            message = "--dirt does not go with the shape relational"
            raise UsageError(message, "leave --dirt out, or choose --shape platform or iptv")

    def _require_range(self) -> None:
        if not 0 <= self.dirt <= MOST_DIRT:
            message = f"a share of {self.dirt:g} dirty rows is out of range"
            raise UsageError(message, f"ask for 0 to {MOST_DIRT:.0%}, as in --dirt 1%")
        first = self.arguments.start_on
        last = first + timedelta(days=self.arguments.days - 1)
        if self.from_on and not first <= self.from_on <= last:
            message = f"--from {self.from_on} is none of the days that are generated"
            raise UsageError(message, f"choose one from {first} to {last}")

    def has(self, kind: str) -> bool:
        """Tell whether one of KINDS is to be written."""
        return not self.only or kind in self.only

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are to be written."""
        return tuple(table.name for table in TABLES if self.has(table.name))

    @property
    def from_day(self) -> int | None:
        """First day of which events are written, in days from 1970-01-01."""
        return None if self.from_on is None else day_number(self.from_on)

    def values(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        values = {**self.arguments.values(), **asdict(self)}
        del values["arguments"]
        texts = {name: str(value) for name, value in values.items() if isinstance(value, date)}
        file_format = self.file_format if self.shape == "platform" else None
        return values | texts | {"only": list(self.only), "file_format": file_format}
