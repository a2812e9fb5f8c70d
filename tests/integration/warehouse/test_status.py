"""The commands of ``svp warehouse`` and their exit codes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from loaders.ledger import only_ingest
from svp.core.mongodb import open_database
from svp.errors import VerifyError
from tests.integration.warehouse.builders import Play
from warehouse.reader import reader_name
from warehouse.schedule import DAILY as EVENT
from warehouse.schedule import OFTEN
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.warehouse.builders import Platform

JAN_31 = date(2024, 1, 31)


def utc(text: str) -> datetime:
    """Return a time as the server gives it: UTC, without saying so."""
    return datetime.fromisoformat(text)


def test_status_of_a_refreshed_warehouse_has_no_problem(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.load(Play(JAN_31, user_id="u2"))
    status = read_status(platform.settings, now=utc("2026-05-01 12:00"))
    assert status.problems == ()
    assert status.pending == (JAN_31,)
    assert status.stale_slices == 0
    assert status.scheduler == "ON"
    rows = {run.procedure: run.rows for run in status.runs}
    expected = {
        "publish_customers": 3,
        "publish_days": 1,
        "publish_members": 1,
        "publish_titles": 2,
        "refresh_changed_days": platform.aggregates(),
        "refresh_content_performance": 1,
        "refresh_customer_month": 1,
        "refresh_daily_statistics": 1,
    }
    assert rows == rows | expected
    assert len(rows) == 5 + platform.aggregates()
    assert status.last_export is not None
    assert (status.last_export.outcome, status.last_export.days) == ("done", 1)
    daily, often = status.events
    assert (daily.name, daily.is_enabled, daily.every) == (EVENT, True, "1 DAY")
    assert daily.next_run_at == utc("2026-05-02 03:00")
    assert (often.name, often.is_enabled, often.next_run_at) == (OFTEN, False, None)


def test_days_in_the_future_are_named_and_no_failure(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Play(date(2199, 1, 3))
    platform.load(Play(JAN_31), wrong)
    platform.refresh()
    assert svp("warehouse", "status") == 0
    assert "future     1 days with events are yet to come (2199-01-03):" in capsys.readouterr().out
    assert svp("warehouse", "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["future"] == ["2199-01-03"]
    platform.load(without=[wrong])
    platform.refresh()
    assert svp("warehouse", "status") == 0
    assert "future" not in capsys.readouterr().out


def test_status_ends_with_6_when_the_event_is_disabled(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("warehouse", "status") == 0
    platform.execute(f"ALTER EVENT {EVENT} DISABLE")
    assert svp("warehouse", "status") == 6
    shown = capsys.readouterr().out
    assert f"the event {EVENT} is disabled" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_status_names_a_missing_event_and_reports_the_rest(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.execute(f"DROP EVENT {EVENT}")
    status = read_status(platform.settings)
    assert status.problems == (f"the event {EVENT} is missing: run 'svp init'",)
    found = ([each.name for each in status.events], len(status.runs))
    assert found == ([OFTEN], 5 + platform.aggregates())
    assert svp("warehouse", "status") == 6
    assert f"the event {EVENT} is missing" in capsys.readouterr().out


def test_status_names_a_procedure_that_another_program_installed(platform: Platform) -> None:
    platform.execute("UPDATE schema_object SET checksum = 'old' WHERE name = 'publish_facts'")
    (problem,) = read_status(platform.settings).problems
    assert problem == "the procedure publish_facts is not this program's: run 'svp init'"


def test_load_that_was_interrupted_is_named_until_it_is_complete(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    load_id = platform.load(Play(JAN_31), is_complete=False)
    told = f"load {load_id} (test) was interrupted: run 'svp ingest' again to complete it"
    assert svp("warehouse", "refresh") == 0
    assert told in capsys.readouterr().err
    assert svp("warehouse", "status") == 6
    assert f"problem    {told}" in capsys.readouterr().out
    assert svp("verify") == 0
    assert told in capsys.readouterr().out
    assert svp("verify", "--current") == 6
    platform.complete(load_id)
    capsys.readouterr()
    assert svp("warehouse", "refresh") == 0
    assert svp("warehouse", "status") == 0
    assert svp("verify", "--current") == 0
    assert "interrupted" not in "".join(capsys.readouterr())


def test_undoing_that_was_interrupted_is_named(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    load_id = platform.load(Play(JAN_31))
    platform.refresh()
    platform.postgres("UPDATE ops.load SET state = 'undoing' WHERE load_id = %s", (load_id,))
    assert svp("warehouse", "status") == 6
    told = f"the undoing of load {load_id} (test) was interrupted: run 'svp ingest' again to complete it"
    assert told in " ".join(capsys.readouterr().out.split())


def test_load_that_an_ingest_is_at_work_on_is_not_called_interrupted(platform: Platform) -> None:
    platform.load(Play(JAN_31), is_complete=False)
    with only_ingest(platform.settings):
        assert read_status(platform.settings).problems == ()
    assert len(read_status(platform.settings).problems) == 1


def newer_postgres(platform: Platform) -> None:
    platform.postgres(
        "INSERT INTO ops.schema_migration (number, name, checksum) VALUES (9999, '9999_later', 'x')"
    )


def newer_mongodb(platform: Platform) -> None:
    settings = platform.settings
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        database["schema_migration"].insert_one({"_id": 9999, "checksum": "x"})


def newer_warehouse(platform: Platform) -> None:
    platform.execute(
        "INSERT INTO schema_migration VALUES (9999, '9999_later', 'x', utc_timestamp())"
    )


@pytest.mark.parametrize(
    ("make_newer", "command"),
    [
        (newer_postgres, "warehouse status"),
        (newer_mongodb, "warehouse status"),
        (newer_warehouse, "warehouse status"),
        (newer_warehouse, "warehouse reader"),
        (newer_warehouse, "mart show genre"),
        (newer_warehouse, "verify"),
        (newer_mongodb, "warehouse refresh"),
    ],
)
def test_command_refuses_a_store_that_is_newer(
    empty_platform: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    make_newer: Callable[[Platform], None],
    command: str,
) -> None:
    make_newer(empty_platform)
    assert svp(*command.split()) == 8
    assert "has schema 9999, newer than this program's" in capsys.readouterr().err


def test_status_names_a_failed_run_until_a_later_one_is_done(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.execute("RENAME TABLE fact_concurrency TO mislaid")
    with pytest.raises(VerifyError):
        platform.execute("CALL refresh_daily_statistics('2024-01-31', '2024-01-31')")
    (problem,) = read_status(platform.settings).problems
    assert problem.startswith("refresh_daily_statistics failed: ")
    platform.execute("RENAME TABLE mislaid TO fact_concurrency")
    platform.execute("CALL refresh_daily_statistics('2024-01-31', '2024-01-31')")
    assert read_status(platform.settings).problems == ()


def test_status_tells_an_export_that_was_killed(platform: Platform) -> None:
    platform.execute(
        "INSERT INTO export_log (started_at, outcome) VALUES (utc_timestamp(6), 'running')"
    )
    assert read_status(platform.settings).problems == (
        "the last export interrupted: the program ended",
    )


def test_refresh_and_export_tell_what_they_did_as_json(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    platform.load(Play(JAN_31))
    assert svp("warehouse", "export", "--json") == 0
    assert svp("warehouse", "refresh", "--json") == 0
    exported, refreshed = map(json.loads, capsys.readouterr().out.splitlines())
    assert (exported["days"], exported["dimensions"]) == (1, ["users", "titles"])
    assert (refreshed["days"], refreshed["procedures"]) == (0, platform.aggregates())


def test_reader_shows_no_password_where_there_is_no_terminal(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert svp("warehouse", "reader") == 0
        assert svp("warehouse", "reader", "--json") == 0
        shown = capsys.readouterr().out
        name = f"{reader_name(platform.settings.workspace)}.json"
        file = platform.settings.home / "accounts" / name
        password = json.loads(file.read_text())["password"]
        assert password not in shown
        assert str(file) in shown.replace("\n", "")
    finally:
        platform.execute("DROP USER IF EXISTS %s@'%'", (reader_name(platform.settings.workspace),))


def test_mart_whose_view_is_missing_is_a_message(
    empty_platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    empty_platform.execute(f"DROP VIEW {empty_platform.settings.workspace.mart_database}.genre")
    assert svp("mart", "show", "genre") == 6
    assert "genre' doesn't exist" in capsys.readouterr().err
