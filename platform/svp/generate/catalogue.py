"""The titles and their episodes, and which of them is chosen on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    Entries,
    Flags,
    Floats,
    Integers,
    day_number,
    first_of_group,
    position_in_group,
)
from svp.generate.market import COUNTRIES
from svp.generate.randomness import cumulate, pick, pick_from_rows, stream
from svp.model import CONTENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments

__all__ = ["GENRES", "LIVE", "NO_TITLE", "SERIES", "Catalogue", "make_catalogue"]

GENRES = (
    "Action", "Comedy", "Drama", "Thriller", "Sci-Fi", "Fantasy", "Romance", "Horror",
    "Crime", "Animation", "Family", "History", "Nature", "Sport", "News", "Music",
)  # fmt: skip

TYPE_GENRES = (
    (1.2, 1.4, 1.7, 1.1, 0.8, 0.6, 0.9, 0.8, 0.8, 0.2, 0.3, 0.2, 0.0, 0.0, 0.0, 0.1),
    (1.0, 1.3, 1.8, 1.0, 0.8, 0.8, 0.7, 0.4, 1.3, 0.3, 0.1, 0.3, 0.0, 0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.2, 1.2, 0.4, 0.0, 0.6),
    (0.1, 0.3, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 1.5, 1.2, 0.0, 0.1, 0.0, 0.0, 0.2),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.5, 0.3),
)
"""How often a content type has a genre; rows in the order of CONTENT_TYPES."""

TYPE_SHARES = (0.42, 0.33, 0.10, 0.08, 0.04, 0.03)
MOVIE, SERIES, DOCUMENTARY, KIDS, SPORT, LIVE = range(len(CONTENT_TYPES))

MINUTES = ((108, 18), (45, 12), (78, 20), (48, 20), (125, 20), (0, 0))
"""Length of a title or episode, mean and deviation, by content type; a channel has none."""
SHORTEST_MINUTES, LONGEST_MINUTES = 12, 230

CATALOGUE_DAYS = 1_825
"""How long before the first day the oldest title was added."""
ORIGINAL_SHARE = 0.28
LICENCE_DELAY_DAYS = 2_200
"""Mean, from first release to arrival here; none for originals, sport and channels."""
EVERYWHERE_SHARE = 0.7
COUNTRY_AVAILABILITY = 0.6
"""Of the other titles, in each country."""
MORE_GENRES_SHARE = 0.55

ZIPF_EXPONENT = 1.0
ZIPF_HEAD = 0.004
"""Flattens the head, as a share of the catalogue: weight = 1 ÷ (rank + head)^exponent."""
NEW_TITLE_BOOST = 5.0
NEW_TITLE_DAYS = 25.0
"""A new title starts at 1 + boost times its later weight and comes down by 1/e in so many days."""

SEASON_LENGTHS = (6, 8, 10, 12, 13, 22)
SEASON_LENGTH_SHARES = (0.2, 0.3, 0.25, 0.1, 0.1, 0.05)
MOST_SEASONS = 12
LAST_SEASON_CHANCE = 0.45
SEASON_DAYS = 364
"""Between seasons; a whole number of weeks, so that a series keeps its weekday."""
WEEKLY_SHARE = 0.35
"""Of series, those that bring an episode a week; the others bring a season at once."""

LATEST_DAY = 10_000_000
"""Above twice any day there is, so that title * this + day sorts by title, then day."""

NO_TITLE = -1


@dataclass(frozen=True, slots=True)
class Episodes(Entries):
    """One entry per episode, by title, season and number."""

    title: Integers
    season: Integers
    number: Integers
    minutes: Integers
    released_on: Integers


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One entry per title. Codes are positions in CONTENT_TYPES, GENRES and COUNTRIES."""

    content_type: Integers
    genres: Integers
    """Three codes a title, the main one first; below 0 for none."""
    minutes: Integers
    """Length of the title or of its usual episode; 0 for a channel."""
    released_on: Integers
    added_on: Integers
    is_original: Flags
    in_country: Flags
    """By title and country."""
    popularity: Floats
    """Weight when no longer new."""
    quality: Floats
    """Standard normal: how good it is, as ratings will show."""
    episodes: Episodes
    first_episode: Integers
    """Where a title's episodes begin; one entry more than titles."""

    def __len__(self) -> int:
        return len(self.content_type)

    def choose(
        self,
        random: np.random.Generator,
        *,
        taste: Floats,
        user: Integers,
        country: Integers,
        day: Integers,
    ) -> Integers:
        """Return the title that each user takes on a day, NO_TITLE where nothing may be played.

        A genre is drawn by the user's taste, then a title of it by its popularity of that day among
        those that are out in the country; where the genre has none, any title may be taken.
        """
        genre = pick_from_rows(random, taste, user)
        part = random.random(len(user))
        shelf = np.argsort(self.genres[:, 0], kind="stable")
        edges = np.searchsorted(self.genres[shelf, 0], np.arange(len(GENRES) + 1))
        chosen = np.full(len(user), NO_TITLE)
        market = day * len(COUNTRIES) + country
        order = np.argsort(market, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(market[order])) + 1):
            if rows.size:
                weights = self.weights(int(day[rows[0]]), int(country[rows[0]]))[shelf]
                position = _take(weights, edges, genre[rows], part[rows])
                chosen[rows] = np.where(position >= 0, shelf[position], NO_TITLE)
        return chosen

    def weights(self, day: int, country: int) -> Floats:
        """Return how likely each title is on a day in a country; 0 before it is added."""
        age_days = day - self.added_on
        boost = 1 + NEW_TITLE_BOOST * np.exp(-np.maximum(age_days, 0) / NEW_TITLE_DAYS)
        return self.popularity * boost * ((age_days >= 0) & self.in_country[:, country])

    def episodes_out(self, title: Integers, day: Integers) -> Integers:
        """Return how many of a title's episodes are out on a day."""
        ladder = self.episodes.title * LATEST_DAY + self.episodes.released_on
        return (
            np.searchsorted(ladder, title * LATEST_DAY + day, side="right")
            - self.first_episode[title]
        )


