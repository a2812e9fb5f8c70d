"""A database that was made by hand, and sorts texts as a language does, holds and tells what any other does."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders.undo import undo
from oltp.schema import reset
from svp.core.postgres import connect
from svp.core.sqlfiles import read_sql
from svp.model import USERS
from svp.servers import processes, start, stop
from svp.servers.home import open_home
from tests.conftest import in_memory
from tests.integration.loaders.stores import contents, opened
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_user,
    logs_file,
    own_table,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.settings import Settings
    from tests.integration.loaders.stores import Stores

LOCALE = "en_US.UTF-8"
IDS = ("B1", "a1", "A-1", "A1", "ä1", "Z 9", "z9", "n10", "n9")
"""In this order neither by bytes nor in the language; it passes over the dash."""


@pytest.fixture(scope="module")
def language_url() -> Iterator[str]:
    """The URL of a server that knows a language; one of its own, as a server learns languages when it starts."""
    base = Path(tempfile.mkdtemp(prefix="svp-test-", dir=in_memory()))
    base.chmod(0o755)
    try:
        with language_known(base / "locales"):
            start(base / "home", mysql="mysql", only={"postgres"})
        yield open_home(base / "home").read_connections().postgres_url
    finally:
        stop(base / "home")
        shutil.rmtree(base)


@contextmanager
def language_known(folder: Path) -> Iterator[None]:
    """Let servers that are started meanwhile know the language, which the machine may not have."""
    folder.mkdir()
    made = subprocess.run(
        ["localedef", "-i", "en_US", "-f", "UTF-8", folder / LOCALE],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        assert "CI" not in os.environ, made.stderr
        pytest.skip("no locales here: apt-get install locales")
    environment = {**processes._environment(), "LOCPATH": str(folder)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(processes, "_environment", lambda: environment)
        yield


@pytest.fixture
def language_stores(settings: Settings, language_url: str) -> Iterator[Stores]:
    """A workspace whose database was made by hand."""
    made = replace(
        settings,
        postgres_url=language_url,
        workspace=replace(settings.workspace, name=f"{settings.workspace.name}_language"),
    )
    with (
        closing(connect(language_url, "postgres", autocommit=True)) as server,
        server.cursor() as cursor,
    ):
        cursor.execute(
            f"CREATE DATABASE {made.workspace.postgres_database} TEMPLATE template0 ENCODING 'UTF8'"
            f" LOCALE_PROVIDER libc LOCALE '{LOCALE}'"
        )
    try:
        with opened(made) as stores:
            yield stores
            stores.mongodb.client.drop_database(stores.mongodb.name)
    finally:
        reset(made)


def deliver(stores: Stores, folder: Path) -> dict[str, Any]:
    """Load, refuse, correct, end, replay and take back rows with ids that sort differently; return what is there."""
    people = [
        {
            "user_id": name,
            "registered_on": date(2024, 1, 1),
            "country": name,
            "contract_code": "HN1",
        }
        for name in IDS
    ]
    refused = [a_box_log(name, TotalDuration="long") for name in IDS[::2]]
    logs = [a_box_log(name, TotalDuration=60) for name in IDS]
    plays = [a_session(f"S{name}", user_id=name) for name in IDS]
    stores.load(own_table(folder, USERS, *people))
    stores.load(a_catalogue(folder), sessions_file(folder, *plays))
    stores.load(users_file(folder, *map(a_user, IDS)))
    stores.load(logs_file(folder, *refused, name="20220401.json"))
    stores.load(logs_file(folder, *logs, name="20220401 (1).json"))
    corrected = [a_session(f"S{name}", user_id=name, watch_date="2024-03-01") for name in IDS[2:]]
    stores.load(sessions_file(folder, *corrected, name="corrected.csv"))
    undo(stores.settings, stores.one("SELECT max(load_id) FROM ops.load"))
    found = {name: sorted(rows, key=repr) for name, rows in contents(stores).items()}
    found["held"] = stores.rows("SELECT load_id, line FROM ops.held_row ORDER BY 1, 2")
    for extract in ("customers", "customer_users"):
        rows = stores.rows(read_sql("oltp.extracts", extract))
        # Without the day of the load.
        found[extract] = sorted(((*row[:5], *row[6:]) for row in rows), key=repr)
    return found


def test_texts_that_sort_otherwise_make_no_difference(
    stores: Stores, language_stores: Stores, tmp_path: Path
) -> None:
    sorts = "SELECT array_agg(id ORDER BY id) FROM unnest(%s) AS given (id)"
    orders = []
    for each in (stores, language_stores):
        with each.postgres.cursor() as cursor:
            cursor.execute(sorts, (list(IDS),))
            orders += cursor.fetchall()
    assert orders[0] != orders[1]
    found = [deliver(each, tmp_path) for each in (stores, language_stores)]
    assert found[1] == found[0]
    assert found[0]["held"] == []
    (shared,) = [row for row in found[0]["customers"] if row[1] == "HN1"]
    assert shared[2] == min(IDS)
