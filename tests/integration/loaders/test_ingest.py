"""What an ingest leaves in PostgreSQL and MongoDB: new rows, repeats, corrections, refusals, flags."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from loaders.canonical import RANGES
from loaders.codes import FLAGS, REFUSALS
from loaders.ledger import only_ingest
from loaders.quarantine import list_rows, list_waiting
from loaders.terms import Terms
from svp.core.sqlfiles import read_sql
from svp.errors import InputError, LockError, ServerError, UsageError
from svp.model import TABLES
from tests.unit.loaders import builders
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_user,
    an_event,
    logs_file,
    sessions_file,
    users_file,
    write_csv,
    write_json_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from svp.model import Column
    from tests.integration.loaders.stores import Stores

DAYS_OF_LOADS = "SELECT load_id, day FROM ops.load_day ORDER BY load_id, day"


@pytest.fixture
def parents(stores: Stores, tmp_path: Path) -> Stores:
    """Two users and two titles, loaded."""
    users = users_file(tmp_path, a_user("U1"), a_user("U2", registration_date="2024-02-20"))
    titles = a_catalogue(tmp_path, a_movie("M1"), a_movie("M2", duration_minutes=20))
    stores.load(users, titles)
    return stores


def own_table(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    """Write a Parquet file of one of the program's own tables."""
    table = next(table for table in TABLES if table.name == name)
    return builders.own_table(folder, table, *rows)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_session_is_a_row_and_a_document_that_say_the_same(
    parents: Stores, tmp_path: Path
) -> None:
    (report,) = parents.load(sessions_file(tmp_path))
    assert (report.outcome, report.counts.loaded_rows, report.counts.rejected_rows) == (
        "loaded",
        1,
        0,
    )
    assert parents.rows(
        "SELECT source, session_id, user_id, started_on, started_at, watch_seconds, next_day_seconds,"
        " completion_percent, is_complete, completion_source, device_type, quality, quality_flags"
        " FROM oltp.viewing_sessions INNER JOIN oltp.users USING (user_key, source)"
        .replace("quality_flags", "viewing_sessions.quality_flags")
    ) == [
        ("relational", "S1", "U1", date(2024, 2, 16), None, 1_800, 0, Decimal("50.00"), False,
         "source", "Mobile", "HD", []),
    ]  # fmt: skip
    (document,) = parents.mongodb["viewing_events"].find()
    day = datetime(2024, 2, 16, tzinfo=UTC)
    assert document == {
        "_id": "relational:S1",
        "source": "relational",
        "session_id": "S1",
        "user_ref": "relational:U1",
        "title_ref": "relational:M1",
        "started_on": day,
        "first_frame_at": day,
        "watch_seconds": 1_800,
        "days": [{"on": day, "watch_seconds": 1_800}],
        "completion_percent": 50.0,
        "is_complete": False,
        "completion_source": "source",
        "device": {"type": "Mobile"},
        "stream": {"quality": "HD"},
        "quality_flags": [],
        "load_id": 3,
    }


def test_a_title_is_a_row_with_details_and_genres_and_a_document(
    stores: Stores, tmp_path: Path
) -> None:
    series = {
        "content_id": "S1",
        "title": "Dark",
        "genre": ["Drama", "Crime"],
        "seasons": 2,
        "episodes_per_season": [10, 8],
        "avg_episode_duration": 50,
    }
    stores.load(a_catalogue(tmp_path, a_movie(release_year=1995), series=[series]))
    assert stores.rows(
        "SELECT content_id, duration_minutes, season_count, episodes_per_season, average_episode_minutes"
        " FROM oltp.content LEFT JOIN oltp.movie_details USING (content_key)"
        " LEFT JOIN oltp.series_details USING (content_key) ORDER BY content_id"
    ) == [("M1", 100, None, None, None), ("S1", None, 2, [10, 8], 50)]
    assert stores.rows(
        "SELECT content_id, position, genre FROM oltp.content_genres INNER JOIN oltp.genres USING (genre_key)"
        " INNER JOIN oltp.content USING (content_key) ORDER BY content_id, position"
    ) == [("M1", 1, "Crime"), ("S1", 1, "Drama"), ("S1", 2, "Crime")]
    movie, dark = stores.mongodb["content"].find({}, {"load_id": 0}).sort("_id")
    assert (movie["duration_minutes"], movie["release_year"], "seasons" in movie) == (
        100,
        1995,
        False,
    )
    assert dark["seasons"] == [
        {"season_number": 1, "episode_count": 10},
        {"season_number": 2, "episode_count": 8},
    ]
    assert (dark["genres"], "duration_minutes" in dark) == (["Drama", "Crime"], False)


