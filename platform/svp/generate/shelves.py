"""Where titles stand to be chosen: for good, and as premieres for a while.

The weight of a title on a day is its standing weight and what is left of its premieres and revivals, each of which
decays by 1/e in its genre's decay days. No table by day and title is needed: the titles that are out on a day are the
first ones of a shelf sorted by time, so that one cumulative sum serves every day. For premieres it is the sum of the
weights times e^(day ÷ decay): the factor e^(-today ÷ decay) is common to all, and doesn't change who wins. The sum
spans hundreds of orders of magnitude, so its logarithm is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import Entries, Flags, Floats, Integers

if TYPE_CHECKING:
    from svp.generate.randomness import Draws

__all__ = ["NO_TITLE", "Premieres", "Shelves", "Standing", "make_shelves"]

NO_TITLE = -1

STANDING_STEP = 2.0**20
"""Between the genres' parts of the standing ladder; above the sum of any genre's weights, whose mean is about 1."""
PREMIERE_STEP = 2.0**16
"""Between the genres' parts of the logarithmic ladder; above two centuries by the shortest decay."""

GENRE_ROUNDS, ANY_ROUNDS = 8, 8
"""Titles drawn for a row until one is out in its country: so many of the genre, then so many of any genre."""


@dataclass(frozen=True, slots=True)
class Standing(Entries):
    """One entry per title, by the day it was added: what stays of it."""

    genre: Integers
    added_on: Integers
    weight: Floats


@dataclass(frozen=True, slots=True)
class Premieres(Entries):
    """One entry per occasion on which a title is new, some of its episodes are, or people come back to it."""

    title: Integers
    genre: Integers
    day: Integers
    weight: Floats
    """Of that day, above 0."""

    def with_more(self, more: Premieres) -> Premieres:
        """Return these, and after them some more."""
        columns = [(getattr(self, field.name), getattr(more, field.name)) for field in fields(self)]
        return Premieres(*map(np.concatenate, columns))


@dataclass(frozen=True, slots=True)
class Shelves:
    """Two ladders to draw titles from, and by genre and day how high each reaches.

    The last genre is any genre: it has every title, and no premieres. A genre's part of a ladder begins at its number
    times a step that never changes, and grows only at its end: later titles don't change what earlier draws give.
    """

    first_day: int
    """Of the tables by day; no title is out yet."""
    standing_title: Integers
    standing_ladder: Floats
    standing_height: Floats
    """By genre and day: the sum of the weights that are out."""
    premiere_title: Integers
    premiere_ladder: Floats
    premiere_top: Floats
    """By genre and day: the logarithm of the sum, with the genre's step."""
    premiere_share: Floats
    """By genre and day: of all the weight, what premieres have."""
    added_on: Integers
    in_country: Flags
    favourite: Integers
    """By country and number of titles out: the one with the most weight that is available, NO_TITLE for none."""

    def choose(
        self, draws: Draws, purpose: str, *, genre: Integers, country: Integers, day: Integers
    ) -> Integers:
        """Return a title of each row's genre by its weight of the day, among those out in the country.

        Where the genre has none it is one of any genre, and NO_TITLE where there is none at all.

        Raises:
            ValueError: a day lies after the period.
        """
        day = np.maximum(day, self.first_day)
        title = self._draw(draws, purpose, genre, day)
        rows = np.flatnonzero(~self._is_out(title, country, day))
        for attempt in range(1, GENRE_ROUNDS + ANY_ROUNDS):
            if not rows.size:
                break
            shelf = genre[rows] if attempt < GENRE_ROUNDS else np.full(len(rows), self._any_genre)
            again = self._draw(draws.take(rows), f"{purpose} again {attempt}", shelf, day[rows])
            title[rows] = again
            rows = rows[~self._is_out(again, country[rows], day[rows])]
        titles_out = np.searchsorted(self.added_on, day[rows], side="right")
        title[rows] = self.favourite[country[rows], titles_out]
        return title

    @property
    def _any_genre(self) -> int:
        return len(self.standing_height) - 1

    def _is_out(self, title: Integers, country: Integers, day: Integers) -> Flags:
        available = self.in_country.ravel()[title * self.in_country.shape[1] + country]
        is_out: Flags = available & (self.added_on[title] <= day)
        return is_out

    def _draw(self, draws: Draws, purpose: str, genre: Integers, day: Integers) -> Integers:
        """Return a title for each row by weight, wherever it may be played."""
        genre, cell = self._stocked(genre, day)
        is_new = draws.happens(f"{purpose} premiere", self.premiere_share.ravel()[cell])
        new, standing = np.flatnonzero(is_new), np.flatnonzero(~is_new)
        title = np.empty(len(draws), dtype=np.int64)
        part = draws.take(standing).uniform(f"{purpose} title")
        height = self.standing_height.ravel()[cell[standing]]
        point: Floats = genre[standing] * STANDING_STEP + part * height
        title[standing] = _step_on(self.standing_ladder, self.standing_title, point)
        point = self.premiere_top.ravel()[cell[new]]
        point = point - draws.take(new).exponential(f"{purpose} new title")
        title[new] = _step_on(self.premiere_ladder, self.premiere_title, point)
        return title

    def _stocked(self, genre: Integers, day: Integers) -> tuple[Integers, Integers]:
        """Return the genre, or any genre where it has no title yet, and its place in the tables."""
        column = day - self.first_day
        cell = np.ravel_multi_index((genre, column), self.standing_height.shape)
        empty = self.standing_height.ravel()[cell] == 0
        if not empty.any():
            return genre, cell
        genre = np.where(empty, self._any_genre, genre)
        return genre, np.ravel_multi_index((genre, column), self.standing_height.shape)


