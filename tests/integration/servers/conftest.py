"""Homes for tests of the local servers: in a folder that the servers' user can reach, gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from svp.core.progress import SILENT
from svp.servers import delete, start
from svp.servers.home import Home, open_home
from svp.servers.supervisor import ENGINES, find_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psutil

    from svp.servers.engine import EngineName


@contextmanager
def new_home() -> Iterator[Path]:
    """Give the path of a home that does not exist yet; its servers end and it goes afterwards."""
    base = Path(tempfile.mkdtemp(prefix="svp-test-"))
    base.chmod(0o755)
    try:
        yield base / "home"
        if open_home(base / "home").is_home:
            delete(base / "home")
    finally:
        shutil.rmtree(base)


@pytest.fixture(scope="package")
def shared_home() -> Iterator[Path]:
    """A home whose three servers were started; tests leave them running."""
    with new_home() as path:
        start(path)
        yield path


@pytest.fixture(scope="package")
def mariadb_home() -> Iterator[Path]:
    """A home with MariaDB alone."""
    with new_home() as path:
        start(path, mysql="mariadb", only={"mysql"})
        yield path


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """The path of a home that does not exist yet."""
    with new_home() as path:
        yield path


def process_of(home: Path | Home, name: EngineName) -> psutil.Process | None:
    """Return a server's process, if it runs."""
    known = home if isinstance(home, Home) else open_home(home)
    return find_process(ENGINES[name], known.instance(name))


def running_process(home: Path, name: EngineName) -> psutil.Process:
    """Return a server's process, which must run."""
    process = process_of(home, name)
    assert process is not None
    return process


class Lines:
    """A Progress that keeps the lines it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    def task(self, description: str, *, total: int | None, unit: str) -> Any:
        return SILENT.task(description, total=total, unit=unit)
