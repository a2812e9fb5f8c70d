"""Subscribers and recurring revenue by month in plain Python: one event after the other, one customer at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from svp.model import SUBSCRIPTION_EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.integration.warehouse.builders import SubscriptionEvent

    RateOn = Callable[[str, date], Fraction | None]
    """Minor units of the report currency for one minor unit of a currency, on a day."""

SUBSCRIBERS = ("month_start", "opening", "new", "reactivated", "churned", "closing")
MRR = ("opening", "new", "expansion", "contraction", "churn", "reactivation", "closing")
COLUMNS = (*SUBSCRIBERS, "churn_rate", *(f"mrr_{name}" for name in MRR), "arpu", "unpriced")


@dataclass(frozen=True)
class State:
    """What a subscription is at the end of a day."""

    day: date
    is_paid: bool = True
    amount_minor: int | None = None
    currency: str | None = None
    price_from: date = date.min

    @property
    def price(self) -> tuple[object, ...] | None:
        """What is paid for; None when nothing is."""
        return (self.amount_minor, self.currency) if self.is_paid else None


@dataclass(frozen=True)
class Paying:
    """What a customer pays at the end of a day."""

    minor: int = 0
    is_unpriced: bool = False


def follow(state: State, event: SubscriptionEvent) -> State:
    """Return the state after an event."""
    now = replace(state, day=event.at.date())
    match event.event_type:
        case "cancellation":
            return replace(now, is_paid=False)
        case "renewal" if event.amount_minor is None:
            return replace(now, is_paid=True)
        case "trial" | "start" | "return" | "renewal":
            currency = None if event.amount_minor is None else event.currency
            is_paid = event.event_type != "trial"
            return State(now.day, is_paid, event.amount_minor, currency, now.price_from)
        case "upgrade" if now.amount_minor is not None and event.currency == now.currency:
            return replace(now, amount_minor=now.amount_minor + (event.amount_minor or 0))
    return now


def live(events: Iterable[SubscriptionEvent]) -> list[State]:
    """Return the state of one user's subscription at the end of each day on which something happened."""
    order = SUBSCRIPTION_EVENT_TYPES.index
    ordered = sorted(events, key=lambda each: (each.at, order(each.event_type), each.event_id))
    state, states = State(date.min), []
    former: object = "nothing yet"
    for day, of_day in groupby(ordered, key=lambda each: each.at.date()):
        for event in of_day:
            state = follow(state, event)
        if state.price != former:
            state = replace(state, price_from=day)
        former = state.price
        states.append(state)
    return states


def rounded(value: Fraction) -> int:
    """Return whole minor units, halves away from zero."""
    return int((Decimal(value.numerator) / value.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def shown(value: Fraction | None, places: int) -> Decimal | None:
    """Return a value as the mart rounds it."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def quotient(above: Fraction | int, below: int) -> Fraction | None:
    return Fraction(above) / below if below else None


def months(
    events: Iterable[SubscriptionEvent],
    customer_of: Mapping[str, str],
    rate_on: RateOn,
    *,
    minor_units: int = 100,
) -> list[tuple[object, ...]]:
    """Work out every row of subscription_monthly, in the order of ``COLUMNS``."""
    events = list(events)
    lives: dict[str, list[list[State]]] = defaultdict(list)
    for user_id in sorted({each.user_id for each in events}):
        lives[customer_of[user_id]].append(live(e for e in events if e.user_id == user_id))
    paid_days = [s.day for each in lives.values() for life in each for s in life if s.is_paid]
    last = max(each.at.date() for each in events)
    rows, first = [], min(paid_days).replace(day=1)
    while first <= last:
        next_month = (first + timedelta(days=31)).replace(day=1)
        opening = paying(lives, first - timedelta(days=1), rate_on)
        closing = paying(lives, next_month - timedelta(days=1), rate_on)
        before = {
            customer
            for customer, each in lives.items()
            if any(state.is_paid and state.day < first for life in each for state in life)
        }
        charges = [e for e in events if first <= e.at.date() < next_month]
        rows.append((first, *row(opening, closing, before, revenue(charges, rate_on), minor_units)))
        first = next_month
    return rows


def paying(lives: Mapping[str, list[list[State]]], day: date, rate_on: RateOn) -> dict[str, Paying]:
    """Return what each subscriber pays at the end of a day."""
    found: dict[str, Paying] = {}
    for customer, of_customer in lives.items():
        for life in of_customer:
            past = [state for state in life if state.day <= day]
            if past and past[-1].is_paid:
                minor = in_report_currency(past[-1], rate_on)
                paid = found.get(customer, Paying())
                found[customer] = Paying(
                    paid.minor + (minor or 0), paid.is_unpriced or minor is None
                )
    return found


def in_report_currency(state: State, rate_on: RateOn) -> int | None:
    if state.amount_minor is None or state.currency is None:
        return None
    rate = rate_on(state.currency, state.price_from)
    return None if rate is None else rounded(state.amount_minor * rate)


def revenue(charges: Iterable[SubscriptionEvent], rate_on: RateOn) -> int:
    """Return what was charged, as far as it has a rate."""
    total = Fraction(0)
    for each in charges:
        if each.amount_minor is not None and each.currency is not None:
            total += each.amount_minor * (rate_on(each.currency, each.at.date()) or 0)
    return rounded(total)


def row(
    opening: Mapping[str, Paying],
    closing: Mapping[str, Paying],
    before: set[str],
    charged_minor: int,
    minor_units: int,
) -> tuple[object, ...]:
    """Work out one month behind its first day."""
    stay = opening.keys() & closing.keys()
    come, gone = closing.keys() - stay, opening.keys() - stay
    gains = [closing[each].minor - opening[each].minor for each in stay]
    amounts = (
        sum(each.minor for each in opening.values()),
        sum(closing[each].minor for each in come - before),
        sum(gain for gain in gains if gain > 0),
        -sum(gain for gain in gains if gain < 0),
        sum(opening[each].minor for each in gone),
        sum(closing[each].minor for each in come & before),
        sum(each.minor for each in closing.values()),
    )
    priced = [not each.is_unpriced for each in (*opening.values(), *closing.values())]
    counts = (len(opening), len(come - before), len(come & before), len(gone), len(closing))
    return (
        *counts,
        shown(quotient(100 * len(gone), len(opening)), 2),
        *(shown(Fraction(amount, minor_units), 4) for amount in amounts),
        shown(quotient(Fraction(2 * charged_minor, minor_units), sum(priced)), 4),
        sum(each.is_unpriced for each in closing.values()),
    )
