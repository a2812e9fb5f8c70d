"""What nobody may see or do: passwords in sight, and access without one."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mysql.connector
import psutil
import psycopg2
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from svp.core.mysql import connect, open_connection
from svp.errors import ServerError
from svp.servers import ENGINE_NAMES, start
from svp.servers.home import open_home

if TYPE_CHECKING:
    from pathlib import Path

    from svp.core.mongodb import Documents

UNAUTHORIZED = 13


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


@pytest.fixture
def passwords(shared_home: Path) -> list[str]:
    content = json.loads((shared_home / "credentials.json").read_text(encoding="utf-8"))
    found = [password for server in content.values() for password in server.values()]
    assert len(set(found)) == 2 * len(ENGINE_NAMES)
    return found


@pytest.mark.parametrize("user", ["svp", "postgres"])
def test_postgres_refuses_everybody_without_a_password(shared_home: Path, user: str) -> None:
    port = port_of(open_home(shared_home).read_connections().postgres_url)
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(host="127.0.0.1", port=port, user=user, dbname="postgres")


def test_mongodb_shows_and_makes_nothing_without_a_password(shared_home: Path) -> None:
    port = port_of(open_home(shared_home).read_connections().mongo_url)
    client: Documents = MongoClient("127.0.0.1", port, directConnection=True)
    with client:
        for command in ({"listDatabases": 1}, {"createUser": "eve", "pwd": "x", "roles": ["root"]}):
            with pytest.raises(OperationFailure) as raised:
                client.admin.command(command)
            assert raised.value.code == UNAUTHORIZED


@pytest.mark.parametrize("user", ["svp", "root", ""])
def test_mysql_refuses_everybody_without_a_password(shared_home: Path, user: str) -> None:
    port = port_of(open_home(shared_home).read_connections().mysql_url)
    with pytest.raises(mysql.connector.Error) as raised:
        mysql.connector.connect(host="127.0.0.1", port=port, user=user, password="", use_pure=True)
    assert raised.value.errno == mysql.connector.errorcode.ER_ACCESS_DENIED_ERROR


@pytest.mark.parametrize("user", ["svp", "root", ""])
def test_mariadb_refuses_everybody_without_a_password(mariadb_home: Path, user: str) -> None:
    port = port_of(open_home(mariadb_home).read_connections().mysql_url)
    with pytest.raises(mysql.connector.Error) as raised:
        mysql.connector.connect(host="127.0.0.1", port=port, user=user, password="", use_pure=True)
    assert raised.value.errno == mysql.connector.errorcode.ER_ACCESS_DENIED_ERROR


def test_administrators_have_the_passwords_of_the_credentials_file(shared_home: Path) -> None:
    home = open_home(shared_home)
    server = home.instance("mysql")
    with mysql.connector.connect(
        host="127.0.0.1",
        port=server.port,
        user="root",
        password=server.admin_password,
        use_pure=True,
    ) as connection:
        assert connection.is_connected()
    server = home.instance("postgres")
    psycopg2.connect(
        host="127.0.0.1", port=server.port, user="postgres", password=server.admin_password
    ).close()


def test_mysql_is_encrypted_without_reading_the_authorities_that_nobody_asked_for(
    shared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        pytest.fail("authorities are read")

    url = open_home(shared_home).read_connections().mysql_url
    with monkeypatch.context() as patched:
        patched.setattr(ssl.SSLContext, "load_default_certs", read)
        with open_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
            ((_, cipher),) = cursor.fetchall()
    assert cipher
    with pytest.raises(ServerError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(f"{url}?tls=verify")


def test_no_password_is_in_a_command_line_an_environment_or_a_log(
    shared_home: Path, passwords: list[str]
) -> None:
    home = open_home(shared_home)
    seen = [home.instance(name).log.read_text(errors="replace") for name in ENGINE_NAMES]
    for process in psutil.process_iter():
        try:
            seen += process.cmdline() + list(process.environ().values())
        except psutil.Error:
            continue
    assert [text for text in seen if any(password in text for password in passwords)] == []


def test_files_with_passwords_are_readable_by_their_owner_only(shared_home: Path) -> None:
    instance = open_home(shared_home).instance("mongodb")
    private = [
        shared_home / "credentials.json",
        shared_home / "connections.json",
        instance.data / "keyfile",
    ]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600"] * 3
    folders = [open_home(shared_home).instance(name).folder for name in ENGINE_NAMES]
    assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 3


def test_nothing_that_made_the_accounts_is_left(shared_home: Path, passwords: list[str]) -> None:
    kept = {"credentials.json", "connections.json"}
    texts = [
        path.read_text(errors="replace")
        for path in shared_home.rglob("*")
        if path.is_file() and path.name not in kept and path.stat().st_size < 100_000
    ]
    assert [text for text in texts if any(password in text for password in passwords)] == []


def test_servers_listen_on_loopback_only(shared_home: Path) -> None:
    home = open_home(shared_home)
    ports = {home.instance(name).port for name in ENGINE_NAMES}
    addresses = {
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.laddr and connection.status == psutil.CONN_LISTEN
        if connection.laddr.port in ports
    }
    assert addresses == {"127.0.0.1"}


def test_repeat_of_up_keeps_the_passwords(shared_home: Path, passwords: list[str]) -> None:
    connections = start(shared_home)
    assert urlsplit(connections.postgres_url).password in passwords
