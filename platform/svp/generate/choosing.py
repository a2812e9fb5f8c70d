"""What people choose: a new title, the series they are in, one from their list, one they searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import Entries, Flags, Integers, day_of, first_of_group
from svp.generate.catalogue import NO_TITLE, SERIES
from svp.generate.player import PLAYED
from svp.generate.starts import Way

if TYPE_CHECKING:
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.rhythm import Sittings

__all__ = ["Choices", "choose_titles"]

GOES_ON_SHARE, GOES_ON_SITTING_SHARE = 0.45, 0.75
"""Of starts, those that take up the series chosen last: in a new sitting, and within one."""
TRIES_AGAIN_SHARE = 0.8
"""Of starts after one that showed no frame, in the same sitting."""
ADDED_SHARE = 0.11
"""Of starts before which the user puts a title on the list."""
FROM_LIST_SHARE = 0.16
"""Of starts, those that take the title that was put on the list last, if it still waits."""
SEARCHED_SHARE = 0.24
"""Of new choices, those that began with a search."""


@dataclass(frozen=True, slots=True)
class Choices(Entries):
    """One entry per start."""

    title: Integers
    """NO_TITLE where nothing may be played."""
    way: Integers
    """One of ``Way``."""
    listed: Integers
    """The title that was put on the list just before; NO_TITLE for none."""


def choose_titles(
    catalogue: Catalogue, people: People, sittings: Sittings, outcome: Integers, *, last_day: int
) -> Choices:
    """Return what each start is for; it depends on the user's earlier starts only.

    Later than ``last_day``, after which the catalogue is not known, all choose as on that day.
    """
    draws, user = sittings.draws, sittings.user
    country = people.country[user]
    day = np.minimum(day_of(sittings.sat_down_at), last_day)
    market = {"taste": people.taste, "person": user, "country": country, "day": day}
    choice = catalogue.choose(draws, "choice", **market)
    listed = np.full(len(user), NO_TITLE)
    adds = np.flatnonzero(draws.happens("adds", ADDED_SHARE))
    market = {"taste": people.taste, "person": user[adds], "country": country[adds]}
    listed[adds] = catalogue.choose(draws.take(adds), "listed", **market, day=day[adds])
    from_list, waiting = _from_list(sittings, listed)
    new_title = np.where(from_list, waiting, choice)
    goes_on = _goes_on(catalogue, sittings, new_title, outcome) & ~from_list
    newest = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(user))))
    searched = draws.happens("searches", SEARCHED_SHARE)
    way = np.where(
        from_list, Way.LISTED, np.where(searched & (choice != NO_TITLE), Way.SEARCHED, Way.BROWSED)
    )
    return Choices(new_title[newest], np.where(goes_on, Way.CONTINUED, way), listed)


def _from_list(sittings: Sittings, listed: Integers) -> tuple[Flags, Integers]:
    """Return which starts take a title from the list, and the title that was added last before each."""
    rows = np.arange(len(listed))
    added = np.maximum.accumulate(np.where(listed != NO_TITLE, rows, -1))
    before = np.concatenate(([-1], added[:-1])) if len(added) else added
    waits = (before >= 0) & (sittings.user[before] == sittings.user)
    takes = np.flatnonzero(waits & sittings.draws.happens("from list", FROM_LIST_SHARE))
    takes = takes[first_of_group(before[takes])]
    from_list = np.zeros(len(listed), dtype=np.bool_)
    from_list[takes] = True
    return from_list, listed[before]


def _goes_on(
    catalogue: Catalogue, sittings: Sittings, new_title: Integers, outcome: Integers
) -> Flags:
    """Return which starts are for the title before: a series that is in progress, or a start that failed."""
    draws = sittings.draws
    same_sitting = ~sittings.is_first
    share = np.where(same_sitting, GOES_ON_SITTING_SHARE, GOES_ON_SHARE)
    wants = draws.happens("goes on", share)
    tries_again = np.zeros(len(wants), dtype=np.bool_)
    tries_again[1:] = outcome[:-1] != PLAYED
    tries_again &= same_sitting & draws.happens("tries again", TRIES_AGAIN_SHARE)
    possible = ~first_of_group(sittings.user)
    chosen = ~((wants | tries_again) & possible)
    last = np.maximum.accumulate(np.where(chosen, np.arange(len(wants)), 0))
    is_series = catalogue.content_type[new_title[last]] == SERIES
    is_series &= new_title[last] != NO_TITLE
    goes_on: Flags = ~chosen & (is_series | tries_again)
    return goes_on
