"""Each pipeline against figures worked out by hand, and against pandas on random plays."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from bson import Int64

from nosql.pipelines import read_pipeline
from nosql.run import run, show
from tests.integration.nosql.builders import (
    DAY,
    a_box_log,
    a_failed_attempt,
    a_play,
    a_timed_play,
    a_title,
    an_app_event,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from svp.core.mongodb import Document, MongoDatabase
    from svp.settings import Settings

STAMP = {"run_number", "calculated_at"}

EVENING = datetime(2024, 1, 31, 20, tzinfo=UTC)


def answer(
    settings: Settings, database: MongoDatabase, name: str, events: Iterable[Document]
) -> list[Document]:
    """Store events, run one pipeline, and return its result without key and stamp."""
    database["viewing_events"].insert_many(list(events))
    run(settings, [name])
    rows = show(settings, name, limit=10_000)
    return [{key: row[key] for key in row.keys() - STAMP - {"_id"}} for row in rows]


def test_title_statistics_counts_plays_viewers_seconds_and_completion(
    settings: Settings, database: MongoDatabase
) -> None:
    database["content"].insert_one(a_title("t1", title="Heat", genres=["Crime", "Drama"]))
    events = [
        a_play("t1", "u1", watch_seconds=600, is_complete=True),
        a_play("t1", "u1", watch_seconds=30, is_complete=False),
        a_play("t1", "u2", watch_seconds=29, next_day_seconds=9, is_complete=False),
        a_play("t1", "u3", watch_seconds=0),
        a_failed_attempt("t1", "u4"),
        a_play("unheard_of", "u1", watch_seconds=5),
        a_failed_attempt("never_played", "u1"),
    ]
    assert answer(settings, database, "title_statistics", events) == [
        {
            "source": "demo",
            "content_id": "t1",
            "title": "Heat",
            "content_type": "movie",
            "genres": ["Crime", "Drama"],
            "plays": 4,
            "valid_plays": 2,
            "unique_viewers": 3,
            "watch_seconds": 659,
            "complete_plays": 1,
            "measured_plays": 3,
            "completion_rate": 33.33,
        },
        {
            "source": "demo",
            "content_id": "unheard_of",
            "plays": 1,
            "valid_plays": 0,
            "unique_viewers": 1,
            "watch_seconds": 5,
            "complete_plays": 0,
            "measured_plays": 0,
            "completion_rate": None,
        },
    ]


def test_user_statistics_counts_a_day_once_and_only_when_something_was_watched(
    settings: Settings, database: MongoDatabase
) -> None:
    events = [
        a_play("t1", "u1", watch_seconds=600, next_day_seconds=60, is_complete=True),
        a_play("t2", "u1", watch_seconds=40, is_complete=False),
        a_play("t2", "u1", watch_seconds=20, on=DAY + timedelta(days=1)),
        a_play("t2", "u1", watch_seconds=0, on=DAY + timedelta(days=9)),
        a_failed_attempt("t3", "u1"),
        a_play("t1", "u2", watch_seconds=0),
        a_play("t1", "u:3", watch_seconds=5, next_day_seconds=5),
    ]
    rows = {row["user_id"]: row for row in answer(settings, database, "user_statistics", events)}
    assert rows["u1"] == {
        "source": "demo",
        "user_id": "u1",
        "plays": 4,
        "valid_plays": 2,
        "titles": 2,
        "active_days": 2,
        "watch_seconds": 660,
        "complete_plays": 1,
        "measured_plays": 2,
        "completion_rate": 50.0,
        "first_active_on": DAY,
        "last_active_on": DAY + timedelta(days=1),
    }
    assert (rows["u2"]["active_days"], rows["u2"]["first_active_on"]) == (0, None)
    assert rows["u:3"]["first_active_on"] == DAY + timedelta(days=1)


def test_device_statistics_counts_attempts_and_plays_of_each_device_and_quality(
    settings: Settings, database: MongoDatabase
) -> None:
    on_tv: dict[str, Any] = {"device": {"type": "tv"}, "stream": {"quality": "hd"}}
    events = [
        a_play(watch_seconds=600, is_complete=True, **on_tv),
        a_play(watch_seconds=300, is_complete=False, **on_tv),
        a_failed_attempt(is_complete=False, **on_tv),
        a_play(watch_seconds=100, device={}, stream={}),
    ]
    assert answer(settings, database, "device_statistics", events) == [
        {
            "device_type": "tv",
            "quality": "hd",
            "attempts": 3,
            "plays": 2,
            "watch_seconds": 900,
            "complete_plays": 1,
            "measured_plays": 2,
            "completion_rate": 50.0,
        },
        {
            "device_type": "Unknown",
            "quality": "Unknown",
            "attempts": 1,
            "plays": 1,
            "watch_seconds": 100,
            "complete_plays": 0,
            "measured_plays": 0,
            "completion_rate": None,
        },
    ]


def test_genre_statistics_counts_a_title_in_each_of_its_genres(
    settings: Settings, database: MongoDatabase
) -> None:
    database["content"].insert_many(
        [a_title("t1", genres=["Crime", "Drama"]), a_title("t2"), a_title("t3", genres=[])]
    )
    events = [
        a_play("t1", watch_seconds=100, is_complete=True),
        a_play("t1", watch_seconds=50, is_complete=False),
        a_play("t2", watch_seconds=10, is_complete=False),
        a_play("t3", watch_seconds=3),
        a_play("unheard_of", watch_seconds=4),
    ]
    rows = answer(settings, database, "genre_statistics", events)
    assert [
        tuple(row[key] for key in ("genre", "titles", "plays", "watch_seconds")) for row in rows
    ] == [
        ("Drama", 2, 3, 160),
        ("Crime", 1, 2, 150),
        ("Unknown", 2, 2, 7),
    ]
    assert [row["completion_rate"] for row in rows] == [33.33, 50.0, None]


def test_top_titles_by_month_ranks_seconds_where_they_were_played(
    settings: Settings, database: MongoDatabase
) -> None:
    database["content"].insert_one(a_title("t1"))
    events = [
        a_play("t1", watch_seconds=100, next_day_seconds=90),
        a_play("t2", watch_seconds=80),
        *(a_play(f"equal{number:02}", watch_seconds=20) for number in range(9)),
        a_play("last", watch_seconds=1),
        a_play("silent", watch_seconds=0),
    ]
    rows = answer(settings, database, "top_titles_by_month", events)
    february, *january = rows
    assert february == {
        "month_start_on": datetime(2024, 2, 1, tzinfo=UTC),
        "rank": 1,
        "title_ref": "demo:t1",
        "title": "Title t1",
        "content_type": "movie",
        "watch_seconds": 90,
    }
    assert [row["rank"] for row in january] == [1, *[2] * 9]
    assert january[0]["title_ref"] == "demo:t2"


def test_hourly_activity_keeps_plays_without_a_time_apart(
    settings: Settings, database: MongoDatabase
) -> None:
    events = [
        a_timed_play(EVENING, minutes=5),
        a_timed_play(EVENING + timedelta(minutes=59), minutes=5),
        a_timed_play(EVENING + timedelta(days=1), minutes=1, user_id="u2"),
        a_timed_play(EVENING + timedelta(hours=1), minutes=2),
        a_play(watch_seconds=7),
        a_failed_attempt(),
    ]
    rows = answer(settings, database, "hourly_activity", events)
    assert [
        tuple(row[key] for key in ("hour", "plays", "unique_viewers", "watch_seconds"))
        for row in rows
    ] == [(None, 1, 1, 7), (20, 3, 2, 660), (21, 1, 1, 120)]


def test_binge_runs_are_three_plays_with_breaks_of_half_an_hour_at_most(
    settings: Settings, database: MongoDatabase
) -> None:
    minute = timedelta(minutes=1)
    events = [
        a_timed_play(EVENING, minutes=60, content_id="e1"),
        a_timed_play(EVENING + 5 * minute, minutes=10, content_id="e1"),
        a_timed_play(EVENING + 90 * minute, minutes=10, content_id="e2"),
        a_timed_play(EVENING + 131 * minute, minutes=10, content_id="e3"),
        a_timed_play(EVENING, minutes=10, user_id="u2"),
        a_timed_play(EVENING + 10 * minute, minutes=10, user_id="u2"),
        *(a_play(user_id="u3") for _ in range(5)),
    ]
    assert answer(settings, database, "binge_runs", events) == [
        {
            "source": "demo",
            "user_id": "u1",
            "began_at": EVENING,
            "ended_at": EVENING + 100 * minute,
            "plays": 3,
            "titles": 2,
            "watch_seconds": 80 * 60,
        }
    ]


@pytest.fixture(scope="module")
def random_events() -> list[Document]:
    """Return plays and failed attempts of every kind the contract knows, from one seed."""
    chance = random.Random(20240131)
    return [random_event(chance) for _ in range(2_000)]


def random_event(chance: random.Random) -> Document:
    watch_seconds = chance.choice([0, 29, 30, chance.randrange(20_000)])
    fields: dict[str, Any] = {
        "device": chance.choice([{}, {"type": "tv"}, {"type": "phone"}]),
        "stream": chance.choice([{}, {"quality": "hd"}, {"quality": "4k"}]),
    }
    if (complete := chance.choice([True, False, None])) is not None:
        fields["is_complete"] = complete
    content_id, user_id = f"t{chance.randrange(20)}", f"u{chance.randrange(60)}"
    if chance.random() < 0.1:
        return a_failed_attempt(content_id, user_id, **fields)
    return a_play(
        content_id,
        user_id,
        watch_seconds=watch_seconds,
        next_day_seconds=chance.choice([0, 0, watch_seconds // 2, watch_seconds]),
        on=DAY + timedelta(days=chance.randrange(40)),
        **fields,
    )


def random_plays(events: list[Document]) -> list[Document]:
    return [event for event in events if event["first_frame_at"] is not None]


def flat(events: list[Document]) -> pd.DataFrame:
    """Return one row per attempt, with nested fields as columns."""
    frame = pd.json_normalize(events)
    frame["content_id"] = frame["title_ref"].str.removeprefix("demo:")
    frame["user_id"] = frame["user_ref"].str.removeprefix("demo:")
    frame["is_play"] = frame["first_frame_at"].notna()
    frame["valid"] = frame["watch_seconds"] >= 30
    frame["complete"] = frame["is_complete"].eq(True)  # noqa: FBT003  (pandas takes the value so)
    frame["measured"] = frame["is_complete"].notna()
    return frame


def rate(row: Document) -> float | None:
    return row["complete_plays"] / row["measured_plays"] * 100 if row["measured_plays"] else None


def assert_equal_by_key(
    found: list[Document], expected: pd.DataFrame, *, keys: list[str], measures: list[str]
) -> None:
    by_key = {tuple(row[key] for key in keys): [row[name] for name in measures] for row in found}
    expected = expected.reset_index()
    assert by_key == {
        tuple(row[key] for key in keys): [int(row[name]) for name in measures]
        for row in expected.to_dict("records")
    }
    for row in found:
        assert row["completion_rate"] == pytest.approx(rate(row), abs=0.005 + 1e-9)


def test_title_statistics_agrees_with_pandas_on_random_plays(
    settings: Settings, database: MongoDatabase, random_events: list[Document]
) -> None:
    expected = (
        flat(random_events)
        .query("is_play")
        .groupby("content_id")
        .agg(
            plays=("_id", "size"),
            valid_plays=("valid", "sum"),
            unique_viewers=("user_id", "nunique"),
            watch_seconds=("watch_seconds", "sum"),
            complete_plays=("complete", "sum"),
            measured_plays=("measured", "sum"),
        )
    )
    found = answer(settings, database, "title_statistics", random_events)
    assert_equal_by_key(found, expected, keys=["content_id"], measures=list(expected.columns))


def test_user_statistics_agrees_with_pandas_on_random_plays(
    settings: Settings, database: MongoDatabase, random_events: list[Document]
) -> None:
    plays = flat(random_events).query("is_play")
    expected = plays.groupby("user_id").agg(
        plays=("_id", "size"),
        valid_plays=("valid", "sum"),
        titles=("content_id", "nunique"),
        watch_seconds=("watch_seconds", "sum"),
        complete_plays=("complete", "sum"),
        measured_plays=("measured", "sum"),
    )
    days = pd.json_normalize(random_plays(random_events), record_path="days", meta="user_ref")
    days["user_id"] = days["user_ref"].str.removeprefix("demo:")
    active = days[days["watch_seconds"] > 0].groupby("user_id")["on"]
    expected["active_days"] = active.nunique().reindex(expected.index, fill_value=0)
    found = answer(settings, database, "user_statistics", random_events)
    assert_equal_by_key(found, expected, keys=["user_id"], measures=list(expected.columns))
    found_days = {
        row["user_id"]: (row["first_active_on"], row["last_active_on"])
        for row in found
        if row["active_days"]
    }
    assert found_days == dict(
        zip(active.groups, zip(active.min(), active.max(), strict=True), strict=True)
    )


def test_device_statistics_agrees_with_pandas_on_random_plays(
    settings: Settings, database: MongoDatabase, random_events: list[Document]
) -> None:
    frame = flat(random_events)
    frame["device_type"] = frame["device.type"].fillna("Unknown")
    frame["quality"] = frame["stream.quality"].fillna("Unknown")
    frame["complete"] &= frame["is_play"]
    frame["measured"] &= frame["is_play"]
    expected = frame.groupby(["device_type", "quality"]).agg(
        attempts=("_id", "size"),
        plays=("is_play", "sum"),
        watch_seconds=("watch_seconds", "sum"),
        complete_plays=("complete", "sum"),
        measured_plays=("measured", "sum"),
    )
    found = answer(settings, database, "device_statistics", random_events)
    keys = ["device_type", "quality"]
    assert_equal_by_key(found, expected, keys=keys, measures=list(expected.columns))


def test_export_playback_by_day_gives_seconds_to_the_day_they_were_played(
    database: MongoDatabase,
) -> None:
    on_tv: dict[str, Any] = {"device": {"type": "tv"}, "stream": {"quality": "hd"}}
    next_day = DAY + timedelta(days=1)
    database["viewing_events"].insert_many(
        [
            a_play(watch_seconds=100, next_day_seconds=40, is_complete=True, **on_tv),
            a_play(watch_seconds=7, on=next_day, is_complete=False, **on_tv),
            a_failed_attempt(on=next_day, **on_tv),
            a_play(watch_seconds=9, on=next_day + timedelta(days=1), **on_tv),
        ]
    )
    days = {"from": next_day, "to": next_day, "last_load": 2}
    stages = read_pipeline("export_playback_by_day", days)
    (row,) = database["viewing_events"].aggregate(stages)
    measures = ("attempts", "plays", "complete_plays", "watch_seconds")
    assert (row["day"], row["device_type"], row["quality"]) == (next_day, "tv", "hd")
    assert [row[name] for name in measures] == [2, 1, 0, 47]


def test_export_box_watch_by_day_sums_what_completed_loads_say_of_the_day(
    database: MongoDatabase,
) -> None:
    none: dict[str, Any] = {"contract_code": "0", "quality_flags": ["no_contract"]}
    database["box_logs"].insert_many(
        [
            a_box_log("1", application=" KPLUS ", watch_seconds=2**31 - 1),
            a_box_log("2", application="KPLUS", watch_seconds=2**31 - 1),
            a_box_log("3", application=" ", watch_seconds=0),
            a_box_log("4", **none, watch_seconds=7),
            a_box_log("5", contract_code="H" * 256, watch_seconds=5),
            a_box_log("6", load_id=Int64(4)),
            a_box_log("7", day=DAY + timedelta(days=1)),
        ]
    )
    stages = read_pipeline("export_box_watch_by_day", {"day": DAY, "loads": [3, 5]})
    found = list(database["box_logs"].aggregate(stages))
    names = ("contract_code", "application", "watch_seconds")
    assert sorted((tuple(row[name] for name in names) for row in found), key=str) == [
        ("HNH123456", "KPLUS", 2**32 - 2),
        ("HNH123456", None, 0),
        (None, "CHANNEL", 12),
    ]


def test_totals_of_viewing_events_counts_plays_and_users_of_completed_loads(
    database: MongoDatabase,
) -> None:
    told = {"attempt_id": "a1", "outcome": "played"}
    database["viewing_events"].insert_many(
        [
            a_play("t1", "u1", watch_seconds=100, next_day_seconds=40, is_complete=True),
            a_play("t2", "u1", watch_seconds=30, is_complete=False, player=told),
            a_play("t1", "u2", watch_seconds=0),
            a_failed_attempt("t1", "u3"),
            a_failed_attempt("t1", "u3", player=told | {"outcome": "failed"}),
            a_play("t1", "u3", watch_seconds=0, next_day_seconds=0, player=told, load_id=Int64(9)),
            a_play("t1", "u4", load_id=Int64(9)),
        ]
    )
    stages = read_pipeline("totals_of_viewing_events", {"loads": [1, 2]})
    found = {row.pop("day"): row for row in database["viewing_events"].aggregate(stages)}
    plays = ("plays", "known_completion_plays", "complete_plays")
    names = (*plays, "watch_seconds", "app_users", "attempts")
    assert found == {
        DAY: dict(zip(names, (3, 2, 1, 90, 1, 2), strict=True)),
        DAY + timedelta(days=1): dict(zip(names, (0, 0, 0, 40, 1, 0), strict=True)),
    }


def test_totals_of_box_logs_counts_seconds_and_contracts_of_completed_loads(
    database: MongoDatabase,
) -> None:
    database["box_logs"].insert_many(
        [
            a_box_log("1", watch_seconds=2**31 - 1),
            a_box_log("2", watch_seconds=2**31 - 1),
            a_box_log("3", contract_code="HNH2", watch_seconds=0),
            a_box_log("4", contract_code="0", quality_flags=["no_contract"], watch_seconds=7),
            a_box_log("5", contract_code="H" * 256, watch_seconds=5),
            a_box_log("6", contract_code=None, watch_seconds=1),
            a_box_log("7", contract_code="HNH7", load_id=Int64(4)),
        ]
    )
    stages = read_pipeline("totals_of_box_logs", {"loads": [3, 5]})
    assert list(database["box_logs"].aggregate(stages)) == [
        {"day": DAY, "box_seconds": 2**32 - 2 + 13, "box_customers": 1}
    ]


def test_totals_of_app_events_counts_those_of_completed_loads(database: MongoDatabase) -> None:
    later = {"occurred_at": DAY + timedelta(hours=30), "day": DAY + timedelta(days=1)}
    database["app_events"].insert_many(
        [
            an_app_event("1"),
            an_app_event("2"),
            an_app_event("3") | later,
            an_app_event("4") | {"load_id": Int64(99)},
        ]
    )
    (load_id,) = {event["load_id"] for event in map(an_app_event, "12")}
    stages = read_pipeline("totals_of_app_events", {"loads": [load_id]})
    assert sorted(
        (row["day"], row["app_events"]) for row in database["app_events"].aggregate(stages)
    ) == [
        (DAY, 2),
        (DAY + timedelta(days=1), 1),
    ]


def test_export_event_activity_by_day_takes_sessions_by_their_length(
    database: MongoDatabase,
) -> None:
    def event(number: int, seconds: int, **fields: object) -> Document:
        place = {"platform": "Web", "country": "Chile", "user_ref": f"demo:u{number % 2}"}
        moment = DAY + timedelta(seconds=seconds)
        return an_app_event(f"e{number}", occurred_at=moment) | place | fields

    lengths = (0, 10, 20, 30)
    events = [event(n, 0, session_id=f"s{n}") for n in range(4)]
    events += [event(10 + n, lengths[n], session_id=f"s{n}") for n in range(4)]
    events += [
        event(20, 5),
        event(21, 5, anonymous_id="d1"),
        event(22, 5, load_id=Int64(4)),
        event(23, 86_400),
        an_app_event("e24", platform=" "),
    ]
    database["app_events"].insert_many(events)
    stages = read_pipeline("export_event_activity_by_day", {"day": DAY, "loads": [3, 5]})
    rows = sorted(database["app_events"].aggregate(stages), key=lambda row: str(row["platform"]))
    assert rows == [
        {
            "platform": "Unknown",
            "country": "Unknown",
            "events": 1,
            "active_users": 0,
            "sessions": 0,
            "session_milliseconds_median": None,
            "session_milliseconds_p95": None,
        },
        {
            "platform": "Web",
            "country": "Chile",
            "events": 10,
            "active_users": 2,
            "sessions": 4,
            "session_milliseconds_median": 10_000,
            "session_milliseconds_p95": 30_000,
        },
    ]
