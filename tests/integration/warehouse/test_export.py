"""What changed comes over, whole, once, and only when its load is complete."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.core.progress import SILENT
from svp.errors import LockError, SchemaError, VerifyError
from tests.integration.warehouse.builders import Play, Rating, Title, User, at
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    logs_file,
    sessions_file,
    users_file,
)
from warehouse import export as exporting
from warehouse import plan as planning
from warehouse import staging
from warehouse.connections import execute
from warehouse.export import StagedRun, export, only_export, refresh
from warehouse.plan import Scope
from warehouse.sources import open_sources
from warehouse.staging import open_staging

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from svp.settings import Settings
    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)
APR_1 = date(2022, 4, 1)

WATCHED = """
SELECT dim_date.date_value, dim_customer.customer_code, fact_watch.plays, fact_watch.watch_seconds
FROM fact_watch
INNER JOIN dim_date ON fact_watch.date_key = dim_date.date_key
INNER JOIN dim_customer ON fact_watch.customer_key = dim_customer.customer_key
ORDER BY dim_date.date_value, dim_customer.customer_code
"""


def test_session_over_midnight_counts_seconds_on_both_days_and_the_play_on_the_first(
    platform: Platform,
) -> None:
    platform.load(Play(at("2024-01-31 23:50"), ends=at("2024-02-01 00:20"), watch_seconds=1000))
    platform.refresh()
    # 10 of 30 minutes lie before midnight: 1000 * 600 div 1800 = 333 seconds.
    assert platform.fetch(WATCHED) == [(JAN_31, "u1", 1, 333), (FEB_1, "u1", 0, 667)]
    playback = platform.fetch("SELECT date_key, plays, watch_seconds FROM fact_playback ORDER BY 1")
    assert playback == [(20240131, 1, 333), (20240201, 0, 667)]


def test_refresh_tells_what_it_did(platform: Platform) -> None:
    platform.load(
        Play(JAN_31), Play(JAN_31, user_id="u2"), ratings=[Rating(at("2024-01-31 10:00"))]
    )
    result = platform.refresh()
    # 3 users who are as many customers, 1 title with 1 genre; 2 rows of plays,
    # 1 of ratings, of days, of playback and of hours.
    assert (result.days, result.rows, result.dimensions) == (1, 14, ("users", "titles"))
    assert result.procedures == platform.aggregates()


def test_repeat_changes_no_row(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1, user_id="u2"))
    platform.refresh()
    before = platform.snapshot()
    result = platform.refresh()
    assert (result.days, result.rows, result.dimensions, result.procedures) == (0, 0, (), 0)
    assert platform.snapshot() == before


def test_days_of_an_incomplete_load_wait_until_it_is_complete(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1))
    load_id = platform.load(Play(FEB_1, user_id="u2"), is_complete=False)
    assert platform.refresh().days == 1
    assert platform.fetch(WATCHED) == [(JAN_31, "u1", 1, 600)]
    platform.complete(load_id)
    assert platform.refresh().days == 1
    assert platform.fetch(WATCHED) == [
        (JAN_31, "u1", 1, 600),
        (FEB_1, "u1", 1, 600),
        (FEB_1, "u2", 1, 600),
    ]


def test_correction_that_removes_the_last_row_of_a_day_empties_it(platform: Platform) -> None:
    play = Play(JAN_31)
    platform.load(play)
    platform.refresh()
    assert platform.mart("daily_statistics", "stat_date", "plays") == [(JAN_31, Decimal(1))]
    platform.load(without=[play])
    platform.refresh()
    for mart in ("daily_statistics", "content_performance", "device_quality", "customer_360"):
        assert platform.mart(mart, "date_key") == []


def test_correction_that_moves_a_play_changes_both_days(platform: Platform) -> None:
    platform.load(Play(JAN_31, session_id="moves"), Play(JAN_31, user_id="u2"))
    platform.refresh()
    platform.load(Play(FEB_1, session_id="moves", watch_seconds=90))
    assert platform.refresh().days == 2
    assert platform.fetch(WATCHED) == [(JAN_31, "u2", 1, 600), (FEB_1, "u1", 1, 90)]


def test_one_changed_day_leaves_the_others_as_they_are(platform: Platform) -> None:
    platform.load(Play(JAN_30), Play(JAN_31), Play(FEB_1))
    platform.refresh()
    platform.execute("UPDATE agg_daily_statistics SET refreshed_at = '2000-01-01'")
    platform.load(Play(JAN_31, user_id="u2"))
    result = platform.refresh()
    assert (result.days, result.procedures) == (1, platform.aggregates())
    fresh = platform.fetch(
        "SELECT date_key FROM agg_daily_statistics WHERE refreshed_at > '2000-01-01'"
    )
    # u2 is new on the 31st and nowhere else, so no other day's statistics depend on it.
    assert fresh == [(20240131,)]


def test_lines_of_set_top_boxes_are_rows_of_a_day_and_no_playback(
    empty_platform: Platform, tmp_path: Path
) -> None:
    plays = [a_session(f"S{number}", watch_date="2022-04-01") for number in range(2)]
    lines = [a_box_log(f"L{number}") for number in range(5)]
    files = (
        users_file(tmp_path),
        a_catalogue(tmp_path),
        sessions_file(tmp_path, *plays),
        logs_file(tmp_path, *lines, name="20220401.json"),
    )
    ingest(empty_platform.settings, recognise_all(files))
    with open_sources(empty_platform.settings) as sources:
        assert sources.day_rows()[APR_1] == 7
        assert sources.playback_day_rows() == {APR_1: 2}


KILLED = """
import os, sys
from pathlib import Path
from svp.settings import Settings, Workspace
from warehouse import export

