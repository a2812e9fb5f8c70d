"""What follows a play and what leads to it: ratings, the watchlist, searches."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    DAY_US,
    SECOND_US,
    Entries,
    Flags,
    Floats,
    Integers,
    day_number,
    day_of,
    first_of_group,
)
from svp.generate.catalogue import NO_TITLE
from svp.generate.randomness import pick, stream

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.viewing import Plays

__all__ = [
    "NEVER_WATCHED",
    "Additions",
    "Ratings",
    "SearchKind",
    "Searches",
    "add_to_watchlist",
    "rate",
    "search",
]

NEVER_WATCHED = -1

STAR_SHARES = (0.056, 0.108, 0.261, 0.349, 0.226)
"""Of 1 to 5 stars: MovieLens 1M."""
RATING_CHANCE, RATING_CHANCE_FINISHED = 0.28, 0.62
"""That a viewer rates a title left at once, and one played to the end."""
QUALITY_WEIGHT, MOOD_WEIGHT, COMPLETION_WEIGHT = 0.55, 0.45, 0.35
REVIEW_SHARE = 0.22
HELPFUL_MEAN = 1.6
RATING_DELAY_SECONDS = 14_400
"""Mean."""

PLANNED_SHARE = 0.12
"""Of first plays of a title, those that the watchlist led to."""
FORGOTTEN_SHARE = 0.10
"""Titles put on the list and never played, for each play."""
PLANNED_DAYS = 6.0
"""Mean, from the list to the play."""

FOUND_SHARE = 0.20
"""Of plays, those that began with a search."""
BROWSED_SHARE, FAILED_SHARE = 0.05, 0.05
"""Searches that end with a click that is not played, and without a click, for each play."""
LONGEST_SEARCH_SECONDS = 150
RESULTS_MEAN = 8.0
NOTHING_FOUND_SHARE = 0.5
"""Of searches without a click."""


@dataclass(frozen=True, slots=True)
class Ratings(Entries):
    """One entry per user and title rated, by time."""

    user: Integers
    title: Integers
    stars: Integers
    has_review: Flags
    phrase: Integers
    """A number from which the words of the review are taken."""
    helpful_count: Integers
    rated_at: Integers


@dataclass(frozen=True, slots=True)
class Additions(Entries):
    """One entry per user and title put on the list, by time."""

    user: Integers
    title: Integers
    added_at: Integers
    watched_at: Integers
    """NEVER_WATCHED if it was not played."""


class SearchKind:
    """How a search ended."""

    PLAYED, BROWSED, FAILED = range(3)


@dataclass(frozen=True, slots=True)
class Searches(Entries):
    """One entry per search, by time."""

    user: Integers
    kind: Integers
    title: Integers
    """What was clicked; NO_TITLE for nothing."""
    device: Integers
    words: Integers
    """A number from which the words are taken."""
    result_count: Integers
    searched_at: Integers


def rate(arguments: Arguments, people: People, catalogue: Catalogue, plays: Plays) -> Ratings:
    """Return one rating at most of each user and title, after the play that went furthest."""
    random = stream(arguments.seed, "ratings")
    mood = random.standard_normal(len(people))
    plays = _rated_plays(random, plays)
    opinion = (
        QUALITY_WEIGHT * catalogue.quality[plays.title] + MOOD_WEIGHT * mood[plays.starts.user]
    )
    opinion += COMPLETION_WEIGHT * np.tanh(2 * plays.completion - 1)
    delay = random.exponential(RATING_DELAY_SECONDS, len(plays)).astype(np.int64) + 5
    ratings = Ratings(
        user=plays.starts.user,
        title=plays.title,
        stars=_stars(random, opinion),
        has_review=random.random(len(plays)) < REVIEW_SHARE,
        phrase=random.integers(0, 2**31, len(plays)),
        helpful_count=random.geometric(1 / (1 + HELPFUL_MEAN), len(plays)) - 1,
        rated_at=plays.ended_at + delay * SECOND_US,
    )
    in_time = ratings.rated_at < _end_at(arguments)
    return ratings.take(_rows_by_time(in_time, ratings.rated_at))


def _rated_plays(random: np.random.Generator, plays: Plays) -> Plays:
    """Return the plays after which the viewer rates: the further they went, the more of them."""
    plays = _furthest_plays(plays)
    rise = RATING_CHANCE_FINISHED - RATING_CHANCE
    return plays.take(random.random(len(plays)) < RATING_CHANCE + rise * plays.completion)


def _furthest_plays(plays: Plays) -> Plays:
    """Return the play of each user and title that went furthest; channels have no end to go to."""
    plays = plays.take(plays.length_seconds > 0)
    starts = plays.starts
    plays = plays.take(np.lexsort((starts.started_at, -plays.completion, plays.title, starts.user)))
    return plays.take(first_of_group(plays.starts.user, plays.title))


def _stars(random: np.random.Generator, opinion: Floats) -> Integers:
    """Return stars whose shares are STAR_SHARES and which rise with the opinion."""
    noise = np.sqrt(1 - QUALITY_WEIGHT**2 - MOOD_WEIGHT**2 - COMPLETION_WEIGHT**2 / 3)
    feeling = opinion - opinion.mean() if len(opinion) else opinion
    feeling = feeling + noise * random.standard_normal(len(opinion))
    thresholds = [NormalDist().inv_cdf(share) for share in np.cumsum(STAR_SHARES)[:-1]]
    stars: Integers = 1 + np.searchsorted(thresholds, feeling)
    return stars


def add_to_watchlist(
    arguments: Arguments, people: People, catalogue: Catalogue, plays: Plays
) -> Additions:
    """Return what users put on their list: what they played later, and what they never did."""
    random = stream(arguments.seed, "watchlist")
    played = _first_plays(plays)
    planned = _planned(random, catalogue, played)
    forgotten = _forgotten(random, people, catalogue, plays)
    titles = len(catalogue)
    unplayed = ~np.isin(
        forgotten.user * titles + forgotten.title, played.starts.user * titles + played.title
    )
    both = [
        np.concatenate([getattr(planned, name), getattr(forgotten, name)[unplayed]])
        for name in Additions.__slots__
    ]
    additions = Additions(*both)
    return additions.take(np.argsort(additions.added_at, kind="stable"))


def _first_plays(plays: Plays) -> Plays:
    """Return the first play of each user and title."""
    starts = plays.starts
    plays = plays.take(np.lexsort((starts.started_at, plays.title, starts.user)))
    return plays.take(first_of_group(plays.starts.user, plays.title))


def _planned(random: np.random.Generator, catalogue: Catalogue, first_plays: Plays) -> Additions:
    """Return what was put on the list some days before its first play."""
    starts = first_plays.starts
    days = random.exponential(PLANNED_DAYS, len(first_plays))
    added_at = starts.started_at - (days * 86_400).astype(np.int64) * SECOND_US - 60 * SECOND_US
    possible = (added_at >= starts.subscribed_from) & (
        day_of(added_at) >= catalogue.added_on[first_plays.title]
    )
    chosen = possible & (random.random(len(first_plays)) < PLANNED_SHARE)
    return Additions(
        starts.user[chosen], first_plays.title[chosen], added_at[chosen], starts.started_at[chosen]
    )


def _forgotten(
    random: np.random.Generator, people: People, catalogue: Catalogue, plays: Plays
) -> Additions:
    """Return what was put on the list just after a play; each user and title once."""
    visits = plays.take(random.random(len(plays)) < FORGOTTEN_SHARE)
    user, added_at = visits.starts.user, visits.starts.started_at + 20 * SECOND_US
    title = catalogue.choose(
        random,
        taste=people.taste,
        user=user,
        country=visits.starts.country,
        day=day_of(visits.starts.started_at),
    )
    order = np.lexsort((added_at, title, user))
    user, title, added_at = user[order], title[order], added_at[order]
    once = first_of_group(user, title) & (title != NO_TITLE)
    never = np.full(int(once.sum()), NEVER_WATCHED)
    return Additions(user[once], title[once], added_at[once], never)


def search(arguments: Arguments, people: People, catalogue: Catalogue, plays: Plays) -> Searches:
    """Return the searches just before plays: for the title played, another one, or nothing found."""
    random = stream(arguments.seed, "search_queries")
    shares = [FOUND_SHARE, BROWSED_SHARE, FAILED_SHARE]
    kind = pick(random, [*shares, 1 - sum(shares)], len(plays))
    rows = np.flatnonzero(kind <= SearchKind.FAILED)
    visits, kind = plays.take(rows), kind[rows]
    starts = visits.starts
    seconds = random.integers(4, LONGEST_SEARCH_SECONDS, len(visits))
    searched_at = starts.started_at - seconds * SECOND_US
    day = np.maximum(day_of(searched_at), day_number(arguments.start_on))
    other = catalogue.choose(
        random, taste=people.taste, user=starts.user, country=starts.country, day=day
    )
    title = np.where(kind == SearchKind.PLAYED, visits.title, other)
    title = np.where(kind == SearchKind.FAILED, NO_TITLE, title)
    searches = Searches(
        user=starts.user,
        kind=kind,
        title=title,
        device=starts.device,
        words=random.integers(0, 2**31, len(visits)),
        result_count=_results(random, title),
        searched_at=searched_at,
    )
    out = (title == NO_TITLE) | (day_of(searched_at) >= catalogue.added_on[title])
    return searches.take(_rows_by_time(out & (searched_at >= starts.subscribed_from), searched_at))


def _results(random: np.random.Generator, title: Integers) -> Integers:
    """Return how many titles were found: some if one was clicked, none for half of the others."""
    nothing = (title == NO_TITLE) & (random.random(len(title)) < NOTHING_FOUND_SHARE)
    return np.where(nothing, 0, random.geometric(1 / RESULTS_MEAN, len(title)))


def _rows_by_time(chosen: Flags, at: Integers) -> Integers:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(at[rows], kind="stable")]


def _end_at(arguments: Arguments) -> int:
    return (day_number(arguments.start_on) + arguments.days) * DAY_US
