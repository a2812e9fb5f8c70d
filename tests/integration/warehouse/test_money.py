"""Subscribers and money by month, plan and country history: by hand, and against plain Python over the same events."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pytest

from svp.errors import VerifyError
from svp.model import SUBSCRIPTION_EVENT_TYPES
from tests.integration.warehouse.builders import Play, User, at
from tests.integration.warehouse.builders import SubscriptionEvent as Event
from tests.integration.warehouse.recurring import COLUMNS, MRR, SUBSCRIBERS, months
from warehouse import rates as warehouse_rates
from warehouse.connections import execute, fetch, open_warehouse
from warehouse.export import export, refresh
from warehouse.money import UnbalancedBridge, rateless_currencies, unbalanced_bridges
from warehouse.plan import Scope
from warehouse.rates import Rate, import_rates, rates_in_force
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

USERS = [User(f"u{n}", contract_code="HNH7" if n in {6, 7} else None) for n in range(30)]
CUSTOMERS = {each.user_id: each.contract_code or each.user_id for each in USERS}
JAN, FEB, MAR, APR = (date(2024, month, 1) for month in (1, 2, 3, 4))
ALWAYS = date(2000, 1, 1)
EUR, JPY = Decimal("1.1"), Decimal("0.0067")
"""Dollars for one euro, and for one yen."""

MRR_BRIDGE = ("month_start", *(f"mrr_{name}" for name in MRR))
PLANS = ("user_id", "plan", "is_trial", "valid_from", "valid_to", "monthly_price", "currency")
EVER = date(9999, 12, 31)


def start(
    on: str, amount_minor: int | None = 1000, *, currency: str = "USD", user_id: str = "u1"
) -> Event:
    return Event(at(on), "start", amount_minor, currency, user_id)


def end(on: str, *, user_id: str = "u1") -> Event:
    return Event(at(on), "cancellation", user_id=user_id, plan=None)


def subscribed(platform: Platform, *events: Event) -> Platform:
    """Load and refresh events; those of another user keep the last month open until April."""
    last = Event(at("2024-04-15 12:00"), "trial", user_id="u3")
    platform.load(subscriptions=[*events, last])
    platform.refresh()
    return platform


def balanced(platform: Platform) -> bool:
    with open_warehouse(platform.settings) as connection:
        return unbalanced_bridges(connection) == ()


def test_trial_is_no_subscriber_until_it_is_paid(platform: Platform) -> None:
    subscribed(platform, Event(at("2024-01-20 10:00"), "trial"), start("2024-02-03 10:00"))
    assert platform.mart("subscription_monthly", *SUBSCRIBERS) == [
        (FEB, 0, 1, 0, 0, 1),
        (MAR, 1, 0, 0, 0, 1),
        (APR, 1, 0, 0, 0, 1),
    ]
    assert platform.mart("subscription_monthly", *MRR_BRIDGE)[0] == (FEB, 0, 10, 0, 0, 0, 0, 10)
    assert platform.mart("plan_history", *PLANS)[:2] == [
        ("u1", "Basic", "No", date(2024, 2, 3), EVER, 10, "USD"),
        ("u1", "Basic", "Yes", date(2024, 1, 20), date(2024, 2, 3), None, None),
    ]


def test_clients_that_divide_without_decimals_read_the_same_money(platform: Platform) -> None:
    platform.load(subscriptions=[start("2024-01-31 10:00", 1099), end("2024-02-10 10:00")])
    platform.refresh()
    money = ", ".join(f"subscription_monthly.{name}" for name in MRR_BRIDGE)
    read = f"SELECT {money} FROM {platform.settings.workspace.mart_database}.subscription_monthly"
    with open_warehouse(platform.settings) as connection:
        execute(connection, "SET div_precision_increment = 0")
        assert fetch(connection, read) == [
            (JAN, 0, Decimal("10.99"), 0, 0, 0, 0, Decimal("10.99")),
            (FEB, Decimal("10.99"), 0, 0, 0, Decimal("10.99"), 0, 0),
        ]


def test_payment_of_what_the_trial_named_ends_the_trial(platform: Platform) -> None:
    trial = Event(at("2024-01-20 10:00"), "trial", 900)
    subscribed(platform, trial, Event(at("2024-02-03 10:00"), "renewal", 900))
    assert platform.mart("subscription_monthly", *SUBSCRIBERS)[0] == (FEB, 0, 1, 0, 0, 1)
    assert platform.mart("plan_history", *PLANS)[0][2:5] == ("No", date(2024, 2, 3), EVER)


def test_upgrade_expands_at_once_and_downgrade_contracts_with_the_next_payment(
    platform: Platform,
) -> None:
    subscribed(
        platform,
        start("2024-01-31 10:00"),
        Event(at("2024-02-10 10:00"), "upgrade", 550, plan="Premium"),
        Event(at("2024-02-29 10:00"), "renewal", 1550, plan="Premium"),
        Event(at("2024-03-05 10:00"), "downgrade", plan="Basic"),
        Event(at("2024-04-01 00:00"), "renewal", 1000, plan="Basic"),
    )
    ten, more, most = Decimal(10), Decimal("5.5"), Decimal("15.5")
    assert platform.mart("subscription_monthly", *MRR_BRIDGE) == [
        (JAN, 0, ten, 0, 0, 0, 0, ten),
        (FEB, ten, 0, more, 0, 0, 0, most),
        (MAR, most, 0, 0, 0, 0, 0, most),
        (APR, most, 0, 0, more, 0, 0, ten),
    ]
    assert [row[1:6] for row in platform.mart("plan_history", *PLANS) if row[0] == "u1"] == [
        ("Basic", "No", date(2024, 1, 31), date(2024, 2, 10), ten),
        ("Basic", "No", date(2024, 3, 5), APR, most),
        ("Basic", "No", APR, EVER, ten),
        ("Premium", "No", date(2024, 2, 10), date(2024, 3, 5), most),
    ]
    assert balanced(platform)


def test_who_cancels_at_the_end_of_a_month_is_no_subscriber_at_its_end(platform: Platform) -> None:
    subscribed(platform, start("2024-01-31 23:59"), end("2024-02-29 23:59"))
    assert platform.mart("subscription_monthly", *SUBSCRIBERS, "churn_rate", "arpu")[:3] == [
        (JAN, 0, 1, 0, 0, 1, None, 20),
        (FEB, 1, 0, 0, 1, 0, 100, 0),
        (MAR, 0, 0, 0, 0, 0, None, None),
    ]


def test_who_cancels_at_the_first_instant_of_a_month_leaves_in_that_month(
    platform: Platform,
) -> None:
    subscribed(platform, start("2024-01-01 00:00"), end("2024-03-01 00:00"))
    assert platform.mart("subscription_monthly", *SUBSCRIBERS)[:3] == [
        (JAN, 0, 1, 0, 0, 1),
        (FEB, 1, 0, 0, 0, 1),
        (MAR, 1, 0, 0, 1, 0),
    ]


def test_return_in_the_same_month_is_no_movement_and_later_a_reactivation(
    platform: Platform,
) -> None:
    subscribed(
        platform,
        start("2024-01-05 10:00"),
        end("2024-02-05 10:00"),
        Event(at("2024-02-20 10:00"), "return", 1200),
        end("2024-03-20 10:00"),
        Event(at("2024-04-02 10:00"), "return", 900),
        start("2024-01-06 10:00", user_id="u2"),
        end("2024-01-26 10:00", user_id="u2"),
        Event(at("2024-03-01 10:00"), "return", 700, user_id="u2"),
    )
    assert platform.mart("subscription_monthly", *SUBSCRIBERS) == [
        (JAN, 0, 1, 0, 0, 1),
        (FEB, 1, 0, 0, 0, 1),
        (MAR, 1, 0, 1, 1, 1),
        (APR, 1, 0, 1, 0, 2),
    ]
    assert [row[1:] for row in platform.mart("subscription_monthly", *MRR_BRIDGE)] == [
        (0, 10, 0, 0, 0, 0, 10),
        (10, 0, 2, 0, 0, 0, 12),
        (12, 0, 0, 0, 12, 7, 7),
        (7, 0, 0, 0, 0, 9, 16),
    ]


def test_cancellation_and_return_of_one_instant_leave_a_subscriber(platform: Platform) -> None:
    returned = Event(at("2024-02-05 10:00"), "return", 1200, event_id="a")
    subscribed(
        platform,
        start("2024-01-05 10:00"),
        returned,
        Event(returned.at, "cancellation", plan=None, event_id="b"),
    )
    assert platform.mart("subscription_monthly", *SUBSCRIBERS)[1] == (FEB, 1, 0, 0, 0, 1)


def test_two_subscriptions_of_one_customer_are_one_subscriber(platform: Platform) -> None:
    platform.load(users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")])
    subscribed(
        platform,
        start("2024-01-05 10:00"),
        start("2024-02-05 10:00", 500, user_id="u2"),
        end("2024-03-05 10:00"),
        end("2024-04-05 10:00", user_id="u2"),
    )
    assert platform.mart("subscription_monthly", *SUBSCRIBERS) == [
        (JAN, 0, 1, 0, 0, 1),
        (FEB, 1, 0, 0, 0, 1),
        (MAR, 1, 0, 0, 0, 1),
        (APR, 1, 0, 0, 1, 0),
    ]
    assert [row[1:] for row in platform.mart("subscription_monthly", *MRR_BRIDGE)] == [
        (0, 10, 0, 0, 0, 0, 10),
        (10, 0, 5, 0, 0, 0, 15),
        (15, 0, 0, 10, 0, 0, 5),
        (5, 0, 0, 0, 5, 0, 0),
    ]


def test_users_who_turn_out_to_be_one_customer_are_one_subscriber(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00"), start("2024-02-05 10:00", 500, user_id="u2"))
    platform.load(users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")])
    platform.refresh()
    assert platform.mart("subscription_monthly", "closing", "mrr_closing") == [
        (1, 10),
        *[(1, 15)] * 3,
    ]


def test_failed_payment_leaves_a_subscriber_until_the_cancellation(platform: Platform) -> None:
    subscribed(
        platform,
        start("2024-01-29 10:00"),
        Event(at("2024-02-29 10:00"), "payment_failed"),
        end("2024-03-03 10:00"),
    )
    assert platform.mart("subscription_monthly", *SUBSCRIBERS)[1:3] == [
        (FEB, 1, 0, 0, 0, 1),
        (MAR, 1, 0, 0, 1, 0),
    ]


def test_price_that_nobody_knows_is_counted_and_left_out_of_money(platform: Platform) -> None:
    subscribed(
        platform,
        start("2024-01-05 10:00", None),
        start("2024-01-05 10:00", user_id="u2"),
        Event(at("2024-02-05 10:00"), "renewal", 800),
        Event(at("2024-03-05 10:00"), "renewal"),
    )
    money = ("month_start", "closing", "mrr_expansion", "mrr_closing", "arpu", "unpriced")
    assert platform.mart("subscription_monthly", *money)[:3] == [
        (JAN, 2, 0, 10, 20, 1),
        (FEB, 2, 8, 18, Decimal("5.3333"), 0),
        (MAR, 2, 0, 18, 0, 0),
    ]


def test_amount_of_any_size_does_not_stop_the_refresh(platform: Platform) -> None:
    most = 2**63 - 1
    subscribed(
        platform, start("2024-01-05 10:00", most), Event(at("2024-01-06 10:00"), "upgrade", most)
    )
    assert platform.fetch(
        "SELECT price_minor, report_price_minor FROM plan_history LIMIT 1, 1"
    ) == [(2 * most, 2 * most)]
    assert balanced(platform)


def test_money_without_a_rate_is_named_and_never_taken_for_dollars(platform: Platform) -> None:
    subscribed(
        platform,
        start("2024-01-05 10:00", 1000, currency="EUR"),
        start("2024-01-06 10:00", 1500, currency="JPY", user_id="u2"),
    )
    money = ("month_start", "currency", "closing", "unpriced", "mrr_closing", "arpu")
    assert platform.mart("subscription_monthly", *money)[0] == (JAN, "USD", 2, 2, 0, None)
    status = read_status(platform.settings)
    assert status.without_rate == (
        "1 prices in EUR have no rate into USD, the first from 2024-01-05",
        "1 prices in JPY have no rate into USD, the first from 2024-01-06",
    )
    given = [
        Rate("EUR", "USD", ALWAYS, Decimal("1.1")),
        Rate("JPY", "USD", date(2024, 1, 7), Decimal("0.0067")),
    ]
    assert import_rates(platform.settings, given) == 2
    assert platform.mart("subscription_monthly", *money)[0] == (JAN, "USD", 2, 1, 11, 22)
    given[1] = replace(given[1], valid_from=ALWAYS)
    assert import_rates(platform.settings, given) == 2
    half_cents = Decimal("10.05")
    assert platform.mart("subscription_monthly", *money)[0][3:5] == (0, 11 + half_cents)
    with open_warehouse(platform.settings) as connection:
        assert rateless_currencies(connection) == ()
    assert balanced(platform)


def test_rates_that_are_there_already_change_nothing(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00", 1000, currency="EUR"))
    given = [Rate("EUR", "USD", ALWAYS, Decimal("1.1"))]
    import_rates(platform.settings, given)
    before = platform.snapshot()
    assert import_rates(platform.settings, given) == 0
    assert platform.snapshot() == before
    assert rates_in_force(platform.settings).rates == tuple(given)


def test_moving_rate_is_neither_expansion_nor_contraction(platform: Platform) -> None:
    events = [
        start("2024-01-05 10:00", 1000, currency="EUR"),
        Event(at("2024-02-05 10:00"), "renewal", 1000, "EUR"),
        Event(at("2024-02-10 10:00"), "downgrade", plan="Small"),
        Event(at("2024-03-05 10:00"), "renewal", 1200, "EUR"),
        end("2024-03-20 10:00"),
        Event(at("2024-04-05 10:00"), "return", 1200, "EUR"),
    ]
    given = [
        Rate("EUR", "USD", day, Decimal(rate))
        for day, rate in ((JAN, "1"), (FEB, "2"), (MAR, "3"), (APR, "4"))
    ]
    import_rates(platform.settings, given)
    subscribed(platform, *events[:4])
    assert [row[1:] for row in platform.mart("subscription_monthly", *MRR_BRIDGE)] == [
        (0, 10, 0, 0, 0, 0, 10),
        (10, 0, 0, 0, 0, 0, 10),
        (10, 0, 26, 0, 0, 0, 36),
        (36, 0, 0, 0, 0, 0, 36),
    ]
    arpu = platform.mart("subscription_monthly", "month_start", "arpu")
    assert arpu == [(JAN, 20), (FEB, 20), (MAR, 36), (APR, 0)]
    platform.load(subscriptions=events[4:])
    platform.refresh()
    assert platform.mart("subscription_monthly", "month_start", "mrr_closing")[3] == (APR, 48)


def test_rates_that_change_mark_what_they_convert(platform: Platform) -> None:
    unpriced = Event(at("2024-02-11 10:00"), user_id="u3")
    events = (
        start("2024-01-10 10:00", 900),
        start("2024-02-10 10:00", 800, currency="EUR", user_id="u2"),
    )
    subscribed(platform, *events, unpriced)
    platform.execute("CALL mark_changed_rates()")
    subscribers = "SELECT user_id FROM changed_subscription INNER JOIN dim_subscription USING (subscription_key)"
    assert sorted(platform.fetch(subscribers)) == [("u1",), ("u2",)]
    marks = "SELECT aggregate_name, date_key FROM changed_day ORDER BY 2"
    months = (20240101, 20240201, 20240301, 20240401)
    assert platform.fetch(marks) == [("subscription_monthly", month) for month in months]


def test_another_report_currency_converts_everything_again(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00", 1050, currency="EUR"))
    in_yen = replace(platform.settings, report_currency="JPY")
    import_rates(platform.settings, [Rate("EUR", "JPY", ALWAYS, Decimal("160.5"))])
    refresh(in_yen)
    money = ("currency", "mrr_closing", "unpriced")
    assert platform.mart("subscription_monthly", *money) == [("JPY", 1685, 0)] * 4
    before = platform.snapshot()
    refresh(in_yen)
    assert platform.snapshot() == before
    platform.refresh()
    assert platform.mart("subscription_monthly", *money) == [("USD", 0, 1)] * 4


def test_months_in_which_nobody_pays_are_there_with_nothing(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00"), end("2024-01-20 10:00"))
    subscribers_and_money = (*SUBSCRIBERS, *(f"mrr_{name}" for name in MRR), "unpriced")
    found = platform.mart("subscription_monthly", *subscribers_and_money)
    assert found == [(month, *[0] * 13) for month in (JAN, FEB, MAR, APR)]


def test_average_revenue_is_that_of_a_subscriber_and_not_of_a_hundredth_of_money(
    platform: Platform,
) -> None:
    platform.load(subscriptions=[start("2024-01-05 10:00", 1000, currency="JPY")])
    refresh(replace(platform.settings, report_currency="JPY"))
    money = ("opening", "closing", "arpu")
    assert platform.mart("subscription_monthly", *money) == [(0, 1, 2000)]


def some_events(random: Random) -> list[Event]:
    """Return events of 30 users and six months in which anything may follow anything, often on one day."""
    events = []
    for user in USERS:
        currency = random.choice(("USD", "EUR", "JPY", "GBP"))
        for _ in range(random.randrange(12)):
            kind = random.choice(SUBSCRIPTION_EVENT_TYPES)
            day = datetime(2023, 12, 1, tzinfo=UTC) + timedelta(days=random.randrange(180))
            paid = kind in {"start", "renewal", "upgrade", "return"} and random.random() < 0.9
            events.append(
                Event(
                    day + timedelta(hours=random.randrange(3)),
                    kind,
                    random.randrange(2000) if paid else None,
                    currency if random.random() < 0.95 else "USD",
                    user.user_id,
                    None if kind == "cancellation" else random.choice(("Basic", "Premium")),
                )
            )
    return events


@pytest.fixture
def paying(platform: Platform) -> Platform:
    """A platform of 30 users, two of them one customer, and rates for euros and yen."""
    platform.load(users=USERS)
    given = [Rate("EUR", "USD", ALWAYS, EUR), Rate("JPY", "USD", ALWAYS, JPY)]
    import_rates(platform.settings, given)
    return platform


def model(events: list[Event]) -> list[tuple[object, ...]]:
    """Work out the mart in cents: pounds have no rate."""
    cents = {"USD": Fraction(1), "EUR": Fraction(EUR), "JPY": Fraction(JPY) * 100}
    return months(events, CUSTOMERS, lambda currency, _day: cents.get(currency))


@pytest.mark.parametrize("seed", [1, 2])
def test_any_events_give_what_plain_python_gives(paying: Platform, seed: int) -> None:
    events = some_events(Random(seed))
    paying.load(subscriptions=events)
    paying.refresh()
    found = paying.mart("subscription_monthly", *COLUMNS)
    assert found == model(events)
    assert len(found) == 6
    assert any(row[COLUMNS.index("unpriced")] for row in found)
    assert all(any(row[COLUMNS.index(name)] for row in found) for name in COLUMNS)
    assert balanced(paying)


def test_late_and_corrected_events_change_their_month_and_all_that_follow(
    paying: Platform,
) -> None:
    events = some_events(Random(4))
    late = [each for each in events if MAR <= each.at.date() <= date(2024, 3, 9)]
    rest = [each for each in events if each not in late]
    moved = next(each for each in rest if each.at.month == 4)
    wrong = [
        each if each is not moved else replace(each, at=at("2024-05-20 12:00")) for each in rest
    ]
    assert late
    paying.load(subscriptions=wrong)
    paying.refresh()
    assert paying.mart("subscription_monthly", *COLUMNS) == model(wrong)
    paying.execute("UPDATE agg_subscription_monthly SET refreshed_at = '2000-01-01'")
    paying.load(subscriptions=[*late, moved])
    paying.refresh()
    assert paying.mart("subscription_monthly", *COLUMNS) == model(events)
    untouched = "SELECT month_key FROM agg_subscription_monthly WHERE refreshed_at = '2000-01-01'"
    assert paying.fetch(untouched) == [(20231201,), (20240101,), (20240201,)]
    assert balanced(paying)


def test_repeat_changes_nothing_and_a_full_export_gives_the_same(paying: Platform) -> None:
    paying.load(subscriptions=some_events(Random(5)))
    paying.refresh()
    before, rows = paying.snapshot(), paying.mart("subscription_monthly", *COLUMNS)
    paying.refresh()
    assert paying.snapshot() == before
    refresh(paying.settings, scope=Scope(is_full=True))
    assert paying.mart("subscription_monthly", *COLUMNS) == rows
    assert paying.snapshot()["plan_history"] == before["plan_history"]


def test_month_without_events_is_not_missing_when_later_ones_come(platform: Platform) -> None:
    platform.load(subscriptions=[start("2023-11-05 10:00")])
    platform.refresh()
    platform.load(subscriptions=[start("2024-02-05 10:00", user_id="u2")])
    platform.refresh()
    closing = platform.mart("subscription_monthly", "month_start", "closing")
    assert closing == [(date(2023, 11, 1), 1), (date(2023, 12, 1), 1), (JAN, 1), (FEB, 2)]


def test_days_without_subscriptions_make_no_months(platform: Platform) -> None:
    platform.load(Play(date(2024, 1, 5)))
    platform.refresh()
    assert platform.mart("subscription_monthly", "month_start") == []


def test_refresh_that_fails_leaves_history_and_months_as_they_were(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00"))
    before = platform.snapshot()
    platform.load(subscriptions=[end("2024-02-05 10:00")])
    export(platform.settings)
    platform.execute("RENAME TABLE currency_rate TO hidden")
    with pytest.raises(VerifyError, match="currency_rate"):
        platform.execute("CALL refresh_subscription_monthly('2024-01-01', '2024-04-30')")
    platform.execute("RENAME TABLE hidden TO currency_rate")
    after = platform.snapshot()
    for table in ("plan_history", "agg_subscription_monthly"):
        assert after[table] == before[table]
    platform.refresh()
    assert platform.mart("subscription_monthly", "month_start", "closing")[1] == (FEB, 0)


def test_import_that_is_killed_before_the_recomputation_is_completed_by_the_next_refresh(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_settings: object) -> int:
        message = "killed"
        raise VerifyError(message)

    subscribed(platform, start("2024-01-05 10:00", currency="EUR"))
    with monkeypatch.context() as patch:
        patch.setattr(warehouse_rates, "run_procedures", die)
        with pytest.raises(VerifyError, match="killed"):
            import_rates(platform.settings, [Rate("EUR", "USD", ALWAYS, EUR)])
    platform.refresh()
    assert platform.mart("subscription_monthly", "mrr_closing") == [(11,)] * 4


def test_bridge_that_does_not_balance_is_shown_with_both_sides(platform: Platform) -> None:
    subscribed(platform, start("2024-01-05 10:00"))
    platform.execute(
        "UPDATE agg_subscription_monthly SET closing_subscribers = 3, new_minor = 7 WHERE month_key = 20240101"
    )
    with open_warehouse(platform.settings) as connection:
        assert unbalanced_bridges(connection) == (
            UnbalancedBridge(JAN, "closing MRR in minor units", 7, 1000),
            UnbalancedBridge(JAN, "closing subscribers", 1, 3),
            UnbalancedBridge(FEB, "opening subscribers", 3, 1),
        )


def test_country_is_known_from_sign_up_and_another_from_the_load_that_told(
    platform: Platform,
) -> None:
    platform.load(users=[User("u1", country="Chile"), User("u2")])
    told_on = (
        "UPDATE ops.load SET ended_at = %s WHERE load_id = (SELECT max(load_id) FROM ops.load)"
    )
    platform.postgres(told_on, ["2024-02-03 23:30+00"])
    platform.refresh()
    platform.load(users=[User("u1", country="Norway"), User("u2")])
    platform.postgres(told_on, ["2024-03-04 00:30+00"])
    platform.refresh()
    platform.load(users=[User("u1", country="Peru")])
    platform.postgres(told_on, ["2024-03-04 05:00+00"])
    platform.refresh()
    platform.refresh()
    moved_on = date(2024, 3, 4)
    assert platform.mart(
        "country_history", "customer_code", "country", "valid_from", "valid_to"
    ) == [
        ("u1", "Chile", JAN, moved_on),
        ("u1", "Peru", moved_on, EVER),
        ("u2", "Norway", JAN, EVER),
        ("u3", "Norway", JAN, EVER),
    ]


def test_rates_are_imported_and_shown_by_command(
    platform: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    subscribed(
        platform,
        start("2024-01-05 10:00", currency="EUR"),
        start("2024-01-05 10:00", currency="GBP", user_id="u2"),
    )
    file = tmp_path / "rates.csv"
    file.write_text("currency,report_currency,valid_from,rate\nEUR,USD,2024-01-01,1.1\n")
    assert svp("warehouse", "rates", "import", str(file)) == 0
    assert "1 rates were added or removed" in capsys.readouterr().out
    assert platform.mart("subscription_monthly", "mrr_closing") == [(11,)] * 4
    assert svp("warehouse", "rates", "show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [rate["currency"] for rate in shown["rates"]] == ["EUR"]
    assert [each["currency"] for each in shown["missing"]] == ["GBP"]
    svp("warehouse", "status")
    assert "1 prices in GBP have no rate into USD" in capsys.readouterr().out


def test_months_of_two_years_are_rebuilt_by_one_connection(platform: Platform) -> None:
    # Two years are two calls of the procedure, and MariaDB resolves its statement anew for the second.
    platform.load(
        subscriptions=[
            Event(at("2023-11-15 10:00"), amount_minor=900),
            Event(at("2024-02-15 10:00"), "renewal", amount_minor=900),
        ]
    )
    platform.refresh()
    assert platform.mart("subscription_monthly", "month_start", "closing", "mrr_closing") == [
        (month, 1, Decimal(9)) for month in (date(2023, 11, 1), date(2023, 12, 1), JAN, FEB)
    ]