def stop_at(step):
    made = getattr(export, step)
    calls = iter(range(10))
    def stop(*arguments, **options):
        if next(calls) == int(sys.argv[2]):
            os._exit(9)
        return made(*arguments, **options)
    setattr(export, step, stop)

stop_at(sys.argv[1])
urls = dict(zip(("postgres_url", "mongo_url", "mysql_url"), sys.stdin.read().split()))
export.refresh(Settings(Path("."), Workspace(sys.argv[3]), **urls))
"""


@pytest.mark.parametrize(
    ("step", "call"),
    [
        ("publish_dimension", 1),  # customers are there, titles are not
        ("stage_days", 0),  # nothing is staged
        ("publish_days", 0),  # all is staged, nothing is published
        ("run_procedures", 0),  # all is published, nothing is refreshed
    ],
)
def test_killed_run_and_its_repeat_leave_what_one_run_leaves(
    platform: Platform, step: str, call: int, tmp_path: Path
) -> None:
    platform.load(Play(JAN_31), Play(FEB_1), Play(FEB_1, user_id="u2"))
    settings = platform.settings
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(call), settings.workspace.name],
        input="\n".join((settings.postgres_url, settings.mongo_url, settings.mysql_url)),
        text=True,
        check=False,
        cwd=tmp_path,
        capture_output=True,
    )
    assert killed.returncode == 9, killed.stderr
    assert platform.mart("daily_statistics", "stat_date") == []
    exports = tmp_path / "exports"
    if step == "stage_days":
        (left,) = exports.iterdir()
        assert left.stat().st_mode & 0o777 == 0o700
    platform.refresh()
    assert list(exports.iterdir()) == []
    assert platform.fetch(WATCHED) == [
        (JAN_31, "u1", 1, 600),
        (FEB_1, "u1", 1, 600),
        (FEB_1, "u2", 1, 600),
    ]
    statistics = platform.mart("daily_statistics", "stat_date", "new_customers", "movie_hours")
    assert statistics == [(JAN_31, 1, Decimal("0.1667")), (FEB_1, 1, Decimal("0.3333"))]
    assert platform.fetch("SELECT outcome FROM export_log ORDER BY export_id")[0] in {
        ("interrupted",),
        ("done",),
    }


def test_second_export_at_once_is_refused(platform: Platform) -> None:
    with (
        only_export(platform.settings),
        pytest.raises(LockError, match="another run holds the lock"),
    ):
        export(platform.settings)


def test_there_is_no_lock_without_a_warehouse(settings: Settings) -> None:
    with pytest.raises(SchemaError, match="has no database"), only_export(settings):
        pass


def test_refresh_of_a_workspace_without_schemas_says_to_run_init(settings: Settings) -> None:
    with pytest.raises(SchemaError, match="has no database") as caught:
        refresh(settings)
    assert "svp init" in caught.value.advice


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"2024-01-31\tTV\tHD\tmany\t1\t1\t1\t60\n", "Incorrect integer value"),
        (b"2024-01-31\tTV\tHD\t1\t1\n", "doesn't contain data for all columns"),
        (b"2024-01-31\t" + b"x" * 65 + b"\tHD\t1\t1\t1\t1\t60\n", "Data truncated"),
        (b"2024-02-30\tTV\tHD\t1\t1\t1\t1\t60\n", "Data truncated|Out of range value"),
    ],
)
def test_rows_that_the_server_would_change_are_an_error(
    platform: Platform, line: bytes, says: str
) -> None:
    def write(file: BinaryIO) -> int:
        return len([file.write(line)])

    with (
        open_staging(platform.settings, progress=SILENT) as staged,
        pytest.raises(VerifyError) as caught,
    ):
        staged.stage("stg_playback", write)
    assert re.search(says, caught.value.message)


def test_rows_that_do_not_arrive_are_an_error(platform: Platform) -> None:
    def write(file: BinaryIO) -> int:
        file.write(b"2024-01-31\tTV\tHD\t1\t1\t1\t1\t60\n")
        return 2

    with (
        open_staging(platform.settings, progress=SILENT) as staged,
        pytest.raises(VerifyError, match="2 rows sent, 1 arrived, 0 warnings"),
    ):
        staged.stage("stg_playback", write)


def test_staging_in_memory_that_is_full_is_an_error(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MEMORY_BYTES", 1 << 14)
    rows = 10_000

    def write(file: BinaryIO) -> int:
        return rows * bool(file.write(b"20240131\t1\t-1\t1\t1\t60\n" * rows))

    with (
        pytest.raises(VerifyError, match="stg_hour' is full"),
        open_staging(platform.settings, progress=SILENT) as staged,
    ):
        staged.stage("stg_hour", write)


def test_staging_goes_on_after_an_extract_or_the_server_failed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = b"2024-01-31\tTV\tHD\t1\t1\t1\t1\t60\n"

    def write(file: BinaryIO) -> int:
        return len([file.write(row)])

    def fail(file: BinaryIO) -> int:
        file.write(row)
        message = "the extract failed"
        raise OSError(message)

    def refuse(*arguments: Any) -> int:
        if arguments[1].startswith("LOAD"):
            message = "LOAD DATA was refused"
            raise VerifyError(message, "")
        return execute(*arguments)

    with open_staging(platform.settings, progress=SILENT) as staged:
        with pytest.raises(OSError, match="the extract failed"):
            staged.stage("stg_playback", fail)
        with monkeypatch.context() as patched:
            patched.setattr(staging, "execute", refuse)
            with pytest.raises(VerifyError, match="was refused"):
                staged.stage("stg_playback", write)
        assert staged.stage("stg_playback", write) == 1


def test_nothing_is_published_when_staging_fails(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.load(Play(JAN_31))
    monkeypatch.setattr(exporting, "FACTS", (("stg_watch", "ratings_by_day"),))
    platform.load(ratings=[Rating(at("2024-01-31 10:00"))])
    with pytest.raises(VerifyError, match="stg_watch: 1 rows sent"):
        platform.refresh()
    assert platform.fetch("SELECT date_key FROM published_day") == []
    ((outcome, message),) = platform.fetch("SELECT outcome, message FROM export_log")
    assert outcome == "failed"
    assert message.startswith("stg_watch: 1 rows sent")
    assert "�" not in message


def test_days_published_before_a_failure_are_refreshed_all_the_same(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1))
    # Too late for the calendar, and for the contract of files.
    platform.load(Play(date(9000, 1, 1)))
    with pytest.raises(VerifyError, match="more than 110,000 days"):
        platform.refresh()
    statistics = platform.mart("daily_statistics", "stat_date", "plays")
    assert statistics == [(JAN_31, 1), (FEB_1, 1)]


def test_first_and_last_day_of_the_contract_go_through_together(platform: Platform) -> None:
    first, last = date(1900, 1, 5), date(2199, 12, 31)
    over_midnight = Play(
        at("2199-12-31 23:50"), ends=at("2200-01-01 00:20"), watch_seconds=1000, user_id="u2"
    )
    platform.load(Play(first), over_midnight)
    platform.refresh()
    assert platform.mart("daily_statistics", "stat_date", "plays") == [
        (first, 1),
        (last, 1),
        (date(2200, 1, 1), 0),
    ]
    # Whole years without a gap, 1900 to 2200.
    days = platform.fetch("SELECT count(*), min(date_value), max(date_value) FROM dim_date")
    assert days == [(1 + 109_938, date(1900, 1, 1), date(2200, 12, 31))]


def test_day_that_an_ingest_changes_while_it_is_staged_is_left_for_the_next_run(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.load(Play(JAN_31, session_id="corrected"), Play(FEB_1))
    correction = Play(JAN_31, session_id="corrected", watch_seconds=90)
    stage_days = exporting.stage_days
    loads: list[int] = []

    def stage_beside_an_ingest(*arguments: Any) -> StagedRun:
        loads.append(platform.load(correction, is_complete=False))
        return stage_days(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "stage_days", stage_beside_an_ingest)
        assert platform.refresh().days == 1
    assert platform.fetch(WATCHED) == [(FEB_1, "u1", 1, 600)]
    platform.complete(loads[0])
    assert platform.refresh().days == 1
    assert platform.mart("device_quality", "stat_date", "plays") == [(JAN_31, 1), (FEB_1, 1)]
    assert platform.fetch(WATCHED)[0] == (JAN_31, "u1", 1, 90)


def test_day_that_an_ingest_changes_parts_its_run_and_the_others_are_published(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2024, 1, number) for number in range(1, 6)]
    platform.load(*(Play(day) for day in days))
    stage_days = exporting.stage_days

    def stage_beside_an_ingest(*arguments: Any) -> StagedRun:
        platform.load(Play(days[2], user_id="u2"), is_complete=False)
        return stage_days(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "stage_days", stage_beside_an_ingest)
        assert platform.refresh().days == 4
    assert [row[0] for row in platform.fetch(WATCHED)] == [*days[:2], *days[3:]]
    runs = (
        "SELECT from_day, to_day, row_count FROM refresh_log WHERE procedure_name = 'publish_days'"
    )
    assert platform.fetch(runs) == [(days[0], days[1], 2), (days[3], days[4], 2)]


def test_users_of_one_contract_who_saw_the_same_on_one_day_are_one_row(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10, is_complete=True),
        Play(JAN_31, user_id="u2", watch_seconds=40, is_complete=None),
        users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")],
    )
    platform.refresh()
    sums = "SELECT plays, valid_plays, known_completion_plays, complete_plays, watch_seconds FROM fact_watch"
    assert platform.fetch(sums) == [(2, 1, 1, 1, 50)]


def test_playback_is_the_same_whether_it_is_read_at_once_or_by_runs(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK_DAYS", 1)
    late = Play(at("2024-01-30 23:50"), ends=at("2024-01-31 00:20"), watch_seconds=1000)
    platform.load(*(Play(day) for day in (date(2024, 1, 29), JAN_30, JAN_31, FEB_1)), late)
    found = "SELECT date_key, sum(plays), sum(watch_seconds) FROM fact_playback GROUP BY date_key ORDER BY 1"
    expected = [(20240129, 1, 600), (20240130, 2, 933), (20240131, 1, 1267), (20240201, 1, 600)]
    platform.refresh()
    assert platform.fetch(found) == expected
    for day in (date(2024, 1, 29), JAN_30, JAN_31, FEB_1):
        refresh(platform.settings, scope=Scope(first=day, last=day))
    assert platform.fetch(found) == expected


def test_first_days_follow_late_plays_and_corrections_in_runs_of_any_length(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(12)]
    played: dict[str, Play] = {}
    for length in (3, 92, 1, 5):
        monkeypatch.setattr(planning, "CHUNK_DAYS", length)
        gone = [played.pop(session) for session in chance.sample(sorted(played), len(played) // 2)]
        come = [
            Play(chance.choice(days), chance.choice(("u1", "u2", "u3")), watch_seconds=seconds)
            for seconds in (0, 60, 60, 60)
        ]
        played |= {play.session_id: play for play in come}
        platform.load(*come, without=gone)
        platform.refresh()
        active = [(play.user_id, play.on) for play in played.values() if play.watch_seconds]
        first = {user: min(on for each, on in active if each == user) for user, _ in active}
        found = platform.fetch(
            "SELECT customer_code, date_value FROM customer_first_day"
            " INNER JOIN dim_customer USING (customer_key)"
            " INNER JOIN dim_date ON first_date_key = date_key"
        )
        assert dict(found) == first
        new = platform.mart("daily_statistics", "stat_date", "new_customers")
        assert {day: count for day, count in new if count} == Counter(first.values())


def test_late_play_takes_the_new_customer_from_the_day_that_was_the_first(
    platform: Platform,
) -> None:
    platform.load(Play(FEB_1), Play(JAN_31, user_id="u2"))
    platform.refresh()
    new = ("stat_date", "new_customers")
    assert platform.mart("daily_statistics", *new) == [(JAN_31, 1), (FEB_1, 1)]
    platform.load(Play(JAN_31))
    assert platform.refresh().days == 1
    assert platform.mart("daily_statistics", *new) == [(JAN_31, 2), (FEB_1, 0)]


class Aloud:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.task = SILENT.task

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_rows_come_over_and_it_is_said_when_local_infile_is_off(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The switch is the whole server's and needs rights that our account has not, so the answer is replaced.
    monkeypatch.setattr(staging, "allows_load", lambda _: False)
    odd = 'Tab\tand "quotes", a \\ and a NULL \\N'
    platform.load(
        Play(JAN_31, content_id="odd", device_type=None), titles=[Title("odd", title=odd)]
    )
    aloud = Aloud()
    refresh(platform.settings, progress=aloud)
    assert aloud.lines == ["local_infile is off on this server: rows go by INSERT, which is slower"]
    assert platform.mart("content_performance", "title") == [
        ('Tab and "quotes", a \\ and a NULL \\N',)
    ]
    assert platform.mart("device_quality", "device_type", "quality") == [("Unknown", "HD")]
    assert platform.fetch(WATCHED) == [(JAN_31, "u1", 1, 600)]


def test_text_arrives_unchanged_but_for_control_characters(platform: Platform) -> None:
    titles = {
        "quotes": 'It\'s "quoted"',
        "backslash": "C:\\films\\N",
        "lines": "two\nlines",
        "unicode": "Ørjan 映画 🎬",
        "null": "\\N",
    }
    platform.load(titles=[Title(name, title=title) for name, title in titles.items()])
    platform.refresh()
    arrived = dict(platform.mart("title", "content_id", "title"))
    assert arrived == {**titles, "lines": "two lines", "t1": "A film", "Unknown": "Unknown"}


@pytest.mark.parametrize("may_load", [True, False])
def test_names_and_ids_arrive_byte_for_byte_either_way(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, *, may_load: bool
) -> None:
    # COPY writes a form feed as \f, which LOAD DATA takes for the letter f.
    if not may_load:
        monkeypatch.setattr(staging, "allows_load", lambda _: False)
    odd = "a\fb\vc\bd\te\nf\\fg\\\\v\rh"
    platform.load(
        Play(JAN_31, user_id="U\f1", watch_seconds=100, device_type=odd, quality=odd),
        Play(JAN_31, user_id="Uf1", watch_seconds=200, device_type=odd, quality=odd),
        users=[User("U\f1", country=odd, plan=odd), User("Uf1")],
        titles=[Title("t1", genres=(odd,))],
    )
    platform.refresh()
    assert platform.fetch(WATCHED) == [(JAN_31, "U\f1", 1, 100), (JAN_31, "Uf1", 1, 200)]
    customers = platform.mart("customer", "customer_code", "country", "plan")
    assert ("U\f1", odd, odd) in customers
    assert ("Uf1", "Norway", "Basic") in customers
    assert platform.mart("genre", "genre") == [("Unknown",), (odd,)]
    assert platform.mart("device_quality", "device_type", "quality", "plays") == [(odd, odd, 2)]
    assert platform.mart("device", "device_type") == [("Unknown",), (odd,)]


def test_customers_change_without_any_day(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.load(users=[User("u1", country="Chile", plan=None)])
    result = platform.refresh()
    assert (result.days, result.dimensions, result.procedures) == (0, ("users",), 0)
    customers = platform.mart("customer", "customer_code", "country", "plan")
    assert customers == [
        ("Unknown", "Unknown", "Unknown"),
        ("u1", "Chile", "Unknown"),
        ("u2", "Norway", "Basic"),
        ("u3", "Norway", "Basic"),
    ]


def test_title_with_a_new_category_rebuilds_the_days_it_was_played_on(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1, content_id="t2"), titles=[Title("t2")])
    platform.refresh()
    platform.load(titles=[Title("t1", genres=("Drama", "Family"))])
    result = platform.refresh()
    # By the category its seconds, day statistics and month of the 31st;
    # by the genre three more, which follow every such change.
    assert (result.days, result.dimensions, result.procedures) == (0, ("titles",), 6)
    hours = platform.mart("daily_statistics", "stat_date", "child_hours", "movie_hours")
    assert hours == [
        (JAN_31, Decimal("0.1667"), Decimal("0.0000")),
        (FEB_1, Decimal("0.0000"), Decimal("0.1667")),
    ]


def test_play_of_a_customer_whose_own_load_is_incomplete_is_not_lost(platform: Platform) -> None:
    load_id = platform.load(
        users=[User("late")], titles=[Title("new", content_type="sport")], is_complete=False
    )
    platform.load(Play(JAN_31, user_id="late", content_id="new"))
    platform.refresh()
    assert platform.fetch(WATCHED) == [(JAN_31, "late", 1, 600)]
    assert platform.mart("daily_statistics", "unknown_hours") == [(Decimal("0.1667"),)]
    platform.complete(load_id, ["users", "titles"])
    platform.refresh()
    assert platform.mart("daily_statistics", "sport_hours") == [(Decimal("0.1667"),)]
    assert ("late", "Norway") in platform.mart("customer", "customer_code", "country")


def test_genre_that_a_title_lost_leaves_the_bridge(platform: Platform) -> None:
    platform.load(titles=[Title("t1", genres=("Drama", "Crime"))])
    platform.refresh()
    genres = (
        "SELECT genre FROM bridge_title_genre INNER JOIN dim_genre USING (genre_key) ORDER BY 1"
    )
    assert platform.fetch(genres) == [("Crime",), ("Drama",)]
    platform.load(titles=[Title("t1", genres=("Crime",))])
    platform.refresh()
    assert platform.fetch(genres) == [("Crime",)]


def test_two_ids_that_differ_in_case_are_two_customers(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(JAN_31, user_id="U1"), users=[User("U1")])
    platform.refresh()
    assert platform.mart("daily_statistics", "active_customers") == [(2,)]


def test_long_names_are_cut_to_what_the_warehouse_holds(platform: Platform) -> None:
    device, quality = "d" * 300, "q" * 300
    platform.load(
        Play(JAN_31, device_type=device, quality=quality), Play(JAN_31, device_type="d" * 64)
    )
    platform.refresh()
    found = platform.mart("device_quality", "device_type", "quality", "plays")
    assert found == [("d" * 64, "HD", 1), ("d" * 64, "q" * 32, 1)]
    assert platform.fetch("SELECT count(*), sum(plays) FROM fact_watch") == [(1, 2)]


def test_documents_of_a_load_that_began_later_wait_for_it(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    # Its documents are there and PostgreSQL does not say yet that it touches the day.
    later = platform.load(Play(JAN_31, user_id="u2"), is_complete=False)
    platform.postgres("DELETE FROM ops.load_day WHERE load_id = %s", (later,))
    platform.refresh()
    assert platform.mart("device_quality", "stat_date", "plays") == [(JAN_31, 1)]


def test_export_while_the_event_refreshes_waits_and_goes_on(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1))
    platform.execute(
        "ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 SECOND STARTS utc_timestamp()"
    )
    for second in range(5):
        platform.load(Play(JAN_31, watch_seconds=second))
        platform.refresh()
    assert platform.mart("daily_statistics", "stat_date", "plays") == [(JAN_31, 6), (FEB_1, 1)]