def test_a_corrected_title_leaves_nothing_of_the_old(parents: Stores, tmp_path: Path) -> None:
    (report,) = parents.load(
        a_catalogue(tmp_path, a_movie("M1", genre=["Drama"], duration_minutes=None), a_movie("M2"))
    )
    assert (report.counts.updated_rows, report.counts.loaded_rows) == (2, 0)
    assert parents.rows(
        "SELECT content_id, duration_minutes, genre FROM oltp.content"
        " INNER JOIN oltp.movie_details USING (content_key) INNER JOIN oltp.content_genres USING (content_key)"
        " INNER JOIN oltp.genres USING (genre_key) ORDER BY content_id"
    ) == [("M1", None, "Drama"), ("M2", 100, "Crime")]
    found = parents.mongodb["content"].find().sort("_id")
    assert [(title["genres"], title.get("duration_minutes")) for title in found] == [
        (["Drama"], None),
        (["Crime"], 100),
    ]


def test_the_same_content_again_under_any_name_changes_nothing(
    parents: Stores, tmp_path: Path
) -> None:
    first = sessions_file(tmp_path)
    parents.load(first)
    before = parents.rows("SELECT ops.load.*::text FROM ops.load ORDER BY load_id")
    (report,) = parents.load(sessions_file(tmp_path, name="copy.csv"))
    assert (report.outcome, report.counts.read_rows) == ("already loaded", 0)
    assert parents.rows("SELECT ops.load.*::text FROM ops.load ORDER BY load_id") == before


def test_rows_known_already_are_unchanged_and_move_no_day_and_no_mark(
    parents: Stores, tmp_path: Path
) -> None:
    parents.load(sessions_file(tmp_path))
    versions = "SELECT day::text, version FROM ops.day_version UNION ALL SELECT mark, version FROM ops.mark"
    before = parents.rows(versions)
    sessions, users = parents.load(
        users_file(tmp_path, a_user("U1"), name="u.csv"),
        sessions_file(tmp_path, a_session() | {"extra": "x"}, name="s.csv"),
    )
    assert [report.counts.unchanged_rows for report in (sessions, users)] == [1, 1]
    assert parents.rows(versions) == before
    assert parents.one("SELECT load_id FROM oltp.viewing_sessions") == 3


def test_duplicates_in_a_file_are_counted_and_the_last_one_wins(
    parents: Stores, tmp_path: Path
) -> None:
    (report,) = parents.load(
        sessions_file(
            tmp_path,
            a_session("S1", watch_duration_minutes="1"),
            a_session("S1", watch_duration_minutes="2"),
            a_session("S1", watch_duration_minutes="2"),
            a_session("S2"),
            a_session("S2", watch_date="never"),
        )
    )
    counts = report.counts
    assert (counts.loaded_rows, counts.unchanged_rows, counts.updated_rows, counts.rejected_rows) == (
        2, 1, 1, 1,
    )  # fmt: skip
    assert parents.rows(
        "SELECT session_id, watch_seconds FROM oltp.viewing_sessions ORDER BY 1"
    ) == [
        ("S1", 120),
        ("S2", 1_800),
    ]
    assert parents.mongodb["viewing_events"].count_documents({}) == 2


def test_a_correction_moves_both_days_and_replaces_row_and_document(
    parents: Stores, tmp_path: Path
) -> None:
    parents.load(sessions_file(tmp_path, a_session("S1"), a_session("S2", watch_date="2024-02-10")))
    (before,) = parents.rows("SELECT max(version) FROM ops.day_version")
    corrected = a_session("S1", watch_date="2024-02-18", user_id="U2")
    (report,) = parents.load(sessions_file(tmp_path, corrected, name="correction.csv"))
    assert report.counts.updated_rows == 1
    assert parents.rows(DAYS_OF_LOADS) == [
        (3, date(2024, 2, 10)),
        (3, date(2024, 2, 16)),
        (4, date(2024, 2, 16)),
        (4, date(2024, 2, 18)),
    ]
    raised = f"SELECT day FROM ops.day_version WHERE version > {before[0]} ORDER BY day"
    assert parents.rows(raised) == [(date(2024, 2, 16),), (date(2024, 2, 18),)]
    documents = {found["_id"]: found for found in parents.mongodb["viewing_events"].find()}
    assert documents["relational:S1"]["started_on"] == datetime(2024, 2, 18, tzinfo=UTC)
    assert documents["relational:S1"]["user_ref"] == "relational:U2"
    assert (documents["relational:S1"]["load_id"], documents["relational:S2"]["load_id"]) == (4, 3)


