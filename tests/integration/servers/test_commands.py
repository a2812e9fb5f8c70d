"""svp up, down, status, doctor and env, as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from svp.cli.servers import register
from svp.errors import UsageError
from svp.servers import start
from svp.servers.home import open_home
from tests.integration.servers.conftest import process_of

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of this room on a home."""
    app = typer.Typer()
    register(app)

    def run_on(home: Path, *arguments: str) -> Result:
        monkeypatch.setenv("SVP_HOME", str(home))
        return CliRunner().invoke(app, arguments)

    return run_on


def test_status_tells_what_runs_where(run: Run, shared_home: Path) -> None:
    result = run(shared_home, "status", "--json")
    servers = json.loads(result.stdout)["servers"]
    assert [(each["name"], each["state"]) for each in servers] == [
        ("postgres", "running"),
        ("mongodb", "running"),
        ("mysql", "running"),
    ]
    assert [each["description"].split()[0] for each in servers] == [
        "PostgreSQL",
        "MongoDB",
        "MySQL",
    ]
    assert servers[0]["process_id"] == getattr(process_of(shared_home, "postgres"), "pid", None)
    assert all(each["data_bytes"] > 1_000_000 for each in servers)
    assert result.exit_code == 0


def test_status_of_stopped_servers_exits_3(run: Run, empty_home: Path) -> None:
    result = run(empty_home, "status", "--json")
    assert [each["state"] for each in json.loads(result.stdout)["servers"]] == ["stopped"] * 3
    assert result.exit_code == 3


def test_status_names_a_server_of_the_users_own(
    run: Run, shared_home: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = open_home(shared_home).read_connections().mysql_url
    monkeypatch.setenv("SVP_MYSQL_URL", url)
    monkeypatch.setenv("SVP_POSTGRES_URL", "postgresql://svp:x@127.0.0.1:1/postgres")
    result = run(empty_home, "status", "--json")
    states = {each["name"]: each["state"] for each in json.loads(result.stdout)["servers"]}
    assert states == {"postgres": "unreachable", "mongodb": "stopped", "mysql": "external"}


def test_doctor_finds_nothing_wrong_with_local_servers(run: Run, shared_home: Path) -> None:
    result = run(shared_home, "doctor", "--json")
    checks = json.loads(result.stdout)["checks"]
    assert [check for check in checks if check["outcome"] != "ok"] == []
    assert result.exit_code == 0


def test_doctor_says_how_to_mend_what_is_missing_and_exits_3(run: Run, empty_home: Path) -> None:
    result = run(empty_home, "doctor", "--json")
    failed = [check for check in json.loads(result.stdout)["checks"] if check["outcome"] == "fail"]
    assert [check["server"] for check in failed] == ["postgres", "mongodb", "mysql"]
    assert {check["remedy"] for check in failed} == {
        "run 'svp up' for local servers, or set its URL"
    }
    assert result.exit_code == 3


def test_env_hides_passwords_unless_asked(run: Run, shared_home: Path) -> None:
    connections = open_home(shared_home).read_connections()
    hidden = run(shared_home, "env").stdout
    shown = run(shared_home, "env", "--show-secrets", "--json").stdout
    assert "SVP_POSTGRES_URL=postgresql://svp:***@127.0.0.1:" in hidden
    assert json.loads(shown) == {
        "SVP_POSTGRES_URL": connections.postgres_url,
        "SVP_MONGO_URL": connections.mongo_url,
        "SVP_MYSQL_URL": connections.mysql_url,
    }


def test_down_delete_asks_first_and_yes_removes_only_what_svp_made(
    run: Run, empty_home: Path
) -> None:
    start(empty_home, only={"postgres"})
    (empty_home / "notes.txt").touch()
    for left_by_commands in ("accounts", "demo/tiny", "exports"):
        (empty_home / left_by_commands).mkdir(parents=True)
    asked = run(empty_home, "down", "--delete")
    assert isinstance(asked.exception, UsageError)
    assert process_of(empty_home, "postgres") is not None
    assert run(empty_home, "down", "--delete", "--yes").exit_code == 0
    assert [entry.name for entry in empty_home.iterdir()] == ["notes.txt"]
    refused = run(empty_home, "down", "--delete", "--yes")
    assert isinstance(refused.exception, UsageError)
    assert (empty_home / "notes.txt").exists()


def test_home_may_begin_with_what_other_commands_left(run: Run, empty_home: Path) -> None:
    (empty_home / "demo").mkdir(parents=True)
    (empty_home / ".credentials.json.new").touch()  # of a run that was killed while it wrote
    start(empty_home, only={"postgres"})
    assert process_of(empty_home, "postgres") is not None


def test_home_that_is_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        assert isinstance(run(home, "up").exception, UsageError)
