"""The life of each subscription: every event follows from the state before it.

sign-up ─┬─ trial ─┬─ start ─┐            ┌─ renewal ──────────────┐
         │         └─ cancellation        ├─ payment_failed ─┬─ renewal
         └─ start ─────────────► paid ────┤                  └─ cancellation
                                  ▲       ├─ cancellation ── return ─┐
                                  └───────┴─ upgrade, downgrade ◄────┘

A user's steps are numbered, and each draws under its number: neither other users nor a later end change it.

The constants were found by trying: 20,000 users at first, a year after two of history. Subscribers are who has paid, in
the retry days too; months are calendar months; returns count as gained; survival counts a stretch of paid months from
its beginning, however it ends. Claimed by one source (Antenna), and reached:

=====================================================  =======  =======
monthly cancellations ÷ subscribers at its start         5.2 %    5.7 %
the same less returns                                    3.5 %    3.5 %
12 months after the first paid start still there          45 %     52 %
12 months after the first return still there              36 %     38 %
back within 3 months of a cancellation                    23 %     22 %
back within 12 months                                     41 %     41 %
serial churners among subscribers                         23 %     23 %
serial churners' part of cancellations                    42 %     43 %
returns ÷ all who are gained                              34 %     23 %
=====================================================  =======  =======

The claims are of a market that hardly grows; this service still does. So fewer of those who are gained are returning,
and as many are new, a survival of 45 % would cost far more than 5.2 % of the subscribers a month: the gap is put
between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
    position_in_group,
)
from svp.generate.market import COUNTRIES, PLAN_SHARES, PRICES_MINOR
from svp.generate.people import MONTH_DAYS, MOOD_SIGMA, mood
from svp.model import SUBSCRIPTION_EVENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.people import People
    from svp.generate.randomness import Draws

__all__ = [
    "NEVER",
    "NO_AMOUNT",
    "NO_PLAN",
    "Subscribed",
    "SubscriptionEvents",
    "is_serial_churner",
    "live",
    "monthly_hazard",
    "subscribed_periods",
]

NO_PLAN = -1
NO_AMOUNT = -1
NEVER = int(np.iinfo(np.int64).max)
"""The instant of what is not known to happen."""

USUAL_TRIAL = (0.70, 7)
TRIALS = {
    "United States": (0.62, 7),
    "Germany": (0.66, 7),
    "India": (0.82, 14),
    "Japan": (0.72, 14),
    "Vietnam": (0.80, 14),
}
"""By country, where not the usual: share of sign-ups that begin with a trial, and its days."""
TRIAL_SHARES, TRIAL_DAYS = np.array(
    [TRIALS.get(country.name, USUAL_TRIAL) for country in COUNTRIES]
).T
TRIAL_CONVERSION, TRIAL_ENGAGEMENT_EFFECT = 0.72, 0.06
"""Of trials, those that become paid, for the median user; more for each deviation of engagement."""

SERIAL_SHARE = 0.235
"""Of users, those who cancel and return again and again."""
SERIAL_EFFECT = 0.88
"""On the log of their chance to leave."""

MONTHLY_CANCELLATION = 0.0255
"""Chance to leave at the end of a paid month: the median user on the middle plan, past the early months."""
ENGAGEMENT_EFFECT = -0.35
"""On the log of that chance, for each deviation of engagement."""
MOOD_EFFECT = -0.6
"""On its log, for each unit of the log of activity in the month just ended: who watched half as much as usual
leaves one and a half times as often."""
PLAN_EFFECTS = np.array((0.08, 0.0, -0.10))
"""On its log, by plan: who chose the dearest means to stay."""
PRICE_EFFECT = 0.15
"""On its log, for each unit of the log of the price against the country's middle plan."""
MIDDLE_PLAN = 1
EARLY_FACTORS = np.array((1.0, 3.6, 2.4, 1.7, 1.3, 1.0))
"""On the chance, by paid months of this stretch (none, one, ..., the last for all later ones): people leave early."""
MOST_CANCELLATION = 0.8
"""The chance is never above."""