def test_the_same_id_of_another_source_is_another_thing(parents: Stores, tmp_path: Path) -> None:
    paths = [users_file(tmp_path), a_catalogue(tmp_path), sessions_file(tmp_path)]
    parents.load(paths[2])
    parents.load(*paths, source="north")
    assert parents.rows("SELECT source, session_id FROM oltp.viewing_sessions ORDER BY 1") == [
        ("north", "S1"),
        ("relational", "S1"),
    ]
    assert parents.mongodb["viewing_events"].distinct("_id") == ["north:S1", "relational:S1"]


@pytest.mark.parametrize("source", ["", "a:b", "a b", "x" * 64, "-a", "a\x00"])
def test_a_source_that_could_not_part_keys_is_refused(stores: Stores, source: str) -> None:
    from loaders.ingest import ingest

    with pytest.raises(UsageError, match="is not a usable name"):
        ingest(stores.settings, [], terms=Terms(source=source))


def test_ids_are_compared_by_bytes_and_keep_their_zeros(stores: Stores, tmp_path: Path) -> None:
    ids = ["U001", "U01", "u001", "Ü1", "U\u03081", "1", "1.0", "'; DROP TABLE oltp.users; --"]
    stores.load(users_file(tmp_path, *(a_user(user_id) for user_id in ids)))
    assert {user_id for (user_id,) in stores.rows("SELECT user_id FROM oltp.users")} == set(ids)


def test_hostile_text_arrives_as_data(stores: Stores, tmp_path: Path) -> None:
    hostile = [
        "$where",
        "{'$gt': ''}",
        "=cmd|' /C calc'!A0",
        "<script>",
        "\\f \\v \\t",
        "\\N",
        "\\.",
        '"',
        ",",
    ]
    stores.load(
        a_catalogue(tmp_path, *(a_movie(f"M{n}", title=text) for n, text in enumerate(hostile)))
    )
    kept = [
        title for (title,) in stores.rows("SELECT title FROM oltp.content ORDER BY content_key")
    ]
    assert kept == hostile
    assert [found["title"] for found in stores.mongodb["content"].find().sort("_id")] == hostile


def test_control_characters_are_no_part_of_ids_and_a_space_in_names(
    stores: Stores, tmp_path: Path
) -> None:
    users = [a_user("U\x0c1"), a_user("Uf1", country="New\x0b Zealand\x07"), a_user("U\t1")]
    (report,) = stores.load(users_file(tmp_path, *users))
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (1, 2)
    assert stores.rows("SELECT user_id, country FROM oltp.users") == [("Uf1", "New  Zealand")]
    assert stores.quarantined() == [
        (2, "user_id", "control_character", "U�1"),
        (4, "user_id", "control_character", "U�1"),
    ]


def test_flags_are_stored_with_the_row_and_counted(parents: Stores, tmp_path: Path) -> None:
    (report,) = parents.load(
        sessions_file(
            tmp_path,
            a_session("S1", user_id="U2"),
            a_session("S2", content_id="M2", watch_duration_minutes="20"),
            a_session(
                "S3", content_id="M2", watch_duration_minutes="20.1", completion_percentage="101"
            ),
        )
    )
    assert report.counts.flags == {
        "before_signup": 1, "completion_out_of_range": 1, "longer_than_title": 1,
    }  # fmt: skip
    assert parents.one("SELECT flags FROM ops.load WHERE load_id = 3") == report.counts.flags
    assert parents.rows(
        "SELECT quality_flags, is_complete FROM oltp.viewing_sessions ORDER BY session_id"
    ) == [
        (["before_signup"], False),
        ([], False),
        (["completion_out_of_range", "longer_than_title"], True),
    ]


OVER_MIDNIGHT = {
    "session_id": "S1", "user_id": "U1", "content_id": "M1", "started_on": date(2024, 1, 31),
    "started_at": instant("2024-01-31T23:30:00.000700"), "ended_at": instant("2024-02-01T00:15:00"),
    "watch_seconds": 2_500,
}  # fmt: skip


