"""The life of subscriptions: what follows what, what it costs, who leaves and who comes back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from svp.generate.arguments import Arguments
from svp.generate.arrays import DAY_US, Integers
from svp.generate.devices import (
    NOT_OWNED,
    USUAL_PLATFORM_SHARE,
    devices_added_on,
    usual_platform,
)
from svp.generate.market import COUNTRIES, DEVICES, PAYMENT_METHODS, PLANS
from svp.generate.people import People, make_people, mood
from svp.generate.rows import people as rows
from svp.generate.subscriptions import (
    CODES,
    EARLY_FACTORS,
    NEVER,
    NO_PLAN,
    PAYMENT_FAILURES,
    SERIAL_SHARE,
    TRIAL_DAYS,
    TRIAL_SHARES,
    SubscriptionEvents,
    add_months,
    is_serial_churner,
    live,
    monthly_hazard,
    subscribed_periods,
)
from svp.generate.words import make_name_pools
from tests.unit.generate.conftest import NEXT

if TYPE_CHECKING:
    import pyarrow as pa

CHARGES = ("start", "renewal", "return")
EDGES = pd.date_range("2025-01-01", "2026-01-01", freq="MS", tz="UTC")
"""Of the months of the year that is made."""
YEAR = pd.Timedelta(days=365)
SEED = 7


def arguments_of(*, users: int = 20_000, days: int = 365) -> Arguments:
    return Arguments(
        seed=SEED,
        users=users,
        titles=100,
        start_on=date(2025, 1, 1),
        days=days,
        sessions_per_user=8.0,
    )


@dataclass
class Year:
    """A year of subscriptions, as numbers and as rows."""

    arguments: Arguments
    people: People
    events: SubscriptionEvents
    rows: pd.DataFrame
    """subscription_events, by user and then time, with the user's position."""

    def stretches(self) -> pd.DataFrame:
        """Return one row per stretch of paid months: who, from, to (NaT while open), which of the user's."""
        paid = self.rows[self.rows["event_type"].isin(["start", "return"])]
        left = self.rows[self.rows["event_type"] == "cancellation"]
        left = left[left["user"].isin(paid["user"])]
        both = pd.concat([paid, left]).sort_values(["user", "occurred_at"])
        following = both.groupby("user")["occurred_at"].shift(-1)
        begins = both["event_type"] != "cancellation"
        stretches = both.loc[begins, ["user", "occurred_at"]].rename(
            columns={"occurred_at": "begin"}
        )
        stretches["end"] = following[begins]
        stretches["number"] = stretches.groupby("user").cumcount()
        stretches["back"] = stretches.groupby("user")["begin"].shift(-1)
        return stretches


def make_year(arguments: Arguments) -> Year:
    end_at = arguments.end_day * DAY_US
    people = make_people(arguments, first_slot=0, slots=arguments.users, end_at=end_at)
    events = live(arguments, people, end_at=end_at)
    frame = frame_of(rows.subscription_events(people, events))
    number = frame["user_id"].str.slice(1).astype("int64")
    position = pd.Series(np.arange(len(people)), index=people.number)
    frame["user"] = position.loc[number].to_numpy()
    return Year(arguments, people, events, frame.sort_values(["user", "occurred_at"]))


def frame_of(batch: pa.RecordBatch) -> pd.DataFrame:
    frame: pd.DataFrame = batch.to_pandas(date_as_object=False)
    return frame


@pytest.fixture(scope="module")
def year() -> Year:
    return make_year(arguments_of())


def columns(events: SubscriptionEvents) -> list[list[int]]:
    return [getattr(events, field.name).tolist() for field in fields(events)]


# What does not change


def test_earlier_events_stay_when_there_are_more_days() -> None:
    short, long = arguments_of(users=500, days=40), arguments_of(users=500, days=200)
    end_at = short.end_day * DAY_US
    before = make_year(short).rows.set_index("subscription_event_id")
    after = make_year(long).rows.set_index("subscription_event_id")
    kept = after[after["occurred_at"] < pd.Timestamp(end_at, unit="us", tz="UTC")]
    assert len(after) > len(kept)
    pd.testing.assert_frame_equal(
        before.drop(columns="user").sort_index(), kept.drop(columns="user").sort_index()
    )


