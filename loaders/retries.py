"""Work that goes on after a failure that passes: a lost connection, a deadlock, a server that restarts or fails over.

Each task is repeated whole. It asks the ledger what it did before: the lock is free only when the server has decided
what became of the transaction whose answer was lost, so what the ledger says then is final.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import psycopg2
from psycopg2 import errorcodes
from pymongo.errors import ConnectionFailure, OperationFailure

from loaders.publishing import complete_interrupted
from loaders.stores import open_stores
from svp.core.failures import explain
from svp.errors import LockError, PlatformError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from loaders.stores import Stores
    from svp.core.progress import Progress
    from svp.settings import Settings

__all__ = ["is_transient", "persist"]

PAUSES_SECONDS: tuple[float, ...] = (0.5, 1, 2, 4, 8, 15)
"""Before each repeat of a task; a task that is done starts anew."""

TRANSIENT_STATES = {
    errorcodes.SERIALIZATION_FAILURE,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.ADMIN_SHUTDOWN,
    errorcodes.CRASH_SHUTDOWN,
    errorcodes.CANNOT_CONNECT_NOW,
    errorcodes.TOO_MANY_CONNECTIONS,
    errorcodes.READ_ONLY_SQL_TRANSACTION,
}
"""Of PostgreSQL; the last is what a primary says that became a standby."""

LOST_CONNECTIONS = "08"
"""Class of PostgreSQL's states."""

TRANSIENT_CODES = {91, 189, 10107, 11600, 11602, 13435, 13436}
"""Of MongoDB: it shuts down, steps down, is not the primary."""

Result = TypeVar("Result")


def persist(
    settings: Settings, tasks: Sequence[Callable[[Stores], Result]], *, progress: Progress
) -> list[Result]:
    """Do tasks in order and return their results, each repeated after a failure that passes.

    Raises:
        LockError: another ingest is running in the workspace.
        ServerError: a store can't be reached, or was lost too often.
    """
    results: list[Result] = []
    failures, was_open = 0, False
    while True:
        try:
            with open_stores(settings) as stores:
                was_open = True
                complete_interrupted(stores, progress)
                for task in tasks[len(results) :]:
                    results.append(task(stores))
                    failures = 0
                return results
        except Exception as error:
            is_refused = isinstance(error, PlatformError) and not was_open
            if is_refused or failures == len(PAUSES_SECONDS) or not is_transient(error):
                raise
            _wait(error, failures, progress)
            failures += 1


def _wait(error: Exception, failures: int, progress: Progress) -> None:
    told = error if isinstance(error, PlatformError) else explain(error)
    pause_seconds, limit = PAUSES_SECONDS[failures], len(PAUSES_SECONDS)
    progress.say(f"{told.message}; again in {pause_seconds:g} s ({failures + 1} of {limit})")
    time.sleep(pause_seconds)


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed in a moment.

    A lock that is held counts: the server frees that of a lost connection when it notices.
    """
    if isinstance(error, ServerError):
        return isinstance(error.__cause__, psycopg2.OperationalError | ConnectionFailure)
    if isinstance(error, OperationFailure):
        return error.code in TRANSIENT_CODES or error.has_error_label("RetryableWriteError")
    if isinstance(error, psycopg2.Error):
        return _is_lost(error) or error.pgcode in TRANSIENT_STATES
    return isinstance(error, LockError | ConnectionFailure)


def _is_lost(error: psycopg2.Error) -> bool:
    """Tell whether the driver, or the server, says that the connection is gone."""
    if error.pgcode is not None:
        return str(error.pgcode).startswith(LOST_CONNECTIONS)
    by_driver = (psycopg2.OperationalError, psycopg2.InterfaceError)
    return isinstance(error, by_driver) or type(error) is psycopg2.DatabaseError
