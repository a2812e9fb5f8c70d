"""Visuals asked as the reader account: numbers, SQL for people, and a message for whatever fails."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from itertools import product
from time import sleep
from typing import TYPE_CHECKING
from unittest.mock import patch

import mysql.connector
import pytest

from report.browser import reader as reading
from report.browser.reader import open_reader
from report.browser.readers import Readers
from report.definition import PERIOD, load_report
from report.queries import visual_queries
from svp.core.mysql import open_connection
from svp.errors import SchemaError, ServerError, UsageError
from svp.grants import account_name
from svp.settings import Settings, Workspace
from tests.integration.warehouse.builders import Play
from tests.integration.warehouse.plain import expected, rows_of
from warehouse.connections import execute, fetch, open_warehouse
from warehouse.reader import ensure_reader, reader_name, rotate_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from report.browser.reader import Reader
    from report.definition import Page, Visual
    from svp.errors import PlatformError
    from tests.integration.warehouse.accounts import Accounts
    from tests.integration.warehouse.builders import Platform

REPORT = load_report()
OVERVIEW = REPORT.pages[0]
JANUARY = date(2024, 1, 1)
HOSTILE = "O'Neill \\ \" %s ; -- /*"
"""A text that ends a literal, a statement and a comment unless it is written as it should be."""


@pytest.fixture
def played(platform: Platform) -> Iterator[Platform]:
    """A workspace with one play, and its reader account."""
    platform.load(Play(date(2024, 1, 31)))
    platform.refresh()
    with account_of(platform):
        yield platform


@contextmanager
def account_of(platform: Platform) -> Iterator[None]:
    """Make the reader account for a while."""
    rotate_reader(platform.settings)
    try:
        yield
    finally:
        platform.execute("DROP USER IF EXISTS %s@'%'", (reader_name(platform.settings.workspace),))


def visual_of(page: Page, name: str) -> Visual:
    return next(visual for visual in page.visuals if visual.name == name)


def test_statements_for_people_give_the_rows_that_the_bound_ones_gave(
    report_platform: Platform,
) -> None:
    ensure_reader(report_platform.settings)
    database = report_platform.settings.workspace.mart_database
    with (
        open_reader(report_platform.settings) as reader,
        open_warehouse(report_platform.settings) as connection,
    ):
        month = reader.last_month()
        hostile = {"country.country": (HOSTILE,), "title.content_id": (HOSTILE,)}
        for more, page in product(({}, hostile), REPORT.pages):
            choice = {PERIOD: (month,), **more}
            for visual in page.visuals:
                texts = reader.statements(visual, choice)
                queries = visual_queries(REPORT, visual, database=database, choice=choice)
                for text, query in zip(texts, queries, strict=True):
                    bound = fetch(connection, query.text, query.parameters)
                    assert fetch(connection, text) == bound, text


def test_every_visual_shows_what_plain_sql_says(report_platform: Platform) -> None:
    ensure_reader(report_platform.settings)
    database = report_platform.settings.workspace.mart_database
    with (
        open_reader(report_platform.settings) as reader,
        open_warehouse(report_platform.settings) as connection,
    ):
        for page in REPORT.pages:
            choice = reader.opening_choice(page)
            for visual in page.visuals:
                found = reader.answer(visual, choice)
                wanted = rows_of(
                    REPORT, visual, expected(connection, database, REPORT, visual, choice)
                )
                width = len(visual.groups)
                assert found.rows, (page.name, visual.name)
                assert len(found.rows) == min(len(wanted), visual.top or len(wanted))
                for row in found.rows:
                    for value, other in zip(row[width:], wanted[row[:width]], strict=True):
                        assert is_same(value, other), (page.name, visual.name, row)
                if visual.top:
                    highest = sorted((row[0] or 0 for row in wanted.values()), reverse=True)
                    shown = [row[width] for row in found.rows]
                    assert shown == pytest.approx(highest[: visual.top])


def is_same(value: object, other: object) -> bool:
    """Tell whether two values are one: numbers to 1e-9."""
    if isinstance(value, float | Decimal) and isinstance(other, float | Decimal):
        return float(value) == pytest.approx(float(other), rel=1e-9, abs=1e-12)
    return value == other


def test_session_writes_nothing_and_waits_for_no_statement_too_long(played: Platform) -> None:
    with open_reader(played.settings) as reader:
        connection = reader.connect()
        (user,) = fetch(connection, "SELECT current_user()")[0]
        assert user.startswith(reader_name(played.settings.workspace))
        with pytest.raises(mysql.connector.Error, match="denied"):
            execute(connection, "INSERT INTO genre VALUES ('x', 99)")


def test_statement_that_takes_too_long_is_stopped_and_told(played: Platform) -> None:
    slow = "SELECT count(*) FROM calendar a, calendar b, calendar c, calendar d, calendar e"
    with patch.object(reading, "STATEMENT_SECONDS", 1), open_reader(played.settings) as reader:
        with pytest.raises(ServerError, match="took too long") as stopped:
            reader._fetch(slow, ())
        assert "fewer months" in stopped.value.advice
        assert reader.last_month() == JANUARY


def test_report_opens_with_the_last_whole_month_where_the_page_has_a_period(
    played: Platform,
) -> None:
    with open_reader(played.settings) as reader:
        assert reader.opening_choice(OVERVIEW) == {PERIOD: (JANUARY,)}
        assert reader.opening_choice(REPORT.pages[-1]) == {}


def test_empty_marts_have_no_month_and_no_failures(empty_platform: Platform) -> None:
    with account_of(empty_platform), open_reader(empty_platform.settings) as reader:
        assert reader.last_month() is None
        answers = [reader.answer(visual, {}) for page in REPORT.pages for visual in page.visuals]
    assert {found.failure for found in answers} == {None}


def failure_of(reader: Reader, visual_name: str = "figures") -> str:
    """Return what is told in place of a visual of the first page."""
    found = reader.answer(visual_of(OVERVIEW, visual_name), {})
    assert found.rows == []
    assert found.failure
    return found.failure


def test_mart_that_is_missing_or_broken_is_told(played: Platform) -> None:
    database = played.settings.workspace.mart_database
    with open_reader(played.settings) as reader:
        played.execute(f"CREATE OR REPLACE VIEW {database}.customer_360 AS SELECT 1 AS date_key")
        assert "svp init" in failure_of(reader)
        played.execute(f"DROP VIEW {database}.customer_360")
        assert "svp init" in failure_of(reader)
        assert reader.answer(visual_of(OVERVIEW, "daily-hours"), {}).failure is None


def test_view_whose_table_is_gone_is_told(played: Platform) -> None:
    workspace = played.settings.workspace
    played.execute(
        f"RENAME TABLE {workspace.warehouse_database}.agg_customer_month TO {workspace.warehouse_database}.gone"
    )
    with open_reader(played.settings) as reader:
        assert "svp init" in failure_of(reader)


def test_view_whose_definer_is_gone_is_told(filled: Accounts, administrator_url: str) -> None:
    owner = account_name(filled.administrator.workspace, "owner")
    with open_connection(administrator_url) as connection:
        execute(connection, "DROP USER %s@'%'", (owner,))
    with open_reader(filled.settings["reader"]) as reader:
        assert "svp init" in failure_of(reader)


def test_account_without_rights_is_told(played: Platform) -> None:
    workspace = played.settings.workspace
    user = (reader_name(workspace),)
    played.execute("REVOKE ALL PRIVILEGES, GRANT OPTION FROM %s@'%'", user)
    assert "svp warehouse reader" in refusal_of(played.settings, ServerError, "refused the account")
    played.execute(f"GRANT SELECT ON {workspace.mart_database}.calendar TO %s@'%'", user)
    with open_reader(played.settings) as reader:
        assert "svp warehouse reader" in failure_of(reader)


def refusal_of(settings: Settings, kind: type[PlatformError], message: str) -> str:
    """Return what to do about a workspace that no reader can be opened of."""
    with pytest.raises(kind, match=message) as refused, open_reader(settings):
        pass
    return refused.value.advice


def test_workspace_whose_account_is_not_known_here_is_told(empty_platform: Platform) -> None:
    advice = refusal_of(empty_platform.settings, UsageError, "does not hold the account")
    assert "svp warehouse reader" in advice


def test_account_with_another_password_is_told(played: Platform) -> None:
    name = reader_name(played.settings.workspace)
    played.execute("ALTER USER %s@'%' IDENTIFIED BY 'forgotten'", (name,))
    assert "svp warehouse reader" in refusal_of(played.settings, ServerError, "refused the account")


def test_workspace_without_marts_is_told(played: Platform) -> None:
    played.execute(f"DROP DATABASE {played.settings.workspace.mart_database}")
    assert "svp init" in refusal_of(played.settings, SchemaError, "has no database")


def test_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    workspace = Workspace("w")
    url = f"mysql://{reader_name(workspace)}:secret@127.0.0.1:1/"
    advice = refusal_of(Settings(tmp_path, workspace, mysql_url=url), ServerError, "did not answer")
    assert "svp up" in advice


def test_reader_logs_in_by_the_url_of_the_settings_where_that_is_the_accounts_own(
    filled: Accounts,
) -> None:
    with open_reader(filled.settings["reader"]) as reader:
        assert reader.last_month()


def test_lost_connection_is_opened_again(played: Platform, administrator_url: str) -> None:
    with open_reader(played.settings) as reader:
        ((number,),) = fetch(reader.connect(), "SELECT connection_id()")
        with open_connection(administrator_url) as connection:
            execute(connection, f"KILL {number}")
        assert reader.answer(visual_of(OVERVIEW, "figures"), {}).failure is None


def test_connection_that_nobody_used_for_long_is_opened_again(played: Platform) -> None:
    with open_reader(played.settings) as reader:
        execute(reader.connect(), "SET SESSION wait_timeout = 1")
        sleep(2)
        assert reader.answer(visual_of(OVERVIEW, "figures"), {}).failure is None


def test_server_that_stops_answering_is_told_on_the_page_and_asked_again_when_it_is_back(
    played: Platform,
) -> None:
    down = ServerError("MySQL did not answer at h:1", "start it with 'svp up'")
    with open_reader(played.settings) as reader:
        reader.connect().close()
        with patch.object(reading, "connect", side_effect=down):
            assert "svp up" in failure_of(reader)
        assert reader.answer(visual_of(OVERVIEW, "figures"), {}).failure is None


def test_page_is_asked_over_several_connections_and_remembered(played: Platform) -> None:
    with closing(Readers(played.settings, REPORT, connections=3)) as readers:
        first = readers.answers(OVERVIEW, {})
        assert [found.visual for found in first] == list(OVERVIEW.visuals)
        played.execute("UPDATE agg_daily_statistics SET app_seconds = app_seconds + 3600")
        assert [found.rows for found in readers.answers(OVERVIEW, {})] == [
            found.rows for found in first
        ]
        readers.memory.forget()
        assert readers.answers(OVERVIEW, {})[2].rows != first[2].rows
