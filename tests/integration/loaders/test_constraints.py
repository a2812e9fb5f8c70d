"""A large load into an empty table: what is off meanwhile is there again afterwards, and readers never wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.errors import QueryCanceled

from loaders import constraints, ingest, ledger, postgres, sinks
from loaders.ledger import only_ingest
from svp.cli.schemas import install_all
from svp.core.postgres import connect, transaction
from svp.core.progress import SILENT
from svp.errors import ServerError
from svp.model import VIEWING_SESSIONS
from tests.unit.loaders.builders import a_catalogue, a_session, sessions_file, users_file

if TYPE_CHECKING:
    from pathlib import Path

    from svp.core.postgres import Connection
    from tests.integration.loaders.stores import Stores

UNIQUE = "SELECT count(*) FROM pg_index WHERE indrelid = 'oltp.viewing_sessions'::regclass AND indisunique"
FOREIGN_KEYS = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'oltp.viewing_sessions'::regclass AND contype = 'f'"
READERS_QUERY = (
    "SELECT (SELECT count(*) FROM oltp.viewing_sessions), (SELECT count(*) FROM oltp.users),"
    " (SELECT count(*) FROM oltp.content)"
)


@pytest.fixture
def parents(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """Users and titles, no sessions, and files of any size taken for large ones."""
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    monkeypatch.setattr(ingest, "LARGE_BYTES", 0)
    return stores


def structure(stores: Stores) -> list[tuple[Any, ...]]:
    """Return every index and constraint, and whether it is validated."""
    return stores.rows(
        "SELECT pg_get_constraintdef(oid), conname, convalidated FROM pg_constraint"
        " WHERE conrelid = 'oltp.viewing_sessions'::regclass"
        " UNION ALL SELECT pg_get_indexdef(indexrelid), '', indisvalid FROM pg_index"
        " WHERE indrelid = 'oltp.viewing_sessions'::regclass ORDER BY 1, 2"
    )


def leave_off(stores: Stores) -> None:
    """Do what a load leaves that is killed as soon as it has begun."""
    database = stores.settings.workspace.postgres_database
    with transaction(stores.settings.postgres_url, database) as connection:
        constraints._take_off(connection, VIEWING_SESSIONS)


def test_they_are_off_while_rows_come_and_validated_again_with_them(
    parents: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen = structure(parents), []
    store, make_again = postgres.store, constraints.make_again

    def store_and_look(*arguments: Any) -> Any:
        seen.append((parents.one(FOREIGN_KEYS), parents.one(UNIQUE)))
        return store(*arguments)

    def make_again_and_read(connection: Connection) -> None:
        make_again(connection)
        parents.one("SELECT set_config('lock_timeout', '1s', false)")
        seen.extend(parents.rows(READERS_QUERY))

    monkeypatch.setattr(postgres, "store", store_and_look)
    monkeypatch.setattr(sinks, "make_again", make_again_and_read)
    first, second = a_session("S1"), a_session("S2")
    parents.load(sessions_file(tmp_path, first, a_session("X", user_id="U9")))
    assert seen == [(0, 1), (0, 1, 1)]
    assert structure(parents) == before
    parents.load(sessions_file(tmp_path, second, name="more.csv"))
    assert seen[2:] == [(parents.one(FOREIGN_KEYS), 2), (1, 1, 1)]
    assert structure(parents) == before
    assert parents.one("SELECT count(*) FROM oltp.viewing_sessions") == 2


def test_a_key_that_comes_again_is_stored_once_though_its_index_is_off(
    parents: Stores, tmp_path: Path
) -> None:
    before = structure(parents)
    (report,) = parents.load(
        sessions_file(tmp_path, a_session("S1"), a_session("S1", watch_duration_minutes="7"))
    )
    assert (report.counts.loaded_rows, report.counts.updated_rows) == (1, 1)
    assert parents.rows("SELECT session_id, watch_seconds FROM oltp.viewing_sessions") == [
        ("S1", 420)
    ]
    assert structure(parents) == before


def test_a_load_that_fails_leaves_them(
    parents: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = structure(parents)

    def hang_up(*_: object) -> None:
        raise ServerError("PostgreSQL is gone")  # noqa: EM101  (a test's own)

    with monkeypatch.context() as patched:
        patched.setattr(postgres, "store", hang_up)
        with pytest.raises(ServerError):
            parents.load(sessions_file(tmp_path))
    assert structure(parents) == before
    assert parents.one("SELECT count(*) FROM ops.suspended") == 0


def test_what_a_killed_load_left_off_is_made_again_by_the_next_whatever_it_loads(
    parents: Stores, tmp_path: Path
) -> None:
    before = structure(parents)
    leave_off(parents)
    assert parents.one(FOREIGN_KEYS) == 0
    parents.load(users_file(tmp_path, name="again.csv"))
    assert structure(parents) == before
    assert parents.one("SELECT count(*) FROM ops.suspended") == 0


@pytest.mark.parametrize("lock_timeout", ["0", "10ms"], ids=["ours", "shorter"])
def test_who_reads_a_parent_is_not_waited_for(
    parents: Stores, tmp_path: Path, lock_timeout: str
) -> None:
    before = structure(parents)
    database = parents.settings.workspace.postgres_database
    with parents.postgres.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE \"{database}\" SET lock_timeout = '{lock_timeout}'")
    parents.rows("BEGIN; SELECT * FROM oltp.users")
    (report,) = parents.load(sessions_file(tmp_path))
    assert report.counts.loaded_rows == 1
    assert structure(parents) == before


def test_init_makes_what_a_killed_load_left_off(
    parents: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = structure(parents)
    leave_off(parents)
    with only_ingest(parents.settings):
        monkeypatch.setattr(ledger, "LOCK_WAIT", "10ms")
        constraints.mend(parents.settings)
        assert parents.one(FOREIGN_KEYS) == 0
    install_all(parents.settings, SILENT)
    assert structure(parents) == before


@pytest.mark.parametrize(
    "held", ["oltp.content", "oltp.users", "oltp.viewing_sessions", "ops.load"]
)
def test_one_statement_waits_for_all_locks_and_is_given_up_whole(
    parents: Stores, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setattr(constraints, "LOCK_WAIT", "1s")
    url, database = parents.settings.postgres_url, parents.settings.workspace.postgres_database
    waiting = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    with (
        closing(connect(url, database)) as taker,
        closing(connect(url, database)) as reader,
        ThreadPoolExecutor(1) as pool,
        parents.postgres.cursor() as cursor,
    ):
        reader.cursor().execute(f"SELECT * FROM {held}")
        taking = pool.submit(constraints._take_off, taker, VIEWING_SESSIONS)
        seen = set()
        while not taking.done():
            cursor.execute(waiting, (database,))
            seen.update(cursor.fetchall())
        assert isinstance(taking.exception(), QueryCanceled)
    tables = '"oltp"."viewing_sessions", oltp.content, oltp.users, ops.load'
    assert (f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE",) in seen
    # What only reads the catalogue may meet the server's own housekeeping.
    assert not [statement for (statement,) in seen if statement.startswith(("ALTER", "DROP"))]
