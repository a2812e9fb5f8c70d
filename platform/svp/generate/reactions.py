"""What goes with viewing: the searches before a start, the rating after a play."""

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
    day_of,
    first_of_group,
)
from svp.generate.catalogue import NO_TITLE
from svp.generate.market import DEVICES
from svp.generate.phrases import SPOKEN_SHARES
from svp.generate.randomness import cumulate
from svp.generate.starts import Starts, Way

if TYPE_CHECKING:
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.randomness import Draws
    from svp.generate.starts import Plays

__all__ = [
    "COMPLETION_EFFECT",
    "LENIENCY_EFFECT",
    "LIKING_EFFECT",
    "OWN_OPINION",
    "QUALITY_EFFECT",
    "RATING_CHANCE",
    "RATING_CHANCE_RISE",
    "STAR_SHARES",
    "Ratings",
    "SearchKind",
    "Searches",
    "Typed",
    "rate",
    "search",
]

STAR_SHARES = (0.056, 0.108, 0.261, 0.349, 0.226)
"""Of 1 to 5 stars: MovieLens 1M."""

RATING_CHANCE, RATING_CHANCE_RISE = 0.20, 0.42
"""That a play left at once is rated, and how much more one played to the end; for about 0.25 ratings a play."""

QUALITY_EFFECT = 0.50
"""On the opinion, for each deviation of the title's quality."""
LENIENCY_EFFECT = 0.45
"""On the opinion, for each deviation of the viewer's own leniency as a rater."""
LIKING_EFFECT = 0.40
"""On the opinion, from a main genre that the viewer never takes to the favourite one."""
COMPLETION_EFFECT = 0.80
"""On the opinion, from a title left at once to one played to the end."""
OWN_OPINION = 0.60
"""Deviation of what is left, which nothing explains."""

OPINION_MEAN, OPINION_SIGMA = 0.84, 0.99
"""Of the opinions behind ratings, such as give a mean of 3.58 stars at the scale small over seeds 1 to 3; measure again
when effects or completion change."""
STAR_THRESHOLDS = tuple(NormalDist().inv_cdf(share) for share in np.cumsum(STAR_SHARES)[:-1])
"""Between stars, of the opinion in deviations from its mean."""

AT_ONCE_SHARE = 0.7
"""Of ratings, those given when the player asks for one at the end; the others come later."""
AT_ONCE_SECONDS, LATER_SECONDS = 40, 86_400
"""From the end of the play, mean."""
SHORTEST_DELAY_SECONDS = 3

REVIEWER_SHARE = 0.25
"""Of users, those who write reviews."""
REVIEW_SHARES = (0.45, 0.30, 0.20, 0.25, 0.40)
"""Of a reviewer's ratings of 1 to 5 stars, those with words: strong feelings find more of them. Of all ratings it is
7 %."""
HELPFUL_SCALE = 1.6
"""Of an exponential count, as is RESULTS_SCALES."""
MOST_NUMBER = 2**48
"""Above the numbers from which words are taken."""

BROWSED_SHARES = (0.03, 0.06)
"""Of starts that no search led to, and of those that one did: with a search for another title before."""
FAILED_SHARES = (0.02, 0.14)
"""Likewise, with a search before in which nothing was clicked."""
MISTYPED_SHARE = 0.5
"""Of failed searches before one that led to the start, those for the same title, but mistyped."""
SEARCH_SECONDS = ((4.0, 120.0), (120.0, 420.0), (120.0, 420.0))
"""Before the start, least and most, by SearchKind."""
NOTHING_FOUND_SHARE = 0.5
"""Of failed searches."""

TYPED_SHARES = cumulate(
    ((0.36, 0.30, 0.08, 0.09, 0.09, 0.08, 0.0), (0.14, 0.58, 0.06, 0.06, 0.08, 0.08, 0.0))
)
"""Cumulative by Typed: with a keyboard, and with a remote control, which makes people brief. Assumed."""
RESULTS_SCALES = (3.0, 9.0, 4.0, 2.0, 6.0, 40.0, 14.0)
"""Titles found beyond the first one, by Typed."""
BY_REMOTE_CONTROL = np.array([kind.name in {"Smart TV", "Gaming Console"} for kind in DEVICES])
"""By device."""


@dataclass(frozen=True, slots=True)
class Ratings(Entries):
    """One entry per user and title rated, by user."""

    user: Integers
    title: Integers
    stars: Integers
    has_review: Flags
    language: Integers
    """Position in PHRASEBOOKS: what the user writes."""
    phrase: Integers
    """A number from which the words of the review are taken."""
    helpful_count: Integers
    """0 without a review."""
    rated_at: Integers


