"""Who signed up, when, and what they are like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import DAY_US, SECOND_US, Entries, Flags, Floats, Integers, day_number
from svp.generate.catalogue import GENRES
from svp.generate.market import COUNTRIES, DEVICES, PAYMENT_SHARES, PLAN_SHARES
from svp.generate.randomness import cumulate, pick, stream

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments

__all__ = ["HISTORY_DAYS", "People", "make_people"]

HISTORY_DAYS = 730
"""How long before the first day the service opened."""

MONTHLY_GROWTH = 0.04
"""Of sign-ups: a service in its growing years doubles them in a year and a half."""

TASTE_CONCENTRATION = 0.35
"""Below 1 gives each user a few strong genres; 3 of 16 make about two thirds of a user's plays."""

GENRE_APPEAL = (1.4, 1.5, 1.6, 1.1, 1.0, 0.8, 0.9, 0.7, 1.1, 0.9, 0.9, 0.5, 0.5, 0.8, 0.6, 0.4)
"""By genre, in the order of GENRES: how many people like it."""


@dataclass(frozen=True, slots=True)
class People(Entries):
    """One entry per user. Codes are positions in the tables of ``market``."""

    registered_at: Integers
    age: Integers
    country: Integers
    plan: Integers
    """The plan chosen at sign-up."""
    payment_method: Integers
    device: Integers
    """The one used most."""
    has_box: Flags
    name: Integers
    """Two numbers a user: the given name and the family name in the pool of the country."""
    engagement: Floats
    """Standard normal: log of the user's activity, in deviations from the median user."""
    taste: Floats
    """Cumulative by genre."""


def make_people(arguments: Arguments) -> People:
    """Return the users who sign up before the last day ends."""
    random = stream(arguments.seed, "users")
    count = arguments.users
    country = pick(random, [market.share for market in COUNTRIES], count)
    box_shares = np.array([market.box_share for market in COUNTRIES])
    return People(
        registered_at=_registered_at(random, arguments),
        age=np.minimum(18 + random.gamma(2.4, 8.5, count), 90).astype(np.int64),
        country=country,
        plan=pick(random, PLAN_SHARES, count),
        payment_method=pick(random, PAYMENT_SHARES, count),
        device=pick(random, [device.share for device in DEVICES], count),
        has_box=random.random(count) < box_shares[country],
        name=random.integers(0, 2**31, size=(count, 2)),
        engagement=random.standard_normal(count),
        taste=cumulate(
            random.gamma(np.array(GENRE_APPEAL) * TASTE_CONCENTRATION, size=(count, len(GENRES)))
            + 1e-9
        ),
    )


def _registered_at(random: np.random.Generator, arguments: Arguments) -> Integers:
    """Return instants whose rate grows by MONTHLY_GROWTH each 30 days, at whole seconds."""
    growth = np.log1p(MONTHLY_GROWTH) / 30
    period_days = HISTORY_DAYS + arguments.days
    grown = np.expm1(growth * period_days)
    days = np.log1p(random.random(arguments.users) * grown) / growth
    seconds = np.minimum((days * 86_400).astype(np.int64), period_days * 86_400 - 1)
    opened_at = (day_number(arguments.start_on) - HISTORY_DAYS) * DAY_US
    registered_at: Integers = opened_at + seconds * SECOND_US
    return registered_at
