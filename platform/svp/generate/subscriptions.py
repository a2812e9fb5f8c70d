"""The life of each subscription: every event follows from the state before it.

sign-up ─┬─ trial ─┬─ start ─┐            ┌─ renewal ──────────────┐
         │         └─ cancellation        ├─ payment_failed ─┬─ renewal
         └─ start ─────────────► paid ────┤                  └─ cancellation
                                  ▲       ├─ cancellation ── return ─┐
                                  └───────┴─ upgrade, downgrade ◄────┘
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import DAY_US, SECOND_US, Entries, Flags, Integers, day_number
from svp.generate.market import PRICES_MINOR
from svp.generate.randomness import stream
from svp.model import SUBSCRIPTION_EVENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.people import People

__all__ = ["NO_AMOUNT", "NO_PLAN", "Subscribed", "SubscriptionEvents", "live", "subscribed_periods"]

NO_PLAN = -1
NO_AMOUNT = -1
NEVER = np.iinfo(np.int64).max

TRIAL, PAID, UNPAID, ENDED = range(4)

TRIAL_SHARE = 0.7
TRIAL_DAYS = 7
TRIAL_CONVERSION = 0.72
MONTHLY_CANCELLATION = 0.040
"""Of paid months, for the median user; with unpaid ones and early leavers 5 % a month leave."""
ENGAGEMENT_EFFECT = -0.35
"""On the log of the cancellation rate, for each deviation of engagement."""
EARLY_MONTHS, EARLY_FACTOR = 2, 1.6
"""The first months are when people leave."""
PAYMENT_FAILURE = 0.025
RETRY_DAYS = 3
RETRY_SUCCESS = 0.75
UPGRADE_SHARE, DOWNGRADE_SHARE = 0.012, 0.008
"""Of paid months."""
RETURN_SHARE = 0.45
RETURN_DAYS = 126
"""Mean; with the share above 23 % are back by month 3 and 41 % by month 12."""

CODES = {name: code for code, name in enumerate(SUBSCRIPTION_EVENT_TYPES)}


@dataclass(frozen=True, slots=True)
class SubscriptionEvents(Entries):
    """One entry per event, by user and then time. Plans and types are codes."""

    user: Integers
    event_type: Integers
    previous_plan: Integers
    new_plan: Integers
    amount_minor: Integers
    occurred_at: Integers


@dataclass(frozen=True, slots=True)
class Subscribed(Entries):
    """One entry per stretch of time in which a user had one plan, by user and then time."""

    user: Integers
    plan: Integers
    from_at: Integers
    to_at: Integers
    """Exclusive: the next change, or the end of the period."""


@dataclass(slots=True)
class _Lives:
    """The state of every subscription, moved on one event at a time for all users at once."""

    people: People
    random: np.random.Generator
    end_at: int
    state: Integers = field(init=False)
    plan: Integers = field(init=False)
    next_at: Integers = field(init=False)
    """When the next event is due."""
    anchor_at: Integers = field(init=False)
    """When the paid time began; months are counted from here."""
    paid_months: Integers = field(init=False)
    events: list[tuple[Integers, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = self.people.plan.copy()
        self.state = np.full(len(self.people), ENDED)
        self.next_at = np.full(len(self.people), NEVER)
        self.anchor_at = np.zeros(len(self.people), dtype=np.int64)
        self.paid_months = np.zeros(len(self.people), dtype=np.int64)

    def chance(
        self, users: Integers, probability: float | np.ndarray[tuple[int], np.dtype[np.float64]]
    ) -> Flags:
        """Draw yes or no for each user."""
        return self.random.random(len(users)) < probability

    def record(
        self,
        name: str,
        users: Integers,
        at: Integers,
        *,
        previous: Integers | int,
        new: Integers | int,
        amount: Integers | int = NO_AMOUNT,
    ) -> None:
        """Note one event of each user."""
        parts = (users, CODES[name], previous, new, amount, at)
        self.events.append(tuple(np.broadcast_to(np.asarray(part), users.shape) for part in parts))

    def price(self, users: Integers, plan: Integers) -> Integers:
        """Return the monthly price of a plan where each user lives."""
        return PRICES_MINOR[self.people.country[users], plan]

    def charge(self, name: str, users: Integers, at: Integers, *, previous: Integers | int) -> None:
        """Record an event that pays a month."""
        plan = self.plan[users]
        self.record(name, users, at, previous=previous, new=plan, amount=self.price(users, plan))

    def sign_up(self) -> None:
        """Give everyone a trial or a paid start, at sign-up."""
        everyone = np.arange(len(self.people))
        tries = self.chance(everyone, TRIAL_SHARE)
        trials, starters = everyone[tries], everyone[~tries]
        at = self.people.registered_at
        self.record("trial", trials, at[trials], previous=NO_PLAN, new=self.plan[trials])
        self.state[trials] = TRIAL
        self.next_at[trials] = at[trials] + TRIAL_DAYS * DAY_US
        self.charge("start", starters, at[starters], previous=NO_PLAN)
        self.begin_paid(starters, at[starters])

    def begin_paid(self, users: Integers, at: Integers) -> None:
        """Begin paid months at these instants."""
        self.state[users] = PAID
        self.anchor_at[users] = at
        self.paid_months[users] = 0
        self.next_month(users, at)

    def next_month(self, users: Integers, at: Integers) -> None:
        """Set the end of the month that was just paid, and maybe a change of plan within it."""
        self.paid_months[users] += 1
        self.next_at[users] = add_months(self.anchor_at[users], self.paid_months[users])
        draw = self.random.random(len(users))
        month_seconds = (self.next_at[users] - at) // SECOND_US
        change_at = at + self.random.integers(1, month_seconds) * SECOND_US
        in_time = change_at < self.end_at
        self.change_plan("upgrade", users, change_at, in_time & (draw < UPGRADE_SHARE), step=1)
        self.change_plan(
            "downgrade", users, change_at, in_time & (draw > 1 - DOWNGRADE_SHARE), step=-1
        )

    def change_plan(
        self, name: str, users: Integers, at: Integers, chosen: Flags, *, step: int
    ) -> None:
        """Move to the next plan by price; a dearer one costs the difference, at once."""
        wanted = self.plan[users] + step
        chosen = chosen & (wanted >= 0) & (wanted < PRICES_MINOR.shape[1])
        movers, new = users[chosen], wanted[chosen]
        previous = self.plan[movers]
        difference = self.price(movers, new) - self.price(movers, previous)
        amount = difference if step > 0 else NO_AMOUNT
        self.record(name, movers, at[chosen], previous=previous, new=new, amount=amount)
        self.plan[movers] = new

    def end_trials(self, users: Integers) -> None:
        """Turn a trial into paid months, or end it."""
        stays = self.chance(users, TRIAL_CONVERSION)
        payers, at = users[stays], self.next_at[users[stays]]
        self.charge("start", payers, at, previous=self.plan[payers])
        self.begin_paid(payers, at)
        self.cancel(users[~stays])

    def bill(self, users: Integers) -> None:
        """End a paid month: the user leaves, the payment fails, or the next month is paid."""
        hazard = MONTHLY_CANCELLATION * np.exp(ENGAGEMENT_EFFECT * self.people.engagement[users])
        hazard *= np.where(self.paid_months[users] <= EARLY_MONTHS, EARLY_FACTOR, 1.0)
        leaves = self.chance(users, hazard)
        fails = ~leaves & self.chance(users, PAYMENT_FAILURE)
        self.cancel(users[leaves])
        self.fail(users[fails])
        self.renew(users[~leaves & ~fails])

    def renew(self, users: Integers) -> None:
        """Pay the next month."""
        at = self.next_at[users]
        self.charge("renewal", users, at, previous=self.plan[users])
        self.state[users] = PAID
        self.next_month(users, at)

    def fail(self, users: Integers) -> None:
        """Record a payment that did not come, and try again some days later."""
        at, plan = self.next_at[users], self.plan[users]
        self.record("payment_failed", users, at, previous=plan, new=plan)
        self.state[users] = UNPAID
        self.next_at[users] = at + RETRY_DAYS * DAY_US

    def retry(self, users: Integers) -> None:
        """Pay the month that failed, or end the subscription."""
        paid = self.chance(users, RETRY_SUCCESS)
        self.renew(users[paid])
        self.cancel(users[~paid])

    def cancel(self, users: Integers) -> None:
        """End the subscription, and decide whether and when the user returns."""
        at = self.next_at[users]
        self.record("cancellation", users, at, previous=self.plan[users], new=NO_PLAN)
        self.state[users] = ENDED
        away_seconds = 86_400 + self.random.exponential(RETURN_DAYS * 86_400, len(users)).astype(
            np.int64
        )
        returns = self.chance(users, RETURN_SHARE)
        self.next_at[users] = np.where(returns, at + away_seconds * SECOND_US, NEVER)

    def come_back(self, users: Integers) -> None:
        """Begin again with the last plan."""
        at = self.next_at[users]
        self.charge("return", users, at, previous=NO_PLAN)
        self.begin_paid(users, at)

    def move_on(self) -> None:
        """Give each user the events that are due, until none is due before the end."""
        steps = {TRIAL: self.end_trials, PAID: self.bill, UNPAID: self.retry, ENDED: self.come_back}
        while (due := np.flatnonzero(self.next_at < self.end_at)).size:
            state = self.state[due]
            for code, step in steps.items():
                step(due[state == code])


def live(arguments: Arguments, people: People) -> SubscriptionEvents:
    """Return every subscription event from sign-up to the end of the period."""
    end_at = (day_number(arguments.start_on) + arguments.days) * DAY_US
    lives = _Lives(people, stream(arguments.seed, "subscription_events"), end_at)
    lives.sign_up()
    lives.move_on()
    columns = [np.concatenate(parts) for parts in zip(*lives.events, strict=True)]
    order = np.lexsort((columns[-1], columns[0]))
    return SubscriptionEvents(*(column[order] for column in columns))


def subscribed_periods(arguments: Arguments, events: SubscriptionEvents) -> Subscribed:
    """Return when each user had which plan, until the end of the period."""
    changes = events.previous_plan != events.new_plan
    user, plan, at = events.user[changes], events.new_plan[changes], events.occurred_at[changes]
    ends = np.full(len(at), (day_number(arguments.start_on) + arguments.days) * DAY_US)
    same_user = user[1:] == user[:-1]
    ends[:-1][same_user] = at[1:][same_user]
    has_plan = plan != NO_PLAN
    return Subscribed(user[has_plan], plan[has_plan], at[has_plan], ends[has_plan])


def add_months(instants: Integers, months: Integers) -> Integers:
    """Return the same day and time some calendar months later, the last day where there is none."""
    instant = instants.astype("datetime64[us]")
    month = instant.astype("datetime64[M]")
    later = month + months.astype("timedelta64[M]")
    one_month, one_day = np.timedelta64(1, "M"), np.timedelta64(1, "D")
    last_day = (later + one_month).astype("datetime64[D]") - later.astype("datetime64[D]") - one_day
    day = np.minimum(instant.astype("datetime64[D]") - month.astype("datetime64[D]"), last_day)
    clock = instant - instant.astype("datetime64[D]")
    moved = (later.astype("datetime64[D]") + day + clock).astype("datetime64[us]")
    instants_later: Integers = moved.astype(np.int64)
    return instants_later
