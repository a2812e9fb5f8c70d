"""The titles and their episodes, when they come, and which of them is chosen on a day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    Entries,
    Flags,
    Floats,
    Integers,
    first_of_group,
    position_in_group,
)
from svp.generate.market import COUNTRIES
from svp.generate.people import GENRES
from svp.generate.randomness import Draws, cumulate
from svp.generate.shelves import NO_TITLE, Premieres, Shelves, Standing, make_shelves
from svp.model import CONTENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments

__all__ = [
    "DOCUMENTARY",
    "KIDS",
    "LIVE",
    "MOVIE",
    "NO_TITLE",
    "SERIES",
    "SPORT",
    "Catalogue",
    "Episodes",
    "make_catalogue",
]

MOVIE, SERIES, DOCUMENTARY, KIDS, SPORT, LIVE = range(len(CONTENT_TYPES))
TYPE_SHARES = cumulate((0.42, 0.33, 0.10, 0.08, 0.04, 0.03))
GOLDEN_RATIO = (np.sqrt(5) - 1) / 2

TYPE_GENRES = cumulate(
    (
        (1.2, 1.4, 1.7, 1.1, 0.8, 0.6, 0.9, 0.8, 0.8, 0.2, 0.3, 0.2, 0.0, 0.0, 0.0, 0.1),
        (1.0, 1.3, 1.8, 1.0, 0.8, 0.8, 0.7, 0.4, 1.3, 0.3, 0.1, 0.3, 0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.2, 1.2, 0.4, 0.0, 0.6),
        (0.1, 0.3, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 1.5, 1.2, 0.0, 0.1, 0.0, 0.0, 0.2),
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.5, 0.3),
    )
)
"""Cumulative by genre, for each content type."""
MORE_GENRES_SHARE = 0.55

MINUTES = ((108, 18), (48, 8), (78, 20), (48, 20), (125, 20), (0, 0))
"""Length of a title or episode, mean and deviation, by content type; a channel has none."""
SHORT_EPISODE_GENRES = tuple(GENRES.index(name) for name in ("Comedy", "Animation"))
SHORT_EPISODE_FACTOR = 0.55
EPISODE_SIGMA = 0.08
"""Deviation of an episode's length, as a share of the series' usual one."""
SHORTEST_MINUTES, LONGEST_MINUTES = 12, 230

WEEK_DAYS = 7
MONTH_WEEKS = 4
MONTH_DAYS = MONTH_WEEKS * WEEK_DAYS
HISTORY_MONTHS = 65
"""Five years: the titles that are there on the first day came in so many months of 28 days, as many in each. The months
after it go on at that rate."""
ADDED_WEEKDAYS = cumulate(
    (
        (0.05, 0.07, 0.10, 0.12, 0.54, 0.06, 0.06),
        (0.07, 0.08, 0.14, 0.18, 0.41, 0.06, 0.06),
        (0.16, 0.18, 0.20, 0.16, 0.14, 0.08, 0.08),
        (0.08, 0.08, 0.10, 0.12, 0.22, 0.28, 0.12),
        (0.03, 0.06, 0.10, 0.06, 0.09, 0.34, 0.32),
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    )
)
"""Cumulative by weekday, Monday first, for each content type: films start on Fridays, matches are on weekends."""
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday."""

ORIGINAL_SHARE = 0.28
NEVER_ORIGINAL = (SPORT, LIVE)
LICENCE_DELAY_WEEKS = 310
"""Mean, from first release to arrival here; none for originals, sport and channels."""
LONGEST_DELAY_WEEKS = 3_500

EVERYWHERE_SHARE = 0.7
"""Of titles that aren't originals; originals are everywhere."""
COUNTRY_AVAILABILITY = 0.6
"""Of the other titles, in each country but their own."""
PRODUCTION_SHARES = (0.44, 0.06, 0.05, 0.12, 0.05, 0.07, 0.05, 0.08, 0.06, 0.02)
"""Of titles, by country in the order of COUNTRIES."""

