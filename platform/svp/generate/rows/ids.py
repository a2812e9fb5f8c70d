"""The ids of everything, each from numbers that no later user or day can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.arrays import Integers, Values, join, labels

if TYPE_CHECKING:
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.starts import Starts

__all__ = [
    "device_ids",
    "episode_ids",
    "event_ids",
    "pair_ids",
    "start_ids",
    "title_ids",
    "user_ids",
]


def padded(values: Integers, digits: int) -> Values:
    """Return small numbers as texts, padded with zeros."""
    every = np.arange(int(values.max(initial=0)) + 1)
    return labels(pc.utf8_lpad(pa.array(every).cast(pa.string()), digits, "0"), values)


def user_numbers(people: People, user: Integers) -> Values:
    """Return the digits of users' ids by position."""
    return labels(pc.utf8_lpad(pa.array(people.number).cast(pa.string()), 8, "0"), user)


def user_ids(people: People, user: Integers) -> Values:
    """Return users' ids by position, as U00000012."""
    return join("U", user_numbers(people, user))


def device_ids(people: People, user: Integers, device: Integers) -> Values:
    """Return the id of a user's device of a kind, as D00000012-1; a user has one of a kind."""
    return join("D", user_numbers(people, user), "-", padded(device + 1, 1))


def title_ids(title: Integers) -> Values:
    """Return titles' ids by position, as C000012."""
    return join("C", padded(title + 1, 6))


def episode_ids(catalogue: Catalogue, episode: Integers) -> Values:
    """Return episodes' ids by position, as C000012-S01-E03."""
    of_episode = catalogue.episodes.take(episode)
    season, number = padded(of_episode.season, 2), padded(of_episode.number, 2)
    return join(title_ids(of_episode.title), "-S", season, "-E", number)


def start_ids(prefix: str, people: People, starts: Starts) -> Values:
    """Return the ids of what happens at starts, as V00000012-250131-1: user, local day, which of it."""
    last = int(starts.day.max(initial=0))
    first = int(starts.day.min(initial=last))
    dates = pa.array(np.arange(first, last + 1).astype("datetime64[D]"))
    days = labels(pc.strftime(dates, format="%y%m%d"), starts.day - first)
    ordinal = padded(starts.ordinal + 1, 1)
    return join(prefix, user_numbers(people, starts.user), "-", days, "-", ordinal)


def pair_ids(prefix: str, people: People, user: Integers, title: Integers) -> Values:
    """Return the id of the one thing that a user and a title have, as R00000012-000345."""
    return join(prefix, user_numbers(people, user), "-", padded(title + 1, 6))


def event_ids(people: People, user: Integers, ordinal: Integers) -> Values:
    """Return the ids of users' subscription events, as E00000012-0003 for the third."""
    return join("E", user_numbers(people, user), "-", padded(ordinal + 1, 4))