PAYMENT_FAILURES = np.array((0.018, 0.036, 0.014, 0.010, 0.080))
"""Of monthly payments, by method: cards are empty or expire, gift cards run out."""
RETRY_DAYS = 3
RETRY_SUCCESS = np.array((0.74, 0.68, 0.80, 0.80, 0.40))
"""Of failed payments, by method, those that come at the second try."""

UPGRADE_SHARE, DOWNGRADE_SHARE = 0.012, 0.008
"""Of paid months."""

RETURN_SHARES = (0.19, 0.79)
"""Of cancellations, those that are followed by a return: of others, of serial churners."""
RETURN_DAYS = (115.0, 130.0)
"""Mean time until then, exponential."""
NEW_CHOICE_SHARE = 0.2
"""Of returns, those that choose the plan anew."""

CODES = {name: code for code, name in enumerate(SUBSCRIPTION_EVENT_TYPES)}
NEW, TRIAL, PAID, UNPAID, ENDED = range(5)


@dataclass(frozen=True, slots=True)
class SubscriptionEvents(Entries):
    """One entry per event, by user and then time. Plans and types are codes."""

    user: Integers
    ordinal: Integers
    """Number of the event within the user, from 0; with the user it makes the id."""
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
    """Exclusive: the next change; NEVER if none is known."""


@dataclass(frozen=True, slots=True)
class _Turns(Entries):
    """One entry per user whose next step is due: when, and what it draws from."""

    user: Integers
    at: Integers
    draws: Draws


def is_serial_churner(people: People) -> Flags:
    """Tell who cancels and returns again and again: a trait of the person, planted."""
    return people.draws.happens("serial churner", SERIAL_SHARE)


def _cancellation_chances(people: People) -> Floats:
    """Return each user's chance to leave at the end of a paid month, by user and plan.

    It holds past the early months and in a middling mood; payments that fail come on top.
    """
    prices = PRICES_MINOR[people.country] / PRICES_MINOR[people.country, MIDDLE_PLAN, np.newaxis]
    of_person = ENGAGEMENT_EFFECT * people.engagement + SERIAL_EFFECT * is_serial_churner(people)
    of_plan = PLAN_EFFECTS + PRICE_EFFECT * np.log(prices)
    chances: Floats = MONTHLY_CANCELLATION * np.exp(of_person[:, np.newaxis] + of_plan)
    return chances


def monthly_hazard(people: People) -> Floats:
    """Return each user's chance that a paid month is the last, mean over moods, on the plan of the sign-up.

    It holds past the early months, which multiply the part that is the user's will by EARLY_FACTORS.
    """
    over_moods = np.exp(0.5 * (MOOD_EFFECT * MOOD_SIGMA) ** 2)
    chances = _cancellation_chances(people)[np.arange(len(people)), people.plan]
    leaves = np.minimum(chances * over_moods, MOST_CANCELLATION)
    unpaid = (PAYMENT_FAILURES * (1 - RETRY_SUCCESS))[people.payment_method]
    hazard: Floats = leaves + (1 - leaves) * unpaid
    return hazard