ZIPF_TITLES, ZIPF_EXPONENTS = (4_000, 10_000), (0.45, 0.72)
"""The exponent by the size of the catalogue, linear in its logarithm: the larger, the longer the tail that few watch
(Gini over titles 0.63 and 0.80 in MovieLens 1M and 10M). Found by drawing 180 days, with premieres and revivals: 0.66
and 0.79; the top tenth has 51 and 69 % of the plays, the top title of 18,000 has 1 %."""
ZIPF_HEAD = 20
"""Ranks over which the head is flat. The weight is (1 - share) / (rank + head)^exponent, Zipf and Mandelbrot's law with
a tail that falls to 0; ``share`` is the rank as a share of the catalogue."""
QUALITY_LIFT, ORIGINAL_LIFT = 0.25, 0.35
"""On the log of a title's chance to be ranked above another: of one deviation of quality, and of being an original."""
CHANNEL_STEEPNESS = 1.35
"""Power of a channel's weight: of channels, a tenth have most viewers (80 %, Cha 2008)."""

NEW_TITLE_BOOSTS = (6.0, 6.0, 6.0, 6.0, 100.0, 0.0)
"""By content type: a title comes with so many times its popularity on top, which decays; a channel is never new. With
the revivals, some 40 % of plays are of titles that have been here for two years, which are 60 % of the titles."""
SPORT_STANDING_SHARE = 0.02
"""What stays of a sport event's popularity."""
STANDING_SHARE = 0.05
"""Of a title's weight when it is no longer new, what stays for good. The rest are revivals: on some day of each month
people come back to it, more or less, and leave again as after a premiere."""
REVIVAL_SIGMA = 0.8
"""Deviation of the log of a revival's size. A steady title's weekly plays deviate by 0.4 of their log."""
REVIVAL_HALF_DAYS = 365.0
"""Revivals are half as large when a title has been here for so long, a third after twice as long; a channel never
ages."""
REVIVAL_MONTHS = 9
"""Before the first day, from which revivals are kept: ten times the usual decay."""
SEASON_BOOST = 2.0
"""The same for a season of a series: each episode brings its share, on the day it is released."""
GENRE_DECAY_DAYS = np.where(np.array(GENRES) == "Sport", 3.0, 25.0)
"""What is new comes down by 1/e in so many days: hardly anyone watches a match of last week."""

SEASON_LENGTHS = (6, 8, 10, 12, 13, 22)
SEASON_LENGTH_SHARES = (0.2, 0.3, 0.25, 0.1, 0.1, 0.05)
MOST_SEASONS = 12
RENEWALS, RENEWAL_POWER = 2.0, 0.4
"""Mean of the exponential that ends a series, in seasons, and the power of popularity that it goes with: what people
watch is renewed."""
SEASON_WEEKS = (44, 66)
"""Between the beginnings of two seasons, at least and below; each series keeps its own, and so its weekday."""
WEEKLY_SHARE = 0.35
"""Of series, those that bring an episode a week; the others bring a season at once."""

LATEST_DAY = 10_000_000
"""Above twice any day there is, so that title * this + day sorts by title, then day."""


@dataclass(frozen=True, slots=True)
class Episodes(Entries):
    """One entry per episode, by title, season and number."""

    title: Integers
    season: Integers
    number: Integers
    minutes: Integers
    released_on: Integers
    season_length: Integers
    """Episodes of the whole season, those that are not out yet, too."""


