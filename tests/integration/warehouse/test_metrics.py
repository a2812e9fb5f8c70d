"""The dictionary has every column of the marts, and a metric is the same number in each store that can count it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from nosql.pipelines import find_pipeline
from svp.core.mongodb import open_database
from svp.core.postgres import transaction
from svp.generate import KINDS, SCALES, write
from warehouse.checks import verify
from warehouse.metrics import defined_columns
from warehouse.rebuild import verify_rebuild

if TYPE_CHECKING:
    from pathlib import Path

    from svp.core.mongodb import Document
    from tests.integration.warehouse.builders import Platform


def test_dictionary_and_marts_have_the_same_columns(empty_platform: Platform) -> None:
    rows = empty_platform.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s",
        (empty_platform.settings.workspace.mart_database,),
    )
    built = {f"{mart}.{column}" for mart, column in rows}
    defined = [column for column, _ in defined_columns()]
    assert sorted(defined) == sorted(built)


@pytest.fixture
def filled(empty_platform: Platform, tmp_path: Path) -> Platform:
    """A tiny platform with set-top boxes, generated, loaded and refreshed."""
    folder = tmp_path / "tiny"
    kinds = tuple(kind for kind in KINDS if kind != "truth")
    write(folder, SCALES["tiny"].arguments(), only=kinds, workers=1)
    ingest(empty_platform.settings, recognise_all([folder]))
    empty_platform.refresh()
    return empty_platform


@dataclass(frozen=True)
class Question:
    """Sums by a key, and the completion rate, as each store counts them."""

    pipeline: str
    key: tuple[str, ...]
    """Fields of the pipeline's documents; the first columns of both queries."""
    sums: tuple[str, ...]
    """The fields and columns behind, but the last: complete_plays of measured_plays, in percent."""
    postgres: str
    mysql: str


COMPLETION = ("plays", "watch_seconds", "complete_plays", "measured_plays")

IN_POSTGRES = """
    count(*), sum(viewing_sessions.watch_seconds), count(*) FILTER (WHERE viewing_sessions.is_complete),
    count(viewing_sessions.is_complete),
    100::double precision * count(*) FILTER (WHERE viewing_sessions.is_complete)
    / nullif(count(viewing_sessions.is_complete), 0)
"""


def in_mysql(table: str) -> str:
    return f"""
    sum({table}.plays), sum({table}.watch_seconds), sum({table}.complete_plays),
    sum({table}.known_completion_plays),
    100e0 * sum({table}.complete_plays) / nullif(sum({table}.known_completion_plays), 0)
    """


QUESTIONS = {
    "by device and quality": Question(
        "device_statistics",
        ("device_type", "quality"),
        COMPLETION,
        f"""
        SELECT coalesce(device_type, 'Unknown'), coalesce(quality, 'Unknown'), {IN_POSTGRES}
        FROM oltp.viewing_sessions GROUP BY 1, 2
        """,
        f"""
        SELECT device_type, quality, {in_mysql("fact_playback")}
        FROM fact_playback INNER JOIN dim_device USING (device_key) INNER JOIN dim_quality USING (quality_key)
        GROUP BY device_type, quality
        """,
    ),
    "by genre": Question(
        "genre_statistics",
        ("genre",),
        COMPLETION,
        f"""
        SELECT coalesce(genres.genre, 'Unknown'), {IN_POSTGRES}
        FROM oltp.viewing_sessions
        LEFT JOIN oltp.content_genres USING (content_key) LEFT JOIN oltp.genres USING (genre_key)
        GROUP BY 1
        """,
        f"""
        SELECT coalesce(genre, 'Unknown'), {in_mysql("fact_watch")}
        FROM fact_watch LEFT JOIN bridge_title_genre USING (title_key) LEFT JOIN dim_genre USING (genre_key)
        GROUP BY 1
        """,
    ),
    "by title": Question(
        "title_statistics",
        ("content_id",),
        COMPLETION,
        f"""
        SELECT content.content_id, {IN_POSTGRES}
        FROM oltp.viewing_sessions INNER JOIN oltp.content USING (content_key) GROUP BY 1
        """,
        f"""
        SELECT content_id, {in_mysql("agg_content_performance")}
        FROM agg_content_performance
        GROUP BY content_id HAVING sum(plays) > 0
        """,
    ),
    "by user": Question(
        "user_statistics",
        ("user_id",),
        (
            "plays",
            "valid_plays",
            "watch_seconds",
            "active_days",
            "complete_plays",
            "measured_plays",
        ),
        """
        WITH watched AS (
            SELECT user_key, started_on AS day FROM oltp.viewing_sessions WHERE watch_seconds > next_day_seconds
            UNION
            SELECT user_key, started_on + 1 FROM oltp.viewing_sessions WHERE next_day_seconds > 0
        ),
        active AS (SELECT user_key, count(*) AS active_days FROM watched GROUP BY user_key)
        SELECT
            users.user_id, count(*), count(*) FILTER (WHERE watch_seconds >= 30), sum(watch_seconds),
            max(coalesce(active.active_days, 0)), count(*) FILTER (WHERE is_complete), count(is_complete),
            100::double precision * count(*) FILTER (WHERE is_complete) / nullif(count(is_complete), 0)
        FROM oltp.viewing_sessions INNER JOIN oltp.users USING (user_key) LEFT JOIN active USING (user_key)
        WHERE users.contract_code IS NULL
        GROUP BY 1
        """,
        """
        SELECT
            customer_code, sum(plays), sum(valid_plays), sum(watch_seconds),
            count(DISTINCT if(watch_seconds > 0, date_key, NULL)), sum(complete_plays), sum(known_completion_plays),
            100e0 * sum(complete_plays) / nullif(sum(known_completion_plays), 0)
        FROM fact_watch INNER JOIN dim_customer USING (customer_key)
        WHERE source <> 'set-top box'
        GROUP BY customer_code
        """,
    ),
}