def test_an_end_within_a_month_cuts_what_comes_after_it_only(year: Year) -> None:
    end_at = year.arguments.start_day * DAY_US + 12_345_678
    some = year.people.take(year.people.registered_at < end_at)
    position = np.flatnonzero(year.people.registered_at < end_at)
    short = live(year.arguments, some, end_at=end_at)
    kept = year.events.take(year.events.occurred_at < end_at)
    assert position[short.user].tolist() == kept.user.tolist()
    assert columns(short)[1:] == columns(kept)[1:]


def test_a_block_made_alone_has_the_rows_that_it_has_among_all() -> None:
    arguments = arguments_of(users=300, days=60)
    end_at = arguments.end_day * DAY_US
    block = make_people(arguments, first_slot=100, slots=50, end_at=end_at)
    events = live(arguments, block, end_at=end_at)
    alone = frame_of(rows.subscription_events(block, events)).set_index("subscription_event_id")
    among = make_year(arguments).rows.set_index("subscription_event_id").drop(columns="user")
    assert len(alone) > 300
    pd.testing.assert_frame_equal(alone.sort_index(), among.loc[alone.index].sort_index())
    assert among["user_id"].isin(alone["user_id"]).sum() == len(alone)


def test_some_users_alone_live_as_among_all(year: Year) -> None:
    chosen = np.arange(3, len(year.people), 97)
    end_at = year.arguments.end_day * DAY_US
    alone = live(year.arguments, year.people.take(chosen), end_at=end_at)
    among = year.events.take(np.isin(year.events.user, chosen))
    assert chosen[alone.user].tolist() == among.user.tolist()
    assert columns(alone)[1:] == columns(among)[1:]


def test_traits_of_some_users_alone_are_as_among_all(year: Year) -> None:
    chosen = np.arange(3, len(year.people), 97)
    some = year.people.take(chosen)
    assert devices_added_on(some).tolist() == devices_added_on(year.people)[chosen].tolist()
    assert usual_platform(some).tolist() == usual_platform(year.people)[chosen].tolist()
    assert monthly_hazard(some).tolist() == monthly_hazard(year.people)[chosen].tolist()


# What follows what


def test_every_event_follows_from_the_state_before_it(year: Year) -> None:
    kind = year.rows["event_type"]
    before = kind.groupby(year.rows["user"]).shift().fillna("")
    moves = set(zip(before, kind, strict=True))
    assert moves == {(earlier, later) for earlier, laters in NEXT.items() for later in laters}
    held = year.rows["new_plan"].groupby(year.rows["user"]).shift()
    assert year.rows["previous_plan"].fillna("").eq(held.fillna("")).all()
    gap = year.rows["occurred_at"].groupby(year.rows["user"]).diff().dropna()
    assert gap.min() > pd.Timedelta(0)


def test_who_leaves_a_trial_does_not_return(year: Year) -> None:
    kind = year.rows["event_type"].groupby(year.rows["user"])
    left_trial = (year.rows["event_type"] == "cancellation") & (kind.shift() == "trial")
    assert left_trial.sum() > 1_000
    assert kind.shift(-1)[left_trial].isna().all()


def test_everyone_begins_at_sign_up(year: Year) -> None:
    first = year.events.take(year.events.ordinal == 0)
    assert first.user.tolist() == list(range(len(year.people)))
    assert first.occurred_at.tolist() == year.people.registered_at.tolist()


def test_ordinals_count_the_events_of_each_user(year: Year) -> None:
    ids = year.rows["subscription_event_id"]
    assert ids.is_unique
    counted = year.rows.groupby("user").cumcount() + 1
    assert ids.str.slice(-4).astype(int).eq(counted).all()
    assert ids.str.slice(1, -5).eq(year.rows["user_id"].str.slice(1)).all()


def test_a_plan_changes_by_one_step_in_the_direction_that_it_says(year: Year) -> None:
    rank = {plan: number for number, plan in enumerate(PLANS)}
    step = year.rows["new_plan"].map(rank) - year.rows["previous_plan"].map(rank)
    kind = year.rows["event_type"]
    for name, size in (("upgrade", 1), ("downgrade", -1)):
        assert set(step[kind == name]) == {size}
        assert set(year.rows.loc[kind == name, "new_plan"]) == set(PLANS[::size][1:])
    assert set(step[kind.isin(["renewal", "payment_failed"])]) == {0}


