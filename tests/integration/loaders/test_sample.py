"""The public relational sample, counted here with csv and json alone, and compared with both stores."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.loaders.stores import Stores

SAMPLE = Path(__file__).parents[4] / "shared" / "inputs" / "relational"

pytestmark = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="the sample files are not beside the repository"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the files hold."""

    plays_by_day: dict[str, int]
    seconds_by_day: dict[str, int]
    plays_by_user: dict[str, int]
    seconds_by_title: dict[str, int]
    plays_by_device_and_quality: dict[tuple[str, str], int]
    complete: int
    before_signup: int
    longer_than_title: int


def read_csv(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def count() -> Expected:
    signed_up = {row["user_id"]: row["registration_date"] for row in read_csv("users.csv")}
    catalogue = json.loads((SAMPLE / "content.json").read_text(encoding="utf-8"))
    minutes = {movie["content_id"]: movie["duration_minutes"] for movie in catalogue["movies"]}
    sessions = read_csv("viewing_sessions.csv")
    seconds_by_day: Counter[str] = Counter()
    seconds_by_title: Counter[str] = Counter()
    for row in sessions:
        seconds = 60 * int(row["watch_duration_minutes"])
        seconds_by_day[row["watch_date"]] += seconds
        seconds_by_title[row["content_id"]] += seconds
    return Expected(
        plays_by_day=dict(Counter(row["watch_date"] for row in sessions)),
        seconds_by_day=dict(seconds_by_day),
        plays_by_user=dict(Counter(row["user_id"] for row in sessions)),
        seconds_by_title=dict(seconds_by_title),
        plays_by_device_and_quality=dict(
            Counter((row["device_type"], row["quality_level"]) for row in sessions)
        ),
        complete=sum(float(row["completion_percentage"]) >= 90 for row in sessions),
        before_signup=sum(row["watch_date"] < signed_up[row["user_id"]] for row in sessions),
        longer_than_title=sum(
            int(row["watch_duration_minutes"]) > minutes.get(row["content_id"], 10**9)
            for row in sessions
        ),
    )


def in_postgres(stores: Stores) -> Expected:
    def counted(key: str, measure: str) -> dict[str, int]:
        query = (
            f"SELECT {key}, {measure} FROM oltp.viewing_sessions"
            " INNER JOIN oltp.users USING (user_key) INNER JOIN oltp.content USING (content_key) GROUP BY 1"
        )
        return {str(found): int(value) for found, value in stores.rows(query)}

    def flagged(code: str) -> int:
        query = f"SELECT count(*) FROM oltp.viewing_sessions WHERE '{code}' = ANY(quality_flags)"
        return int(stores.one(query))

    by_device = "SELECT device_type, quality, count(*) FROM oltp.viewing_sessions GROUP BY 1, 2"
    return Expected(
        plays_by_day=counted("started_on", "count(*)"),
        seconds_by_day=counted("started_on", "sum(watch_seconds)"),
        plays_by_user=counted("user_id", "count(*)"),
        seconds_by_title=counted("content_id", "sum(watch_seconds)"),
        plays_by_device_and_quality={
            (device, quality): n for device, quality, n in stores.rows(by_device)
        },
        complete=stores.one("SELECT count(*) FROM oltp.viewing_sessions WHERE is_complete"),
        before_signup=flagged("before_signup"),
        longer_than_title=flagged("longer_than_title"),
    )


def in_mongodb(stores: Stores) -> Expected:
    """Count every document here, in Python: no pipeline that could share a mistake with ours."""
    plays, seconds, users, titles = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    devices: Counter[tuple[str, str]] = Counter()
    flags: Counter[str] = Counter()
    complete = 0
    for document in stores.mongodb["viewing_events"].find({}, {"_id": 0, "load_id": 0}):
        (day,) = document["days"]
        assert day["on"] == document["started_on"] == document["first_frame_at"]
        on = f"{day['on']:%Y-%m-%d}"
        plays[on] += 1
        seconds[on] += day["watch_seconds"]
        users[document["user_ref"].removeprefix("relational:")] += 1
        titles[document["title_ref"].removeprefix("relational:")] += document["watch_seconds"]
        devices[document["device"]["type"], document["stream"]["quality"]] += 1
        flags.update(document["quality_flags"])
        complete += document["is_complete"]
    return Expected(
        plays_by_day=dict(plays),
        seconds_by_day=dict(seconds),
        plays_by_user=dict(users),
        seconds_by_title=dict(titles),
        plays_by_device_and_quality=dict(devices),
        complete=complete,
        before_signup=flags["before_signup"],
        longer_than_title=flags["longer_than_title"],
    )


def test_sample_is_in_both_stores_as_it_is_in_the_files(stores: Stores) -> None:
    users, content, sessions = stores.load(SAMPLE)
    assert [users.counts.loaded_rows, content.counts.loaded_rows] == [5_000, 300]
    assert (sessions.counts.loaded_rows, sessions.counts.rejected_rows) == (222_785, 0)
    assert sessions.counts.flags == {"before_signup": 2_018}
    expected = count()
    assert (expected.before_signup, expected.longer_than_title) == (2_018, 0)
    assert (expected.complete, sum(expected.plays_by_day.values())) == (88_808, 222_785)
    assert in_postgres(stores) == expected
    assert in_mongodb(stores) == expected
    days = {f"{day:%Y-%m-%d}" for (day,) in stores.rows("SELECT day FROM ops.day_version")}
    assert days == expected.plays_by_day.keys()
    assert stores.mongodb["content"].count_documents({}) == 300


def test_sample_users_and_titles_are_stored_value_by_value(stores: Stores) -> None:
    stores.load(SAMPLE / "users.csv", SAMPLE / "content.json")
    users = stores.rows(
        "SELECT user_id, age::text, country, plan, registered_on::text, trim_scale(lifetime_watch_hours)"
        " FROM oltp.users ORDER BY user_id"
    )
    assert [(*row[:5], float(row[5])) for row in users] == [
        (*list(row.values())[:5], float(row["total_watch_time_hours"]))
        for row in read_csv("users.csv")
    ]
    catalogue = json.loads((SAMPLE / "content.json").read_text(encoding="utf-8"))
    documents = {found["content_id"]: found for found in stores.mongodb["content"].find()}
    for movie in catalogue["movies"]:
        found = documents.pop(movie["content_id"])
        assert (found["title"], found["duration_minutes"], found["release_year"], found["genres"]) == (
            movie["title"], movie["duration_minutes"], movie["release_year"], movie["genre"],
        )  # fmt: skip
    for series in catalogue["series"]:
        found = documents.pop(series["content_id"])
        episodes = [season["episode_count"] for season in found["seasons"]]
        assert (found["title"], episodes, found["average_episode_minutes"], found["genres"]) == (
            series["title"], series["episodes_per_season"], series["avg_episode_duration"], series["genre"],
        )  # fmt: skip
    assert documents == {}
