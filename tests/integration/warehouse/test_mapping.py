"""Another mapping is shown before it is in force, and recomputes exactly what it changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from svp.errors import LockError, UsageError, VerifyError
from tests.integration.warehouse.builders import BoxLog, Play, Rating, Title
from warehouse import connections
from warehouse import mapping as warehouse_mapping
from warehouse.connections import hold_lock, open_warehouse
from warehouse.export import export
from warehouse.mapping import (
    CategoryChange,
    diff_mapping,
    import_mapping,
    mapping_in_force,
    watched_things,
)
from warehouse.mapping_files import CategoryMapping, TitleRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)
OLD = "'2000-01-01'"
DRAMA_RELAXES = CategoryMapping(
    None, (TitleRule(None, "drama", None, "Relax"), TitleRule("movie", None, None, "Movie"))
)
A_DAY_OF_APPS = {"category_seconds": 1, "customer_month": 1, "daily_statistics": 1}
"""The slices of the one day on which the film was played."""
CATEGORY_HOURS = ("date_key", "movie_hours", "sport_hours", "tv_hours", "unknown_hours")


@pytest.fixture
def watched(platform: Platform) -> Platform:
    """Three days: a game on the first, television and a film on the second, television on the third."""
    platform.load(
        Play(JAN_31, watch_seconds=3600),
        boxes=[
            BoxLog(JAN_30, application="GAME", watch_seconds=7200),
            BoxLog(JAN_31, application="CHANNEL", watch_seconds=3600),
            BoxLog(FEB_1, application="CHANNEL", watch_seconds=3600),
        ],
    )
    platform.refresh()
    return platform


def with_applications(platform: Platform, **more: str) -> CategoryMapping:
    """Return the mapping in force with some applications more, or in another category."""
    present = mapping_in_force(platform.settings)
    return CategoryMapping({**(present.applications or {}), **more}, None)


def rebuilt(platform: Platform) -> list[int]:
    """Return the days of daily_statistics that were rebuilt since their time was set back."""
    rows = platform.fetch(
        f"SELECT date_key FROM agg_daily_statistics WHERE refreshed_at > {OLD} ORDER BY date_key"
    )
    return [key for (key,) in rows]


def test_what_is_unmapped_is_shown_with_its_seconds(watched: Platform) -> None:
    watched.load(Play(FEB_1, "u2", watch_seconds=60))
    watched.refresh()
    found = [
        (each.name, each.category, each.watch_seconds) for each in watched_things(watched.settings)
    ]
    assert found == [
        ("CHANNEL", "TV", 7200),
        ("GAME", "Unknown", 7200),
        ("demo:t1", "Movie", 3660),
        ("Unknown", "Unknown", 0),
        ("Unknown:Unknown", "Unknown", 0),
    ]


def test_import_changes_the_days_of_the_application_and_no_others(watched: Platform) -> None:
    watched.execute(f"UPDATE agg_daily_statistics SET refreshed_at = {OLD}")
    change = import_mapping(watched.settings, with_applications(watched, GAME="Sport"))
    assert change.changes == (CategoryChange("application", "GAME", "Unknown", "Sport", 7200),)
    assert change.slices == {"category_seconds": 1, "customer_month": 1, "daily_statistics": 1}
    assert rebuilt(watched) == [20240130]
    assert watched.mart("daily_statistics", *CATEGORY_HOURS) == [
        (20240130, Decimal(0), Decimal(2), Decimal(0), Decimal(0)),
        (20240131, Decimal(1), Decimal(0), Decimal(1), Decimal(0)),
        (20240201, Decimal(0), Decimal(0), Decimal(1), Decimal(0)),
    ]
    tastes = watched.mart("customer_360", "date_key", "customer_code", "taste")
    assert tastes == [
        (20240101, "HNH1", "Sport-TV"),
        (20240101, "u1", "Movie"),
        (20240201, "HNH1", "TV"),
    ]
    assert watched.fetch("SELECT count(*) FROM changed_day") == [(0,)]


def test_import_of_rules_changes_titles_alone(watched: Platform) -> None:
    change = import_mapping(watched.settings, DRAMA_RELAXES)
    assert change.changes == (CategoryChange("title", "demo:t1", "Movie", "Relax", 3600),)
    assert watched.mart("daily_statistics", "relax_hours", "tv_hours") == [
        (Decimal(0), Decimal(0)),
        (Decimal(0), Decimal(1)),
        (Decimal(1), Decimal(1)),
    ]
    watched.load(titles=[Title("t2", genres=("Comedy",)), Title("t3", "A saga", "series", ())])
    watched.refresh()
    assert watched.mart("title", "content_id", "category")[1:] == [
        ("t1", "Relax"),
        ("t2", "Movie"),
        ("t3", "Unknown"),
    ]


def test_rules_recompute_days_of_plays_and_not_those_of_ratings(watched: Platform) -> None:
    midnight = datetime(2024, 1, 11, tzinfo=UTC)
    watched.load(
        Play(midnight - timedelta(minutes=10), ends=midnight + timedelta(minutes=10)),
        Play(date(2024, 1, 12), watch_seconds=0),
        ratings=[Rating(datetime(2024, 1, 20, 12, tzinfo=UTC))],
    )
    watched.refresh()
    change = diff_mapping(watched.settings, DRAMA_RELAXES)
    assert change.slices == A_DAY_OF_APPS | {"category_seconds": 4, "daily_statistics": 4}


def test_rules_recompute_days_whose_aggregates_are_not_built_yet(watched: Platform) -> None:
    plays = [Play(date(2024, 1, 20)), Play(date(2024, 1, 21), content_id="t2")]
    watched.load(*plays, titles=[Title("t2", genres=("Comedy",))])
    export(watched.settings)
    watched.execute("DELETE FROM changed_day WHERE aggregate_name <> 'content_performance'")
    change = diff_mapping(watched.settings, DRAMA_RELAXES)
    assert change.slices == A_DAY_OF_APPS | {"category_seconds": 2, "daily_statistics": 2}


def test_diff_tells_what_import_would_do_and_changes_nothing(watched: Platform) -> None:
    before = watched.snapshot()
    wanted = with_applications(watched, CHANNEL="Unknown", GAME="Child")
    change = diff_mapping(watched.settings, wanted)
    assert watched.snapshot() == before
    assert [(each.name, each.category) for each in change.changes] == [
        ("CHANNEL", "Unknown"),
        ("GAME", "Child"),
    ]
    assert change.slices == {"category_seconds": 3, "customer_month": 2, "daily_statistics": 3}
    assert import_mapping(watched.settings, wanted) == change


def test_application_that_the_mapping_loses_is_unknown(watched: Platform) -> None:
    categories = (
        "SELECT application, category FROM dim_application INNER JOIN dim_category USING (category_key)"
        " WHERE application = 'CHANNEL'"
    )
    assert watched.fetch(categories) == [("CHANNEL", "TV")]
    watched.execute("DELETE FROM application_category WHERE application = 'CHANNEL'")
    watched.execute("CALL classify_applications()")
    assert watched.fetch(categories) == [("CHANNEL", "Unknown")]


def test_repeated_import_changes_nothing(watched: Platform) -> None:
    wanted = with_applications(watched, GAME="Sport")
    import_mapping(watched.settings, wanted)
    before = watched.snapshot()
    change = import_mapping(watched.settings, wanted)
    assert (change.changes, change.slices) == ((), {})
    assert watched.snapshot() == before


def test_application_that_is_called_unknown_changes_no_other(watched: Platform) -> None:
    import_mapping(watched.settings, with_applications(watched, Unknown="Movie"))
    nobody = "SELECT category_key FROM dim_application WHERE application_key = 0"
    assert watched.fetch(nobody) == [(0,)]


def test_application_that_is_new_gets_the_category_it_was_given_before(watched: Platform) -> None:
    import_mapping(watched.settings, with_applications(watched, RADIO="Relax"))
    watched.load(boxes=[BoxLog(FEB_1, application="RADIO", watch_seconds=3600)])
    watched.refresh()
    assert watched.mart("daily_statistics", "date_key", "relax_hours")[-1] == (20240201, Decimal(1))


def test_every_mapping_that_was_in_force_can_be_had_again(watched: Platform) -> None:
    first = mapping_in_force(watched.settings)
    import_mapping(watched.settings, with_applications(watched, GAME="Sport"))
    import_mapping(watched.settings, with_applications(watched, GAME="Child"))
    versions = [mapping_in_force(watched.settings, version=number) for number in (1, 2, 3)]
    assert versions[0] == first
    assert versions[2] == mapping_in_force(watched.settings)
    assert [(each.applications or {}).get("GAME") for each in versions] == [None, "Sport", "Child"]
    with pytest.raises(UsageError, match="there was no version 4"):
        mapping_in_force(watched.settings, version=4)


def test_import_that_is_killed_before_the_recomputation_is_completed_by_the_next_refresh(
    watched: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_settings: object) -> int:
        message = "killed"
        raise VerifyError(message)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse_mapping, "run_procedures", die)
        with pytest.raises(VerifyError, match="killed"):
            import_mapping(watched.settings, with_applications(watched, GAME="Sport"))
    # Somebody refreshes by hand in the wrong order: what was built too soon is built again.
    watched.execute("CALL refresh_daily_statistics('2024-01-30', '2024-01-30')")
    watched.refresh()
    watched.refresh()
    assert watched.mart("daily_statistics", "date_key", "sport_hours")[0] == (20240130, Decimal(2))
    assert watched.fetch("SELECT count(*) FROM changed_day") == [(0,)]


def test_import_waits_for_no_refresh_for_ever(
    watched: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LOCK_WAIT_SECONDS", 0)
    lock = f"{watched.settings.workspace.warehouse_database}.refresh"
    with (
        open_warehouse(watched.settings) as other,
        hold_lock(other, lock),
        pytest.raises(LockError),
    ):
        import_mapping(watched.settings, with_applications(watched, GAME="Sport"))
    assert "GAME" not in (mapping_in_force(watched.settings).applications or {})


def test_exported_mapping_is_edited_and_imported(
    watched: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "mapping.csv"
    assert svp("mapping", "export", str(file)) == 0
    assert file.read_text().startswith("application,category\nBHD,Movie\n")
    file.write_text(file.read_text() + "GAME,Sport\n")
    capsys.readouterr()
    assert svp("mapping", "diff", str(file)) == 0
    shown = capsys.readouterr().out
    assert "to recompute: category_seconds 1, customer_month 1, daily_statistics 1" in shown
    assert "GAME" in shown
    assert svp("mapping", "import", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == [
        {
            "thing": "application",
            "name": "GAME",
            "former": "Unknown",
            "category": "Sport",
            "watch_seconds": 7200,
        }
    ]
    assert svp("mapping", "show", "--unmapped") == 0
    assert "0 seconds have the category Unknown" in capsys.readouterr().out
