"""What apps told of their use, and how far each source has come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from random import Random
from typing import TYPE_CHECKING

from tests.integration.warehouse.builders import SOURCE, AppEvent, Play, at
from warehouse.export import export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Platform

JAN_31, FEB_1 = date(2024, 1, 31), date(2024, 2, 1)
ACTIVITY = (
    "stat_date",
    "platform",
    "country",
    "events",
    "active_users",
    "sessions",
    "session_seconds_median",
    "session_seconds_p95",
)
FRESHNESS = ("source", "last_event_at", "days_pending", "rows_quarantined")


def nearest_rank(values: Sequence[timedelta], percent: int) -> Decimal | None:
    """Return a percentile as marts give it: a value that is there, in seconds."""
    if not values:
        return None
    chosen = sorted(values)[ceil(percent * len(values) / 100) - 1]
    return Decimal(chosen // timedelta(milliseconds=1)) / 1000


def activity(events: Sequence[AppEvent]) -> list[tuple[object, ...]]:
    """Work out every row; nobody's events are those of their device."""
    groups: dict[tuple[date, str, str], list[AppEvent]] = {}
    for event in events:
        names = (event.platform or "Unknown", event.country or "Unknown")
        groups.setdefault((event.at.date(), *names), []).append(event)
    rows: list[tuple[object, ...]] = []
    for key, group in sorted(groups.items()):
        sessions: dict[str, list[datetime]] = {}
        for event in group:
            if event.session_id is not None:
                sessions.setdefault(event.session_id, []).append(event.at)
        lengths = [max(times) - min(times) for times in sessions.values()]
        users = {(event.user_id, event.user_id or event.anonymous_id) for event in group}
        counts = (len(group), len(users - {(None, None)}), len(sessions))
        rows.append((*key, *counts, nearest_rank(lengths, 50), nearest_rank(lengths, 95)))
    return rows


def some_events(seed: int, *, count: int) -> list[AppEvent]:
    """Return events of two days, some of nobody, some outside a session."""
    random = Random(seed)
    return [
        AppEvent(
            at("2024-01-31 00:00") + timedelta(milliseconds=random.randrange(2 * 86_400_000)),
            user_id=random.choice(("u1", "u2", "u3", None)),
            anonymous_id=random.choice(("d1", "d2", None)),
            session_id=random.choice((None, *map(str, range(25)))),
            platform=random.choice(("Web", "iOS", None)),
            country=random.choice(("Norway", "Chile", None)),
        )
        for _ in range(count)
    ]


def test_events_are_counted_with_their_users_and_sessions(platform: Platform) -> None:
    events = some_events(1, count=400)
    platform.load(app_events=events)
    platform.refresh()
    assert platform.mart("event_activity", *ACTIVITY) == activity(events)


def test_session_is_cut_at_midnight_and_is_0_seconds_of_one_event(platform: Platform) -> None:
    times = ("2024-01-31 23:50", "2024-01-31 23:59:59.250", "2024-02-01 00:10")
    platform.load(app_events=[AppEvent(at(time)) for time in times])
    platform.refresh()
    columns = ("stat_date", "sessions", "session_seconds_median", "session_seconds_p95")
    assert platform.mart("event_activity", *columns) == [
        (JAN_31, 1, Decimal("599.250"), Decimal("599.250")),
        (FEB_1, 1, Decimal(0), Decimal(0)),
    ]


def test_names_are_trimmed_and_cut_and_blank_ones_unknown(platform: Platform) -> None:
    moment = at("2024-01-31 12:00")
    named = [(" Web ", "N" * 120), ("Web", "N" * 110), ("", " ")]
    platform.load(app_events=[AppEvent(moment, platform=p, country=c) for p, c in named])
    platform.refresh()
    assert platform.mart("event_activity", "platform", "country", "events") == [
        ("Unknown", "Unknown", 1),
        ("Web", "N" * 100, 2),
    ]


def test_late_events_and_corrections_replace_their_day_and_no_other(platform: Platform) -> None:
    events = some_events(2, count=60)
    platform.load(app_events=events)
    platform.refresh()
    late = AppEvent(at("2024-01-31 13:00"), country="Peru")
    moved = AppEvent(at("2024-01-31 14:00"), country="Peru", event_id=late.event_id)
    platform.load(app_events=[late])
    platform.load(app_events=[moved])
    assert platform.refresh().days == 1
    assert platform.mart("event_activity", *ACTIVITY) == activity([*events, moved])
    before = platform.snapshot()
    assert platform.refresh().days == 0
    assert platform.snapshot() == before


def test_events_of_an_incomplete_load_wait(platform: Platform) -> None:
    waiting = platform.load(app_events=[AppEvent(at("2024-01-31 13:00"))], is_complete=False)
    platform.refresh()
    assert platform.mart("event_activity", *ACTIVITY) == []
    platform.complete(waiting)
    platform.refresh()
    assert platform.mart("event_activity", "stat_date", "events") == [(JAN_31, 1)]


def test_mart_without_event_exports_is_empty(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    assert platform.mart("event_activity", *ACTIVITY) == []


def test_freshness_says_how_far_each_source_has_come(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1))
    platform.postgres("UPDATE ops.load SET ended_at = '2024-03-01 10:20:30.75+00'")
    platform.refresh()
    midnight = datetime(2024, 2, 1)
    assert platform.mart("data_freshness", *FRESHNESS) == [(SOURCE, midnight, 0, 0)]
    ((loaded, exported, refreshed),) = platform.mart(
        "data_freshness", "last_loaded_at", "last_exported_at", "last_refreshed_at"
    )
    assert loaded == datetime(2024, 3, 1, 10, 20, 30)
    ((published,),) = platform.fetch("SELECT max(published_at) FROM published_day")
    assert exported == published.replace(microsecond=0) <= refreshed


