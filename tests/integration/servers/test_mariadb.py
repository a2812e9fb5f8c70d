"""MariaDB in MySQL's place: what it forgets by default is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mysql.connector as mysql_connector
import pytest

from svp.core import mysql
from svp.servers import start
from svp.servers.home import open_home
from tests.integration.servers.conftest import Lines, process_of

if TYPE_CHECKING:
    from pathlib import Path

SHOW = "SHOW GLOBAL VARIABLES WHERE variable_name IN (%s, %s, %s, %s, %s, %s, %s)"

SETTINGS = {
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_bin",
    "event_scheduler": "ON",
    "local_infile": "ON",
    "max_heap_table_size": "134217728",
    "time_zone": "+00:00",
    "tmp_table_size": "134217728",
}


def read_settings(url: str) -> dict[str, str]:
    with mysql.open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(SHOW, tuple(SETTINGS))
        return {str(name): str(value) for name, value in cursor.fetchall()}


def test_mariadb_has_the_settings_the_warehouse_needs(mariadb_home: Path) -> None:
    assert read_settings(open_home(mariadb_home).read_connections().mysql_url) == SETTINGS


def test_mysql_has_the_same_settings(shared_home: Path) -> None:
    assert read_settings(open_home(shared_home).read_connections().mysql_url) == SETTINGS


@pytest.mark.parametrize("home_fixture", ["shared_home", "mariadb_home"])
def test_account_makes_procedures_events_and_readers_of_its_own_databases_only(
    home_fixture: str, request: pytest.FixtureRequest
) -> None:
    home: Path = request.getfixturevalue(home_fixture)
    url = open_home(home).read_connections().mysql_url
    with mysql.open_connection(url) as connection, connection.cursor() as cursor:
        for statement in (
            "CREATE DATABASE svp_mart",
            "CREATE PROCEDURE svp_mart.one() SELECT 1",
            "CREATE EVENT svp_mart.daily ON SCHEDULE EVERY 1 DAY DO CALL svp_mart.one()",
            "CREATE USER reader@'%' IDENTIFIED BY 'rEader-1'",
            "GRANT SELECT ON svp_mart.* TO reader@'%'",
            "DROP DATABASE svp_mart",
            "DROP USER reader@'%'",
        ):
            cursor.execute(statement)
        with pytest.raises(mysql_connector.Error, match="Access denied"):
            cursor.execute("CREATE DATABASE somebody_elses")


def test_switch_of_flavour_keeps_the_data_of_both(mariadb_home: Path) -> None:
    home, lines = open_home(mariadb_home), Lines()
    url = home.read_connections().mysql_url
    with mysql.open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE svp_before")
    start(mariadb_home, mysql="mysql", only={"mysql"}, progress=lines)
    assert "MySQL" in open_home(mariadb_home).remembered("mysql").description
    assert process_of(home, "mysql") is None
    start(mariadb_home, mysql="mariadb", only={"mysql"})
    with mysql.open_connection(url, "svp_before") as connection:
        assert connection.database == "svp_before"
    assert any(line.startswith("MariaDB gives way") for line in lines.said)
