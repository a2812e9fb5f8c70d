"""Which days of a delivery are chosen, and which of them are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from svp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ALL_DAYS", "Days"]


@dataclass(frozen=True, slots=True)
class Days:
    """Every day from ``first`` to ``last``; None leaves that end open.

    Raises:
        UsageError: the first is after the last.
    """

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            message = f"the first day, {self.first}, is after the last, {self.last}"
            raise UsageError(message, "give them the other way round")

    def __contains__(self, day: date) -> bool:
        return (self.first or day) <= day <= (self.last or day)

    def __str__(self) -> str:
        """As ``2022-04-01…30``; an open end is left out."""
        if self.first is None or self.last is None:
            return f"{self.first or ''}…{self.last or ''}"
        if self.first == self.last:
            return str(self.first)
        is_one_month = (self.first.year, self.first.month) == (self.last.year, self.last.month)
        return f"{self.first}…{self.last:%d}" if is_one_month else f"{self.first}…{self.last}"

    def around(self, present: Collection[date]) -> Days:
        """Return the same with open ends closed by the first and the last day that are there; one at least is."""
        return Days(self.first or min(present), self.last or max(present))

    def missing(self, present: Collection[date]) -> list[date]:
        """Return the days that are not there, between the ends, or where those are open, the days that are."""
        first, last = self.first or min(present), self.last or max(present)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [day for day in days if day not in present]


ALL_DAYS = Days()
