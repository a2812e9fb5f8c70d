"""A run that is killed anywhere, and the next one, leave what a run that was not killed leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_ACTIVE

from loaders import batches, mongodb
from loaders.documents import copying
from loaders.publishing import store_documents
from loaders.stores import open_stores
from svp.core.sqlfiles import read_sql
from tests.conftest import fresh_workspace
from tests.integration.loaders.killed import (
    BATCH_ROWS,
    DOCUMENT_STEPS,
    KEY_STEPS,
    STEPS,
    WHOLE_DAY_STEPS,
)
from tests.integration.loaders.stores import Stores, contents, opened
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_movie,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loaders.steps import Step
    from svp.settings import Settings

ROOT = Path(__file__).parents[3]
KEYS = read_sql("warehouse.selfcheck", "keys")
SESSIONS = 40
LOGS = 60


def deliveries(folder: Path) -> list[Path]:
    """Write parents, then one file a step: each corrects rows of the one before, repeats some and adds some."""
    users = users_file(folder, a_user("U1"), a_user("U2", registration_date="2024-06-01"))
    titles = a_catalogue(folder, a_movie("M1"), a_movie("M2", duration_minutes=20))
    return [users, titles, *(delivery(folder, number) for number in range(len(STEPS)))]


def delivery(folder: Path, number: int) -> Path:
    new = [
        a_session(f"S{number}_{n}", watch_date=f"2024-03-{n % 28 + 1:02}") for n in range(SESSIONS)
    ]
    old = [
        a_session(f"S{number - 1}_{n}", watch_date=f"2024-04-{n % 28 + 1:02}", content_id="M2")
        for n in range(0, SESSIONS, 2)
    ]
    bad = [a_session("X", user_id="U9"), a_session("Y", watch_date="soon")]
    return sessions_file(folder, *old, *new, *bad, *new[:3], name=f"sessions{number}.csv")


def killed(settings: Settings, step: str, call: int, path: Path, *said: str) -> int:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
        "SVP_HOME": str(settings.home),
        "SVP_WORKSPACE": settings.workspace.name,
        "SVP_POSTGRES_URL": settings.postgres_url,
        "SVP_MONGO_URL": settings.mongo_url,
    }
    command = [sys.executable, "-m", "tests.integration.loaders.killed", step, str(path), str(call)]
    return subprocess.run([*command, *said], cwd=ROOT, env=environment, check=False).returncode


def kill_and_repeat(
    stores: Stores, step: str, call: int, state: str, path: Path, *, replaces_days: bool = False
) -> None:
    """Kill a load at a step, which leaves it in a state and tells of its days only if that is complete; repeat it."""
    versions = "SELECT day, version FROM ops.day_version ORDER BY day"
    before = stores.rows(versions)
    said = ["whole"] if replaces_days else []
    assert killed(stores.settings, step, call, path, *said) == -signal.SIGKILL, step
    newest = "SELECT state, attempts FROM ops.load ORDER BY load_id DESC LIMIT 1"
    assert stores.rows(newest) == [(state, 1)], step
    assert (stores.rows(versions) != before) == (state == "complete"), step
    (report,) = stores.load(path, replaces_days=replaces_days)
    assert report.outcome == ("loaded" if state == "planned" else "already loaded"), step


def left_by_unkilled_runs(
    settings: Settings, *paths: Path, whole: Iterable[Path] = ()
) -> dict[str, list[Any]]:
    """Return what loads of the same files leave in a second workspace on the same servers."""
    urls = (settings.postgres_url, settings.mongo_url, settings.mysql_url)
    with fresh_workspace(settings.home, *urls) as other, opened(other) as stores:
        for path in paths:
            stores.load(path)
        for path in whole:
            stores.load(path, replaces_days=True)
        return contents(stores)


def test_killed_runs_and_their_repeats_leave_what_unkilled_runs_leave(
    stores: Stores, tmp_path: Path
) -> None:
    users, titles, *sessions = deliveries(tmp_path)
    stores.load(users, titles)
    for (step, (call, state)), path in zip(STEPS.items(), sessions, strict=True):
        kill_and_repeat(stores, step, call, state, path)
    left = contents(stores)
    assert left == left_by_unkilled_runs(stores.settings, users, titles, *sessions)
    assert (
        len(left["viewing_events"])
        == len(left["oltp.viewing_sessions"])
        == SESSIONS * len(STEPS) + SESSIONS // 2
    )


@pytest.mark.parametrize("step", KEY_STEPS, ids=lambda step: step.name)
def test_a_run_killed_while_keys_are_off_and_its_repeat_leave_what_an_unkilled_run_leaves(
    stores: Stores, tmp_path: Path, step: Step
) -> None:
    users, titles, sessions, *_ = deliveries(tmp_path)
    stores.load(users, titles)
    before = stores.rows(KEYS)
    assert killed(stores.settings, step, 1, sessions) == -signal.SIGKILL
    off = stores.one("SELECT count(*) FROM ops.suspended")
    assert off == len(before) - len(stores.rows(KEYS)) > 1
    (report,) = stores.load(sessions)
    assert (report.outcome, report.counts.loaded_rows) == ("loaded", SESSIONS + SESSIONS // 2)
    assert stores.rows(KEYS) == before
    assert stores.one("SELECT count(*) FROM ops.suspended") == 0
    assert contents(stores) == left_by_unkilled_runs(stores.settings, users, titles, sessions)


def logs_delivery(folder: Path, number: int) -> Path:
    """Write a day of logs: it repeats lines of the one before, corrects some, adds some, and corrects its own."""
    new = [a_box_log(f"{number}_{n}", TotalDuration=n) for n in range(LOGS)]
    old = [a_box_log(f"{number - 1}_{n}", TotalDuration=n % 3 * 50_000) for n in range(0, LOGS, 2)]
    own = [a_box_log(f"{number}_{n}", TotalDuration=86_400) for n in range(0, LOGS, 9)]
    bad = [a_box_log(None), a_box_log("X", TotalDuration="long")]
    return logs_file(folder, *new, *old, *bad, *own, *new[:7], name=f"20220401_{number}.json")


def test_killed_runs_of_logs_and_their_repeats_leave_what_unkilled_runs_leave(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", BATCH_ROWS)
    before, *logs = (logs_delivery(tmp_path, number) for number in range(len(DOCUMENT_STEPS) + 1))
    stores.load(before)
    for (step, (call, state)), path in zip(DOCUMENT_STEPS.items(), logs, strict=True):
        kill_and_repeat(stores, step, call, state, path)
    left = contents(stores)
    assert left == left_by_unkilled_runs(stores.settings, before, *logs)
    assert len(left["box_logs"]) == LOGS * (len(DOCUMENT_STEPS) + 1) + LOGS // 2
    flags = [row[-1] for row in left["ledger"]]
    assert all('"box_left_on": ' in counted for counted in flags)


def test_killed_runs_of_whole_days_and_their_repeats_leave_what_unkilled_runs_leave(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", BATCH_ROWS)
    before, *logs = (logs_delivery(tmp_path, number) for number in range(len(WHOLE_DAY_STEPS) + 1))
    stores.load(before)
    for (step, (call, state)), path in zip(WHOLE_DAY_STEPS.items(), logs, strict=True):
        kill_and_repeat(stores, step, call, state, path, replaces_days=True)
        ended = "SELECT ended_rows FROM ops.load ORDER BY load_id DESC LIMIT 1"
        assert stores.one(ended) == LOGS
    left = contents(stores)
    assert left == left_by_unkilled_runs(stores.settings, before, whole=logs)
    assert len(left["box_logs"]) == LOGS + LOGS // 2


def workers() -> set[threading.Thread]:
    """Return the threads that work for somebody."""
    return {each for each in threading.enumerate() if each.name.startswith("ThreadPoolExecutor")}


def test_an_interrupt_while_rows_are_copied_out_leaves_nobody_at_work_on_the_connection(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, titles, *_ = deliveries(tmp_path)
    plays = [a_session(f"S{number}", device_type="x" * 90) for number in range(4_000)]
    stores.load(users, titles, sessions_file(tmp_path, *plays, name="many.csv"))
    monkeypatch.setattr(copying, "BATCH_BYTES", 4_096)
    monkeypatch.setattr(mongodb, "BATCH_DOCUMENTS", 10)
    with open_stores(stores.settings) as opened_stores:
        seen = []

        class Interrupted:
            def advance(self, *_: object, **__: object) -> None:
                seen.append(opened_stores.postgres.info.transaction_status)
                raise KeyboardInterrupt

        class Shown:
            @contextmanager
            def task(self, *_: object, **__: object) -> Iterator[Interrupted]:
                yield Interrupted()

            def say(self, line: str) -> None:
                raise AssertionError(line)

        before = workers()
        with pytest.raises(KeyboardInterrupt) as held:
            store_documents(opened_stores, "viewing_sessions", 3, Shown())
        assert seen == [TRANSACTION_STATUS_ACTIVE]
        # Nobody waited for what was under way; it ends by itself.
        for worker in workers() - before:
            worker.join(timeout=10)
        assert workers() <= before
        # Until here its traceback kept all that was at work.
        assert held.value.__traceback__ is not None
        with opened_stores.postgres, opened_stores.postgres.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM oltp.viewing_sessions")
            assert cursor.fetchone() == (4_000,)
