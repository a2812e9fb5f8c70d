"""The measures of a platform, from what was counted; NaN where there is too little to tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import DAY_US, Flags, Floats, Integers
from svp.generate.report.counting import DECAY_DAYS, NEVER, STARTUP_STEP_MILLISECONDS, month_of
from svp.model import PLAYBACK_OUTCOMES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.report.counting import Histories, Plays, Subscriptions, Titles
    from svp.generate.report.statistics import Statistics

__all__ = [
    "Activity",
    "Bridge",
    "Days",
    "Figures",
    "Popularity",
    "Retention",
    "Starting",
    "figures",
    "percent",
    "share",
]

MONTH_DAYS = 365.25 / 12
MOST_MONTHS = 24
"""How long subscribers are followed."""
FEWEST = 30
"""Users, titles or the like below which nothing is said about them."""
UPPER_TENTH_DEVIATIONS = 1.2816
"""Where the upper tenth of a normal distribution begins."""
CHURN_MONTHS = 12
"""How many of the last whole months the mean is over."""


def share(part: float, whole: float) -> float:
    """Return a share; NaN of nothing."""
    return part / whole if whole else nan


def percent(value: float, *, digits: int = 0) -> str:
    """Return a share as text."""
    return f"{100 * value:.{digits}f} %"


@dataclass(frozen=True, slots=True)
class Popularity:
    """How plays spread over titles."""

    shares: Floats
    """Of all plays, by title, largest first."""

    @property
    def gini(self) -> float:
        """Return 0 if all titles are played equally, near 1 if one takes all."""
        count = len(self.shares)
        return 2 * share(float((self.shares.cumsum() - self.shares / 2).sum()), count) - 1

    def of_top(self, part: float) -> float:
        """Return the share of plays of the most played titles."""
        return float(self.shares[: max(round(part * len(self.shares)), 1)].sum())

    def of_last(self, part: float) -> float:
        """Return the share of plays of the least played titles."""
        return float(self.shares[len(self.shares) - round(part * len(self.shares)) :].sum())


def popularity(titles: Titles) -> Popularity:
    """Return how plays spread over the titles of the catalogue."""
    plays = np.sort(titles.plays)[::-1]
    return Popularity(plays / max(plays.sum(), 1))


def decay(titles: Titles, arguments: Arguments) -> Floats:
    """Return plays a day of a title, by days since it was added, for those added in the period."""
    added = titles.added_on[
        (titles.added_on >= arguments.start_day) & (titles.added_on < arguments.end_day)
    ]
    followed = np.array([(added + age < arguments.end_day).sum() for age in range(DECAY_DAYS + 1)])
    plays = np.zeros(DECAY_DAYS + 1)
    for day in np.unique(added).tolist():
        first = day * (DECAY_DAYS + 1)
        plays += titles.ages.between(first, first + DECAY_DAYS + 1)
    return np.where(followed >= FEWEST, plays / np.maximum(followed, 1), nan)


@dataclass(frozen=True, slots=True)
class Days:
    """Plays by the viewer's local day; the first and last day are not whole and left out."""

    first_day: int
    plays: Integers

    @property
    def weekdays(self) -> Floats:
        """Plays of a Monday to a Sunday against the mean day; NaN if one has none."""
        weekday = (self.first_day + np.arange(len(self.plays)) + 3) % 7
        count = np.bincount(weekday, minlength=7)
        plays = np.bincount(weekday, weights=self.plays, minlength=7)
        if not plays.all():
            return np.full(7, nan)
        factors: Floats = plays / count / (plays / count).mean()
        return factors

    @property
    def weekly_mean(self) -> Floats:
        """Mean of the seven days about each; NaN at the ends."""
        means = np.full(len(self.plays), nan)
        if len(self.plays) > 6:  # noqa: PLR2004  (a week)
            means[3:-3] = np.convolve(self.plays, np.full(7, 1 / 7), mode="valid")
        return means


def days(plays: Plays, arguments: Arguments) -> Days:
    """Return the plays of each whole local day of the period."""
    first = arguments.start_day + 1
    return Days(first, plays.by_day.between(first, arguments.end_day - 1))