@dataclass(frozen=True)
class Catalogue:
    """One entry per title added before a day, in the order of adding, with the episodes released before it.

    Codes are positions in CONTENT_TYPES, GENRES and COUNTRIES. A later end appends titles and changes none.
    """

    draws: Draws
    content_type: Integers
    genres: Integers
    """Three codes a title, the main one first; below 0 for none."""
    minutes: Integers
    """Length of the title or of its usual episode; 0 for a channel."""
    released_on: Integers
    """First release anywhere."""
    added_on: Integers
    is_original: Flags
    production_country: Integers
    in_country: Flags
    """By title and country."""
    popularity: Floats
    """About 1 in the mean; all weights of a title are multiples of it."""
    quality: Floats
    """Standard normal: how good it is, as ratings will show."""
    episodes: Episodes
    first_episode: Integers
    """Where a title's episodes begin; one entry more than titles."""
    first_day: int
    """The first on which a title may have been added."""
    end_day: int
    """The first that is not known yet."""

    def __len__(self) -> int:
        return len(self.content_type)

    def choose(
        self,
        draws: Draws,
        purpose: str,
        *,
        taste: Floats,
        person: Integers,
        country: Integers,
        day: Integers,
    ) -> Integers:
        """Return the title that each row takes on a UTC day before ``end_day``.

        A genre is drawn by the taste in the row of ``person``, then a title with that main genre by its weight of the
        day, among those that are out in the country. Where the genre has none, any title may be taken, and NO_TITLE
        where there is none at all.
        """
        genre = draws.pick_from_rows(f"{purpose} genre", taste, person)
        return self.shelves.choose(draws, purpose, genre=genre, country=country, day=day)

    def episodes_out(self, title: Integers, day: Integers) -> Integers:
        """Return how many of a title's episodes are out on a day."""
        out = np.searchsorted(self._release_ladder, title * LATEST_DAY + day, side="right")
        return out - self.first_episode[title]

    @property
    def settled_weight(self) -> Floats:
        """The weight of each title when it is no longer new, in the mean over its revivals and before it ages."""
        is_sport = self.content_type == SPORT
        return np.where(is_sport, SPORT_STANDING_SHARE * self.popularity, self.popularity)

    @property
    def standing_weight(self) -> Floats:
        """The weight that each title never loses."""
        return STANDING_SHARE * self.settled_weight

    @property
    def revival_weight(self) -> Floats:
        """What the revivals of each title add up to on a day, in the mean and before it ages."""
        return (1 - STANDING_SHARE) * self.settled_weight

    @property
    def new_title_weight(self) -> Floats:
        """The weight that each title has on top when it is added; a channel is never new."""
        return np.array(NEW_TITLE_BOOSTS)[self.content_type] * self.popularity

    @property
    def decay_days(self) -> Floats:
        """The days in which what is new about each title comes down by 1/e."""
        return GENRE_DECAY_DAYS[self.genres[:, 0]]

    @cached_property
    def shelves(self) -> Shelves:
        """Where titles are chosen from."""
        return make_shelves(
            Standing(self.genres[:, 0], self.added_on, self.standing_weight),
            self._debuts().with_more(self.revivals()),
            in_country=self.in_country,
            decay_days=GENRE_DECAY_DAYS,
            first_day=self.first_day,
            end_day=self.end_day,
        )

    @cached_property
    def _release_ladder(self) -> Integers:
        return self.episodes.title * LATEST_DAY + self.episodes.released_on

    def _debuts(self) -> Premieres:
        """Return when titles were added, and when episodes came later."""
        new = self.new_title_weight
        added = np.flatnonzero(new)
        of_episode = self.episodes
        later = of_episode.take(of_episode.released_on > self.added_on[of_episode.title])
        together = np.flatnonzero(first_of_group(later.title, later.released_on))
        season_boost = np.add.reduceat(SEASON_BOOST / later.season_length, together)
        released = later.take(together)
        title = np.concatenate([added, released.title])
        return Premieres(
            title=title,
            genre=self.genres[title, 0],
            day=np.concatenate([self.added_on[added], released.released_on]),
            weight=np.concatenate([new[added], season_boost * self.popularity[released.title]]),
        )

    def revivals(self) -> Premieres:
        """Return when people come back to titles: on a day of each month, in some months more of them.

        Those of before REVIVAL_MONTHS, of which nothing is left on the first day, are not among them.
        """
        months = np.arange(
            HISTORY_MONTHS - REVIVAL_MONTHS, (self.end_day - self.first_day) // MONTH_DAYS + 1
        )
        title, month = np.divmod(np.arange(len(self) * len(months)), len(months))
        month = months[month]
        draws = self.draws.take(title).under("revival", month)
        day = self.first_day + month * MONTH_DAYS + draws.whole("day", 0, MONTH_DAYS)
        age_days = day - self.added_on[title]
        happens = np.flatnonzero((age_days > 0) & (day < self.end_day))
        title, day = title[happens], day[happens]
        steepness = MONTH_DAYS / self.decay_days[title]
        ageing = np.where(self.content_type[title] == LIVE, 0.0, age_days[happens])
        weight = self.revival_weight[title] * steepness / (1 + ageing / REVIVAL_HALF_DAYS)
        size = np.exp(REVIVAL_SIGMA * draws.take(happens).normal("size") - REVIVAL_SIGMA**2 / 2)
        return Premieres(title, self.genres[title, 0], day, weight * size)


