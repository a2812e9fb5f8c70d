"""The command as a person uses it: a process of its own, settings from the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from svp.core.mysql import open_connection

if TYPE_CHECKING:
    from svp.settings import Settings

SVP = Path(sys.executable).with_name("svp")

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment that makes the command act on these servers and this workspace."""
    return {
        **os.environ,
        "SVP_HOME": str(settings.home),
        "SVP_WORKSPACE": settings.workspace.name,
        "SVP_POSTGRES_URL": settings.postgres_url,
        "SVP_MONGO_URL": settings.mongo_url,
        "SVP_MYSQL_URL": settings.mysql_url,
    }


def fetch_mysql(url: str, database: str, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run a query; return its columns and its rows."""
    with open_connection(url, database) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[Any] = cursor.fetchall()
        return [str(column[0]) for column in cursor.description or ()], rows


@pytest.fixture
def svp(settings: Settings, tmp_path: Path) -> Run:
    """Run the command; it must end with the given exit code and never show a traceback."""

    def run(*arguments: str | Path, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [SVP, *arguments],
            check=False,
            cwd=tmp_path,
            env=environment_of(settings),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == exit_code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def svp_json(svp: Run) -> Callable[..., Any]:
    """Run the command with --json and return its object."""

    def run(*arguments: str | Path, exit_code: int = 0) -> Any:
        return json.loads(svp(*arguments, "--json", exit_code=exit_code).stdout)

    return run