def test_months_are_paid_on_the_day_of_the_first_payment(year: Year) -> None:
    renewals = year.rows[year.rows["event_type"].isin(["start", "renewal"])]
    pairs = renewals.assign(
        before=renewals.groupby("user")["occurred_at"].shift(),
        kind_before=year.rows["event_type"].shift(),
    )
    direct = pairs[(pairs["event_type"] == "renewal") & (pairs["kind_before"] == "start")]
    days = (direct["occurred_at"] - direct["before"]).dt.days
    assert set(days) == {28, 29, 30, 31}


def test_a_month_later_is_the_same_day_or_the_last_one() -> None:
    begin = np.array(["2024-01-31T10:00", "2024-12-31T10:00", "2025-03-05T23:59:59"], "M8[us]")
    later = add_months(begin.astype(np.int64), np.array([1, 2, 12]))
    expected = np.array(["2024-02-29T10:00", "2025-02-28T10:00", "2026-03-05T23:59:59"], "M8[us]")
    assert later.tolist() == expected.astype(np.int64).tolist()


def test_periods_follow_the_events_and_stay_open_while_no_end_is_known(year: Year) -> None:
    periods = subscribed_periods(year.events)
    assert (periods.from_at < periods.to_at).all()
    same = periods.user[1:] == periods.user[:-1]
    assert (periods.to_at[:-1][same] <= periods.from_at[1:][same]).all()
    last = year.events.take(np.append(np.diff(year.events.user) != 0, True))
    open_users = periods.user[periods.to_at == NEVER]
    assert open_users.tolist() == last.user[last.new_plan != NO_PLAN].tolist()
    assert set(periods.to_at) - {NEVER} <= set(year.events.occurred_at)


# Money and bridges


def amounts_due(year: Year) -> pd.Series[float]:
    """Return what each event must cost, by a price list looked up by country and plan."""
    users = frame_of(
        rows.users(
            year.arguments, year.people, subscribed_periods(year.events), make_name_pools(SEED)
        )
    )
    country = users.set_index("user_id")["country"].loc[year.rows["user_id"]].to_numpy()
    prices = {
        (market.name, plan): price
        for market in COUNTRIES
        for plan, price in zip(PLANS, market.prices_minor, strict=True)
    }
    new, previous = (
        pd.Series(list(zip(country, year.rows[name], strict=True)), index=year.rows.index).map(
            prices
        )
        for name in ("new_plan", "previous_plan")
    )
    kind = year.rows["event_type"]
    difference = (new - previous).where(kind == "upgrade")
    return new.where(kind.isin(CHARGES), difference).astype(float)


def test_money_is_the_price_of_the_plan_or_the_difference(year: Year) -> None:
    assert year.rows["amount_minor"].astype(float).equals(amounts_due(year))
    assert year.rows["amount_minor"].isna().equals(year.rows["currency"].isna())
    currency = dict(enumerate(country.currency for country in COUNTRIES))
    expected = pd.Series(year.people.country[year.rows["user"]], year.rows.index).map(currency)
    paid = year.rows["currency"].notna()
    assert year.rows.loc[paid, "currency"].eq(expected[paid]).all()


def state_before(year: Year, edge: pd.Timestamp) -> pd.DataFrame:
    """Return the last event of each user before an instant, of those who have paid and not left."""
    last = year.rows[year.rows["occurred_at"] < edge].groupby("user").tail(1)
    return last[~last["event_type"].isin(["trial", "cancellation"])]


@pytest.mark.parametrize("month", range(12))
def test_subscribers_at_the_start_and_gained_less_lost_are_those_at_the_end(
    year: Year, month: int
) -> None:
    start, end = EDGES[month], EDGES[month + 1]
    before = year.rows["event_type"].groupby(year.rows["user"]).shift()
    inside = year.rows["occurred_at"].between(start, end, inclusive="left")
    kind = year.rows["event_type"]
    gained = (inside & kind.isin(["start", "return"])).sum()
    lost = (inside & (kind == "cancellation") & (before != "trial")).sum()
    assert min(gained, lost) > 0
    assert len(state_before(year, start)) + gained - lost == len(state_before(year, end))