def _step_on(ladder: Floats, title: Integers, point: Floats) -> Integers:
    position = np.searchsorted(ladder, point, side="right")
    return title[np.minimum(position, len(title) - 1)]


def make_shelves(
    standing: Standing,
    premieres: Premieres,
    *,
    in_country: Flags,
    decay_days: Floats,
    first_day: int,
    end_day: int,
) -> Shelves:
    """Return the shelves of a catalogue; ``decay_days`` is by genre, ``in_country`` by title and country.

    The days go from the one before ``first_day``, on which the first titles may come, to before ``end_day``.
    """
    days = np.arange(first_day - 1, end_day)
    any_genre = np.full(len(standing), len(decay_days))
    order = np.argsort(standing.genre, kind="stable")
    standing_title = np.concatenate([order, np.arange(len(standing))])
    genre = np.concatenate([standing.genre[order], any_genre])
    stood = [standing.take(standing_title[genre == code]) for code in range(len(decay_days) + 1)]
    sums = [np.cumsum(part.weight) for part in stood]
    height = np.stack(
        [_reached(total, part.added_on, days, 0.0) for total, part in zip(sums, stood, strict=True)]
    )
    premieres = premieres.take(np.lexsort((premieres.day, premieres.genre)))
    steps, top, left = _log_ladder(premieres, decay_days, days)
    return Shelves(
        first_day=first_day - 1,
        standing_title=standing_title,
        standing_ladder=np.concatenate(sums) + genre * STANDING_STEP,
        standing_height=height,
        premiere_title=premieres.title,
        premiere_ladder=steps,
        premiere_top=top,
        premiere_share=np.divide(left, left + height, out=np.zeros_like(left), where=height > 0),
        added_on=standing.added_on,
        in_country=in_country,
        favourite=_favourites(standing.weight, in_country),
    )


def _reached(sums: Floats, day: Integers, days: Integers, nothing: float) -> Floats:
    """Return on each of ``days`` the sum so far; ``day`` says when each was reached."""
    so_far = np.searchsorted(day, days, side="right")
    return np.concatenate(([nothing], sums))[so_far]


def _log_ladder(
    premieres: Premieres, decay_days: Floats, days: Integers
) -> tuple[Floats, Floats, Floats]:
    """Return the ladder of premieres, how high it reaches by genre and day, and the weight left then."""
    ladder, top, left = [], [], []
    for genre, decay in enumerate(decay_days):
        of_genre = premieres.take(premieres.genre == genre)
        grown = np.log(of_genre.weight) + (of_genre.day - days[0]) / decay
        sums = np.logaddexp.accumulate(grown)
        reached = _reached(sums, of_genre.day, days, -np.inf)
        ladder.append(sums + genre * PREMIERE_STEP)
        top.append(reached + genre * PREMIERE_STEP)
        left.append(np.exp(reached - (days - days[0]) / decay))
    none_of_any = np.zeros(len(days))
    return np.concatenate(ladder), np.stack([*top, none_of_any]), np.stack([*left, none_of_any])


def _favourites(weight: Floats, in_country: Flags) -> Integers:
    """Return by country and number of titles, from 0, the available one of the most weight."""
    available = np.where(in_country.T, weight, -1.0)
    best = np.maximum.accumulate(available, axis=1)
    position = np.where((available == best) & (best >= 0), np.arange(len(weight)), NO_TITLE)
    favourite: Integers = np.maximum.accumulate(position, axis=1)
    return np.pad(favourite, ((0, 0), (1, 0)), constant_values=NO_TITLE)