def _take(weights: Floats, edges: Integers, genre: Integers, part: Floats) -> Integers:
    """Return positions drawn by weight between a genre's edges; below 0 if no weight is above 0."""
    ladder = np.concatenate(([0.0], np.cumsum(weights)))
    if ladder[-1] == 0:
        return np.full(len(genre), -1)
    low, high = ladder[edges[genre]], ladder[edges[genre + 1]]
    nothing = high <= low
    low, high = np.where(nothing, 0.0, low), np.where(nothing, ladder[-1], high)
    point = np.minimum(low + part * (high - low), np.nextafter(high, 0))
    position: Integers = np.searchsorted(ladder[1:], point, side="right")
    return position


def make_catalogue(arguments: Arguments) -> Catalogue:
    """Return the titles that are in the catalogue at the end of the period."""
    random = stream(arguments.seed, "content")
    count = arguments.titles
    start = day_number(arguments.start_on)
    content_type = _content_types(random, count)
    is_original = random.random(count) < ORIGINAL_SHARE
    added_on = random.integers(start - CATALOGUE_DAYS, start + arguments.days, count)
    mean_minutes, deviation = np.array(MINUTES, dtype=np.float64)[content_type].T
    minutes = np.clip(random.normal(mean_minutes, deviation), SHORTEST_MINUTES, LONGEST_MINUTES)
    minutes = np.where(content_type == LIVE, 0, minutes).astype(np.int64)
    released_on = added_on - _licence_delay(random, content_type, is_original)
    in_country = random.random((count, len(COUNTRIES))) < COUNTRY_AVAILABILITY
    in_country |= (is_original | (random.random(count) < EVERYWHERE_SHARE))[:, np.newaxis]
    episodes = _make_episodes(arguments, content_type, minutes, released_on)
    return Catalogue(
        content_type=content_type,
        genres=_genres(random, content_type),
        minutes=minutes,
        released_on=released_on,
        added_on=added_on,
        is_original=is_original,
        in_country=in_country,
        popularity=1 / (1 + random.permutation(count) + ZIPF_HEAD * count) ** ZIPF_EXPONENT,
        quality=random.standard_normal(count),
        episodes=episodes,
        first_episode=np.searchsorted(episodes.title, np.arange(count + 1)),
    )


def _content_types(random: np.random.Generator, count: int) -> Integers:
    """Return types in even proportion, so that a small catalogue has each of them."""
    golden = (np.sqrt(5) - 1) / 2
    spread = (random.random() + golden * np.arange(count)) % 1
    content_type: Integers = np.searchsorted(cumulate(TYPE_SHARES), spread, side="right")
    return content_type


def _licence_delay(
    random: np.random.Generator, content_type: Integers, is_original: Flags
) -> Integers:
    days = random.exponential(LICENCE_DELAY_DAYS, len(content_type)).astype(np.int64)
    at_once = is_original | (content_type == SPORT) | (content_type == LIVE)
    return np.where(at_once, 0, np.minimum(days, 25_000))


def _genres(random: np.random.Generator, content_type: Integers) -> Integers:
    """Return one to three different genres a title, -1 in the places that stay empty."""
    cumulative = cumulate(TYPE_GENRES)
    first, second, third = (pick_from_rows(random, cumulative, content_type) for _ in range(3))
    more = random.random((2, len(content_type))) < MORE_GENRES_SHARE
    second = np.where(more[0] & (second != first), second, -1)
    third = np.where(more[1] & (third != first) & (third != second), third, -1)
    return np.stack([first, second, third], axis=1)


def _make_episodes(
    arguments: Arguments, content_type: Integers, minutes: Integers, released_on: Integers
) -> Episodes:
    random = stream(arguments.seed, "episodes")
    end = day_number(arguments.start_on) + arguments.days
    series = np.flatnonzero(content_type == SERIES)
    possible = 1 + (end - 1 - released_on[series]) // SEASON_DAYS
    wanted = random.geometric(LAST_SEASON_CHANCE, len(series))
    seasons = np.minimum(np.minimum(wanted, possible), MOST_SEASONS)
    weekly = random.random(len(series)) < WEEKLY_SHARE

    of_series = np.repeat(np.arange(len(series)), seasons)
    season = position_in_group(first_of_group(of_series))
    lengths = np.array(SEASON_LENGTHS)[pick(random, SEASON_LENGTH_SHARES, len(season))]
    of_season = np.repeat(np.arange(len(season)), lengths)
    number = position_in_group(first_of_group(of_season))
    title_position = of_series[of_season]
    title = series[title_position]
    days_later = season[of_season] * SEASON_DAYS + number * 7 * weekly[title_position]
    length = minutes[title] * random.normal(1.0, 0.08, len(title))
    return Episodes(
        title=title,
        season=season[of_season] + 1,
        number=number + 1,
        minutes=np.maximum(np.rint(length), SHORTEST_MINUTES).astype(np.int64),
        released_on=released_on[title] + days_later,
    )