@dataclass(slots=True)
class _Lives:
    """The state of every subscription, moved on one step at a time for all users at once."""

    people: People
    chances: Floats = field(init=False)
    """To leave, by user and plan."""
    is_serial: Flags = field(init=False)
    state: Integers = field(init=False)
    plan: Integers = field(init=False)
    next_at: Integers = field(init=False)
    """When the next step is due."""
    steps: Integers = field(init=False)
    """Taken so far."""
    anchor_at: Integers = field(init=False)
    """When the paid time began; months are counted from here."""
    paid_months: Integers = field(init=False)
    events: list[tuple[Integers, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chances = _cancellation_chances(self.people)
        self.is_serial = is_serial_churner(self.people)
        self.plan = self.people.plan.copy()
        self.next_at = self.people.registered_at.copy()
        self.state = np.full(len(self.people), NEW)
        self.steps, self.anchor_at, self.paid_months = np.zeros(
            (3, len(self.people)), dtype=np.int64
        )

    def move_on(self, end_at: int) -> None:
        """Let each user take the steps that are due before ``end_at``."""
        while (due := np.flatnonzero(self.next_at < end_at)).size:
            draws = self.people.draws.take(due).under("subscription", self.steps[due])
            self.steps[due] += 1
            turns, state = _Turns(due, self.next_at[due], draws), self.state[due]
            self.sign_up(turns.take(state == NEW))
            self.end_trials(turns.take(state == TRIAL))
            self.bill(turns.take(state == PAID))
            self.retry(turns.take(state == UNPAID))
            self.come_back(turns.take(state == ENDED))

    def sign_up(self, turns: _Turns) -> None:
        """Begin with a trial or with paid months."""
        country = self.people.country[turns.user]
        tries = turns.draws.happens("trial", TRIAL_SHARES[country])
        trials = turns.take(tries)
        self.record("trial", trials, previous=NO_PLAN, new=self.plan[trials.user])
        self.state[trials.user] = TRIAL
        self.next_at[trials.user] += TRIAL_DAYS[country[tries]].astype(np.int64) * DAY_US
        self.begin_paid("start", turns.take(~tries), previous=NO_PLAN)

    def end_trials(self, turns: _Turns) -> None:
        """Turn a trial into paid months, or end it for good."""
        engagement = self.people.engagement[turns.user]
        chance = TRIAL_CONVERSION + TRIAL_ENGAGEMENT_EFFECT * engagement
        stays = turns.draws.happens("converts", chance)
        payers, leavers = turns.take(stays), turns.take(~stays)
        self.begin_paid("start", payers, previous=self.plan[payers.user])
        self.end(leavers)
        self.next_at[leavers.user] = NEVER

    def bill(self, turns: _Turns) -> None:
        """End a paid month: the user leaves, the payment fails, or the next month is paid."""
        method = self.people.payment_method[turns.user]
        leaves = turns.draws.happens("leaves", self.chance_to_leave(turns))
        fails = ~leaves & turns.draws.happens("fails", PAYMENT_FAILURES[method])
        self.cancel(turns.take(leaves))
        self.fail(turns.take(fails))
        self.renew(turns.take(~leaves & ~fails))

    def chance_to_leave(self, turns: _Turns) -> Floats:
        """Return the chance of each at the end of a month: of the person, the plan and how the month was."""
        user = turns.user
        middle = day_of(turns.at) - MONTH_DAYS // 2
        of_month = np.exp(MOOD_EFFECT * mood(self.people.draws.take(user), middle))
        of_month *= EARLY_FACTORS[np.minimum(self.paid_months[user], len(EARLY_FACTORS) - 1)]
        return np.minimum(self.chances[user, self.plan[user]] * of_month, MOST_CANCELLATION)

    def retry(self, turns: _Turns) -> None:
        """Pay the month that failed, or end the subscription."""
        method = self.people.payment_method[turns.user]
        pays = turns.draws.happens("pays at last", RETRY_SUCCESS[method])
        self.renew(turns.take(pays))
        self.cancel(turns.take(~pays))

    def come_back(self, turns: _Turns) -> None:
        """Begin again, mostly with the last plan."""
        anew = turns.draws.happens("chooses anew", NEW_CHOICE_SHARE)
        choice = turns.draws.pick("plan", PLAN_SHARES)
        self.plan[turns.user] = np.where(anew, choice, self.plan[turns.user])
        self.begin_paid("return", turns, previous=NO_PLAN)

    def begin_paid(self, name: str, turns: _Turns, *, previous: Integers | int) -> None:
        """Pay the first month of a stretch."""
        self.anchor_at[turns.user] = turns.at
        self.paid_months[turns.user] = 0
        self.pay_month(name, turns, previous=previous)

    def renew(self, turns: _Turns) -> None:
        """Pay the next month."""
        self.pay_month("renewal", turns, previous=self.plan[turns.user])

    def pay_month(self, name: str, turns: _Turns, *, previous: Integers | int) -> None:
        """Record the payment, set the end of the month, and maybe a change of plan within it."""
        user, plan = turns.user, self.plan[turns.user]
        self.record(name, turns, previous=previous, new=plan, amount=self.price(user, plan))
        self.state[user] = PAID
        self.paid_months[user] += 1
        self.next_at[user] = add_months(self.anchor_at[user], self.paid_months[user])
        self.change_plans(turns)

    def change_plans(self, turns: _Turns) -> None:
        """Let some move to the next plan by price at some moment of the month just paid."""
        point = turns.draws.uniform("change")
        month_seconds = (self.next_at[turns.user] - turns.at) // SECOND_US
        at = turns.at + turns.draws.whole("change at", 1, month_seconds) * SECOND_US
        turns = _Turns(turns.user, at, turns.draws)
        self.change_plan("upgrade", turns.take(point < UPGRADE_SHARE), step=1)
        self.change_plan("downgrade", turns.take(point > 1 - DOWNGRADE_SHARE), step=-1)

    def change_plan(self, name: str, turns: _Turns, *, step: int) -> None:
        """Move to a neighbouring plan where there is one; a dearer one costs the difference, at once."""
        wanted = self.plan[turns.user] + step
        exists = (wanted >= 0) & (wanted < len(PLAN_SHARES))
        movers, new = turns.take(exists), wanted[exists]
        previous = self.plan[movers.user]
        difference = self.price(movers.user, new) - self.price(movers.user, previous)
        amount = difference if step > 0 else NO_AMOUNT
        self.record(name, movers, previous=previous, new=new, amount=amount)
        self.plan[movers.user] = new

    def fail(self, turns: _Turns) -> None:
        """Record a payment that did not come, and try again some days later."""
        plan = self.plan[turns.user]
        self.record("payment_failed", turns, previous=plan, new=plan)
        self.state[turns.user] = UNPAID
        self.next_at[turns.user] += RETRY_DAYS * DAY_US

    def cancel(self, turns: _Turns) -> None:
        """End the subscription, and decide whether and when the user returns."""
        self.end(turns)
        kind = self.is_serial[turns.user].astype(np.int64)
        returns = turns.draws.happens("returns", np.array(RETURN_SHARES)[kind])
        away_days = 1 + np.array(RETURN_DAYS)[kind] * turns.draws.exponential("away")
        away_seconds = (away_days * 86_400).astype(np.int64)
        self.next_at[turns.user] = np.where(returns, turns.at + away_seconds * SECOND_US, NEVER)

    def end(self, turns: _Turns) -> None:
        """Record that the subscription ends."""
        self.record("cancellation", turns, previous=self.plan[turns.user], new=NO_PLAN)
        self.state[turns.user] = ENDED

    def price(self, user: Integers, plan: Integers) -> Integers:
        """Return the monthly price of a plan where each user lives."""
        return PRICES_MINOR[self.people.country[user], plan]

    def record(
        self,
        name: str,
        turns: _Turns,
        *,
        previous: Integers | int,
        new: Integers | int,
        amount: Integers | int = NO_AMOUNT,
    ) -> None:
        """Note one event of each user, without its ordinal, which is known when all are."""
        parts = (turns.user, CODES[name], previous, new, amount, turns.at)
        self.events.append(tuple(np.broadcast_to(part, turns.user.shape) for part in parts))


def live(arguments: Arguments, people: People, *, end_at: int) -> SubscriptionEvents:
    """Return every subscription event of the people from sign-up to an instant."""
    lives = _Lives(people)
    lives.move_on(end_at)
    columns = [np.concatenate(parts) for parts in zip(*lives.events, strict=True)]
    order = np.lexsort((columns[-1], columns[0]))
    # A plan changes within a month that was paid before the end, but maybe after it.
    order = order[columns[-1][order] < end_at]
    user, *rest = (column[order] for column in columns)
    return SubscriptionEvents(user, position_in_group(first_of_group(user)), *rest)


def subscribed_periods(events: SubscriptionEvents) -> Subscribed:
    """Return when each user had which plan, trials included."""
    changes = events.take(events.previous_plan != events.new_plan)
    to_at = np.full(len(changes), NEVER)
    goes_on = ~first_of_group(changes.user)[1:]
    to_at[:-1][goes_on] = changes.occurred_at[1:][goes_on]
    periods = Subscribed(changes.user, changes.new_plan, changes.occurred_at, to_at)
    return periods.take(changes.new_plan != NO_PLAN)


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
