"""Failures that pass: the work goes on, nothing is applied twice, and what happened is said."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError, NotPrimaryError

from loaders import mongodb, postgres, retries
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.retries import is_transient
from svp.core.progress import SILENT
from svp.errors import InputError, LockError, ServerError
from svp.servers import start, stop
from tests.conftest import fresh_workspace
from tests.integration.loaders.proxy import proxied
from tests.integration.loaders.stores import Stores, contents, opened
from tests.unit.loaders.builders import a_catalogue, a_session, a_user, sessions_file, users_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svp.settings import Settings

COMMITS = 60
"""More than two ingests of four files have."""

COMPARED = ("ledger", "quarantine", "load_days", "days", "marks", "content", "viewing_events")
"""What two runs leave alike: rows have keys of a sequence, which an attempt uses up."""


class Told:
    """Progress that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.task = SILENT.task

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than is needed here."""
    monkeypatch.setattr(retries, "PAUSES_SECONDS", (0.1, 0.2, 0.4, 1, 2, 4, 8))


def deliveries(folder: Path) -> list[list[Path]]:
    """Write users, titles and sessions, one of which waits; and then the user it waits for."""
    sessions = [*(a_session(f"S{n}") for n in range(20)), a_session("W", user_id="U2")]
    first = sessions_file(folder, *sessions, a_session("X", watch_date="soon"))
    late = users_file(folder, a_user("U2"), name="u2.csv")
    return [[users_file(folder), a_catalogue(folder), first], [late]]


def load(settings: Settings, given: list[list[Path]]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return what became of the files, and what was said on the way."""
    told = Told()
    reports = [
        (report.kind, report.outcome, report.counts)
        for paths in given
        for report in ingest(settings, recognise_all(paths), progress=told)
    ]
    return reports, told.lines


