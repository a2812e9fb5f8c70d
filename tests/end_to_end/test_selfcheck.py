"""``svp selfcheck`` on real servers: it proves what it says, and leaves nothing behind, even when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

from loaders.steps import Step
from svp.core.mongodb import connect as connect_mongodb
from svp.core.postgres import connect
from tests.end_to_end.conftest import SVP, environment_of, fetch_mysql

if TYPE_CHECKING:
    from collections.abc import Callable

    from svp.settings import Settings

SENT = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT
"""What Ctrl-C sends; where this process ignores it, so would those that it starts."""

KILLS = os.environ.get("SVP_TEST_SELFCHECK_KILLS", "3")
"""Loads that are killed at random, beside two refreshes; 100 take a few minutes."""


def leftovers(settings: Settings) -> list[str]:
    """Return the databases of checks, in all three stores."""
    with (
        closing(connect(settings.postgres_url, "postgres")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT datname FROM pg_database")
        found = [name for (name,) in cursor.fetchall()]
    with connect_mongodb(settings.mongo_url) as client:
        found += client.list_database_names()
    found += [
        name
        for (name,) in fetch_mysql(settings.mysql_url, "information_schema", "SHOW DATABASES")[1]
    ]
    return [name for name in found if "selfcheck" in name]


def test_killed_runs_leave_what_others_leave_and_the_check_leaves_nothing(
    settings: Settings, svp_json: Callable[..., Any]
) -> None:
    found = svp_json("selfcheck", "--kills", KILLS, "--seed", "4")
    moments = [kill["moment"] for kill in found["kills"]]
    assert {f"when {step}" for step in Step} <= set(moments)
    at_random = [moment for moment in moments if not moment.startswith("when")]
    assert len(at_random) == int(KILLS) + 2
    assert not all("too late" in moment for moment in at_random)
    assert [(store["store"], store["differing"]) for store in found["stores"]] == [
        ("PostgreSQL", []),
        ("MongoDB", []),
        ("MySQL", []),
    ]
    assert all(store["rows"] > 1_000 for store in found["stores"])
    assert leftovers(settings) == []


def test_an_interrupted_check_removes_its_workspaces(settings: Settings) -> None:
    with subprocess.Popen(
        [SVP, "selfcheck"],
        env=environment_of(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as check:
        assert check.stderr is not None
        for line in check.stderr:
            if "the same, killed" in line:
                assert len(leftovers(settings)) > 3
                check.send_signal(SENT)
                break
        check.stderr.read()
    assert check.returncode == 128 + SENT
    assert leftovers(settings) == []
