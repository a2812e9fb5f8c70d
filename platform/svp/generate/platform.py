"""The whole platform, table by table, parents before children."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from svp.generate import rows
from svp.generate.arguments import Arguments
from svp.generate.catalogue import Catalogue, make_catalogue
from svp.generate.people import People, make_people
from svp.generate.reactions import add_to_watchlist, rate, search
from svp.generate.subscriptions import (
    Subscribed,
    SubscriptionEvents,
    live,
    subscribed_periods,
)
from svp.generate.viewing import Plays, play
from svp.generate.words import NamePool, make_name_pools
from svp.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    import pyarrow as pa

    from svp.model import Table

__all__ = ["generate"]

BATCH_ROWS = 65_536


def generate(
    *, seed: int, users: int, titles: int, start_on: date, days: int, sessions_per_user: float
) -> Iterator[tuple[Table, pa.RecordBatch]]:
    """Yield every row of a platform: the tables in the order of ``svp.model.TABLES``.

    The same arguments give the same rows. The whole of one table is in memory at a time, beside
    the numbers of the plays.

    Args:
        seed: 0 or more; another seed is another platform.
        users: who signed up before the last day ended.
        titles: in the catalogue when the last day ended.
        start_on: first UTC day of the plays.
        days: length of the period; every play lies within it.
        sessions_per_user: plays in the period, mean over all users.

    Raises:
        UsageError: a value is out of range.
    """
    arguments = Arguments(seed, users, titles, start_on, days, sessions_per_user)
    return _batches(_Platform(arguments))


def _batches(platform: _Platform) -> Iterator[tuple[Table, pa.RecordBatch]]:
    for table in TABLES:
        whole = platform.make(table)
        for first in range(0, whole.num_rows, BATCH_ROWS):
            yield table, whole.slice(first, BATCH_ROWS)


@dataclass(frozen=True)
class _Platform:
    """What the tables have in common, each part made when it is first needed."""

    arguments: Arguments

    @cached_property
    def people(self) -> People:
        return make_people(self.arguments)

    @cached_property
    def names(self) -> tuple[NamePool, ...]:
        return make_name_pools(self.arguments.seed)

    @cached_property
    def catalogue(self) -> Catalogue:
        return make_catalogue(self.arguments)

    @cached_property
    def subscription_events(self) -> SubscriptionEvents:
        return live(self.arguments, self.people)

    @cached_property
    def subscribed(self) -> Subscribed:
        return subscribed_periods(self.arguments, self.subscription_events)

    @cached_property
    def plays(self) -> Plays:
        return play(self.arguments, self.people, self.subscribed, self.catalogue)

    def make(self, table: Table) -> pa.RecordBatch:
        """Return every row of one table."""
        arguments, people, catalogue = self.arguments, self.people, self.catalogue
        makers: dict[str, Callable[[], pa.RecordBatch]] = {
            "users": lambda: rows.users(arguments, people, self.subscribed, self.names),
            "content": lambda: rows.content(arguments, catalogue, self.names),
            "episodes": lambda: rows.episodes(catalogue),
            "viewing_sessions": lambda: rows.viewing_sessions(self.plays),
            "episode_viewing": lambda: rows.episode_viewing(self.plays, catalogue),
            "ratings": lambda: rows.ratings(rate(arguments, people, catalogue, self.plays)),
            "watchlist": lambda: rows.watchlist(
                add_to_watchlist(arguments, people, catalogue, self.plays)
            ),
            "subscription_events": lambda: rows.subscription_events(
                people, self.subscription_events
            ),
            "search_queries": lambda: rows.search_queries(
                search(arguments, people, catalogue, self.plays),
                catalogue,
                rows.titles(arguments, catalogue),
            ),
        }
        return makers[table.name]()
