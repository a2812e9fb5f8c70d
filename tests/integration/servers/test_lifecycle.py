"""Starting, repairing and stopping real servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import TYPE_CHECKING

import psutil
import psycopg2
import pytest

from svp.core import mongodb, mysql, postgres
from svp.errors import ServerError, UsageError
from svp.servers import ENGINE_NAMES, Connections, start, stop
from svp.servers.home import open_home
from svp.settings import read_connections
from tests.integration.servers.conftest import Lines, process_of, running_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.servers.engine import EngineName

WARM_START_SECONDS = 10


def write_row(connections: Connections, name: EngineName, value: int) -> None:
    """Write one row and wait until the server has acknowledged it."""
    if name == "mongodb":
        with mongodb.open_database(connections.mongo_url, "svp_kept") as database:
            database["kept"].insert_one({"value": value})
    elif name == "mysql":
        with mysql.open_connection(connections.mysql_url) as session, session.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS svp_kept")
            cursor.execute("CREATE TABLE IF NOT EXISTS svp_kept.kept (value int)")
            cursor.execute("INSERT INTO svp_kept.kept VALUES (%s)", (value,))
    else:
        postgres.create_database(connections.postgres_url, "svp_kept")
        with postgres.transaction(connections.postgres_url, "svp_kept") as connection:
            run = connection.cursor().execute
            run("CREATE TABLE IF NOT EXISTS kept (value int)")
            run("INSERT INTO kept VALUES (%s)", (value,))


def read_rows(connections: Connections, name: EngineName) -> list[str]:
    """Return the values written, in order."""
    if name == "mongodb":
        with mongodb.open_database(connections.mongo_url, "svp_kept") as database:
            return sorted(str(document["value"]) for document in database["kept"].find())
    if name == "mysql":
        with mysql.open_connection(connections.mysql_url) as session, session.cursor() as cursor:
            cursor.execute("SELECT value FROM svp_kept.kept ORDER BY value")
            return [str(value) for (value,) in cursor.fetchall()]
    with postgres.transaction(connections.postgres_url, "svp_kept") as connection:
        rows = connection.cursor()
        rows.execute("SELECT value FROM kept ORDER BY value")
        return [str(value) for (value,) in rows.fetchall()]


def test_up_writes_the_urls_that_settings_read(shared_home: Path) -> None:
    connections = open_home(shared_home).read_connections()
    assert read_connections(shared_home) == {
        "postgres_url": connections.postgres_url,
        "mongo_url": connections.mongo_url,
        "mysql_url": connections.mysql_url,
    }
    assert connections.mongo_url.endswith("/?directConnection=true&replicaSet=svp&authSource=admin")


def test_second_up_changes_nothing_and_says_nothing(shared_home: Path) -> None:
    before = [running_process(shared_home, name).pid for name in ENGINE_NAMES]
    lines = Lines()
    connections = start(shared_home, progress=lines)
    assert connections == open_home(shared_home).read_connections()
    assert [running_process(shared_home, name).pid for name in ENGINE_NAMES] == before
    assert lines.said == []


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_up_after_kill_keeps_what_was_acknowledged(shared_home: Path, name: EngineName) -> None:
    connections = open_home(shared_home).read_connections()
    write_row(connections, name, 1)
    running_process(shared_home, name).kill()
    assert read_rows(start(shared_home), name) == ["1"]


def test_up_starts_postgres_when_its_pid_file_names_a_foreign_process(shared_home: Path) -> None:
    home = open_home(shared_home)
    instance = home.instance("postgres")
    with subprocess.Popen(["sleep", "60"], **instance.account.popen_options) as foreign:
        running_process(shared_home, "postgres").kill()
        pid_file = instance.data / "postmaster.pid"
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        pid_file.write_text("\n".join([str(foreign.pid), *lines[1:]]) + "\n", encoding="utf-8")
        start(shared_home)
        assert foreign.poll() is None
        foreign.kill()
    assert running_process(shared_home, "postgres").pid != foreign.pid


def test_down_leaves_no_process_and_warm_up_is_quick(shared_home: Path) -> None:
    stop(shared_home)
    assert [name for name in ENGINE_NAMES if process_of(shared_home, name)] == []
    assert [each for each in psutil.process_iter() if works_in(each, shared_home)] == []
    started_at = time.monotonic()
    start(shared_home)
    assert time.monotonic() - started_at < WARM_START_SECONDS


def answers(url: str) -> bool:
    """Tell whether PostgreSQL answers at a URL; it raises if not."""
    postgres.connect(url, "postgres").close()
    return True


def works_in(process: psutil.Process, folder: Path) -> bool:
    """Tell whether a process has its working folder or an argument in a folder."""
    try:
        arguments = process.cmdline()
        return Path(process.cwd()).is_relative_to(folder) or any(
            str(folder) in a for a in arguments
        )
    except psutil.Error:
        return False


def test_two_homes_run_side_by_side(shared_home: Path, empty_home: Path) -> None:
    first = open_home(shared_home).read_connections()
    second = start(empty_home, only={"postgres"})
    assert answers(second.postgres_url)
    assert answers(first.postgres_url)
    assert first.postgres_url != second.postgres_url
    assert (second.mongo_url, second.mysql_url) == ("", "")


class AnotherProgram(ThreadingTCPServer):
    """Hangs up on whoever calls."""

    allow_reuse_address = True


@contextmanager
def another_program(port: int) -> Iterator[None]:
    """Run another program on a port."""
    with AnotherProgram(("127.0.0.1", port), BaseRequestHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def test_servers_move_and_keep_their_data_when_another_program_took_their_ports(
    empty_home: Path,
) -> None:
    connections = start(empty_home, only={"postgres", "mongodb"})
    write_row(connections, "mongodb", 7)
    stop(empty_home)
    home, lines = open_home(empty_home), Lines()
    ports = [home.instance(name).port for name in ("postgres", "mongodb")]
    with another_program(ports[0]), another_program(ports[1]):
        moved = start(empty_home, only={"postgres", "mongodb"}, progress=lines)
    assert read_rows(moved, "mongodb") == ["7"]
    assert answers(moved.postgres_url)
    assert sum("is taken by another program" in line for line in lines.said) == 2


def test_up_repairs_a_data_folder_that_was_never_finished(empty_home: Path) -> None:
    start(empty_home, only={"postgres"})
    stop(empty_home)
    folder = open_home(empty_home).instance("postgres").folder
    shutil.rmtree(folder / "data")
    (folder / "unfinished" / "data").mkdir(parents=True)
    (folder / "unfinished" / "data" / "PG_VERSION").write_text("18\n", encoding="utf-8")
    connections = start(empty_home, only={"postgres"})
    assert answers(connections.postgres_url)


def test_up_works_under_a_strict_umask(empty_home: Path) -> None:
    usual = os.umask(0o077)
    try:
        connections = start(empty_home)
    finally:
        os.umask(usual)
    assert "" not in {connections.postgres_url, connections.mongo_url, connections.mysql_url}


def test_two_ups_at_once_start_each_server_once(empty_home: Path) -> None:
    script = "import sys, pathlib, svp.servers as s; s.start(pathlib.Path(sys.argv[1]), only={'postgres'})"
    command = [sys.executable, "-c", script, str(empty_home)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    argument = f"-D{empty_home}/postgres/data"
    commands = [each.info["cmdline"] or () for each in psutil.process_iter(["cmdline"])]
    assert len([each for each in commands if argument in each]) == 1


def test_failed_start_shows_the_end_of_the_log_and_its_path(empty_home: Path) -> None:
    start(empty_home, only={"postgres"})
    stop(empty_home)
    instance = open_home(empty_home).instance("postgres")
    with (instance.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("shared_buffers_of_nobody = 1\n")
    with pytest.raises(ServerError) as raised:
        start(empty_home, only={"postgres"})
    assert "shared_buffers_of_nobody" in raised.value.message
    assert str(instance.log) in raised.value.advice


def test_up_refuses_a_folder_with_other_things(empty_home: Path) -> None:
    empty_home.mkdir()
    (empty_home / "thesis.txt").touch()
    with pytest.raises(UsageError, match=r"holds thesis\.txt"):
        start(empty_home)
    assert [entry.name for entry in empty_home.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_up_refuses_a_home_that_the_servers_user_cannot_reach(empty_home: Path) -> None:
    parent = empty_home / "private"
    parent.mkdir(parents=True)
    parent.chmod(0o700)
    with pytest.raises(ServerError, match="can't enter"):
        start(parent / "home")
    assert parent.stat().st_mode & 0o777 == 0o700


def test_down_refuses_a_folder_that_is_no_home(empty_home: Path) -> None:
    with pytest.raises(UsageError, match="is not a home of local servers"):
        stop(empty_home)


def test_postgres_text_sorts_by_code_point(shared_home: Path) -> None:
    url = open_home(shared_home).read_connections().postgres_url
    with postgres.transaction(url, "postgres") as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT array_agg(word ORDER BY word) FROM (VALUES ('b'), ('B'), ('é')) w(word)"
        )
        assert cursor.fetchall() == [(["B", "b", "é"],)]


def test_postgres_account_is_no_superuser_and_may_create_databases(shared_home: Path) -> None:
    url = open_home(shared_home).read_connections().postgres_url
    with postgres.transaction(url, "postgres") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'svp'")
        assert cursor.fetchall() == [(False, True)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT pg_read_file('/etc/hostname')")
