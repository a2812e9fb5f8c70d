"""What people choose: a new title, the series they are in, one from their list, one they searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import Entries, Flags, Floats, Integers, day_of, first_of_group
from svp.generate.catalogue import LIVE, NO_TITLE, SERIES
from svp.generate.player import PLAYED
from svp.generate.randomness import cumulate
from svp.generate.starts import Way

if TYPE_CHECKING:
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.randomness import Draws
    from svp.generate.rhythm import Sittings

__all__ = ["Choices", "choose_titles"]

GOES_ON_SHARE, GOES_ON_SITTING_SHARE = 0.15, 0.65
"""Of starts, those that take up the series chosen last: in a new sitting, and within one."""
LIKED_SHARE = 0.1
"""Of choices of a series, those that make it the user's favourite until the next one."""
FAVOURITE_SHARE = 0.5
"""Of new choices, those that take up the favourite instead."""
TRIES_AGAIN_SHARE = 0.8
"""Of starts after one that showed no frame, in the same sitting."""
ADDED_SHARE = 0.11
"""Of starts before which the user puts a title on the list."""
FROM_LIST_SHARE = 0.16
"""Of starts, those that take the title that was put on the list last, if it still waits."""
DAYPART_TILTS = np.array(
    (
        (1.0, 1.0, 1.0, 1.4, 1.2, 1.0, 0.9, 2.0, 1.3, 0.3, 0.1, 0.9, 0.8, 0.6, 0.8, 1.3),
        (0.6, 0.9, 0.8, 0.5, 0.7, 0.8, 0.8, 0.2, 0.6, 2.4, 2.0, 0.9, 1.0, 0.6, 3.5, 1.3),
        (0.8, 1.1, 1.0, 0.7, 0.8, 0.9, 1.2, 0.4, 0.8, 1.9, 1.8, 1.0, 1.1, 0.8, 1.4, 1.1),
        (1.1, 1.0, 1.1, 1.2, 1.0, 1.0, 1.0, 1.0, 1.2, 0.6, 0.6, 1.0, 0.9, 1.1, 1.1, 0.9),
        (1.1, 1.0, 1.0, 1.4, 1.2, 1.0, 0.9, 2.2, 1.2, 0.3, 0.1, 0.8, 0.8, 0.8, 0.5, 1.5),
        (0.5, 0.8, 0.6, 0.4, 0.7, 0.9, 0.7, 0.2, 0.5, 3.0, 2.8, 0.8, 1.2, 0.8, 2.0, 1.2),
        (1.0, 1.0, 0.9, 0.7, 1.0, 1.1, 1.1, 0.4, 0.7, 1.6, 2.0, 0.9, 1.1, 2.6, 0.8, 1.1),
        (1.3, 1.1, 1.0, 1.2, 1.1, 1.0, 1.0, 1.2, 1.0, 0.6, 0.9, 0.8, 0.8, 1.8, 0.8, 1.1),
    )
)
"""How much more than usual genres are chosen, by genre: at night, in the morning, by day and in the evening of a
working day, then of a free day. Children watch early, news are for breakfast, sport is for the weekend, horror for
the night.
"""
CHOSEN_BEFORE_SHARE = 0.85
"""Of choices that fall on a title without episodes which the user chose before, those that are made again."""
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
    shelf = _Shelf(
        catalogue,
        taste=_tastes_by_daypart(people),
        person=user * len(DAYPART_TILTS) + sittings.daypart,
        country=people.country[user],
        day=np.minimum(day_of(sittings.sat_down_at), last_day),
    )
    choice = _without_repeats(sittings, shelf, shelf.choose(draws, "choice"))
    choice, takes_up = _with_favourites(sittings, catalogue, choice)
    listed = np.full(len(user), NO_TITLE)
    adds = np.flatnonzero(draws.happens("adds", ADDED_SHARE))
    listed[adds] = shelf.choose(draws, "listed", adds)
    from_list, waiting = _from_list(sittings, listed)
    new_title = np.where(from_list, waiting, choice)
    goes_on = _goes_on(catalogue, sittings, new_title, outcome) & ~from_list
    newest = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(user))))
    searched = draws.happens("searches", SEARCHED_SHARE)
    way = np.where(
        from_list, Way.LISTED, np.where(searched & (choice != NO_TITLE), Way.SEARCHED, Way.BROWSED)
    )
    way = np.where(goes_on | (takes_up & ~from_list), Way.CONTINUED, way)
    return Choices(new_title[newest], way, listed)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What may be chosen at each start."""

    catalogue: Catalogue
    taste: Floats
    person: Integers
    """Row of the tastes."""
    country: Integers
    day: Integers

    def choose(self, draws: Draws, purpose: str, rows: Integers | None = None) -> Integers:
        """Return a title for each start, or for some of them."""
        some = slice(None) if rows is None else rows
        return self.catalogue.choose(
            draws if rows is None else draws.take(rows),
            purpose,
            taste=self.taste,
            person=self.person[some],
            country=self.country[some],
            day=self.day[some],
        )


def _tastes_by_daypart(people: People) -> Floats:
    """Return the liking of genres, cumulative, a row for each user and daypart."""
    liking = np.diff(people.taste, axis=1, prepend=0.0)[:, np.newaxis, :] * DAYPART_TILTS
    return cumulate(liking.reshape(-1, liking.shape[-1]))


def _without_repeats(sittings: Sittings, shelf: _Shelf, choice: Integers) -> Integers:
    """Return the choices, most of those that fall on a title chosen before made again."""
    catalogue = shelf.catalogue
    pair = sittings.user * (len(catalogue) + 1) + choice
    order = np.argsort(pair, kind="stable")
    is_repeat = np.empty(len(choice), dtype=np.bool_)
    is_repeat[order] = ~first_of_group(pair[order])
    content_type = catalogue.content_type[choice]
    is_repeat &= (content_type != SERIES) & (content_type != LIVE) & (choice != NO_TITLE)
    is_repeat &= sittings.draws.happens("chosen before", CHOSEN_BEFORE_SHARE)
    rows = np.flatnonzero(is_repeat)
    mended = choice.copy()
    mended[rows] = shelf.choose(sittings.draws, "choice instead", rows)
    return mended


def _with_favourites(
    sittings: Sittings, catalogue: Catalogue, choice: Integers
) -> tuple[Integers, Flags]:
    """Return the choices, some of them replaced by the series that the user liked last, and which those are."""
    draws, rows = sittings.draws, np.arange(len(choice))
    is_series = (catalogue.content_type[choice] == SERIES) & (choice != NO_TITLE)
    liked = np.maximum.accumulate(
        np.where(is_series & draws.happens("likes", LIKED_SHARE), rows, -1)
    )
    known = (liked >= 0) & (liked < rows) & (sittings.user[liked] == sittings.user)
    takes_up = known & draws.happens("takes up", FAVOURITE_SHARE)
    return np.where(takes_up, choice[liked], choice), takes_up


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
