"""What a generated platform depends on, and the sizes that have a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from svp.errors import UsageError

__all__ = ["DEFAULT_SCALE", "DEFAULT_START_ON", "SCALES", "ArgumentValues", "Arguments", "Scale"]

DEFAULT_START_ON = date(2025, 1, 1)
"""A constant: what is generated never depends on the day it is generated."""

DEFAULT_SCALE = "small"

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
EARLIEST_START_ON = date(1980, 1, 1)
LATEST_END_ON = date(2200, 1, 1)
LOWEST_TITLES = 20
"""Enough for one of each content type."""
MOST_SESSIONS_PER_USER = 100
"""The most active watch as much as a day can hold far below it: more would not make more plays."""
MOST_USERS = 99_999_999
"""Their number has eight digits."""


class ArgumentValues(TypedDict):
    """The arguments as keywords."""

    seed: int
    users: int
    titles: int
    start_on: date
    days: int
    sessions_per_user: float


@dataclass(frozen=True, slots=True)
class Arguments:
    """Everything that a generated platform depends on.

    More users leave the others as they were; more days leave the earlier days as they were.

    Raises:
        UsageError: a value is out of range.
    """

    seed: int
    users: int
    """Who have signed up when the first day begins; more do as days pass."""
    titles: int
    """In the catalogue when the first day begins; more are added as days pass."""
    start_on: date
    """First UTC day of the plays; people and titles are older."""
    days: int
    sessions_per_user: float
    """Plays of a subscriber in 30 days, mean."""

    def __post_init__(self) -> None:
        _require(self.seed >= 0, f"seed {self.seed} is below 0", "use 0 or more")
        crowd = f"{self.users} users can't be generated"
        _require(1 <= self.users <= MOST_USERS, crowd, f"ask for 1 to {MOST_USERS:,}")
        few = f"{self.titles} titles are too few for one of each kind"
        _require(self.titles >= LOWEST_TITLES, few, f"ask for {LOWEST_TITLES} or more")
        _require(self.days >= 1, f"{self.days} days can't be generated", "ask for 1 or more")
        rate = f"{self.sessions_per_user} sessions a user can't be generated"
        limits = f"ask for more than 0 and at most {MOST_SESSIONS_PER_USER}"
        _require(0 < self.sessions_per_user <= MOST_SESSIONS_PER_USER, rate, limits)
        last = LATEST_END_ON.toordinal() - self.days
        in_range = EARLIEST_START_ON.toordinal() <= self.start_on.toordinal() <= last
        period = f"{self.days} days from {self.start_on} are out of range"
        _require(in_range, period, f"stay between {EARLIEST_START_ON} and {LATEST_END_ON}")

    @property
    def start_day(self) -> int:
        """First day of the period, in days from 1970-01-01."""
        return self.start_on.toordinal() - EPOCH_ORDINAL

    @property
    def end_day(self) -> int:
        """First day after the period, in days from 1970-01-01."""
        return self.start_day + self.days

    def values(self) -> ArgumentValues:
        """Return the arguments as keywords."""
        return {
            "seed": self.seed,
            "users": self.users,
            "titles": self.titles,
            "start_on": self.start_on,
            "days": self.days,
            "sessions_per_user": self.sessions_per_user,
        }


def _require(holds: bool, message: str, advice: str) -> None:  # noqa: FBT001  (a condition, not an option)
    if not holds:
        raise UsageError(message, advice)


@dataclass(frozen=True, slots=True)
class Scale:
    """A size that has a name."""

    name: str
    users: int
    titles: int
    days: int
    sessions_per_user: float
    plays: int
    """About; a test compares it with what is made."""

    @property
    def summary(self) -> str:
        """The size in words, for help."""
        period = f"{self.days} days, about {self.plays:,} plays"
        return f"{self.name}: {self.users:,} users, {self.titles:,} titles, {period}"

    def arguments(
        self,
        *,
        seed: int = 1,
        start_on: date = DEFAULT_START_ON,
        users: int | None = None,
        titles: int | None = None,
        days: int | None = None,
        sessions_per_user: float | None = None,
    ) -> Arguments:
        """Return the arguments of this size, but for what is given."""
        sessions = self.sessions_per_user if sessions_per_user is None else sessions_per_user
        return Arguments(
            seed=seed,
            users=self.users if users is None else users,
            titles=self.titles if titles is None else titles,
            start_on=start_on,
            days=self.days if days is None else days,
            sessions_per_user=sessions,
        )


SCALES = {
    scale.name: scale
    for scale in (
        Scale("tiny", users=200, titles=120, days=30, sessions_per_user=50, plays=4_000),
        Scale("small", users=10_000, titles=5_000, days=90, sessions_per_user=8, plays=150_000),
        Scale("medium", users=50_000, titles=8_000, days=180, sessions_per_user=6, plays=1_000_000),
        Scale(
            "large", users=200_000, titles=12_000, days=365, sessions_per_user=6, plays=10_000_000
        ),
    )
}
