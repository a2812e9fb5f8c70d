"""What set-top boxes report: the shape of the lines, when they change, and what an analyst finds in a month."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.json
import pytest

from svp.generate.arguments import Arguments
from svp.generate.arrays import DAY_US, day_number, day_of
from svp.generate.boxes import APPLICATIONS, HOUSEHOLD_TYPES, box_logs, household_type
from svp.generate.market import COUNTRIES, HOLIDAY_FACTOR, WEEKDAY_FACTORS
from svp.generate.people import make_people

if TYPE_CHECKING:
    from svp.generate.people import People

START_ON = date(2025, 6, 7)
"""A Saturday; its month has no holiday of any country, the next one begins with one of the United States."""
START_DAY = day_number(START_ON)
MONTH_DAYS = 28
"""Four of each weekday, the last one a Friday: 4 July."""
SLOTS = 25_000

DAY_SECONDS = 86_400
MOST_WATCHED_PERCENT = {"TV": 97.1, "Movie": 2.2, "Child": 0.57, "Relax": 0.05, "Sport": 0.01}
"""Of the contracts of a published month."""


def some_people(*, slots: int, days: int = MONTH_DAYS) -> People:
    arguments = Arguments(
        seed=3, users=slots, titles=20, start_on=START_ON, days=days, sessions_per_user=8
    )
    end_at = arguments.end_day * DAY_US
    return make_people(arguments, first_slot=0, slots=slots, end_at=end_at)


def codes_of(people: People) -> list[str]:
    return [f"HNH{number:011d}" for number in people.number.tolist()]


def logs_of(people: People, *, days: int, from_day: int = START_DAY) -> dict[int, bytes]:
    everyone = np.arange(len(people))
    end_day = from_day + days
    return box_logs(people, everyone, codes_of(people), from_day=from_day, end_day=end_day)


def parsed(logs: dict[int, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for text in logs.values() for line in text.splitlines()]


@pytest.fixture(scope="module")
def people() -> People:
    return some_people(slots=SLOTS)


@pytest.fixture(scope="module")
def month(people: People) -> pd.DataFrame:
    """One row per line of four weeks: day, log_id, household, mac, application, category, seconds."""
    logs = logs_of(people, days=MONTH_DAYS)
    frame = pd.concat([_frame(text, day) for day, text in logs.items()], ignore_index=True)
    household = dict(zip(codes_of(people), range(len(people)), strict=True))
    category = {application.name: application.category for application in APPLICATIONS}
    frame["household"] = frame["contract"].map(household)
    frame["category"] = frame["application"].map(category)
    return frame


def _frame(text: bytes, day: int) -> pd.DataFrame:
    lines = pyarrow.json.read_json(io.BytesIO(text)).flatten().to_pandas()
    columns = {
        "_id": "log_id",
        "_source.Contract": "contract",
        "_source.Mac": "mac",
        "_source.AppName": "application",
        "_source.TotalDuration": "seconds",
    }
    return lines[list(columns)].rename(columns=columns).assign(day=day - START_DAY)


@pytest.fixture(scope="module")
def seen(month: pd.DataFrame, people: People) -> pd.DataFrame:
    """One row per household that watched in the four weeks."""
    watched = month[month["seconds"] > 0].groupby("household")
    seen = watched.agg(days=("day", "nunique"), last=("day", "max"), seconds=("seconds", "sum"))
    types = np.array(HOUSEHOLD_TYPES)[household_type(people)[seen.index]]
    return seen.assign(hours=seen["seconds"] / 3600, type=types)


# The shape


def test_a_line_has_the_keys_and_types_of_the_export() -> None:
    lines = parsed(logs_of(some_people(slots=300), days=3))
    assert len(lines) > 500
    assert {tuple(line) for line in lines} == {("_index", "_type", "_id", "_score", "_source")}
    names = {application.name for application in APPLICATIONS}
    for line in lines:
        source = line["_source"]
        assert line["_index"] == "history"
        assert line["_score"] == 0
        assert line["_type"] == source["AppName"].lower()
        assert re.fullmatch(r"AX_[A-Za-z0-9_-]{17}", line["_id"])
        assert re.fullmatch(r"HNH\d{11}", source["Contract"])
        assert re.fullmatch(r"[0-9A-F]{12}", source["Mac"])
        assert source["AppName"] in names
        assert type(source["TotalDuration"]) is int


def test_the_seconds_come_before_or_after_the_application() -> None:
    lines = parsed(logs_of(some_people(slots=300), days=3))
    orders = pd.Series([tuple(line["_source"]) for line in lines]).value_counts(normalize=True)
    assert set(orders.index) == {
        ("Contract", "Mac", "TotalDuration", "AppName"),
        ("Contract", "Mac", "AppName", "TotalDuration"),
    }
    assert orders.min() == pytest.approx(0.4, abs=0.05)


def test_every_line_ends_with_a_line_feed() -> None:
    logs = logs_of(some_people(slots=50), days=2)
    assert all(text.endswith(b"}}\n") for text in logs.values())
    assert not any(b"\n\n" in text for text in logs.values())


def test_a_day_without_lines_is_there_and_empty() -> None:
    people = some_people(slots=5)
    nobody = np.array([], dtype=np.int64)
    logs = box_logs(people, nobody, [], from_day=START_DAY, end_day=START_DAY + 2)
    assert logs == {START_DAY: b"", START_DAY + 1: b""}


def test_contract_codes_may_be_an_arrow_array() -> None:
    people = some_people(slots=50)
    everyone = np.arange(len(people))
    codes = pa.array(codes_of(people))
    logs = box_logs(people, everyone, codes, from_day=START_DAY, end_day=START_DAY + 2)
    assert logs == logs_of(people, days=2)


def test_an_id_is_never_used_twice(month: pd.DataFrame) -> None:
    assert month["log_id"].is_unique


def test_a_box_has_one_line_per_application_and_day(month: pd.DataFrame) -> None:
    assert not month.duplicated(["mac", "application", "day"]).any()


def test_the_seconds_of_a_box_fit_into_the_day(month: pd.DataFrame) -> None:
    assert month["seconds"].min() == 0
    assert 80_000 < month["seconds"].max() < DAY_SECONDS
    assert month.groupby(["mac", "day"])["seconds"].sum().max() < DAY_SECONDS


def test_all_applications_occur(month: pd.DataFrame) -> None:
    assert set(month["application"]) == {application.name for application in APPLICATIONS}


# What never changes


def test_households_have_the_same_lines_in_blocks_of_any_size() -> None:
    people = some_people(slots=400)
    codes = codes_of(people)
    whole = logs_of(people, days=3)
    blocks = [
        box_logs(people, rows, [codes[row] for row in rows], from_day=day, end_day=day + 1)
        for day in whole
        for rows in np.array_split(np.arange(len(people)), 3)
    ]
    made = {day: b"".join(block.get(day, b"") for block in blocks) for day in whole}
    assert made == whole


def test_earlier_days_stay_as_they_were_when_days_are_added() -> None:
    people = some_people(slots=400)
    short, long = logs_of(people, days=3), logs_of(people, days=9)
    assert short == {day: long[day] for day in short}


def test_lines_stay_as_they_were_when_users_and_days_are_added() -> None:
    few, many = some_people(slots=200), some_people(slots=300, days=90)
    assert len(many) > len(few)
    earlier, later = logs_of(few, days=5), logs_of(many, days=5)
    ours = set(few.number.tolist())
    for day, text in earlier.items():
        kept = [line for line in later[day].splitlines() if _number(line) in ours]
        assert sorted(kept) == sorted(text.splitlines())


def _number(line: bytes) -> int:
    return int(json.loads(line)["_source"]["Contract"].removeprefix("HNH"))


def test_no_box_reports_before_the_day_after_the_registration(
    month: pd.DataFrame, people: People
) -> None:
    first = month.groupby("household")["day"].min() + START_DAY
    registered = day_of(people.registered_at)[first.index]
    assert (first > registered).all()
    assert (registered >= START_DAY).sum() > 500


def test_a_box_stays_with_its_household(month: pd.DataFrame) -> None:
    assert (month.groupby("mac")["household"].nunique() == 1).all()
    boxes = month.groupby("household")["mac"].nunique()
    assert boxes.max() == 3
    assert boxes.mean() == pytest.approx(1.2, abs=0.03)


# What an analyst finds


def test_the_most_watched_category_is_that_of_the_published_month(month: pd.DataFrame) -> None:
    seconds = month.pivot_table(
        index="household", columns="category", values="seconds", aggfunc="sum", fill_value=0
    )
    found = seconds.idxmax(axis=1).value_counts(normalize=True) * 100
    assert found["TV"] == pytest.approx(MOST_WATCHED_PERCENT["TV"], abs=0.5)
    assert found["Movie"] == pytest.approx(MOST_WATCHED_PERCENT["Movie"], rel=0.15)
    assert found["Child"] == pytest.approx(MOST_WATCHED_PERCENT["Child"], rel=0.3)
    assert 0.02 <= found["Relax"] <= 0.15
    assert found.get("Sport", 0.0) <= 0.04


def test_a_household_watches_about_107_hours_in_thirty_days(seen: pd.DataFrame) -> None:
    assert (seen["hours"].mean() * 30 / MONTH_DAYS) == pytest.approx(107, rel=0.05)


def test_hours_of_steady_households_are_log_normal(seen: pd.DataFrame) -> None:
    regular = seen[(seen["type"] == "steady") & (seen["days"] >= 20)]
    logarithm = np.log(regular["hours"])
    assert logarithm.std() == pytest.approx(0.75, abs=0.05)
    assert abs(logarithm.skew()) < 0.2


def test_who_watches_much_in_one_fortnight_does_in_the_next(month: pd.DataFrame) -> None:
    by_half = month.assign(half=month["day"] // 14).pivot_table(
        index="household", columns="half", values="seconds", aggfunc="sum"
    )
    logarithms = np.log(by_half[(by_half > 0).all(axis=1)])
    assert logarithms[0].corr(logarithms[1]) > 0.7


def test_weekdays_differ_as_in_the_market(month: pd.DataFrame) -> None:
    ordinary = month[month["day"] < 21]
    by_weekday = ordinary.groupby((ordinary["day"] + START_ON.weekday()) % 7)["seconds"].sum()
    found = (by_weekday / by_weekday.mean()).to_numpy()
    wanted = WEEKDAY_FACTORS / WEEKDAY_FACTORS.mean()
    assert found == pytest.approx(wanted, abs=0.05), "less where boxes are on all day anyway"


def test_a_holiday_counts_in_its_own_country_only(month: pd.DataFrame, people: People) -> None:
    is_american = (people.country == [c.name for c in COUNTRIES].index("United States"))[
        month["household"]
    ]
    fourth_of_july, week_before = MONTH_DAYS - 1, MONTH_DAYS - 8

    def growth(lines: pd.DataFrame) -> float:
        seconds = lines.groupby("day")["seconds"].sum()
        return float(seconds[fourth_of_july] / seconds[week_before])

    ratio = growth(month[is_american]) / growth(month[~is_american])
    # A few heavy households make much of a day's seconds, so a day varies by some 5 % by itself.
    assert ratio == pytest.approx(HOLIDAY_FACTOR, abs=0.16)


def test_few_lines_show_nothing(month: pd.DataFrame) -> None:
    assert (month["seconds"] == 0).mean() == pytest.approx(0.06, abs=0.01)


def test_the_planted_types_differ_as_they_say(seen: pd.DataFrame) -> None:
    by_type = seen.groupby("type")
    days, hours = by_type["days"].median(), by_type["hours"].median()
    assert days["heavy"] >= days["steady"] > 20 > days["irregular"] > days["lapsing"]
    assert hours["heavy"] > 2 * hours["steady"] > 3 * hours["irregular"]
    lapsed = (seen["last"] < MONTH_DAYS - 5).groupby(seen["type"]).mean()
    assert lapsed["lapsing"] > 0.4
    assert 0.08 < lapsed["irregular"] < 0.3
    assert lapsed["steady"] < 0.08


def test_plain_segments_have_about_the_sizes_of_the_published_month(seen: pd.DataFrame) -> None:
    unseen, rare = seen["last"] < MONTH_DAYS - 5, seen["days"] < MONTH_DAYS / 2
    segment = np.select(
        [unseen, rare, seen["hours"] >= 215],
        ["At Risk", "Need Attention", "Valuable"],
        "Loyal",
    )
    found = pd.Series(segment).value_counts(normalize=True)
    assert found["Loyal"] == pytest.approx(0.6185, abs=0.04)
    assert found["At Risk"] == pytest.approx(0.1618, abs=0.04)
    assert found["Valuable"] == pytest.approx(0.1126, abs=0.04)
    assert found["Need Attention"] == pytest.approx(0.1071, abs=0.04)


def test_households_leave_for_good() -> None:
    people = some_people(slots=3_000)
    before = np.flatnonzero(people.registered_at < START_DAY * DAY_US)
    codes = [str(number) for number in before.tolist()]

    def watching(from_day: int) -> int:
        logs = box_logs(people, before, codes, from_day=from_day, end_day=from_day + 28)
        return len({line["_source"]["Contract"] for line in parsed(logs)})

    still = watching(START_DAY + 1_000) / watching(START_DAY)
    assert still == pytest.approx(np.exp(-1_000 / 2_000), abs=0.04)
