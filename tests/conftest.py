"""Real servers for the tests, started once; a fresh workspace for each test that asks for one.

``SVP_TEST_HOME`` names a home that is kept and left running, for quick repeats while working.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from svp.errors import ServerError
from svp.settings import Settings, Workspace
from tests.fuzzing import MUTATIONS, SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.servers import Connections, EngineName, MySQLChoice
    from svp.servers.home import Home

WORKSPACE_NUMBERS = count(1)

FORGETFUL_MYSQL = (
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=OFF",
    "--innodb-file-per-table=OFF",
)
"""Nothing waits for the disk: a killed process loses nothing by that, only a machine that loses its power.

And no table has a file of its own, which is two thirds of what making and dropping a workspace takes.
"""
FORGETFUL_POSTGRES = {"fsync": "off"}
"""The same; a database is made and dropped for each test."""

MEMORY = Path("/dev/shm")  # noqa: S108  (a folder in memory, in which each run makes one of its own)
MEMORY_BYTES = 8 << 30
"""What must be free there, for four runs of the tests at once."""

MARKERS = {
    "postgres_url": "postgres",
    "mongo_url": "mongodb",
    "mysql_url": "mysql",
    "mariadb_url": "mysql",
}


def pytest_report_header() -> str:
    """Say what draws the damaged files."""
    return f"damaged files: {MUTATIONS} of every sample, seed {SEED}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by the servers it uses and the folder it is in; leave out what another server would tell again."""
    repeated = [item for item in items if _is_repeated(item)]
    config.hook.pytest_deselected(items=repeated)
    items[:] = [item for item in items if not _is_repeated(item)]
    for item in items:
        for fixture, marker in MARKERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if "end_to_end" in item.path.parts:
            item.add_marker("end_to_end")


def _is_repeated(item: pytest.Item) -> bool:
    """Tell whether a test is to run on MariaDB, of which the server makes no difference."""
    chosen = (
        item.callspec.params
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        else {}
    )
    is_any = item.get_closest_marker("any_warehouse") is not None
    return is_any and chosen.get("warehouse_url") == "mariadb"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings out of the tests."""
    for name in list(os.environ):
        if name.startswith("SVP_") and name != "SVP_TEST_HOME":
            monkeypatch.delenv(name)


def in_memory() -> Path | None:
    """Return the folder that is in memory, if it has room: disks keep three kinds of servers waiting."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    return MEMORY if has_room else None


@contextmanager
def running(
    mysql: MySQLChoice, *, only: set[EngineName] | None = None, name: str = "home"
) -> Iterator[Home]:
    """Run local servers; their folder is one that PostgreSQL's user can reach."""
    import svp.servers.mysql
    import svp.servers.postgres
    from svp.servers import start, stop
    from svp.servers.home import open_home

    kept = os.environ.get("SVP_TEST_HOME")
    base = Path(kept or tempfile.mkdtemp(prefix="svp-test-", dir=in_memory()))
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    try:
        settings = (*svp.servers.mysql.SETTINGS, *FORGETFUL_MYSQL)
        with (
            patch.object(svp.servers.mysql, "SETTINGS", settings),
            patch.dict(svp.servers.postgres.SETTINGS, FORGETFUL_POSTGRES),
        ):
            start(base / name, mysql=mysql, only=only)
        yield open_home(base / name)
    finally:
        if not kept:
            stop(base / name)
            shutil.rmtree(base)


@pytest.fixture(scope="session")
def local_home() -> Iterator[Home]:
    """The home of PostgreSQL, MongoDB and real MySQL."""
    with running("mysql") as home:
        yield home


@pytest.fixture(scope="session")
def local_servers(local_home: Home) -> Connections:
    """PostgreSQL, MongoDB and real MySQL."""
    return local_home.read_connections()


@pytest.fixture(scope="session")
def postgres_url(local_servers: Connections) -> str:
    return local_servers.postgres_url


@pytest.fixture(scope="session")
def mongo_url(local_servers: Connections) -> str:
    return local_servers.mongo_url


@pytest.fixture(scope="session")
def mysql_url(local_servers: Connections) -> str:
    return local_servers.mysql_url


@pytest.fixture(scope="session")
def second_home() -> Iterator[Home]:
    """The home of MariaDB, beside the reference MySQL; in CI it must be there."""
    with ExitStack() as stack:
        try:
            home = stack.enter_context(running("mariadb", only={"mysql"}, name="mariadb"))
        except ServerError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no MariaDB here: {error.message}")
        yield home


@pytest.fixture(scope="session")
def mariadb_url(second_home: Home) -> str:
    return second_home.read_connections().mysql_url


@contextmanager
def fresh_workspace(
    home: Path, postgres_url: str, mongo_url: str, mysql_url: str
) -> Iterator[Settings]:
    """Give settings of a workspace that nothing else uses; its databases are dropped afterwards."""
    from nosql.schema import reset as reset_mongodb
    from oltp.schema import reset as reset_postgres
    from warehouse.schema import reset as reset_warehouse

    workspace = Workspace(f"t{os.getpid()}_{next(WORKSPACE_NUMBERS)}")
    made = Settings(
        home, workspace, postgres_url=postgres_url, mongo_url=mongo_url, mysql_url=mysql_url
    )
    try:
        yield made
    finally:
        for reset in (reset_postgres, reset_mongodb, reset_warehouse):
            reset(made)


@pytest.fixture
def settings(
    tmp_path: Path, postgres_url: str, mongo_url: str, mysql_url: str
) -> Iterator[Settings]:
    """Settings of a fresh, empty workspace on PostgreSQL, MongoDB and MySQL."""
    with fresh_workspace(tmp_path, postgres_url, mongo_url, mysql_url) as made:
        yield made


@pytest.fixture(
    scope="session", params=os.environ.get("SVP_TEST_WAREHOUSES", "mysql mariadb").split()
)
def warehouse_url(request: pytest.FixtureRequest) -> str:
    """The URL of the warehouse's server, once MySQL and once MariaDB."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def original(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, mongo_url: str, mysql_url: str
) -> Iterator[Settings]:
    """Settings of a workspace whose PostgreSQL has the schema, to be copied."""
    import oltp.schema

    home = tmp_path_factory.mktemp("original")
    with fresh_workspace(home, postgres_url, mongo_url, mysql_url) as made:
        oltp.schema.install(made)
        yield made