def test_metrics_are_the_same_in_every_store(filled: Platform) -> None:
    for name, question in QUESTIONS.items():
        compare(filled, name, question)
    compare_marts(filled)
    compare_players(filled)
    stores, rebuilt = verify(filled.settings), verify_rebuild(filled.settings)
    assert (stores.differences, bool(stores.pending), rebuilt.differences) == ((), False, ())
    empty = {each.measure.name for each in stores.measures if not each.by_day}
    # A generated platform has no title and no application without a category, and no event exports.
    assert empty == {"unknown_seconds", "app_events"}


def compare(platform: Platform, name: str, question: Question) -> None:
    """Compare sums exactly, and the completion rate to 1e-9."""
    answers = {
        "PostgreSQL": by_key(question, postgres(platform, question.postgres)),
        "MongoDB": by_key(question, mongodb(platform, question)),
        "MySQL": by_key(question, platform.fetch(question.mysql)),
    }
    expected = answers["PostgreSQL"]
    keys = expected.keys()
    if name == "by user":  # MongoDB has those of contracts too, who are customers together
        answers["MongoDB"] = {key: answers["MongoDB"][key] for key in keys}
    assert len(expected) > 1
    for store, rows in answers.items():
        assert rows.keys() == keys, (name, store)
        for key, (sums, ratio) in rows.items():
            expected_sums, expected_ratio = expected[key]
            assert sums == expected_sums, (name, store, key)
            assert ratio == pytest.approx(expected_ratio, abs=1e-9), (name, store, key)


Answer = dict[tuple[str, ...], tuple[tuple[int, ...], float | None]]
"""Sums and the ratio, by key."""


def by_key(question: Question, rows: list[tuple[Any, ...]]) -> Answer:
    width = len(question.key)
    return {
        row[:width]: (tuple(map(int, row[width:-1])), None if row[-1] is None else float(row[-1]))
        for row in rows
        if row[width] > 0  # attempts alone are no plays
    }


def postgres(platform: Platform, query: str) -> list[tuple[Any, ...]]:
    settings = platform.settings
    name = settings.workspace.postgres_database
    with transaction(settings.url("postgres"), name) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def mongodb(platform: Platform, question: Question) -> list[tuple[Any, ...]]:
    """Return the rows of a pipeline, with the completion rate before it is rounded."""
    pipeline = find_pipeline(question.pipeline)
    percent = {"$multiply": [100, "$complete_plays"]}
    divided = {"$divide": [percent, "$measured_plays"]}
    is_known = {"$gt": ["$measured_plays", 0]}
    ratio: Document = {"$set": {"ratio": {"$cond": [is_known, divided, None]}}}
    settings = platform.settings
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        rows = database[pipeline.collection].aggregate([*pipeline.fill({}), ratio])
        return [
            tuple(row[name] for name in (*question.key, *question.sums, "ratio")) for row in rows
        ]


PLAYERS_IN_POSTGRES = """
SELECT
    coalesce(viewing_sessions.device_type, devices.device_type, 'Unknown'),
    count(*), count(*) FILTER (WHERE outcome = 'abandoned'), count(*) FILTER (WHERE outcome = 'failed'),
    count(session_key), count(error_code) FILTER (WHERE outcome = 'played'),
    count(startup_milliseconds) FILTER (WHERE outcome = 'played'),
    sum(startup_milliseconds) FILTER (WHERE outcome = 'played'),
    sum(stall_milliseconds), sum(watch_seconds) FILTER (WHERE stall_milliseconds IS NOT NULL),
    100::double precision * count(*) FILTER (WHERE outcome = 'abandoned') / count(*),
    0.001::double precision * sum(startup_milliseconds) FILTER (WHERE outcome = 'played')
    / count(startup_milliseconds) FILTER (WHERE outcome = 'played'),
    100::double precision * sum(stall_milliseconds)
    / (sum(stall_milliseconds) + 1000 * sum(watch_seconds) FILTER (WHERE stall_milliseconds IS NOT NULL))
FROM oltp.playback_attempts
LEFT JOIN oltp.viewing_sessions USING (session_key)
LEFT JOIN oltp.devices ON devices.device_key = playback_attempts.device_key
GROUP BY 1
"""
PLAYERS_IN_MYSQL = """
SELECT
    device_type,
    sum(attempts), sum(abandoned_attempts), sum(failed_attempts), sum(plays), sum(failed_plays),
    sum(known_startups), sum(startup_milliseconds), sum(stall_milliseconds), sum(known_stall_watch_seconds),
    100e0 * sum(abandoned_attempts) / sum(attempts),
    1e-3 * sum(startup_milliseconds) / sum(known_startups),
    100e0 * sum(stall_milliseconds) / (sum(stall_milliseconds) + 1000 * sum(known_stall_watch_seconds))
FROM fact_attempt INNER JOIN dim_device USING (device_key)
GROUP BY device_type
"""