def rate(people: People, catalogue: Catalogue, plays: Plays, *, end_at: int) -> Ratings:
    """Return the ratings given before an instant, at most one of each user and title.

    Each play may be rated, a channel never; of several ratings of a title the first counts. A later instant adds
    ratings and changes none.
    """
    plays = plays.take(_is_rated(people, plays))
    starts, draws = plays.starts, plays.starts.draws
    stars = _stars(people, catalogue, plays)
    has_review = _writes_review(people, plays, stars)
    ratings = Ratings(
        user=starts.user,
        title=starts.title,
        stars=stars,
        has_review=has_review,
        language=_languages(people)[starts.user],
        phrase=draws.whole("review words", 0, MOST_NUMBER),
        helpful_count=_spread(draws, "rating helpful", HELPFUL_SCALE) * has_review,
        rated_at=plays.ended_at + _rating_delay(draws),
    )
    # Cut first, so that a rating which comes too late never stands for an earlier one.
    ratings = ratings.take(ratings.rated_at < np.minimum(starts.subscribed_to, end_at))
    ratings = ratings.take(np.lexsort((ratings.rated_at, ratings.title, ratings.user)))
    return ratings.take(first_of_group(ratings.user, ratings.title))


def _is_rated(people: People, plays: Plays) -> Flags:
    """Return which plays the viewer would rate: the further they went, the more of them."""
    keenness = 2 * people.draws.uniform("keenness to rate")[plays.starts.user]
    completion = np.where(plays.length_seconds == 0, 0.0, plays.completion)
    chance = keenness * (RATING_CHANCE + RATING_CHANCE_RISE * completion)
    return plays.starts.draws.happens("rating", chance) & (plays.length_seconds > 0)


def _stars(people: People, catalogue: Catalogue, plays: Plays) -> Integers:
    """Return stars whose shares are about STAR_SHARES and which rise with the opinion."""
    starts = plays.starts
    opinion = (
        QUALITY_EFFECT * catalogue.quality[starts.title]
        + LENIENCY_EFFECT * people.draws.normal("leniency")[starts.user]
        + LIKING_EFFECT * _liking(people, starts.user, catalogue.genres[starts.title, 0])
        + COMPLETION_EFFECT * plays.completion
        + OWN_OPINION * starts.draws.normal("own opinion")
    )
    stars: Integers = 1 + np.searchsorted(STAR_THRESHOLDS, (opinion - OPINION_MEAN) / OPINION_SIGMA)
    return stars


def _liking(people: People, user: Integers, genre: Integers) -> Floats:
    """Return how much users like a genre, from 0 to 1 for their favourite."""
    shares = np.diff(people.taste, axis=1, prepend=0.0)
    relative = shares / shares.max(axis=1, keepdims=True)
    liking: Floats = relative[user, genre]
    return liking


def _writes_review(people: People, plays: Plays, stars: Integers) -> Flags:
    reviews = people.draws.happens("reviewer", REVIEWER_SHARE)[plays.starts.user]
    chance = np.array(REVIEW_SHARES)[stars - 1]
    return reviews & plays.starts.draws.happens("review", chance)


def _languages(people: People) -> Integers:
    """Return what each user writes, a position in PHRASEBOOKS."""
    return people.draws.pick_from_rows("language written", SPOKEN_SHARES, people.country)


def _rating_delay(draws: Draws) -> Integers:
    """Return microseconds from the end of the play: most users rate at once, some another day."""
    at_once = draws.happens("rating at once", AT_ONCE_SHARE)
    mean = np.where(at_once, AT_ONCE_SECONDS, LATER_SECONDS)
    seconds = SHORTEST_DELAY_SECONDS + mean * draws.exponential("rating delay")
    return (seconds * 1000).astype(np.int64) * 1000


def _spread(draws: Draws, purpose: str, scale: Floats | float) -> Integers:
    """Return whole numbers from 0 that fall off as exponential ones do."""
    return (scale * draws.exponential(purpose)).astype(np.int64)


class SearchKind:
    """How a search ended: its title was played, was clicked but not played, or nothing was clicked."""

    PLAYED, BROWSED, FAILED = range(3)


class Typed:
    """What was typed: the title's name in one way or another, what it is about, or nothing in particular."""

    NAME, BEGINNING, PLAIN, MISTYPED, ACTOR, GENRE, VAGUE = range(7)


