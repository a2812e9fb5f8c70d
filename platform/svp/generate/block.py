"""A block of users: who they are and all they do, each table made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from svp.generate import boxes
from svp.generate.arrays import DAY_US
from svp.generate.people import make_people
from svp.generate.reactions import rate, search
from svp.generate.rows import people as people_rows
from svp.generate.rows import reactions as reaction_rows
from svp.generate.rows import viewing as viewing_rows
from svp.generate.subscriptions import live, subscribed_periods
from svp.generate.viewing import view

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.starts import Plays
    from svp.generate.subscriptions import Subscribed, SubscriptionEvents
    from svp.generate.viewing import Viewing
    from svp.generate.words import NamePool

__all__ = ["Block"]

KNOWN_DAYS = 3
"""Subscriptions are looked at for so long after the last day: no play is longer."""


@dataclass(frozen=True)
class Block:
    """Some users of a platform, those that their places gain included."""

    arguments: Arguments
    catalogue: Catalogue
    names: tuple[NamePool, ...]
    content: pa.RecordBatch
    """The table of the catalogue's titles."""
    first_slot: int
    slots: int
    from_day: int
    """First UTC day of events to be shown, in days from 1970-01-01."""

    def makers(self) -> dict[str, Callable[[], pa.RecordBatch]]:
        """Return how to make each table."""
        return {
            "users": self.users,
            "devices": self.devices,
            "viewing_sessions": lambda: viewing_rows.viewing_sessions(self.people, self._plays),
            "episode_viewing": lambda: viewing_rows.episode_viewing(
                self.people, self.catalogue, self._plays
            ),
            "playback_attempts": self.playback_attempts,
            "ratings": self.ratings,
            "watchlist": self.watchlist,
            "subscription_events": self.subscription_events,
            "search_queries": self.search_queries,
        }

    @property
    def end_at(self) -> int:
        """The instant before which everything happens."""
        return self.arguments.end_day * DAY_US

    @property
    def from_at(self) -> int:
        """The instant from which events are shown."""
        return self.from_day * DAY_US

    @cached_property
    def people(self) -> People:
        """The users who signed up before the last day ended."""
        return make_people(
            self.arguments, first_slot=self.first_slot, slots=self.slots, end_at=self.end_at
        )

    @cached_property
    def events(self) -> SubscriptionEvents:
        """Changes of subscriptions, some of them after the last day."""
        known_at = self.end_at + KNOWN_DAYS * DAY_US
        return live(self.arguments, self.people, end_at=known_at)

    @cached_property
    def subscribed(self) -> Subscribed:
        """When each user had which plan."""
        return subscribed_periods(self.events)

    @cached_property
    def viewing(self) -> Viewing:
        """What they watched, from the first day on."""
        return view(self.arguments, self.people, self.subscribed, self.catalogue)

    def users(self) -> pa.RecordBatch:
        """Return the table users, as it is when the period ends."""
        return people_rows.users(self.arguments, self.people, self.subscribed, self.names)

    def devices(self) -> pa.RecordBatch:
        """Return the table devices."""
        return people_rows.devices(self.arguments, self.people)

    @cached_property
    def _plays(self) -> Plays:
        plays = self.viewing.plays
        return plays.take(plays.starts.started_at >= self.from_at)

    def playback_attempts(self) -> pa.RecordBatch:
        """Return the table playback_attempts."""
        starts, plays = self.viewing.starts, self.viewing.plays
        shown = starts.started_at >= self.from_at
        position = np.cumsum(shown) - 1
        kept = plays.take(shown[plays.start])
        return viewing_rows.playback_attempts(
            self.people,
            starts.take(shown),
            self.viewing.playback.take(shown),
            replace(kept, start=position[kept.start]),
        )

    def ratings(self) -> pa.RecordBatch:
        """Return the table ratings."""
        ratings = rate(self.people, self.catalogue, self.viewing.plays, end_at=self.end_at)
        return reaction_rows.ratings(self.people, ratings.take(ratings.rated_at >= self.from_at))

    def watchlist(self) -> pa.RecordBatch:
        """Return the table watchlist: what was put on it, or played of it for the first time."""
        additions = self.viewing.additions
        changed_at = np.maximum(additions.added_at, additions.watched_at)
        return reaction_rows.watchlist(self.people, additions.take(changed_at >= self.from_at))

    def subscription_events(self) -> pa.RecordBatch:
        """Return the table subscription_events."""
        at = self.events.occurred_at
        shown = (at >= self.from_at) & (at < self.end_at)
        return people_rows.subscription_events(self.people, self.events.take(shown))

    def search_queries(self) -> pa.RecordBatch:
        """Return the table search_queries."""
        found = search(self.people, self.catalogue, self.viewing.starts, end_at=self.end_at)
        shown = found.take(found.searched_at >= self.from_at)
        titles, actors = self.content.column("title"), self.content.column("main_actor")
        return reaction_rows.search_queries(self.people, self.catalogue, shown, titles, actors)

    def box_logs(self, *, everyone: bool) -> dict[int, bytes]:
        """Return the logs of the set-top boxes: JSON lines by UTC day."""
        people = self.people
        households = np.arange(len(people)) if everyone else np.flatnonzero(people.has_box)
        return boxes.box_logs(
            people,
            households,
            people_rows.contract_codes(people, households),
            from_day=self.from_day,
            end_day=self.arguments.end_day,
        )