@pytest.mark.parametrize("month", [0, 6, 11])
def test_recurring_money_moves_by_the_events_of_the_month(year: Year, month: int) -> None:
    start, end = EDGES[month], EDGES[month + 1]
    prices = np.array([country.prices_minor for country in COUNTRIES])
    plan = {name: number for number, name in enumerate(PLANS)}

    def money(frame: pd.DataFrame, column: str) -> Integers:
        held = frame.dropna(subset=[column])
        country = year.people.country[held["user"]]
        amount = prices[country, held[column].map(plan).to_numpy(dtype=np.int64)]
        return np.bincount(country, amount, minlength=len(COUNTRIES)).astype(np.int64)

    before = year.rows["event_type"].groupby(year.rows["user"]).shift()
    inside = year.rows["occurred_at"].between(start, end, inclusive="left")
    kind = year.rows["event_type"]
    new = inside & kind.isin(["start", "return", "upgrade", "downgrade"])
    old = inside & kind.isin(["upgrade", "downgrade", "cancellation"]) & (before != "trial")
    moved = money(year.rows[new], "new_plan") - money(year.rows[old], "previous_plan")
    opening = money(state_before(year, start), "new_plan")
    assert (opening + moved).tolist() == money(state_before(year, end), "new_plan").tolist()
    assert (moved != 0).all()


# Who leaves and who comes back: see the table of svp.generate.subscriptions


def subscribers_at(stretches: pd.DataFrame, edge: pd.Timestamp) -> pd.DataFrame:
    return stretches[(stretches["begin"] < edge) & ~(stretches["end"] < edge)]


def monthly_shares(year: Year) -> pd.DataFrame:
    """Return what was gained and lost in each month, against the subscribers at its start."""
    stretches = year.stretches()
    is_serial = is_serial_churner(year.people)
    months = []
    for start, end in pairwise(EDGES):
        there = subscribers_at(stretches, start)
        left = stretches[stretches["end"].between(start, end, inclusive="left")]
        gained = stretches[stretches["begin"].between(start, end, inclusive="left")]
        returned = (gained["number"] > 0).sum()
        months.append(
            {
                "gross": len(left) / len(there),
                "net": (len(left) - returned) / len(there),
                "returned": returned / len(gained),
                "serial": is_serial[there["user"]].mean(),
                "serial_left": is_serial[left["user"]].mean(),
            }
        )
    return pd.DataFrame(months)


@pytest.mark.parametrize(
    ("share", "reached", "tolerance"),
    [
        ("gross", 0.057, 0.004),
        ("net", 0.035, 0.004),
        ("returned", 0.23, 0.02),
        ("serial", 0.23, 0.015),
        ("serial_left", 0.43, 0.02),
    ],
)
def test_months_gain_and_lose_what_the_table_says(
    year: Year, share: str, reached: float, tolerance: float
) -> None:
    assert monthly_shares(year)[share].mean() == pytest.approx(reached, abs=tolerance)


@pytest.mark.parametrize(("number", "reached"), [(0, 0.52), (1, 0.38)])
def test_stretches_last_as_long_as_the_table_says(year: Year, number: int, reached: float) -> None:
    stretches = year.stretches()
    known = stretches[(stretches["number"] == number) & (stretches["begin"] < EDGES[-1] - YEAR)]
    stays = ~(known["end"] - known["begin"] <= YEAR)
    assert len(known) > 600
    assert stays.mean() == pytest.approx(reached, abs=0.03)


@pytest.mark.parametrize(("days", "reached"), [(91, 0.22), (365, 0.41)])
def test_who_left_is_won_back_as_often_as_the_table_says(
    year: Year, days: int, reached: float
) -> None:
    stretches = year.stretches()
    left = stretches[stretches["end"] < EDGES[-1] - YEAR]
    back = left["back"] - left["end"] <= pd.Timedelta(days=days)
    assert back.mean() == pytest.approx(reached, abs=0.02)