@dataclass(frozen=True, slots=True)
class Searches(Entries):
    """One entry per search, by kind. Each comes before a start of the same user on the same UTC day."""

    starts: Starts
    """The start that followed."""
    kind: Integers
    """One of ``SearchKind``; with the start it makes the id."""
    wanted: Integers
    """The title in mind; NO_TITLE for none in particular."""
    typed: Integers
    """One of ``Typed``."""
    language: Integers
    """Position in PHRASEBOOKS."""
    words: Integers
    """A number from which the words are taken."""
    result_count: Integers
    searched_at: Integers

    @property
    def user(self) -> Integers:
        """Position in the people of the block."""
        return self.starts.user

    @property
    def device(self) -> Integers:
        """What it was typed on."""
        return self.starts.device

    @property
    def title(self) -> Integers:
        """What was clicked; NO_TITLE for nothing."""
        return np.where(self.kind == SearchKind.FAILED, NO_TITLE, self.wanted)

    @property
    def played(self) -> Flags:
        """Whether the start that followed was for the title clicked, because of the search."""
        played: Flags = self.kind == SearchKind.PLAYED
        return played


def search(people: People, catalogue: Catalogue, starts: Starts, *, end_at: int) -> Searches:
    """Return the searches before starts that come before a midnight (UTC).

    One for each start that a search led to; before some starts one for another title, or one in which nothing was
    clicked. None is older than the day of its start, the subscription or the user's start before: so its title is
    there already, and the days of a longer period add none to those before.
    """
    row, kind = _searched_starts(starts)
    room = _room(starts)[row]
    starts = starts.take(row)
    draws = starts.draws.under("search", kind)
    wanted = _wanted(people, catalogue, starts, draws, kind)
    typed = _typed(draws, starts.device, kind, wanted)
    searches = Searches(
        starts=starts,
        kind=kind,
        wanted=wanted,
        typed=typed,
        language=_languages(people)[starts.user],
        words=draws.whole("words", 0, MOST_NUMBER),
        result_count=_result_count(draws, kind, typed),
        searched_at=starts.started_at - _search_lead(draws, kind, room),
    )
    is_other = (wanted != NO_TITLE) & (wanted != starts.title)
    possible = (kind != SearchKind.BROWSED) | is_other
    return searches.take(possible & (searches.searched_at < end_at))


def _searched_starts(starts: Starts) -> tuple[Integers, Integers]:
    """Return the position of the start that follows each search, and the search's kind."""
    searched = starts.way == Way.SEARCHED
    case = searched.astype(np.int64)
    browsed = starts.draws.happens("search browsed", np.array(BROWSED_SHARES)[case])
    failed = starts.draws.happens("search failed", np.array(FAILED_SHARES)[case])
    kind, row = np.nonzero(np.stack([searched, browsed, failed]))
    return row, kind


def _room(starts: Starts) -> Integers:
    """Return how many microseconds before each start its searches may be at most."""
    previous_at = starts.subscribed_from.copy()
    same = ~first_of_group(starts.user)
    previous_at[same] = np.maximum(previous_at[same], starts.started_at[:-1][same[1:]])
    midnight = day_of(starts.started_at) * DAY_US
    return starts.started_at - np.maximum(previous_at, midnight)


def _wanted(
    people: People, catalogue: Catalogue, starts: Starts, draws: Draws, kind: Integers
) -> Integers:
    """Return the title in mind: that of the start, another one, or none."""
    browsed = np.flatnonzero(kind == SearchKind.BROWSED)
    mistyped = (starts.way == Way.SEARCHED) & draws.happens("mistyped", MISTYPED_SHARE)
    has_same = (kind == SearchKind.PLAYED) | ((kind == SearchKind.FAILED) & mistyped)
    wanted = np.where(has_same, starts.title, NO_TITLE)
    wanted[browsed] = catalogue.choose(
        draws.take(browsed),
        "title",
        taste=people.taste,
        person=starts.user[browsed],
        country=starts.country[browsed],
        day=day_of(starts.started_at[browsed]),
    )
    return wanted


def _typed(draws: Draws, device: Integers, kind: Integers, wanted: Integers) -> Integers:
    """Return what was typed; a failed search for a title is one that was mistyped."""
    typed = draws.pick_from_rows("typed", TYPED_SHARES, BY_REMOTE_CONTROL[device])
    typed = np.where(kind == SearchKind.FAILED, Typed.MISTYPED, typed)
    return np.where(wanted == NO_TITLE, Typed.VAGUE, typed)


def _result_count(draws: Draws, kind: Integers, typed: Integers) -> Integers:
    """Return how many titles were found: some if one was clicked, none for half of the others."""
    nothing = (kind == SearchKind.FAILED) & draws.happens("nothing found", NOTHING_FOUND_SHARE)
    return np.where(nothing, 0, 1 + _spread(draws, "results", np.array(RESULTS_SCALES)[typed]))


def _search_lead(draws: Draws, kind: Integers, room: Integers) -> Integers:
    """Return how many microseconds before its start each search was, in whole milliseconds."""
    least, most = np.array(SEARCH_SECONDS)[kind].T
    share = draws.uniform("lead")
    lead = (least + (most - least) * share) * SECOND_US
    return np.where(lead < room, lead, share * room).astype(np.int64) // 1000 * 1000