@dataclass(frozen=True, slots=True)
class Starting:
    """How attempts to play begin."""

    seconds: Floats
    """Lower ends of the steps of waiting; the last has no upper end."""
    attempts: Integers
    """By step."""
    waiting: Integers
    """Attempts that still wait when each step begins."""
    left: Floats
    """Share of viewers who would have left by the end of each step, had nothing else ended their wait."""
    failed_share: float

    @property
    def leave_a_second(self) -> float:
        """Share that leaves in each second of waiting from 2 to 10, mean."""
        early, late = (int(np.searchsorted(self.seconds, second)) - 1 for second in (2, 10))
        return float(self.left[late] - self.left[early]) / 8


def starting(by_wait: Integers) -> Starting:
    """Return how attempts begin; those who leave are followed by a life table.

    Whoever sees the first frame or an error within a step waited for half of it.
    """
    attempts = by_wait.sum(axis=0)
    waiting = attempts[::-1].cumsum()[::-1]
    abandoned = by_wait[PLAYBACK_OUTCOMES.index("abandoned")]
    leaves = abandoned / np.maximum(waiting - (attempts - abandoned) / 2, 1)
    failed = by_wait[PLAYBACK_OUTCOMES.index("failed")].sum()
    return Starting(
        seconds=np.arange(len(attempts)) * STARTUP_STEP_MILLISECONDS / 1000,
        attempts=attempts,
        waiting=waiting,
        left=1 - np.cumprod(1 - leaves),
        failed_share=share(float(failed), float(attempts.sum())),
    )


@dataclass(frozen=True, slots=True)
class Retention:
    """Who is still subscribed some months after the first paid start, until the first end."""

    months: Integers
    """The cohorts: months of the first paid start, from January 1970."""
    cohorts: Floats
    """Share still subscribed by cohort and months since; NaN where it can't be known yet."""
    overall: Floats
    """The same of all cohorts, each as far as it is known."""
    back: Floats
    """Share of those who left who have returned, by months since they left."""


def retention(histories: Histories, arguments: Arguments) -> Retention:
    """Return who stays and who returns, by months."""
    end = int(month_of(np.array([arguments.end_day * DAY_US]))[0])
    months, starts, exits = _exits(histories.paid_at, histories.left_at)
    _, leavers, returns = _exits(histories.left_at, histories.back_at)
    left_months = np.unique(month_of(histories.left_at[histories.left_at != NEVER]))
    still = starts[:, np.newaxis] - exits.cumsum(axis=1)
    known = months[:, np.newaxis] + np.arange(MOST_MONTHS + 1) < end
    is_large = (starts >= FEWEST)[:, np.newaxis]
    cohorts = np.where(known & is_large, still / np.maximum(starts, 1)[:, np.newaxis], nan)
    back_known = left_months[:, np.newaxis] + np.arange(MOST_MONTHS + 1) < end
    return Retention(
        months,
        cohorts,
        overall=_survival(starts, exits, known),
        back=1 - _survival(leavers, returns, back_known),
    )