def months_ended(year: Year) -> pd.DataFrame:
    """Return one row per paid month that ended in the year, and whether the user left then, of will or unpaid."""
    events, people = year.events, year.people
    is_end = np.isin(events.event_type, [CODES[name] for name in ("renewal", "cancellation")])
    is_end |= events.event_type == CODES["payment_failed"]
    before = np.concatenate(([-1], events.event_type[:-1]))
    is_end &= (before != CODES["trial"]) & (before != CODES["payment_failed"])
    begins = np.isin(events.event_type, [CODES["start"], CODES["return"]])
    stretch = np.cumsum(begins)
    frame = pd.DataFrame(
        {
            "user": events.user[is_end],
            "stretch": stretch[is_end],
            "left": events.event_type[is_end] == CODES["cancellation"],
            "failed": events.event_type[is_end] == CODES["payment_failed"],
            "day": events.occurred_at[is_end] // DAY_US,
        }
    )
    frame["paid_months"] = frame.groupby("stretch").cumcount() + 1
    frame["engagement"] = people.engagement[frame["user"]]
    frame["method"] = people.payment_method[frame["user"]]
    frame["mood"] = mood(people.draws.take(frame["user"].to_numpy()), frame["day"].to_numpy() - 15)
    return frame


def test_who_watches_less_leaves_more(year: Year) -> None:
    months = months_ended(year)
    by_engagement = months.groupby(pd.qcut(months["engagement"], 4))["left"].mean().tolist()
    by_mood = months.groupby(pd.qcut(months["mood"], 4))["left"].mean().tolist()
    assert by_engagement == sorted(by_engagement, reverse=True)
    assert by_mood == sorted(by_mood, reverse=True)
    assert by_engagement[0] > 1.7 * by_engagement[-1]
    assert by_mood[0] > 1.6 * by_mood[-1]


def test_people_leave_early(year: Year) -> None:
    left = months_ended(year).groupby("paid_months")["left"].mean()
    assert left.loc[1:4].is_monotonic_decreasing
    later = left.loc[5:8].mean()
    assert left.loc[1] / later == pytest.approx(EARLY_FACTORS[1], rel=0.25)


def test_payments_fail_by_method(year: Year) -> None:
    months = months_ended(year)
    tried = months[~months["left"]]
    failed = tried.groupby("method")["failed"].mean().to_numpy()
    assert failed == pytest.approx(PAYMENT_FAILURES, rel=0.15)
    gift_card, credit_card = (PAYMENT_METHODS.index(name) for name in ("Gift card", "Credit card"))
    assert failed[gift_card] > 3 * failed[credit_card]


def test_the_planted_hazard_is_what_happens_past_the_early_months(year: Year) -> None:
    months = months_ended(year)
    late = months[months["paid_months"] >= len(EARLY_FACTORS) - 1]
    following = year.rows.groupby("user")["event_type"].shift(-1)
    failed = year.rows["event_type"] == "payment_failed"
    lost = (following[failed] == "cancellation").sum() / following[failed].notna().sum()
    happened = late["left"] + late["failed"] * lost
    planted = pd.Series(monthly_hazard(year.people)[late["user"]], late.index)
    fifth = pd.qcut(planted, 5)
    ratio = happened.groupby(fifth).mean() / planted.groupby(fifth).mean()
    assert len(late) > 80_000
    assert ratio.tolist() == pytest.approx([1.0] * 5, abs=0.12)
    assert planted.quantile(0.9) > 3 * planted.quantile(0.1)


def test_a_planted_share_cancels_and_returns_again_and_again(year: Year) -> None:
    is_serial = is_serial_churner(year.people)
    assert is_serial.mean() == pytest.approx(SERIAL_SHARE, abs=0.01)
    stretches = year.stretches()
    often = stretches[stretches["number"] >= 2]["user"].unique()
    assert is_serial[often].mean() > 0.75


def test_trials_differ_by_country(year: Year) -> None:
    first = year.events.take(year.events.ordinal == 0)
    tries = first.event_type == CODES["trial"]
    for country in range(len(COUNTRIES)):
        there = year.people.country == country
        assert tries[there].mean() == pytest.approx(TRIAL_SHARES[country], abs=0.04)
    second = year.events.take(year.events.ordinal == 1)
    after_trial = tries[second.user]
    lasted = (second.occurred_at - year.people.registered_at[second.user])[after_trial]
    assert (lasted == TRIAL_DAYS[year.people.country[second.user[after_trial]]] * DAY_US).all()


# The tables of people


