"""What must be stored, whatever order deliveries, parents, corrections and undoings come in: kept in a dictionary.

The model knows nothing of loads, hashes or quarantine. It goes through the deliveries that stand, in the order in which
they were stored: so what it says after an undoing is what would be there if that delivery had never been.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["Delivery", "Model", "Place", "Row", "Table", "World"]

Table = Literal["users", "devices", "viewing_sessions"]


class Row(NamedTuple):
    """One row of a file."""

    key: str
    value: int
    user: str | None = None
    """Whom it refers to; None for a user."""


class Place(NamedTuple):
    """Which of two rows is later: deliveries by their order, then lines."""

    delivery: int
    line: int


@dataclass(frozen=True)
class Delivery:
    """What was stored at once."""

    name: str
    table: Table
    rows: tuple[tuple[int, Row], ...]
    """With their lines."""
    is_full: bool = False
    corrects: str | None = None
    """The delivery some of whose refused rows these replace."""


@dataclass
class Stored:
    """A row that is there."""

    row: Row
    place: Place
    is_ended: bool = False


@dataclass
class World:
    """What is there, and what waits."""

    stored: dict[tuple[Table, str], Stored] = field(default_factory=dict)
    waiting: dict[Place, tuple[str, Table, Row]] = field(default_factory=dict)

    def rows(self, table: Table) -> set[tuple[Row, bool]]:
        """Return the rows of a table, and whether each has ended."""
        return {
            (stored.row, stored.is_ended) for (of, _), stored in self.stored.items() if of == table
        }

    def held(self) -> set[tuple[str, int]]:
        """Return delivery and line of the rows that wait."""
        return {(name, place.line) for place, (name, _, _) in self.waiting.items()}

    def take(self, number: int, delivery: Delivery) -> None:
        """Store what can be stored, let the rest wait, end what is missing; then let in who waits no longer."""
        for place, (name, _, _) in list(self.waiting.items()):
            if name == delivery.corrects and place.line in dict(delivery.rows):
                del self.waiting[place]
        if delivery.is_full:
            self._end(delivery)
        for line, row in delivery.rows:
            place = Place(number, line)
            if not self._store(delivery.table, row, place):
                self.waiting[place] = (delivery.name, delivery.table, row)
        self._let_in()

    def _let_in(self) -> None:
        """Store the rows that wait no longer, older ones first, and let go of those that a later one overtook."""
        for place, (_, table, row) in sorted(self.waiting.items()):
            if not self._is_overtaken(table, row, place):
                self._store(table, row, place)
        self.waiting = {
            place: (name, table, row)
            for place, (name, table, row) in self.waiting.items()
            if not self._is_overtaken(table, row, place)
        }

    def _end(self, delivery: Delivery) -> None:
        present = {row.key for _, row in delivery.rows}
        for (table, key), stored in self.stored.items():
            if table == delivery.table and key not in present:
                stored.is_ended = True
        self.waiting = {
            place: waits for place, waits in self.waiting.items() if waits[1] != delivery.table
        }

    def _is_overtaken(self, table: Table, row: Row, place: Place) -> bool:
        stored = self.stored.get((table, row.key))
        return stored is not None and stored.place >= place

    def _store(self, table: Table, row: Row, place: Place) -> bool:
        if row.user is not None and ("users", row.user) not in self.stored:
            return False
        self.stored[table, row.key] = Stored(row, place)
        return True


@dataclass
class Model:
    """The deliveries that stand."""

    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def world(self) -> World:
        """What must be there."""
        world = World()
        for number, delivery in enumerate(self.deliveries):
            world.take(number, delivery)
        return world

    def take_back(self, name: str) -> None:
        """Forget a delivery, and the corrections of its rows."""
        self.deliveries = [
            delivery
            for delivery in self.deliveries
            if name not in {delivery.name, delivery.corrects}
        ]