def make_catalogue(arguments: Arguments, *, end_day: int) -> Catalogue:
    """Return the titles added before ``end_day``, with their episodes."""
    first_day = arguments.start_day - HISTORY_MONTHS * MONTH_DAYS
    number = np.arange(_titles_until(arguments, end_day))
    draws = Draws.of(arguments.seed, "titles", number)
    content_type = _content_types(number)
    added_on = _added_on(draws, content_type, _months(arguments, draws, number), first_day)
    rows = np.argsort(added_on, kind="stable")
    rows = rows[: np.searchsorted(added_on[rows], end_day)]
    draws, content_type, added_on = draws.take(rows), content_type[rows], added_on[rows]
    return _describe(arguments, draws, content_type, added_on, first_day=first_day, end_day=end_day)


def _titles_until(arguments: Arguments, end_day: int) -> int:
    """Return how many titles come in the whole months that begin before ``end_day``."""
    months = -((arguments.start_day - end_day) // MONTH_DAYS)
    return arguments.titles + max(months, 0) * arguments.titles // HISTORY_MONTHS


def _content_types(number: Integers) -> Integers:
    """Return types in even proportion, so that each month has its share; the first titles are one of each."""
    spread = number * GOLDEN_RATIO % 1
    return np.where(
        number < len(CONTENT_TYPES), number, np.searchsorted(TYPE_SHARES, spread, side="right")
    )


def _months(arguments: Arguments, draws: Draws, number: Integers) -> Integers:
    """Return the month of each title, from 0; the first day of the plays begins number HISTORY_MONTHS."""
    later = number + 1 - arguments.titles
    return np.where(
        later <= 0,
        draws.whole("month", 0, HISTORY_MONTHS),
        HISTORY_MONTHS - 1 - (-later * HISTORY_MONTHS // arguments.titles),
    )


def _added_on(draws: Draws, content_type: Integers, month: Integers, first_day: int) -> Integers:
    """Return a day of the month on a weekday of the content type."""
    weekday = draws.pick_from_rows("weekday", ADDED_WEEKDAYS, content_type)
    days_on = (weekday - first_day - EPOCH_WEEKDAY) % WEEK_DAYS
    week = month * MONTH_WEEKS + draws.whole("week", 0, MONTH_WEEKS)
    added_on: Integers = first_day + week * WEEK_DAYS + days_on
    return added_on


def _describe(
    arguments: Arguments,
    draws: Draws,
    content_type: Integers,
    added_on: Integers,
    *,
    first_day: int,
    end_day: int,
) -> Catalogue:
    is_original = draws.happens("original", ORIGINAL_SHARE) & ~np.isin(content_type, NEVER_ORIGINAL)
    quality = draws.normal("quality")
    genres = _genres(draws, content_type)
    minutes = _minutes(draws, content_type, genres[:, 0])
    released_on = added_on - _licence_days(draws, content_type, is_original)
    production_country = draws.pick("production country", PRODUCTION_SHARES)
    popularity = _popularity(arguments, draws, content_type, is_original, quality)
    episodes = _make_episodes(draws, content_type, minutes, released_on, popularity)
    episodes = episodes.take(episodes.released_on < end_day)
    return Catalogue(
        draws=draws,
        content_type=content_type,
        genres=genres,
        minutes=minutes,
        released_on=released_on,
        added_on=added_on,
        is_original=is_original,
        production_country=production_country,
        in_country=_in_country(draws, is_original, production_country),
        popularity=popularity,
        quality=quality,
        episodes=episodes,
        first_episode=np.searchsorted(episodes.title, np.arange(len(draws) + 1)),
        first_day=first_day,
        end_day=end_day,
    )


def _genres(draws: Draws, content_type: Integers) -> Integers:
    """Return one to three different genres a title, -1 in the places that stay empty."""
    first, second, third = (
        draws.pick_from_rows(f"{place} genre", TYPE_GENRES, content_type)
        for place in ("first", "second", "third")
    )
    has_second = draws.happens("has second genre", MORE_GENRES_SHARE) & (second != first)
    has_third = draws.happens("has third genre", MORE_GENRES_SHARE) & (third != first)
    second = np.where(has_second, second, -1)
    third = np.where(has_third & (third != second), third, -1)
    return np.stack([first, second, third], axis=1)


def _minutes(draws: Draws, content_type: Integers, genre: Integers) -> Integers:
    mean, deviation = np.array(MINUTES, dtype=np.float64)[content_type].T
    is_short = (content_type == SERIES) & np.isin(genre, SHORT_EPISODE_GENRES)
    minutes = (mean + deviation * draws.normal("minutes")) * np.where(
        is_short, SHORT_EPISODE_FACTOR, 1
    )
    whole = np.clip(minutes, SHORTEST_MINUTES, LONGEST_MINUTES).astype(np.int64)
    return np.where(content_type == LIVE, 0, whole)


def _licence_days(draws: Draws, content_type: Integers, is_original: Flags) -> Integers:
    """Return the days from first release to arrival: whole weeks, so that the weekday stays."""
    weeks = np.minimum(LICENCE_DELAY_WEEKS * draws.exponential("delay"), LONGEST_DELAY_WEEKS)
    at_once = is_original | np.isin(content_type, NEVER_ORIGINAL)
    return np.where(at_once, 0, WEEK_DAYS * weeks.astype(np.int64))


def _in_country(draws: Draws, is_original: Flags, production_country: Integers) -> Flags:
    everywhere = is_original | draws.happens("everywhere", EVERYWHERE_SHARE)
    some = [draws.happens(f"in {country.name}", COUNTRY_AVAILABILITY) for country in COUNTRIES]
    at_home = production_country[:, np.newaxis] == np.arange(len(COUNTRIES))
    in_country: Flags = everywhere[:, np.newaxis] | np.stack(some, axis=1) | at_home
    return in_country


def _popularity(
    arguments: Arguments,
    draws: Draws,
    content_type: Integers,
    is_original: Flags,
    quality: Floats,
) -> Floats:
    """Return weights by a rank that is drawn for each title alone, so that later titles change no weight."""
    lift = np.exp(QUALITY_LIFT * quality + ORIGINAL_LIFT * (is_original - ORIGINAL_SHARE))
    weight = _zipf(draws.uniform("rank") ** lift, arguments.titles)
    return np.where(content_type == LIVE, weight**CHANNEL_STEEPNESS, weight)


def _zipf(rank_share: Floats, titles: int) -> Floats:
    """Return the weight by the rank as a share of the catalogue, 1 in the mean."""
    exponent = float(np.interp(np.log(titles), np.log(ZIPF_TITLES), ZIPF_EXPONENTS))
    every_rank = (np.arange(titles) + 0.5) / titles
    mean = _mandelbrot(every_rank, ZIPF_HEAD / titles, exponent).mean()
    weight: Floats = _mandelbrot(rank_share, ZIPF_HEAD / titles, exponent) / mean
    return weight


def _mandelbrot(rank_share: Floats, head: float, exponent: float) -> Floats:
    weight: Floats = (1 - rank_share) / (rank_share + head) ** exponent
    return weight


def _make_episodes(
    draws: Draws,
    content_type: Integers,
    minutes: Integers,
    released_on: Integers,
    popularity: Floats,
) -> Episodes:
    """Return all episodes that the series will ever have."""
    series = np.flatnonzero(content_type == SERIES)
    own = draws.take(series)
    weekly = own.happens("weekly", WEEKLY_SHARE)
    season_days = WEEK_DAYS * own.whole("season weeks", *SEASON_WEEKS)
    renewals = RENEWALS * popularity[series] ** RENEWAL_POWER * own.exponential("renewals")
    seasons = np.minimum(1 + renewals.astype(np.int64), MOST_SEASONS)

    of_series = np.repeat(np.arange(len(series)), seasons)
    season = position_in_group(first_of_group(of_series))
    of_season = own.take(of_series).under("season", season)
    lengths = np.array(SEASON_LENGTHS)[of_season.pick("length", SEASON_LENGTH_SHARES)]

    row = np.repeat(np.arange(len(season)), lengths)
    number = position_in_group(first_of_group(row))
    of_episode = of_season.take(row).under("episode", number)
    parent = of_series[row]
    title = series[parent]
    length = minutes[title] * (1 + EPISODE_SIGMA * of_episode.normal("minutes"))
    days_later = season[row] * season_days[parent] + number * WEEK_DAYS * weekly[parent]
    return Episodes(
        title=title,
        season=season[row] + 1,
        number=number + 1,
        minutes=np.maximum(np.rint(length), SHORTEST_MINUTES).astype(np.int64),
        released_on=released_on[title] + days_later,
        season_length=lengths[row],
    )