@pytest.fixture(scope="module")
def users(year: Year) -> pd.DataFrame:
    # Subscriptions are known a little beyond the end, as viewing needs them.
    known_at = (year.arguments.end_day + 3) * DAY_US
    subscribed = subscribed_periods(live(year.arguments, year.people, end_at=known_at))
    return frame_of(rows.users(year.arguments, year.people, subscribed, make_name_pools(SEED)))


def test_the_user_table_shows_the_plan_at_the_end(year: Year, users: pd.DataFrame) -> None:
    last = year.rows.groupby("user")["new_plan"].last(skipna=False)
    assert users["plan"].fillna("").tolist() == last.fillna("").tolist()
    assert users["is_active"].equals(users["plan"].notna())
    assert 0.4 < users["is_active"].mean() < 0.7


def test_lifetime_hours_grow_with_the_time_as_a_subscriber(year: Year, users: pd.DataFrame) -> None:
    hours = users["lifetime_watch_hours"].astype(float)
    assert hours.min() >= 0
    days = (EDGES[-1] - users["registered_on"].dt.tz_localize("UTC")).dt.days
    assert (hours <= 9 * days + 0.01).all()
    engaged = year.people.engagement > 1
    assert hours[engaged].median() > 10 * hours[~engaged].median()


def test_contract_codes_are_unique_and_look_like_contracts(users: pd.DataFrame) -> None:
    codes = users["contract_code"].dropna()
    in_vietnam = users["country"] == "Vietnam"
    assert codes.is_unique
    assert codes.str.fullmatch(r"[A-Z]{3}\d{6}").all()
    assert codes.str.startswith("HNH").sum() > 100
    assert users.loc[in_vietnam, "contract_code"].notna().mean() == pytest.approx(0.6, abs=0.05)
    assert users.loc[~in_vietnam, "contract_code"].isna().all()


def test_contract_codes_differ_for_any_users_of_a_large_service(year: Year) -> None:
    edges = np.array([1, 999_999, 1_000_000, 99_999_999])
    number = (edges[:, np.newaxis] + 100_000_000 * np.arange(175)).ravel()
    few = year.people.take(np.arange(len(number)))
    codes = rows.contract_codes(
        People(number, *(getattr(few, field.name) for field in fields(few)[1:])),
        np.arange(len(number)),
    )
    assert len(set(codes.to_pylist())) == len(number)


def test_a_million_numbers_fill_a_prefix_once() -> None:
    rest = np.arange(rows.CODES_A_PREFIX)
    code = (rest * rows.CODE_STEP + rows.CODE_OFFSET) % rows.CODES_A_PREFIX
    assert np.array_equal(np.sort(code), rest)
    million = np.arange(rows.PREFIXES)
    assert len(np.unique(million * rows.PREFIX_STEP % rows.PREFIXES)) == rows.PREFIXES


def test_devices_are_those_owned_by_the_end(year: Year) -> None:
    devices = frame_of(rows.devices(year.arguments, year.people))
    added_on = devices_added_on(year.people)
    assert ((added_on == NOT_OWNED) == ~year.people.owned).all()
    assert len(devices) == (added_on < year.arguments.end_day).sum()
    assert year.people.owned.sum() > len(devices)
    assert devices["device_id"].is_unique
    assert not devices.duplicated(["user_id", "device_type"]).any()
    assert devices["added_on"].max() < EDGES[-1].tz_localize(None)


def test_the_usual_device_signs_in_with_the_sign_up_and_others_later(year: Year) -> None:
    added_on = devices_added_on(year.people)
    registered_on = year.people.registered_at // DAY_US
    everyone = np.arange(len(year.people))
    assert added_on[everyone, year.people.device].tolist() == registered_on.tolist()
    others = year.people.owned.copy()
    others[everyone, year.people.device] = False
    wait = (added_on - registered_on[:, np.newaxis])[others]
    assert wait.min() >= 0
    assert wait.mean() == pytest.approx(75, rel=0.03)


def test_a_device_runs_one_of_the_platforms_of_its_kind(year: Year) -> None:
    devices = frame_of(rows.devices(year.arguments, year.people))
    for kind in DEVICES:
        runs = devices.loc[devices["device_type"] == kind.name, "platform"]
        assert set(runs) == set(kind.platforms)
        assert (runs == kind.platforms[0]).mean() == pytest.approx(USUAL_PLATFORM_SHARE, abs=0.02)
