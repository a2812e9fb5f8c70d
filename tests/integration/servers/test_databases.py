"""A database is dropped whoever is in there: others of its owner, and the server's own cleaning."""

from __future__ import annotations

from contextlib import closing, contextmanager
from time import sleep
from typing import TYPE_CHECKING

import pytest

from svp.core.postgres import connect, create_database, drop_database
from svp.errors import SchemaError
from tests.integration.warehouse.accounts import administrator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.postgres import Connection
    from svp.servers.home import Home

DATABASE = "svp_cleaned"
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
