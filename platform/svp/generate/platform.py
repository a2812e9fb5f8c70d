"""The whole platform in parts, each of which can be made alone: the catalogue, and blocks of users."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from svp.generate import truth
from svp.generate.block import Block
from svp.generate.catalogue import make_catalogue
from svp.generate.rows import catalogue as catalogue_rows
from svp.generate.words import make_name_pools
from svp.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import pyarrow as pa

    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.words import NamePool

__all__ = ["Part", "Platform", "parts_of"]

PART_PLAYS = 40_000
"""A part holds about so many plays: enough for arrays to be fast, and two workers peak far below 700 MB."""
PART_USERS = 16_384
"""At most, however little they watch."""
RATE_DAYS = 30

FOREVER_AGO = -200_000
"""A day before everything."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is made at a time; rows never depend on how a platform is parted."""

    number: int
    """Order of writing: the catalogue is part 0, the others are blocks of users."""
    first_slot: int
    slots: int


def parts_of(arguments: Arguments) -> tuple[Part, ...]:
    """Return the parts of a platform; they depend on nothing else."""
    plays_a_slot = arguments.sessions_per_user * arguments.days / RATE_DAYS
    slots = int(min(max(PART_PLAYS / plays_a_slot, 1), PART_USERS))
    firsts = range(0, arguments.users, slots)
    blocks = [
        Part(number, first, min(slots, arguments.users - first))
        for number, first in enumerate(firsts, start=1)
    ]
    return (Part(0, 0, 0), *blocks)


class Platform:
    """A platform from which parts are made; the catalogue and the pools of names are made once."""

    def __init__(self, arguments: Arguments) -> None:
        """Make nothing yet."""
        self.arguments = arguments

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every title that is added before the last day ends."""
        return make_catalogue(self.arguments, end_day=self.arguments.end_day)

    @cached_property
    def names(self) -> tuple[NamePool, ...]:
        """People's names, by country."""
        return make_name_pools(self.arguments.seed)

    @cached_property
    def content(self) -> pa.RecordBatch:
        """The table content."""
        return catalogue_rows.content(self.arguments, self.catalogue, self.names)

    def block(self, part: Part, *, from_day: int | None = None) -> Block:
        """Return the users of a part and all they do.

        Args:
            part: not the catalogue.
            from_day: first UTC day of events to be shown, in days from 1970-01-01.
        """
        return Block(
            self.arguments,
            self.catalogue,
            self.names,
            self.content,
            first_slot=part.first_slot,
            slots=part.slots,
            from_day=FOREVER_AGO if from_day is None else from_day,
        )

    def make(
        self, part: Part, *, tables: Collection[str], from_day: int | None = None
    ) -> dict[str, pa.RecordBatch]:
        """Return the rows of a part by table, of those wanted that it holds, parents before children.

        Args:
            part: which part.
            tables: names of ``svp.model.TABLES``.
            from_day: first UTC day of events, in days from 1970-01-01; people and titles are whole.
        """
        makers = self._makers(part, from_day)
        names = [table.name for table in TABLES if table.name in makers and table.name in tables]
        return {name: makers[name]() for name in names}

    def _makers(self, part: Part, from_day: int | None) -> dict[str, Callable[[], pa.RecordBatch]]:
        if part.number:
            return self.block(part, from_day=from_day).makers()
        return {
            "content": lambda: self.content,
            "episodes": lambda: catalogue_rows.episodes(self.catalogue),
        }

    def box_logs(
        self, part: Part, *, everyone: bool = False, from_day: int | None = None
    ) -> dict[int, bytes]:
        """Return the set-top-box logs of a part's households: JSON lines by UTC day.

        Args:
            part: which part; the catalogue has none.
            everyone: every user is taken for a household with a box.
            from_day: first day, in days from 1970-01-01; the period's if None.
        """
        if not part.number:
            return {}
        first = self.arguments.start_day if from_day is None else from_day
        return self.block(part, from_day=first).box_logs(everyone=everyone)

    def truth(self, part: Part) -> dict[str, pa.RecordBatch]:
        """Return what was planted: in the titles by part 0, in the users by the others."""
        if part.number:
            return {"users": truth.users(self.block(part).people)}
        return {"titles": truth.titles(self.catalogue)}