def _exits(from_at: Integers, to_at: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the months of what began, how much began in each, and how much ended after how many months."""
    began = from_at != NEVER
    from_at, to_at = from_at[began], to_at[began]
    months, cohort = np.unique(month_of(from_at), return_inverse=True)
    ended = to_at != NEVER
    length = np.rint((to_at[ended] - from_at[ended]) / (MONTH_DAYS * DAY_US)).astype(np.int64)
    cell = cohort[ended] * (MOST_MONTHS + 2) + np.clip(length, 0, MOST_MONTHS + 1)
    counts = np.bincount(cell, minlength=len(months) * (MOST_MONTHS + 2))
    by_cohort = counts.reshape(len(months), MOST_MONTHS + 2)[:, : MOST_MONTHS + 1]
    return months, np.bincount(cohort, minlength=len(months)), by_cohort


def _survival(starts: Integers, exits: Integers, known: Flags) -> Floats:
    """Return the share that goes on by months, from the cohorts known so far (Kaplan and Meier, 1958)."""
    before = starts[:, np.newaxis] - exits.cumsum(axis=1) + exits
    at_risk = np.where(known, before, 0).sum(axis=0)
    ended = np.where(known, exits, 0).sum(axis=0)
    goes_on = np.cumprod(1 - ended / np.maximum(at_risk, 1))
    return np.where(at_risk >= FEWEST, goes_on, nan)


@dataclass(frozen=True, slots=True)
class Activity:
    """Plays in 30 days of those who were subscribed during the whole period."""

    monthly: Floats
    """By user, smallest first."""
    median: float
    sigma: float
    """Of the log-normal distribution whose middle and upper tenth begin where these do."""
    days: int
    """Of the period."""


def activity(histories: Histories, arguments: Arguments) -> Activity:
    """Return how much users play."""
    start_at, end_at = arguments.start_day * DAY_US, arguments.end_day * DAY_US
    throughout = (histories.paid_at <= start_at) & (histories.left_at >= end_at)
    monthly = np.sort(histories.plays[throughout]) * 30 / arguments.days
    if len(monthly) < FEWEST:
        return Activity(monthly, nan, nan, arguments.days)
    median, upper = np.quantile(monthly, (0.5, 0.9)).tolist()
    sigma = float(np.log(upper / median)) / UPPER_TENTH_DEVIATIONS if median else nan
    return Activity(monthly, median, sigma, arguments.days)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Paid subscribers from month to month: those before, and who came, returned and left."""

    months: Integers
    """From January 1970; the last may not be whole."""
    started: Integers
    returned: Integers
    left: Integers
    whole_months: int
    """How many of the months are over."""

    @property
    def subscribers(self) -> Integers:
        """At the end of each month."""
        return (self.started + self.returned - self.left).cumsum()

    @property
    def gross_churn(self) -> float:
        """Share of subscribers who leave in a month, of the last whole months."""
        return self._churn(self.left)

    @property
    def net_churn(self) -> float:
        """The same less those who return."""
        return self._churn(self.left - self.returned)

    def _churn(self, leavers: Integers) -> float:
        first = max(self.whole_months - CHURN_MONTHS, 1)
        before = self.subscribers[first - 1 : self.whole_months - 1].sum()
        return share(float(leavers[first : self.whole_months].sum()), float(before))

    @property
    def returning_share(self) -> float:
        """Share of those who returned among all who came, of the last whole months."""
        last = slice(max(self.whole_months - CHURN_MONTHS, 0), self.whole_months)
        came = self.returned[last].sum() + self.started[last].sum()
        return share(float(self.returned[last].sum()), float(came))


def bridge(subscriptions: Subscriptions, arguments: Arguments) -> Bridge:
    """Return the subscribers by month since the service opened."""
    ends = np.array([arguments.end_day * DAY_US, arguments.end_day * DAY_US - 1])
    over, last = month_of(ends).tolist()
    first = min(subscriptions.started, default=last)
    return Bridge(
        months=np.arange(first, last + 1),
        started=subscriptions.started.between(first, last + 1),
        returned=subscriptions.returned.between(first, last + 1),
        left=subscriptions.left.between(first, last + 1),
        whole_months=over - first,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Every measure of the page."""

    popularity: Popularity
    decay: Floats
    days: Days
    starting: Starting
    retention: Retention
    activity: Activity
    bridge: Bridge
    finished_share: float
    finished_with_stall_share: float
    finished_without_stall_share: float
    over_in_ten_minutes_share: float
    stalled_share: float
    stalled_time_share: float
    mean_stars: float


def figures(counted: Statistics, *, arguments: Arguments) -> Figures:
    """Return the measures of what was counted."""
    plays, attempts, stars = counted.plays, counted.attempts, counted.ratings.by_stars
    histories = counted.users.every()
    played = float(attempts.by_wait[PLAYBACK_OUTCOMES.index("played")].sum())
    stalled_seconds = attempts.stall_milliseconds / 1000
    without, with_stall = (share(float(row[1]), float(row.sum())) for row in plays.finished)
    return Figures(
        popularity=popularity(counted.titles),
        decay=decay(counted.titles, arguments),
        days=days(plays, arguments),
        starting=starting(attempts.by_wait),
        retention=retention(histories, arguments),
        activity=activity(histories, arguments),
        bridge=bridge(counted.subscriptions, arguments),
        finished_share=share(float(plays.finished[:, 1].sum()), float(plays.finished.sum())),
        finished_with_stall_share=with_stall,
        finished_without_stall_share=without,
        over_in_ten_minutes_share=share(plays.over_in_ten_minutes, plays.total),
        stalled_share=share(attempts.stalled, played),
        stalled_time_share=share(stalled_seconds, stalled_seconds + plays.watch_seconds),
        mean_stars=share(float(stars @ np.arange(1, 6)), float(stars.sum())),
    )