@pytest.fixture
def own_parents(stores: Stores, tmp_path: Path) -> Stores:
    """A workspace with a user and a title, as the program's own files have them."""
    title = {"content_id": "M1", "title": "x", "content_type": "live", "genres": []}
    stores.load(
        own_table(tmp_path, "users", {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(tmp_path, "content", title),
    )
    return stores


def test_a_session_over_midnight_is_split_in_whole_seconds_in_both_stores(
    own_parents: Stores, tmp_path: Path
) -> None:
    own_parents.load(own_table(tmp_path, "viewing_sessions", OVER_MIDNIGHT))
    # 1,799.9993 of 2,699.9993 seconds were before midnight: 2,500 x that = 1,666.66
    assert own_parents.one("SELECT next_day_seconds FROM oltp.viewing_sessions") == 834
    (document,) = own_parents.mongodb["viewing_events"].find()
    assert [day["watch_seconds"] for day in document["days"]] == [1_666, 834]
    assert document["started_at"] == document["first_frame_at"] == instant("2024-01-31T23:30:00")
    assert own_parents.rows(DAYS_OF_LOADS) == [(3, date(2024, 1, 31)), (3, date(2024, 2, 1))]


@pytest.mark.parametrize(
    ("ended_at", "days"),
    [
        ("2024-02-01T00:00:00", [date(2024, 1, 31)]),
        ("2024-02-01T00:00:01", [date(2024, 1, 31), date(2024, 2, 1)]),
    ],
)
def test_a_session_touches_each_day_on_which_it_is_open_though_nothing_is_played(
    own_parents: Stores, tmp_path: Path, ended_at: str, days: list[date]
) -> None:
    silent = OVER_MIDNIGHT | {"watch_seconds": 0, "ended_at": instant(ended_at)}
    own_parents.load(own_table(tmp_path, "viewing_sessions", silent))
    assert own_parents.rows(DAYS_OF_LOADS) == [(3, day) for day in days]


EVERY_FAULT = {
    "users.csv": [
        a_user("U1", registration_date="2024-02-10"),
        a_user(""),
        a_user("U3", country="a\x00"),
        a_user("U4" * 60),
        a_user("U5", age="x"),
        a_user("U6", age="-1"),
        a_user("U7", registration_date="2024-02-30"),
        a_user("U\x0c8"),
    ],
    "sessions.csv": [
        a_session("S1", content_id="M2", completion_percentage="101", watch_date="2024-02-01"),
        a_session("S2", user_id="U9"),
        a_session("S3", content_id="M9"),
    ],
}
BROKEN_LINES = b'U8,"a"b\nU9\nU\xe9,1,,,2023-01-01,\nU\xc3\xa9\n'


def own_files(folder: Path) -> list[Path]:
    """Write files of the program's own shape with every fault that only they can have."""
    day, noon = date(2024, 2, 16), instant("2024-02-16T12:00:00")
    late = instant("2024-02-18T00:00:00")
    play = {"user_id": "U1", "content_id": "M1", "started_on": day, "watch_seconds": 60}
    rated = {"user_id": "U1", "content_id": "M1", "stars": 5, "rated_at": noon}
    paid = {"user_id": "U1", "event_type": "start", "occurred_at": noon}
    search = {"user_id": "U1", "query_text": "x", "searched_at": noon}
    attempt = {"user_id": "U1", "content_id": "M1", "session_id": "4", "attempted_at": noon}
    attempts = [
        attempt | {"attempt_id": "1", "outcome": "played"},
        attempt | {"attempt_id": "2", "outcome": "played"},
        attempt | {"attempt_id": "3", "outcome": "failed"},
    ]
    folder.mkdir()
    title = {"content_id": "M1", "title": "x", "content_type": "movie", "genres": ["a"]}
    plays = [
        play | {"session_id": "1", "started_at": noon, "ended_at": instant("2024-02-16T11:00:00")},
        play | {"session_id": "2", "started_at": noon, "ended_at": instant("2024-02-18T12:00:00")},
        play | {"session_id": "3", "started_at": late, "ended_at": late},
        play | {"session_id": "4", "ended_at": instant("2024-02-17T01:00:00")},
    ]
    money = [
        paid | {"subscription_event_id": "1", "currency": "EUR"},
        paid | {"subscription_event_id": "2", "amount_minor": 5},
        paid | {"subscription_event_id": "3", "amount_minor": 5, "currency": "Euro"},
        paid | {"subscription_event_id": "4", "amount_minor": 5, "currency": "eur"},
    ]
    user = {"user_id": "U1", "registered_on": date(2024, 1, 1)}
    ratings = [
        rated | {"rating_id": "1"},
        rated | {"rating_id": "2"},
        rated | {"rating_id": "3", "user_id": "U2"},
    ]
    return [
        own_table(folder, "users", user, user | {"user_id": "U2"}),
        own_table(folder, "content", title, title | {"content_id": "M2", "genres": ["a" * 101]}),
        own_table(folder, "viewing_sessions", *plays),
        own_table(folder, "playback_attempts", *attempts),
        own_table(folder, "ratings", *ratings),
        own_table(folder, "subscription_events", *money),
        own_table(folder, "search_queries", search | {"search_id": "1", "filters": "{"}),
    ]


def text_files(folder: Path) -> list[Path]:
    """Write CSV of the program's own shape with words where instants and truths should be."""
    episode = (
        "episode_viewing_id,session_id,episode_id,watch_seconds,is_complete\n1,1,1,60,perhaps\n"
    )
    (folder / "episode_viewing.csv").write_text(episode)
    watchlist = (
        "watchlist_id,user_id,content_id,added_at\n1,U1,M1,noon\n2,U1,M1,2024-01-01T00:00:00\n"
    )
    (folder / "watchlist.csv").write_text(watchlist)
    return [folder / "episode_viewing.csv", folder / "watchlist.csv"]


def files_in_a_zone(folder: Path) -> list[Path]:
    """Write files of other people's shapes with the faults and flags that only they can have."""
    folder.mkdir()
    listed = [a_listed_title("s1", rating="74 min"), a_listed_title("s2", duration="90")]
    abroad = {"user_id": "1", "region": "Atlantis", "signup_date": "2024-01-01"}
    rated = {"id": "1", "user_id": "1", "content_id": "1", "rating": "5"}
    return [
        write_csv(folder / "listed.csv", listed),
        write_csv(folder / "abroad.csv", [abroad]),
        write_csv(folder / "ratings.csv", [rated | {"rating_date": "2024-03-31 02:30:00"}]),
        write_json_lines(
            folder / "events.jsonl", [an_event(event_type=None, event_properties={"a": 1})]
        ),
    ]


def test_every_documented_code_is_met_and_the_row_law_holds(stores: Stores, tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / name, rows) for name, rows in EVERY_FAULT.items()]
    with paths[0].open("ab") as stream:
        stream.write(BROKEN_LINES)
    series = {"content_id": "S1", "title": "x", "seasons": 2, "episodes_per_season": [1]}
    series |= {"duration_minutes": 50}
    catalogue = a_catalogue(
        tmp_path,
        a_movie("M1", genre=[1]),
        a_movie("M2", duration_minutes=20),
        7,
        series=[series],
        other=[a_movie("M3")],
    )
    catalogue.write_text(catalogue.read_text().replace("7,", '7, {"a": 1, "a": 2},', 1))
    catalogue.write_text(catalogue.read_text().replace(" 7]", ' 7, {"a": 1, "a": 2}]', 1))
    logs = logs_file(tmp_path, a_box_log(Contract="0", TotalDuration=86_400))
    reports = stores.load(
        *paths, catalogue, *own_files(tmp_path / "own"), *text_files(tmp_path), logs
    )
    reports += stores.load(*files_in_a_zone(tmp_path / "abroad"), zone="Europe/Paris")
    refused = {code for _, _, code, _ in stores.quarantined()}
    assert refused == REFUSALS.keys()
    assert {code for report in reports for code in report.counts.flags} == FLAGS.keys()
    assert sum(report.counts.rejected_rows for report in reports) == len(stores.quarantined())
    assert stores.one("SELECT count(*) FROM ops.load WHERE state <> 'complete'") == 0


def test_a_refused_row_tells_file_line_column_code_value_and_text(
    parents: Stores, tmp_path: Path
) -> None:
    path = sessions_file(
        tmp_path,
        a_session("S1"),
        a_session("S2", watch_date="x" * 200),
        a_session("S3", user_id="U9"),
    )
    with path.open("a") as stream:
        stream.write("S4,U1\n")
    parents.load(path)
    rows = {row["line"]: row for row in list_rows(parents.settings, load_id=3, limit=9)}
    lines = path.read_text().splitlines()
    assert {
        line: (row["column_name"], row["code"], row["value"]) for line, row in rows.items()
    } == {
        3: ("watch_date", "not_a_date", "x" * 79 + "…"),
        4: ("user_id", "unknown_parent", "U9"),
        5: (None, "wrong_width", None),
    }
    assert (rows[3]["row_text"], rows[5]["row_text"]) == (lines[2], lines[4])
    assert {row["path"] for row in rows.values()} == {str(path)}
    staged = json.loads(rows[4]["row_text"])
    assert (staged["line"], staged["session_id"], staged["watch_seconds"]) == (4, "S3", 1_800)


def test_a_pair_is_rated_once_and_its_rating_may_be_corrected(
    stores: Stores, tmp_path: Path
) -> None:
    rated = {
        "user_id": "U1",
        "content_id": "M1",
        "stars": 5,
        "rated_at": instant("2024-02-16T12:00:00"),
    }
    stores.load(
        own_table(tmp_path, "users", {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(
            tmp_path,
            "content",
            {"content_id": "M1", "title": "x", "content_type": "movie", "genres": []},
        ),
        own_table(tmp_path, "ratings", rated | {"rating_id": "1"}),
    )
    moved = rated | {"stars": 4, "rated_at": instant("2024-02-17T12:00:00")}
    (report,) = stores.load(
        own_table(tmp_path, "ratings", moved | {"rating_id": "1"}, moved | {"rating_id": "2"})
    )
    assert (report.counts.updated_rows, report.counts.rejected_rows) == (1, 1)
    assert stores.rows("SELECT rating_id, stars FROM oltp.ratings") == [("1", 4)]
    assert stores.rows(DAYS_OF_LOADS)[-2:] == [(4, date(2024, 2, 16)), (4, date(2024, 2, 17))]


VERSIONS = (
    "SELECT day::text, version FROM ops.day_version UNION ALL SELECT mark, version FROM ops.mark"
)
LEDGER = "SELECT ops.load.*::text FROM ops.load ORDER BY load_id"
PLAYS = "SELECT session_id, watch_seconds, load_id FROM oltp.viewing_sessions ORDER BY session_id"


def test_rows_that_came_before_their_parents_are_loaded_when_those_come(
    stores: Stores, tmp_path: Path
) -> None:
    sessions = sessions_file(
        tmp_path,
        a_session("S1", completion_percentage="50.10"),
        a_session("S2", user_id="U2", watch_date="2024-02-17"),
        a_session("S3", watch_date="never"),
    )
    assert stores.load(sessions)[0].counts.rejected_rows == 3
    *_, replayed = stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    assert (replayed.path, replayed.kind, replayed.outcome) == (
        sessions,
        "relational.viewing_sessions",
        "replayed",
    )
    assert (replayed.counts.read_rows, replayed.counts.loaded_rows) == (1, 1)
    assert stores.rows(PLAYS) == [("S1", 1_800, 4)]
    assert stores.rows(
        "SELECT load_id, state, read_rows, loaded_rows, rejected_rows FROM ops.load"
        " WHERE kind = 'relational.viewing_sessions' ORDER BY load_id"
    ) == [(1, "complete", 3, 0, 3), (4, "complete", 1, 1, 0)]
    assert stores.rows("SELECT load_id, line, code FROM ops.quarantine ORDER BY line") == [
        (1, 3, "unknown_parent"),
        (1, 4, "not_a_date"),
    ]
    (document,) = stores.mongodb["viewing_events"].find()
    assert (document["_id"], document["completion_percent"], document["load_id"]) == (
        "relational:S1",
        50.1,
        4,
    )
    assert stores.rows("SELECT day FROM ops.day_version") == [(date(2024, 2, 16),)]
    same = sessions_file(tmp_path, a_session("S1", completion_percentage="50.10"), name="s.csv")
    assert stores.load(same)[0].counts.unchanged_rows == 1


def test_rows_whose_parents_stay_unknown_wait_on_and_nothing_changes(
    stores: Stores, tmp_path: Path
) -> None:
    sessions = sessions_file(tmp_path, a_session("S1"), a_session("S2", user_id="U2"))
    stores.load(sessions, users_file(tmp_path), a_catalogue(tmp_path))
    state = [stores.rows(LEDGER), stores.rows(VERSIONS), stores.quarantined()]
    (report,) = stores.load(sessions)
    assert report.outcome == "already loaded"
    assert [stores.rows(LEDGER), stores.rows(VERSIONS), stores.quarantined()] == state
    assert [load["waiting_rows"] for load in list_waiting(stores.settings)] == [1]


def test_a_waiting_row_leaves_a_later_delivery_of_its_key_alone(
    parents: Stores, tmp_path: Path
) -> None:
    """The first waits for U8, the second for U9; the third is there. U9 comes first, then U8."""
    for number, user in enumerate(("U8", "U9", "U1"), start=1):
        minutes = {"watch_duration_minutes": f"{number}"}
        rows = [a_session("S1", user_id=user, **minutes), a_session("S2", user_id="U1", **minutes)]
        plays = rows[:1] if user == "U1" else [a_session("S3", user_id=user, **minutes), *rows]
        parents.load(sessions_file(tmp_path, *plays, name=f"{number}.csv"))
    assert parents.rows(PLAYS) == [("S1", 180, 5), ("S2", 120, 4)]
    parents.load(users_file(tmp_path, a_user("U9"), name="u9.csv"))
    assert parents.rows(PLAYS) == [("S1", 180, 5), ("S2", 120, 4), ("S3", 120, 7)]
    assert list_waiting(parents.settings) == []
    (report,) = parents.load(users_file(tmp_path, a_user("U8"), name="u8.csv"))
    assert report.outcome == "loaded"
    assert parents.rows(PLAYS) == [("S1", 180, 5), ("S2", 120, 4), ("S3", 120, 7)]
    held = list_rows(parents.settings, limit=None)
    assert [(row["load_id"], row["line"]) for row in held] == [(4, 3), (3, 2), (3, 3)]
    assert all(row["is_overtaken"] for row in held)


def test_of_two_files_that_wait_the_later_one_wins(stores: Stores, tmp_path: Path) -> None:
    for minutes in ("1", "2"):
        play = a_session("S1", watch_duration_minutes=minutes)
        stores.load(sessions_file(tmp_path, play, name=f"{minutes}.csv"))
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    assert [row[:2] for row in stores.rows(PLAYS)] == [("S1", 120)]
    (document,) = stores.mongodb["viewing_events"].find()
    assert document["watch_seconds"] == 120


def test_waiting_rows_may_be_the_parents_of_others(stores: Stores, tmp_path: Path) -> None:
    own = {"user_id": "U1", "content_id": "M1"}
    noon = instant("2024-02-16T12:00:00")
    day = {"started_on": date(2024, 2, 16)}
    reports = stores.load(
        own_table(tmp_path, "viewing_sessions", {"session_id": "S1", **own, **day, "watch_seconds": 9}),
        own_table(tmp_path, "episodes",
                  {"episode_id": "E1", "content_id": "M1", "season_number": 1, "episode_number": 1}),
        own_table(tmp_path, "episode_viewing",
                  {"episode_viewing_id": "1", "session_id": "S1", "episode_id": "E1", "watch_seconds": 9}),
        own_table(tmp_path, "ratings", {"rating_id": "1", **own, "stars": 5, "rated_at": noon},
                  {"rating_id": "2", **own, "stars": 4, "rated_at": noon}),
        own_table(tmp_path, "watchlist", {"watchlist_id": "1", **own, "added_at": noon}),
        own_table(tmp_path, "subscription_events",
                  {"subscription_event_id": "1", "user_id": "U1", "event_type": "start", "occurred_at": noon}),
        own_table(tmp_path, "search_queries",
                  {"search_id": "1", "user_id": "U1", "query_text": "x", "filters": '{"a": [1]}',
                   "clicked_content_id": "M1", "searched_at": noon}),
    )  # fmt: skip
    assert sum(report.counts.loaded_rows for report in reports) == 0
    title = {"content_id": "M1", "title": "x", "content_type": "series", "genres": []}
    replayed = stores.load(
        own_table(tmp_path, "users", {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(tmp_path, "content", title),
    )[2:]
    assert [(report.kind.partition(".")[2], report.counts.loaded_rows) for report in replayed] == [
        ("episodes", 1),
        ("viewing_sessions", 1),
        ("episode_viewing", 1),
        ("ratings", 1),
        ("watchlist", 1),
        ("subscription_events", 1),
        ("search_queries", 1),
    ]
    assert [code for _, _, code, _ in stores.quarantined()] == ["repeated_pair"]
    assert stores.one("SELECT filters::text FROM oltp.search_queries") == '{"a": [1]}'


def test_a_replay_that_is_interrupted_is_completed_by_the_next_run(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loaders import mongodb

    def hang_up(*_: object) -> None:
        raise ServerError("MongoDB is gone")  # noqa: EM101  (a test's own)

    stores.load(sessions_file(tmp_path), users_file(tmp_path, a_user("U2"), name="u.csv"))
    users, titles = users_file(tmp_path), a_catalogue(tmp_path)
    stores.load(titles)
    with monkeypatch.context() as patched:
        patched.setattr(mongodb, "write", hang_up)
        with pytest.raises(ServerError):
            stores.load(users)
    assert stores.rows("SELECT load_id FROM ops.load WHERE state = 'postgres_done'") == [(5,)]
    assert stores.rows(read_sql("oltp.extracts", "day_versions")) == [(date(2024, 2, 16), 0, True)]
    assert [report.outcome for report in stores.load(users)] == ["already loaded"]
    assert stores.one("SELECT count(*) FROM ops.load WHERE state <> 'complete'") == 0
    assert stores.rows("SELECT day FROM ops.day_version") == [(date(2024, 2, 16),)]
    assert stores.mongodb["viewing_events"].distinct("load_id") == [5]


def test_header_alone_is_a_load_of_nothing(stores: Stores, tmp_path: Path) -> None:
    path = users_file(tmp_path)
    path.write_text(path.read_text().splitlines()[0])
    (report,) = stores.load(path)
    assert (report.outcome, report.counts.read_rows) == ("loaded", 0)
    assert stores.rows("SELECT state, read_rows FROM ops.load") == [("complete", 0)]


def test_bounds_of_the_contract_are_within_those_of_both_stores(
    stores: Stores, tmp_path: Path
) -> None:
    """A value that the contract takes and a store refuses would stop the workspace for good."""
    for largest in (False, True):
        reports = stores.load(*extreme_files(tmp_path / f"{largest}", largest=largest))
        assert [report.counts.rejected_rows for report in reports] == [0] * len(TABLES)
    assert stores.one("SELECT count(*) FROM ops.load WHERE state = 'complete'") == 2 * len(TABLES)


WORDS = {
    "event_type": "start",
    "content_type": "series",
    "currency": "EUR",
    "filters": '{"a": []}',
    "outcome": "played",
}
PROSE = {"description", "query_text", "review"}
FILM = "\U0001f3ac"


def extreme(column: Column, key: str, *, is_key: bool, largest: bool) -> object:
    """Return the least or the most that a column may hold; an id of four-byte characters if it is a key."""
    type_, name = column.type, column.name
    edge = instant("2199-12-31T23:59:59.999999" if largest else "1900-01-01T00:00:00")
    longest = 100 if is_key else 10_000 if name in PROSE else 500
    least, most = RANGES.get(name, (0, 2**63 - 1))
    by_type = {
        pa.string(): key + FILM * (longest - 1 if largest or is_key else 0),
        pa.list_(pa.string()): [key + FILM * 99, key] if largest else [],
        pa.list_(pa.int16()): [0, 32_767] if largest else [],
        pa.date32(): edge.date(),
        pa.timestamp("us", tz="UTC"): edge,
        pa.bool_(): largest,
        pa.int16(): min(most, 2**15 - 1) if largest else least,
        pa.int32(): min(most, 2**31 - 1) if largest else least,
        pa.int64(): min(most, 10**18 - 1) if largest else least,
    }
    return WORDS.get(name) or by_type.get(type_, Decimal(most if largest else least))


def extreme_files(folder: Path, *, largest: bool) -> list[Path]:
    """Write every own table with one row of extremes."""
    folder.mkdir()
    return [
        own_table(
            folder,
            table.name,
            {
                column.name: extreme(
                    column,
                    f"{largest:d}",
                    is_key=column.name in table.key or bool(column.refers_to),
                    largest=largest,
                )
                for column in table.columns
            },
        )
        for table in TABLES
    ]


def test_the_server_knows_how_many_loads_there_are(parents: Stores, tmp_path: Path) -> None:
    parents.load(sessions_file(tmp_path))
    assert parents.rows(
        "SELECT reltuples, count(*) FROM pg_class CROSS JOIN ops.load"
        " WHERE pg_class.oid = 'ops.load'::regclass GROUP BY reltuples"
    ) == [(3, 3)]


def test_one_ingest_at_a_time(parents: Stores, tmp_path: Path) -> None:
    path = sessions_file(tmp_path)
    with only_ingest(parents.settings), pytest.raises(LockError, match="another ingest is running"):
        parents.load(path)
    parents.load(path)


def test_a_file_that_changes_while_it_is_read_leaves_nothing(
    parents: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loaders import postgres

    path = sessions_file(tmp_path)
    write = postgres.write

    def write_while_another_appends(connection: Any, rows: Any) -> int:
        with path.open("a") as stream:
            stream.write("S2,U1,M1,2024-01-01,1,,,\n")
        return write(connection, rows)

    with monkeypatch.context() as patched:
        patched.setattr(postgres, "write", write_while_another_appends)
        with pytest.raises(InputError, match="changed while it was read; nothing of it was loaded"):
            parents.load(path)
    assert parents.one("SELECT count(*) FROM oltp.viewing_sessions") == 0
    assert parents.rows("SELECT state FROM ops.load WHERE load_id = 3") == [("planned",)]
    assert parents.load(path)[0].counts.loaded_rows == 2


def test_a_second_attempt_is_a_newer_load_than_those_in_between(
    parents: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export beside it takes the documents up to the newest load that it saw."""
    from loaders import postgres

    def hang_up(*_: object) -> None:
        raise ServerError("PostgreSQL is gone")  # noqa: EM101  (a test's own)

    path = sessions_file(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "store", hang_up)
        with pytest.raises(ServerError):
            parents.load(path)
    parents.load(users_file(tmp_path, a_user("U3"), name="u3.csv"))
    newest = parents.one("SELECT max(load_id) FROM ops.load")
    parents.load(path)
    sessions = f"SELECT load_id > {newest}, attempts FROM ops.load WHERE kind LIKE '%sessions'"
    assert parents.rows(sessions) == [(True, 2)]
    assert parents.mongodb["viewing_events"].count_documents({"load_id": {"$gt": newest}}) == 1


def test_a_damaged_file_leaves_nothing_and_those_before_it_are_loaded(
    stores: Stores, tmp_path: Path
) -> None:
    users, sessions = users_file(tmp_path), sessions_file(tmp_path)
    with sessions.open("a") as stream:
        stream.write('S2,"U1\n')
    with pytest.raises(InputError, match="line 3: a quoted field begins here and never ends"):
        stores.load(users, sessions)
    assert stores.rows("SELECT kind, state FROM ops.load ORDER BY load_id") == [
        ("relational.users", "complete"),
        ("relational.viewing_sessions", "planned"),
    ]
    assert stores.one("SELECT count(*) FROM ops.quarantine") == 0
