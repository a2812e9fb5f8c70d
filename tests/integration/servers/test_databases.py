"""A database is dropped whoever is in there: others of its owner, and the server's own cleaning."""

from __future__ import annotations

from contextlib import closing, contextmanager
from time import sleep
from typing import TYPE_CHECKING

import pytest
from psycopg2 import OperationalError

from svp.core.postgres import connect, create_database, drop_database
from svp.errors import SchemaError, ServerError
from tests.integration.warehouse.accounts import administrator, as_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.postgres import Connection
    from svp.servers.home import Home

DATABASE = "svp_cleaned"
STRANGER, PASSWORD = "svp_stranger", "a-password"
SLOWLY_CLEANED = """
CREATE TABLE cleaned (value text)
WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1);
INSERT INTO cleaned SELECT repeat('x', 500) FROM generate_series(1, 20000);
DELETE FROM cleaned;
"""
"""A table with so much to be cleaned, so slowly, that it would take minutes."""
CLEANING = (
    "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = %s"
)


@pytest.fixture
def server(postgres_url: str, local_home: Home) -> Iterator[Connection]:
    """A connection of the administrator, of a server that cleans every second."""
    url = administrator(postgres_url, "postgres", local_home)
    with closing(connect(url, "postgres", autocommit=True)) as connection:
        with every_second(connection):
            yield connection
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


@contextmanager
def every_second(connection: Connection) -> Iterator[None]:
    """Let the server look every second, where it does every minute, for what is to be cleaned."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        cursor.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            cursor.execute("ALTER SYSTEM RESET autovacuum_naptime")
            cursor.execute("SELECT pg_reload_conf()")


def wait_for_cleaning(server: Connection) -> None:
    """Wait until the database is being cleaned."""
    for _ in range(1_200):
        if is_cleaned(server):
            return
        sleep(0.1)
    pytest.fail("autovacuum did not come within two minutes")


def is_cleaned(server: Connection) -> bool:
    with server.cursor() as cursor:
        cursor.execute(CLEANING, (DATABASE,))
        return cursor.fetchone() is not None


@pytest.mark.parametrize("use", ["unused", "used"])
def test_a_database_that_is_being_cleaned_is_dropped(
    server: Connection, postgres_url: str, use: str
) -> None:
    create_database(postgres_url, DATABASE)
    with closing(connect(postgres_url, DATABASE, autocommit=True)) as other:
        with other.cursor() as cursor:
            cursor.execute(SLOWLY_CLEANED)
        if use == "unused":
            other.close()
        wait_for_cleaning(server)
        drop_database(postgres_url, DATABASE)
    with pytest.raises(SchemaError):
        connect(postgres_url, DATABASE)


@pytest.fixture
def stranger_url(server: Connection, postgres_url: str) -> Iterator[str]:
    """The URL of an account that may make databases, and owns none."""
    with server.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {STRANGER} LOGIN CREATEDB PASSWORD %s", (PASSWORD,))
        yield as_account(postgres_url, STRANGER, PASSWORD)
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"DROP ROLE {STRANGER}")


def is_alive(connection: Connection) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def test_whoever_does_not_own_a_database_is_refused_before_any_session_is_ended(
    server: Connection, postgres_url: str, stranger_url: str
) -> None:
    with server.cursor() as cursor:
        cursor.execute(f"GRANT pg_signal_backend, pg_read_all_stats TO {STRANGER}")
    create_database(postgres_url, DATABASE)
    with closing(connect(postgres_url, DATABASE, autocommit=True)) as of_owner:
        with pytest.raises(ServerError, match=f"database {DATABASE}, and not the user {STRANGER}"):
            drop_database(stranger_url, DATABASE)
        assert is_alive(of_owner)
    drop_database(stranger_url, "svp_never_made")


def test_sessions_that_the_owner_may_not_end_are_told_of_with_what_to_do(
    server: Connection, postgres_url: str, stranger_url: str
) -> None:
    create_database(stranger_url, DATABASE)
    with closing(connect(postgres_url, DATABASE, autocommit=True)) as of_other:
        with pytest.raises(
            ServerError, match=rf"(?s){DATABASE}.*GRANT pg_signal_backend TO {STRANGER}"
        ):
            drop_database(stranger_url, DATABASE)
        assert is_alive(of_other)
        with server.cursor() as cursor:
            cursor.execute(f"GRANT pg_signal_backend TO {STRANGER}")
        drop_database(stranger_url, DATABASE)
        assert not is_alive(of_other)
