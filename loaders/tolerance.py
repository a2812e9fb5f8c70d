"""How many rejected rows of a file are borne before nothing of it is published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from svp.errors import InputError, UsageError, shorten

__all__ = ["ANY", "HALF", "NONE", "Judged", "Tolerance", "parse_tolerance", "too_many"]

MAX_PERCENT = 100


class Judged(Protocol):
    """What is known of a file, or of its first part, when its rows were judged."""

    @property
    def read_rows(self) -> int:
        """Rows, blank lines and repeated headers among them."""

    @property
    def skipped_rows(self) -> int:
        """Blank lines and repeated headers."""

    @property
    def rejected_rows(self) -> int:
        """Rows that can't be stored truly."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The most rows of one file that may be rejected, or may end by it; without a number, any."""

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

    def refuses(self, judged: Judged) -> bool:
        """Tell whether too many rows of a file are rejected."""
        rows = judged.read_rows - judged.skipped_rows
        return self.is_exceeded(judged.rejected_rows, rows=rows)


ANY = Tolerance()
NONE = Tolerance(max_rows=0)
HALF = Tolerance(max_percent=Decimal(50))


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


def too_many(
    name: str, judged: Judged, tolerance: Tolerance, *, load_id: int | None = None
) -> InputError:
    """Return the refusal of a file with too many rejected rows; ``load_id`` is where they are kept, if at all."""
    message = (
        f"{name}: {judged.rejected_rows:,} of the {judged.read_rows:,} rows read were rejected,"
        f" more than the {tolerance} that are borne; nothing of it was loaded"
    )
    seen = "" if load_id is None else f"see them with 'svp quarantine list --load {load_id}'; "
    return InputError(
        message,
        f"{seen}mend the file, or bear more with --max-bad",
        load_id=load_id,
        path=name,
        read_rows=judged.read_rows,
        rejected_rows=judged.rejected_rows,
    )