def test_freshness_is_kept_without_a_changed_day_and_written_only_when_it_differs(
    platform: Platform,
) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.postgres(
        "INSERT INTO ops.load (kind, target, source, path, content_sha256, file_bytes, state)"
        " VALUES ('test', 'test', 'other', 'test', 'x', 0, 'planned')"
    )
    platform.postgres(
        "INSERT INTO ops.quarantine (load_id, line, code, row_text)"
        " SELECT load_id, 1, 'test', '' FROM ops.load WHERE source = 'other'"
    )
    platform.load(Play(date(2024, 2, 9)), is_complete=False)
    assert platform.refresh().days == 0
    january = datetime(2024, 1, 31)
    assert platform.mart("data_freshness", *FRESHNESS) == [
        (SOURCE, january, 1, 0),
        ("other", None, 0, 1),
    ]
    runs = "SELECT row_count FROM refresh_log WHERE procedure_name = 'publish_sources' ORDER BY refresh_id"
    platform.refresh()
    written = [rows for (rows,) in platform.fetch(runs)]
    assert (len(written), written[-1]) == (3, 0)
    assert min(written[:2]) > 0


LOGGED = "SELECT row_count FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"
FRESH = "SELECT last_event_on, last_loaded_at, last_exported_at, days_pending, rows_quarantined FROM source_freshness"


def test_each_thing_that_differs_is_written_and_else_nothing(empty_platform: Platform) -> None:
    empty_platform.execute("INSERT INTO stg_source VALUES ('east', NULL, NULL, 0)")
    loaded, exported = datetime(2024, 2, 1, 10), datetime(2024, 2, 2, 11, 12, 13)
    versions = "INSERT INTO published_mark VALUES ('users', 1, '{}')"
    told = (
        ("DO 0", (None, None, None, 0, 0)),
        ("UPDATE stg_source SET rows_quarantined = 5", (None, None, None, 0, 5)),
        ("UPDATE stg_source SET last_event_on = '2024-01-31'", (JAN_31, None, None, 0, 5)),
        (f"UPDATE stg_source SET last_loaded_at = '{loaded}'", (JAN_31, loaded, None, 0, 5)),
        (versions.format(f"{exported}.999999"), (JAN_31, loaded, exported, 0, 5)),
        (
            "INSERT INTO stg_source_day VALUES ('east', '2024-01-31', 1, 'No')",
            (JAN_31, loaded, exported, 1, 5),
        ),
    )
    for statement, fresh in told:
        empty_platform.execute(statement)
        empty_platform.execute("CALL publish_sources()")
        assert empty_platform.fetch(FRESH) == [fresh]
        assert empty_platform.fetch(LOGGED) != [(0,)]
        empty_platform.execute("CALL publish_sources()")
        assert empty_platform.fetch(LOGGED) == [(0,)]


def test_pending_days_are_those_that_wait_and_were_not_purged(platform: Platform) -> None:
    platform.load(*(Play(date(2024, 2, day)) for day in (1, 2)))
    platform.refresh()
    platform.execute("UPDATE published_day SET version = 5")
    for purged_before in ("2024-01-31", "2024-01-01"):
        platform.execute(f"INSERT INTO purge_log VALUES ('{purged_before}', '2024-06-01')")
    platform.execute("DELETE FROM stg_source_day")
    days = {
        "2024-01-30": (1, "No", False),  # purged
        "2024-01-31": (1, "No", True),  # the first that was not
        "2024-02-01": (5, "No", False),  # published as it is
        "2024-02-02": (6, "No", True),  # published before it changed
        "2024-02-03": (0, "Yes", True),  # a load is at work on it
        "2024-02-04": (0, "No", False),  # of no load that was completed
        "2030-02-05": (1, "No", True),  # of a year that the calendar lacks
    }
    for day, (version, is_busy, _) in days.items():
        platform.execute(
            "INSERT INTO stg_source_day VALUES (%s, %s, %s, %s)", (SOURCE, day, version, is_busy)
        )
    platform.execute("INSERT INTO stg_source VALUES ('west', NULL, NULL, 0)")
    platform.execute("CALL publish_sources()")
    waiting = sum(is_pending for *_, is_pending in days.values())
    pending = platform.mart("data_freshness", "source", "days_pending")
    assert pending == [(SOURCE, waiting), ("west", 0)]


def test_source_is_there_before_any_refresh(platform: Platform) -> None:
    export(platform.settings)
    refreshed = platform.mart("data_freshness", "source", "last_refreshed_at")
    assert refreshed == [(SOURCE, None)]


def test_source_without_days_was_exported_with_its_users_and_titles(platform: Platform) -> None:
    platform.refresh()
    ((marked,),) = platform.fetch("SELECT max(published_at) FROM published_mark")
    exported = platform.mart("data_freshness", "last_exported_at")
    assert exported == [(marked.replace(microsecond=0),)]


def test_source_whose_loads_were_taken_back_is_gone(platform: Platform) -> None:
    platform.refresh()
    assert platform.mart("data_freshness", "source") == [(SOURCE,)]
    platform.execute("INSERT INTO source_freshness VALUES ('gone', NULL, NULL, NULL, 0, 0)")
    platform.refresh()
    assert platform.mart("data_freshness", "source") == [(SOURCE,)]
