"""The marts as the reader account answers them: read only, each statement limited in time, failures as messages.

Every question is one of ``report.queries``, in the shape that Power BI sends.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any

import mysql.connector

from report.browser.failures import ACCOUNT_ADVICE, is_lost, is_refused_account, told
from report.browser.literals import with_values
from report.browser.memory import Memory
from report.definition import PERIOD, load_report
from report.queries import answer, slicer_query, visual_queries
from svp.core.mysql import address, connect
from svp.core.sqlfiles import read_sql
from svp.errors import PlatformError, ServerError
from warehouse.connections import Row, execute, fetch, fetch_one
from warehouse.reader import reader_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from report.definition import Page, Report, Visual
    from report.queries import Choice, Query
    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["Answer", "Reader", "open_reader"]

STATEMENT_SECONDS = 30
"""Longest that the server works for one statement."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One visual, answered."""

    visual: Visual
    rows: list[Row]
    """Groups, then measures, as ``report.queries.answer`` gives them."""
    statements: tuple[str, ...]
    """The SQL as asked, values written in, for people to read and copy."""
    seconds: float
    failure: str | None = None
    """What went wrong, with what to do; there are no rows then."""


class Reader:
    """The reader account over one connection, opened when it is needed, and again when it was lost.

    For one thread at a time. Methods that return values of the marts raise PlatformError where these can't be read.
    """

    def __init__(self, settings: Settings, report: Report, memory: Memory) -> None:
        self.report = report
        self.memory = memory
        self._settings = settings
        self._database = settings.workspace.mart_database
        self._connection: Connection | None = None

    def answer(self, visual: Visual, choice: Choice) -> Answer:
        """Return a visual's rows, or what kept us from them; nothing is raised."""
        started = perf_counter()
        statements = self.statements(visual, choice)
        rows: list[Row] = []
        failure = None
        try:
            rows = self.memory.recall(
                (repr(visual), statements), lambda: self._rows(visual, choice)
            )
        except PlatformError as error:
            failure = str(error)
        return Answer(visual, rows, statements, perf_counter() - started, failure)

    def statements(self, visual: Visual, choice: Choice) -> tuple[str, ...]:
        """Return the SQL of a visual with its values written in."""
        queries = visual_queries(self.report, visual, database=self._database, choice=choice)
        return tuple(map(with_values, queries))

    def values(self, field: str) -> list[Any]:
        """Return the values of a slicer, in their order."""
        query = slicer_query(self.report, field, database=self._database)
        return [value for (value,) in self._ask(query)]

    def opening_choice(self, page: Page) -> Choice:
        """Return what a page opens with, as the Power BI project does."""
        month = self.last_month() if PERIOD in page.slicers else None
        return {PERIOD: (month,)} if month else {}

    def last_month(self) -> date | None:
        """Return the last month that the data has to its end, or the last of all; None where the marts are empty."""
        text = read_sql("report.statements", "last_month")
        ((month,),) = self.memory.recall(text, lambda: self._fetch(text, ()))
        return month if isinstance(month, date) else None

    def connect(self) -> Connection:
        """Return the connection, opened if need be.

        Raises:
            UsageError: the reader account is not known here.
            ServerError: the server can't be reached, or refuses the account.
            SchemaError: the workspace has no marts.
        """
        if self._connection is None:
            self._connection = open_session(self._settings)
        return self._connection

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _rows(self, visual: Visual, choice: Choice) -> list[Row]:
        return answer(self.report, visual, self._ask, database=self._database, choice=choice)

    def _ask(self, query: Query) -> list[Row]:
        """Return the rows of a query; the values of a slicer, which give other visuals their order, are remembered."""
        if query.measures:
            return self._fetch(query.text, query.parameters)
        return self.memory.recall(query, lambda: self._fetch(query.text, query.parameters))

    def _fetch(self, text: str, parameters: Sequence[Any]) -> list[Row]:
        """Return a statement's rows, over a new connection if the one that was open is lost."""
        was_open = self._connection is not None
        try:
            return fetch(self.connect(), text, parameters)
        except mysql.connector.Error as error:
            if is_lost(error):
                self.close()
            if not (is_lost(error) and was_open):
                raise told(error) from error
        return self._fetch(text, parameters)


@contextmanager
def open_reader(settings: Settings) -> Iterator[Reader]:
    """Give a reader of a workspace's marts, connected; it is closed afterwards.

    Raises:
        UsageError: the reader account is not known here.
        ServerError: the server can't be reached, or refuses the account.
        SchemaError: the workspace has no marts.
    """
    with closing(Reader(settings, load_report(), Memory())) as reader:
        reader.connect()
        yield reader


def open_session(settings: Settings) -> Connection:
    """Open a connection of the reader account that writes nothing, and waits for no statement too long."""
    url = reader_url(settings)
    try:
        connection = connect(url, settings.workspace.mart_database)
    except ServerError as error:
        if not is_refused_account(error.__cause__):
            raise
        message = f"MySQL at {address(url)} refused the account that reads the marts"
        raise ServerError(message, ACCOUNT_ADVICE) from error
    (version,) = fetch_one(connection, "SELECT version()")
    limit = (
        f"max_statement_time = {STATEMENT_SECONDS}"
        if "MariaDB" in version
        else f"max_execution_time = {1000 * STATEMENT_SECONDS}"
    )
    execute(connection, f"SET SESSION {limit}")
    execute(connection, "SET SESSION TRANSACTION READ ONLY")
    return connection
