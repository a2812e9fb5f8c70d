"""Load a sample twice, once without a kill and once killed at every step and at random, and compare the three stores.

It works in two workspaces of its own, and removes them however it ends.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.postgres import connect
from svp.core.progress import SILENT, Progress
from svp.errors import VerifyError
from svp.settings import Workspace
from warehouse.selfcheck.actions import ACTIONS
from warehouse.selfcheck.contents import STORES, Content, contents
from warehouse.selfcheck.sample import Task, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from svp.settings import Settings

__all__ = ["Kill", "SelfCheck", "StoreResult", "self_check"]

ROOMS = (oltp.schema, nosql.schema, warehouse.schema)
ROOT = Path(__file__).parents[2]

START_SECONDS = 60
"""How long a process of its own may take to be ready."""

REFRESH = Task("refresh", Path())
REFRESH_KILLS = 2


@dataclass(frozen=True, slots=True)
class Kill:
    """A run that was killed."""

    action: str
    moment: str
    """The last step that it outlived, or after how many seconds it was killed, and whether that was too late."""
    state: str
    """In which state it left the newest load; empty for a refresh."""


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What a store holds after both."""

    store: str
    rows: int
    differing: tuple[str, ...]
    """Tables, collections or marts that differ from those of the run that was not killed."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What a check found."""

    kills: tuple[Kill, ...]
    stores: tuple[StoreResult, ...]
    seconds: float

    def require_agreement(self) -> None:
        """Raise VerifyError if a store differs."""
        differing = [name for store in self.stores for name in store.differing]
        if differing:
            message = (
                f"killed runs left something else than a run that was not: {', '.join(differing)}"
            )
            raise VerifyError(message, "run it again, and report it with what --json prints")


def self_check(
    settings: Settings, *, random_kills: int, seed: int, progress: Progress = SILENT
) -> SelfCheck:
    """Check that kills lose nothing and double nothing, on the servers of ``settings``.

    Args:
        settings: the servers; the workspace is not touched.
        random_kills: loads that are killed at random moments.
        seed: decides what is random.
        progress: says what is being done.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="svp-selfcheck-")))
        to_do = tasks(folder, random_kills=random_kills)
        quiet, killed = stack.enter_context(_workspaces(settings, progress))
        progress.say("a run that is not killed")
        seconds = _run(quiet, to_do)
        expected = contents(quiet)
        progress.say("the same, killed and repeated")
        chance = random.Random(seed)  # noqa: S311  (moments, no secrets)
        kills = _run_killed(killed, to_do, seconds, chance)
        stores = _compare(expected, contents(killed))
    return SelfCheck(kills, stores, time.monotonic() - started)


@contextmanager
def _workspaces(settings: Settings, progress: Progress) -> Iterator[tuple[Settings, Settings]]:
    """Give settings of two workspaces of our own, which are removed afterwards."""
    name = f"selfcheck_{secrets.token_hex(4)}"
    first, second = (replace(settings, workspace=Workspace(f"{name}_{n}")) for n in (1, 2))
    progress.say(f"workspaces {name}_1 and {name}_2, which are removed afterwards")
    try:
        _at_once(_install, (first, second))
        yield first, second
    finally:
        _at_once(_reset, (first, second))


def _at_once(act: Callable[[Settings], None], on: Sequence[Settings]) -> None:
    """Do something to all workspaces at a time: making tables is mostly waiting."""
    with ThreadPoolExecutor(len(on)) as pool:
        list(pool.map(act, on))


def _install(settings: Settings) -> None:
    for room in ROOMS:
        room.install(settings)


def _reset(settings: Settings) -> None:
    for room in ROOMS:
        room.reset(settings)


def _run(settings: Settings, to_do: Sequence[Task]) -> dict[Task, float]:
    """Do everything once; return the seconds that each took."""
    seconds: dict[Task, float] = {}
    for task in (*to_do, REFRESH):
        started = time.monotonic()
        ACTIONS[task.action](settings, task.path)
        seconds[task] = time.monotonic() - started
    return seconds


def _run_killed(
    settings: Settings, to_do: Sequence[Task], seconds: dict[Task, float], chance: random.Random
) -> tuple[Kill, ...]:
    """Do everything in runs that are killed, and repeat each of them in one that is not."""
    kills = []
    for task, times in (*((task, int(task.is_killed)) for task in to_do), (REFRESH, REFRESH_KILLS)):
        for _ in range(times):
            after_seconds = chance.uniform(0, seconds[task])
            kills.append(_kill(settings, task, after_seconds))
        ACTIONS[task.action](settings, task.path)
    return tuple(kills)


def _kill(settings: Settings, task: Task, after_seconds: float) -> Kill:
    """Do a task in a process that is killed at its step, or after some seconds."""
    end = [str(task.step), str(task.call)] if task.step else []
    command = [sys.executable, "-m", "warehouse.selfcheck.child", task.action, str(task.path), *end]
    with subprocess.Popen(  # noqa: S603  (our own module, files of our own)
        command,
        cwd=ROOT,
        env=_environment(settings),
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        try:
            assert child.stdout is not None  # noqa: S101  (a pipe was asked for)
            child.stdout.readline()
            child.wait(START_SECONDS if task.step else after_seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            child.kill()
    if task.step and child.returncode != -signal.SIGKILL:
        message = f"a run was to be killed when {task.step}, and was not"
        raise VerifyError(message, "report it: the check does not know the steps of the program")
    moment = f"when {task.step}" if task.step else f"after {after_seconds:.2f} s"
    if child.returncode == 0:
        moment += ", too late: it was done"
    return Kill(task.action, moment, "" if task.action == "refresh" else _newest_state(settings))


def _environment(settings: Settings) -> dict[str, str]:
    """Return what a process needs to act on the same servers and workspace; passwords stay out of its arguments."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "SVP_HOME": str(settings.home),
        "SVP_WORKSPACE": settings.workspace.name,
        "SVP_POSTGRES_URL": settings.url("postgres"),
        "SVP_MONGO_URL": settings.url("mongo"),
        "SVP_MYSQL_URL": settings.url("mysql"),
    }


def _newest_state(settings: Settings) -> str:
    """Return how far the newest load got that a killed run left, or that an undo is at."""
    url, database = settings.url("postgres"), settings.workspace.postgres_database
    unfinished_first = (
        "SELECT state FROM ops.load ORDER BY state IN ('complete', 'undone'), load_id DESC LIMIT 1"
    )
    with closing(connect(url, database)) as connection, connection.cursor() as cursor:
        cursor.execute(unfinished_first)
        ((state,),) = cursor.fetchall()
        return str(state)


def _compare(expected: Sequence[Content], found: Sequence[Content]) -> tuple[StoreResult, ...]:
    """Return what each store holds, and where the two workspaces differ."""
    missing = {(content.store, content.name) for content in set(expected) ^ set(found)}
    return tuple(
        StoreResult(
            store,
            sum(content.rows for content in found if content.store == store),
            tuple(sorted(name for where, name in missing if where == store)),
        )
        for store in STORES
    )
