"""How many rejected rows of a file are borne before nothing of it is published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from svp.errors import UsageError, shorten

__all__ = ["ANY", "NONE", "Tolerance", "parse_tolerance"]

MAX_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The most rows of one file that may be rejected; without a number, any."""

    max_rows: int | None = None
    max_percent: Decimal | None = None
    """Of the rows that were read, blank lines and repeated headers aside."""

    def __str__(self) -> str:
        """Return it as the command line takes it."""
        return f"{self.max_rows}" if self.max_percent is None else f"{self.max_percent}%"

    @property
    def is_limited(self) -> bool:
        """Whether a file can be refused by it at all."""
        return self != ANY

    def is_past(self, rejected_rows: int) -> bool:
        """Tell whether so many are too many however many rows follow."""
        return self.max_rows is not None and rejected_rows > self.max_rows

    def is_exceeded(self, rejected_rows: int, *, rows: int) -> bool:
        """Tell whether so many are too many of all the rows of a file."""
        share = self.max_percent
        return self.is_past(rejected_rows) or (
            share is not None and MAX_PERCENT * rejected_rows > share * rows
        )


ANY = Tolerance()
NONE = Tolerance(max_rows=0)


def parse_tolerance(text: str) -> Tolerance:
    """Return what ``100`` or ``0.5%`` allows.

    Raises:
        UsageError: it is neither.
    """
    found = re.fullmatch(r"([0-9]{1,15})(\.[0-9]{1,6})?(%?)", text.strip())
    if found and found[3] and Decimal(text.strip()[:-1]) <= MAX_PERCENT:
        return Tolerance(max_percent=Decimal(text.strip()[:-1]))
    if found and not found[2] and not found[3]:
        return Tolerance(max_rows=int(found[1]))
    message = f"{shorten(text)!r} is no number of rows"
    raise UsageError(message, "write a whole number, as 100, or a share of the rows, as 0.5%")