@pytest.fixture
def expected(settings: Settings, tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """Give the contents and the reports of a run without a failure."""
    urls = (settings.postgres_url, settings.mongo_url, settings.mysql_url)
    with fresh_workspace(settings.home, *urls) as other, opened(other) as stores:
        reports, _ = load(other, deliveries(tmp_path))
        yield contents(stores), reports


def emptied(stores: Stores) -> None:
    """Make a workspace what it was before the first load."""
    names = [
        name
        for (name,) in stores.rows(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname = 'oltp' OR (schemaname = 'ops' AND tablename <> 'schema_migration')"
        )
    ]
    with stores.postgres.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
    for name in ("content", "viewing_events"):
        stores.mongodb[name].delete_many({})


@pytest.mark.parametrize("is_carried_out", [True, False], ids=["answer lost", "commit lost"])
def test_a_commit_whose_answer_is_lost_is_never_applied_twice(
    stores: Stores, tmp_path: Path, expected: tuple[Any, Any], *, is_carried_out: bool
) -> None:
    given = deliveries(tmp_path)
    for number in range(2, COMMITS):
        emptied(stores)
        with proxied(
            stores.settings.postgres_url, number=number, is_carried_out=is_carried_out
        ) as (url, proxy):
            reports, told = load(replace(stores.settings, postgres_url=url), given)
        if proxy.commits < number:
            break
        assert told
        left = contents(stores)
        assert [name for name in COMPARED if left[name] != expected[0][name]] == [], number
        files = [report for report in reports if report[1] != "replayed"]
        assert files == [report for report in expected[1] if report[1] != "replayed"], number
    assert number > 15
    assert proxy.commits < number


def raised_once(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, error: Callable[[], Exception]
) -> None:
    """Make a function fail the first time it is called."""
    function, failures = getattr(module, name), [error()]

    def fragile(*arguments: Any, **named: Any) -> Any:
        if failures:
            raise failures.pop()
        return function(*arguments, **named)

    monkeypatch.setattr(module, name, fragile)


@pytest.mark.parametrize(
    ("module", "name", "error"),
    [
        (postgres, "store", psycopg2.errors.DeadlockDetected),
        (postgres, "store", psycopg2.errors.SerializationFailure),
        (postgres, "judge", psycopg2.errors.AdminShutdown),
        (postgres, "write", psycopg2.OperationalError),
        (mongodb, "write", lambda: NotPrimaryError("stepped down")),
        (mongodb, "write", lambda: AutoReconnect("connection reset")),
    ],
)
def test_what_passes_is_tried_again_and_said(
    stores: Stores,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    module: Any,
    name: str,
    error: Callable[[], Exception],
) -> None:
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    raised_once(monkeypatch, module, name, error)
    told = Told()
    (report,) = ingest(stores.settings, recognise_all([sessions_file(tmp_path)]), progress=told)
    assert (report.outcome, report.counts.loaded_rows) == ("loaded", 1)
    assert "again in 0.1 s (1 of 7)" in told.lines[0]
    assert stores.mongodb["viewing_events"].count_documents({}) == 1


def test_what_does_not_pass_ends_after_a_bounded_number_of_repeats(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PAUSES_SECONDS", (0.01, 0.02))
    calls = []

    def always(*_: object) -> None:
        calls.append(1)
        raise psycopg2.errors.DeadlockDetected

    monkeypatch.setattr(postgres, "store", always)
    with pytest.raises(psycopg2.errors.DeadlockDetected):
        stores.load(users_file(tmp_path))
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg2.InterfaceError("connection already closed"), True),
        (psycopg2.errors.CannotConnectNow(), True),
        (psycopg2.errors.UniqueViolation(), False),
        (psycopg2.ProgrammingError("no such column"), False),
        (DuplicateKeyError("E11000"), False),
        (LockError("another ingest"), True),
        (ServerError("refused the user"), False),
        (InputError("damaged"), False),
        (ValueError("a defect"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, *, passes: bool) -> None:
    assert is_transient(error) is passes


@pytest.fixture
def fragile() -> Iterator[tuple[Path, str, str]]:
    """Give servers of our own that a test may kill: their home, and their URLs."""
    home = Path(tempfile.mkdtemp(prefix="svp-test-"))
    home.chmod(0o755)
    try:
        servers = start(home, only={"postgres", "mongodb"})
        yield home, servers.postgres_url, servers.mongo_url
    finally:
        stop(home)
        shutil.rmtree(home)


@pytest.mark.parametrize("during", ["rows", "documents"])
def test_servers_that_are_restarted_under_an_ingest_are_waited_for(
    fragile: tuple[Path, str, str],
    tmp_path: Path,
    mysql_url: str,
    monkeypatch: pytest.MonkeyPatch,
    during: str,
) -> None:
    home, postgres_url, mongo_url = fragile
    with (
        fresh_workspace(home, postgres_url, mongo_url, mysql_url) as settings,
        opened(settings) as stores,
    ):
        stores.load(users_file(tmp_path), a_catalogue(tmp_path))
        path = sessions_file(tmp_path, *(a_session(f"S{n}") for n in range(50)))
        module: Any = postgres if during == "rows" else mongodb
        name = "store" if during == "rows" else "_write_batch"
        function, restarts = getattr(module, name), [1]

        def restart_under_it(*given: Any) -> Any:
            if restarts:
                restarts.pop()
                stop(home)
                start(home, only={"postgres", "mongodb"})
            return function(*given)

        monkeypatch.setattr(module, name, restart_under_it)
        told = Told()
        (report,) = ingest(settings, recognise_all([path]), progress=told)
        assert (report.outcome, report.counts.loaded_rows) == ("loaded", 50)
        assert "again in" in told.lines[0]
        stores.postgres.close()
        with opened(settings) as left:
            assert left.one("SELECT count(*) FROM oltp.viewing_sessions") == 50
            assert left.mongodb["viewing_events"].count_documents({}) == 50
