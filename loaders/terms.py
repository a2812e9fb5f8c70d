"""How files that were recognised are to be taken, and whether they can be: the same for a run and for its rehearsal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from loaders.contract import SOURCE_NAME
from loaders.files import printable
from loaders.snapshots import check_ending
from loaders.tolerance import ANY, Tolerance
from svp.errors import UsageError, shorten
from svp.model import BOX_LOGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from loaders.contract import Kind
    from loaders.recognise import Recognised

__all__ = ["USUAL", "Terms", "shared_ids"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was said of all files of a delivery."""

    source: str | None = None
    """First half of the natural keys, if not the kind's own."""
    tolerance: Tolerance = ANY
    """How many rejected rows of a file are borne."""
    to_warehouse: bool = False
    """Whether logs of set-top boxes go there without documents."""
    may_end: Tolerance | None = None
    """How many rows may end that a full delivery lacks, or a file that replaces its day; None for any other."""
    replaces_days: bool = False
    """Whether each file is all there is of its day."""

    @property
    def is_full(self) -> bool:
        """Whether each file is all there is of its kind."""
        return self.may_end is not None and not self.replaces_days

    def source_of(self, kind: Kind) -> str:
        """Return the first half of the natural keys of a kind's rows."""
        return self.source or kind.source

    def check(self, files: Sequence[Recognised]) -> None:
        """Raise UsageError if files can't be taken so."""
        if self.to_warehouse:
            _check_logs_only(files)
        if self.source is not None:
            _check_source(self.source)
        if self.is_full:
            _check_snapshots(files)
        if self.replaces_days:
            _check_days(files)

    def rehearse(self, files: Sequence[Recognised]) -> None:
        """Raise UsageError if files can't be taken so into stores that hold none of them."""
        self.check(files)
        if self.source is None:
            _check_shared_ids(files)


USUAL = Terms()
"""Where nothing was said."""


def _check_logs_only(files: Sequence[Recognised]) -> None:
    for file in files:
        if file.kind.target is not BOX_LOGS:
            message = f"{printable(file.path)} is {file.kind.name}, which can't go to the warehouse without the stores"
            raise UsageError(message, "give --to warehouse with logs of set-top boxes only")


def _check_source(source: str) -> None:
    if not re.fullmatch(SOURCE_NAME, source):
        message = f"source {shorten(source)!r} is not a usable name"
        raise UsageError(message, "use up to 63 letters, digits, '_', '.' and '-'")


def _check_snapshots(files: Sequence[Recognised]) -> None:
    first_of: dict[str, Recognised] = {}
    for file in files:
        check_ending(file.name, file.kind)
        first = first_of.setdefault(file.kind.name, file)
        if first is not file:
            message = (
                f"{first.name} and {file.name} are both {file.kind.name}, so neither is all of it"
            )
            raise UsageError(message, "give --snapshot with one file of a kind")


def _check_days(files: Sequence[Recognised]) -> None:
    first_of: dict[date | None, Recognised] = {}
    for file in files:
        if file.day is None:
            message = f"{printable(file.path)} is {file.kind.name}, which is not of one day"
            raise UsageError(message, "give --replace-day with logs of set-top boxes only")
        first = first_of.setdefault(file.day, file)
        if first is not file:
            message = (
                f"{first.name} and {file.name} are both of {file.day}, so neither is all of it"
            )
            raise UsageError(message, "give --replace-day with one file of a day")


def _check_shared_ids(files: Sequence[Recognised]) -> None:
    shared = [file for file in files if file.kind.is_shared]
    for file, other in combinations(shared, 2):
        if file.kind == other.kind and file.content.sha256 != other.content.sha256:
            raise shared_ids(file, other.path)


def shared_ids(file: Recognised, other: Path) -> UsageError:
    """Return the refusal of two files of which nothing tells whether they are of one service."""
    message = f"{printable(file.path)} and {printable(other)} may number different titles alike"
    advice = (
        f"say whose the new one is with --source; it is --source {file.kind.source} for another delivery "
        "of what was loaded without one"
    )
    return UsageError(message, advice)