def counted(condition: Document) -> Document:
    """Count the documents of a group of which something is so."""
    return {"$sum": {"$cond": [condition, 1, 0]}}


def is_outcome(outcome: str) -> Document:
    return {"$eq": ["$player.outcome", outcome]}


def has(field: str) -> Document:
    return {"$ne": [{"$ifNull": [field, None]}, None]}


def quotient(factor: float, above: str, below: object) -> Document:
    return {"$divide": [{"$multiply": [factor, above]}, below]}


PLAYERS_IN_MONGODB: list[Document] = [
    {"$match": {"player.outcome": {"$exists": True}}},
    {
        "$group": {
            "_id": {"$ifNull": ["$device.type", "Unknown"]},
            "attempts": {"$sum": 1},
            "abandoned": counted(is_outcome("abandoned")),
            "failed": counted(is_outcome("failed")),
            "plays": counted(is_outcome("played")),
            "failed_plays": counted({"$and": [is_outcome("played"), has("$player.error_code")]}),
            "startups": counted(
                {"$and": [is_outcome("played"), has("$player.startup_milliseconds")]}
            ),
            "startup": {
                "$sum": {"$cond": [is_outcome("played"), "$player.startup_milliseconds", 0]}
            },
            "stalled": {"$sum": "$player.stall_milliseconds"},
            "shown": {"$sum": {"$cond": [has("$player.stall_milliseconds"), "$watch_seconds", 0]}},
        }
    },
    {
        "$set": {
            "abandoned_rate": quotient(100, "$abandoned", "$attempts"),
            "startup_seconds": quotient(0.001, "$startup", "$startups"),
            "stalled_rate": quotient(
                100, "$stalled", {"$add": ["$stalled", {"$multiply": [1000, "$shown"]}]}
            ),
        }
    },
]
PLAYER_SUMS = 9
"""After the device; ratios are behind."""


def compare_players(platform: Platform) -> None:
    """Compare what players told of start-ups and stalls: sums exactly, ratios to 1e-9."""
    settings = platform.settings
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        documents = list(database["viewing_events"].aggregate(PLAYERS_IN_MONGODB))
    expected = by_device(postgres(platform, PLAYERS_IN_POSTGRES))
    assert len(expected) > 1
    for rows in ([tuple(each.values()) for each in documents], platform.fetch(PLAYERS_IN_MYSQL)):
        found = by_device(rows)
        assert found.keys() == expected.keys()
        for device, (sums, ratios) in found.items():
            assert sums == expected[device][0], device
            assert ratios == pytest.approx(expected[device][1], abs=1e-9), device


def by_device(rows: list[tuple[Any, ...]]) -> dict[str, tuple[list[int], list[float]]]:
    """Return sums and ratios of each device."""
    last = 1 + PLAYER_SUMS
    return {row[0]: (list(map(int, row[1:last])), list(map(float, row[last:]))) for row in rows}


def compare_marts(platform: Platform) -> None:
    """Compare what the marts show with what PostgreSQL counts: plays, hours and rates of each day and content type."""
    expected = postgres(
        platform,
        f"SELECT content.content_type, {IN_POSTGRES} FROM oltp.viewing_sessions"
        " INNER JOIN oltp.content USING (content_key) GROUP BY 1",
    )
    found = {
        content_type: (int(plays), float(hours))
        for content_type, plays, hours in platform.fetch(
            "SELECT content_type, sum(plays), sum(watch_seconds) / 3600"
            " FROM agg_format_engagement GROUP BY content_type"
        )
    }
    assert found.keys() == {row[0] for row in expected}
    for content_type, plays, seconds, *_ in expected:
        assert found[content_type][0] == plays
        assert found[content_type][1] == pytest.approx(float(seconds) / 3600, abs=1e-3)
    rates = postgres(
        platform,
        "SELECT started_on, round(100.0 * count(*) FILTER (WHERE is_complete) / count(is_complete), 2)"
        " FROM oltp.viewing_sessions GROUP BY 1 HAVING count(is_complete) > 0 ORDER BY 1",
    )
    shown = platform.mart("daily_statistics", "stat_date", "completion_rate")
    assert [row for row in shown if row[1] is not None] == rates
