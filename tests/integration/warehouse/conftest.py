"""Workspaces with all three stores: the warehouse once on MySQL and once on MariaDB."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import nosql.schema
import oltp.schema
import warehouse.schema
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp import cli
from svp.generate import KINDS, SCALES
from svp.generate import write as generate
from tests.conftest import fresh_workspace
from tests.integration.warehouse.accounts import Accounts, as_account, made_accounts
from tests.integration.warehouse.builders import Platform, Title, User
from tests.ready import ReadyWorkspace
from tests.unit.loaders.builders import a_catalogue, logs_file, sessions_file, users_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from svp.servers.home import Home
    from svp.settings import Settings


REPORT_DAYS = 75
"""Enough for a month that is whole, the one before it, and 28 days before either."""


@pytest.fixture(scope="session")
def report_platform(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, mongo_url: str, warehouse_url: str
) -> Iterator[Platform]:
    """A small platform with set-top boxes, generated, loaded and refreshed; nobody writes to its marts."""
    folder = tmp_path_factory.mktemp("delivery")
    kinds = tuple(kind for kind in KINDS if kind != "truth")
    arguments = SCALES["tiny"].arguments(days=REPORT_DAYS, sessions_per_user=20)
    generate(folder / "files", arguments, only=kinds, workers=1)
    with fresh_workspace(folder, postgres_url, mongo_url, warehouse_url) as settings:
        for room in (oltp.schema, nosql.schema, warehouse.schema):
            room.install(settings)
        ingest(settings, recognise_all([folder / "files"]))
        platform = Platform(settings)
        platform.refresh()
        yield platform


@pytest.fixture
def warehouse_settings(
    tmp_path: Path, postgres_url: str, mongo_url: str, warehouse_url: str
) -> Iterator[Settings]:
    """Settings of a fresh, empty workspace."""
    with fresh_workspace(tmp_path, postgres_url, mongo_url, warehouse_url) as made:
        yield made


@pytest.fixture(scope="session")
def ready_workspace(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_url: str,
    mongo_url: str,
    warehouse_url: str,
    original: Settings,
) -> Iterator[ReadyWorkspace]:
    """A workspace with schemas, for one test after another."""
    home = tmp_path_factory.mktemp("ready")
    with fresh_workspace(home, postgres_url, mongo_url, warehouse_url) as made:
        yield ReadyWorkspace(made, original)


@pytest.fixture
def empty_platform(ready_workspace: ReadyWorkspace, tmp_path: Path) -> Iterator[Platform]:
    """Three stores with schemas and no rows."""
    with ready_workspace.lent(tmp_path) as settings:
        yield Platform(settings)


@pytest.fixture
def platform(empty_platform: Platform) -> Platform:
    """Three stores with users u1 to u3 and the film t1, nothing played, nothing exported."""
    empty_platform.load(users=[User(f"u{n}") for n in (1, 2, 3)], titles=[Title()])
    return empty_platform


@pytest.fixture
def svp(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command in the workspace; return its exit code."""
    settings = empty_platform.settings
    monkeypatch.setenv("SVP_HOME", str(settings.home))
    for name in ("postgres_url", "mongo_url", "mysql_url"):
        monkeypatch.setenv(f"SVP_{name.upper()}", getattr(settings, name))

    def svp(*words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            cli.main([*map(str, words), "--workspace", settings.workspace.name])
        return int(ended.value.code or 0)

    return svp


@pytest.fixture
def run(svp: Callable[..., int]) -> Callable[..., None]:
    """Run a command in the workspace; it must succeed."""

    def run(*words: object) -> None:
        assert svp(*words) == 0

    return run


@pytest.fixture
def administrator_url(warehouse_url: str, local_home: Home, request: pytest.FixtureRequest) -> str:
    """The URL of the warehouse's server for its administrator, who may do anything."""
    is_mysql = warehouse_url == local_home.read_connections().mysql_url
    home = local_home if is_mysql else request.getfixturevalue("second_home")
    return as_account(warehouse_url, "root", home.instance("mysql").admin_password)


@pytest.fixture
def accounts(
    warehouse_settings: Settings,
    local_home: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Accounts]:
    """A workspace whose accounts were made by the printed statements; its schemas are not made yet."""
    with made_accounts(warehouse_settings, local_home) as made:
        yield Accounts(warehouse_settings, made, monkeypatch, capsys)


@pytest.fixture
def filled(accounts: Accounts, tmp_path: Path) -> Accounts:
    """The same, made by its owner and filled by its loader: one play and one line of a set-top box."""
    assert accounts.run("owner", "init")[0] == 0
    folder = tmp_path / "delivery"
    folder.mkdir()
    for write in (users_file, a_catalogue, sessions_file, logs_file):
        write(folder)
    for command in (("ingest", folder), ("warehouse", "refresh")):
        code, _, told = accounts.run("loader", *command)
        assert code == 0, told
    return accounts


@pytest.fixture(scope="session")
def driver_name() -> str:
    """The driver's name on this machine; in CI it must be there."""
    try:
        import pyodbc

        (name,) = (str(name) for name in pyodbc.drivers() if name.startswith("MariaDB"))
    except (ImportError, ValueError):
        if os.environ.get("CI"):
            raise
        pytest.skip("no ODBC driver of MariaDB here: apt-get install odbc-mariadb libodbc2")
    return name
