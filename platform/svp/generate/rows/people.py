"""Rows of users, devices and subscription_events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    DAY_US,
    Columns,
    Floats,
    Integers,
    Values,
    choose_where,
    day_of,
    decimals,
    join,
    labels,
    numbers,
    record_batch,
)
from svp.generate.devices import devices_added_on, usual_platform
from svp.generate.market import COUNTRIES, DEVICES, PAYMENT_METHODS, PLANS
from svp.generate.people import MONTH_DAYS
from svp.generate.rhythm import ACTIVITY_SIGMA
from svp.generate.rows.ids import device_ids, event_ids, padded, user_ids
from svp.generate.subscriptions import NO_AMOUNT, NO_PLAN
from svp.model import DEVICES as DEVICES_TABLE
from svp.model import SUBSCRIPTION_EVENT_TYPES, SUBSCRIPTION_EVENTS, USERS

if TYPE_CHECKING:
    import pyarrow as pa

    from svp.generate.arguments import Arguments
    from svp.generate.people import People
    from svp.generate.subscriptions import Subscribed, SubscriptionEvents
    from svp.generate.words import NamePool

__all__ = ["contract_codes", "devices", "full_names", "subscription_events", "users"]

COUNTRY_NAMES = [country.name for country in COUNTRIES]
CURRENCIES = [country.currency for country in COUNTRIES]
DEVICE_NAMES = [device.name for device in DEVICES]
PLATFORM_NAMES = [name for device in DEVICES for name in device.platforms]

HOURS_A_PLAY, MOST_HOURS_A_DAY = 0.5, 9.0
"""For the lifetime figure that a source carries along."""

LETTERS, FIRST_PREFIX = 26, "HNH"
PREFIXES = LETTERS**3
CODES_A_PREFIX = 1_000_000
PREFIX_STEP = 5_003
"""From one prefix to the next; it shares no divisor with PREFIXES, so all come before one comes again."""
CODE_STEP, CODE_OFFSET = 387_421, 104_729
"""From one code to the next within a prefix; no divisor in common with CODES_A_PREFIX."""


def users(
    arguments: Arguments, people: People, subscribed: Subscribed, names: tuple[NamePool, ...]
) -> pa.RecordBatch:
    """Return the table users, as it is when the period ends, in the order of the people."""
    everyone = np.arange(len(people))
    end_at = arguments.end_day * DAY_US
    plan = _plans_at(people, subscribed, end_at)
    hours = _hours_a_day(arguments, people) * _subscribed_days(people, subscribed, end_at)
    codes = contract_codes(people, everyone)
    columns: Columns = {
        "user_id": user_ids(people, everyone),
        "full_name": full_names(people.country, people.name, names),
        "age": people.age,
        "country": labels(COUNTRY_NAMES, people.country),
        "plan": labels(PLANS, plan, missing=plan == NO_PLAN),
        "registered_on": day_of(people.registered_at),
        "contract_code": choose_where(people.has_box, codes, None),
        "payment_method": labels(PAYMENT_METHODS, people.payment_method),
        "preferred_device": labels(DEVICE_NAMES, people.device),
        "is_active": plan != NO_PLAN,
        "lifetime_watch_hours": decimals(hours, precision=12, scale=2),
    }
    return record_batch(USERS, columns)


def _plans_at(people: People, subscribed: Subscribed, instant: int) -> Integers:
    """Return the plan of each user just before an instant."""
    held = subscribed.take((subscribed.from_at < instant) & (subscribed.to_at >= instant))
    plan = np.full(len(people), NO_PLAN)
    plan[held.user] = held.plan
    return plan


def _subscribed_days(people: People, subscribed: Subscribed, end_at: int) -> Floats:
    """Return how long each user had a plan before an instant, trials included."""
    days = np.maximum(np.minimum(subscribed.to_at, end_at) - subscribed.from_at, 0) / DAY_US
    return np.bincount(subscribed.user, days, minlength=len(people)).astype(np.float64)


def _hours_a_day(arguments: Arguments, people: People) -> Floats:
    """Return an estimate of what each user watches as a subscriber, from the engagement."""
    activity = np.exp(ACTIVITY_SIGMA * people.engagement - ACTIVITY_SIGMA**2 / 2)
    plays_a_day = arguments.sessions_per_user / MONTH_DAYS * activity
    hours: Floats = np.minimum(HOURS_A_PLAY * plays_a_day, MOST_HOURS_A_DAY)
    return hours


def full_names(country: Integers, name: Integers, pools: tuple[NamePool, ...]) -> Values:
    """Return names as each country writes them; ``name`` has two numbers of any size a row."""
    first = _names([pool.first for pool in pools], country, name[:, 0])
    return join(first, " ", _names([pool.second for pool in pools], country, name[:, 1]))


def _names(pools: list[tuple[str, ...]], country: Integers, number: Integers) -> Values:
    counts = np.array([len(pool) for pool in pools])
    begin = np.cumsum(counts) - counts
    every_name = [name for pool in pools for name in pool]
    return labels(every_name, begin[country] + number % counts[country])


def contract_codes(people: People, user: Integers) -> Values:
    """Return the set-top-box contracts of users' households by position, as HNH000123.

    No two numbers below PREFIXES millions have one code: a slot may be signed up for 175 times, which takes it longer
    than 14 years. The first million users share one prefix.
    """
    million, rest = np.divmod(people.number[user], CODES_A_PREFIX)
    code = (rest * CODE_STEP + CODE_OFFSET) % CODES_A_PREFIX
    return join(_prefixes(million), padded(code, 6))


def _prefixes(million: Integers) -> Values:
    """Return three letters for each number; each different one is written once."""
    distinct, position = np.unique(million, return_inverse=True)
    high, middle, low = (ord(letter) - ord("A") for letter in FIRST_PREFIX)
    first = (high * LETTERS + middle) * LETTERS + low
    code = (first + distinct * PREFIX_STEP) % PREFIXES
    letters = np.stack([code // LETTERS**2, code // LETTERS % LETTERS, code % LETTERS], axis=1)
    texts = [bytes(row).decode() for row in (letters + ord("A")).astype(np.uint8)]
    return labels(texts, position)


def devices(arguments: Arguments, people: People) -> pa.RecordBatch:
    """Return the table devices: those that signed in before the period ended, by user and kind."""
    added_on = devices_added_on(people)
    user, kind = np.nonzero(added_on < arguments.end_day)
    is_usual = usual_platform(people)[user, kind]
    columns: Columns = {
        "device_id": device_ids(people, user, kind),
        "user_id": user_ids(people, user),
        "device_type": labels(DEVICE_NAMES, kind),
        "platform": labels(PLATFORM_NAMES, 2 * kind + ~is_usual),
        "added_on": added_on[user, kind],
    }
    return record_batch(DEVICES_TABLE, columns)


def subscription_events(people: People, events: SubscriptionEvents) -> pa.RecordBatch:
    """Return the table subscription_events, by time."""
    events = events.take(np.argsort(events.occurred_at, kind="stable"))
    unpaid = events.amount_minor == NO_AMOUNT
    columns: Columns = {
        "subscription_event_id": event_ids(people, events.user, events.ordinal),
        "user_id": user_ids(people, events.user),
        "event_type": labels(SUBSCRIPTION_EVENT_TYPES, events.event_type),
        "previous_plan": _plan_names(events.previous_plan),
        "new_plan": _plan_names(events.new_plan),
        "amount_minor": numbers(events.amount_minor, missing=unpaid),
        "currency": labels(CURRENCIES, people.country[events.user], missing=unpaid),
        "occurred_at": events.occurred_at,
    }
    return record_batch(SUBSCRIPTION_EVENTS, columns)


def _plan_names(plan: Integers) -> Values:
    return labels(PLANS, plan, missing=plan == NO_PLAN)
