"""What an error that nobody caught means to the user.

Drivers are looked at only if something has imported them: an error of theirs can't exist otherwise.
"""

from __future__ import annotations

import re
import sys

from svp.core.exports import NO_ROOM
from svp.errors import PlatformError, ServerError, UsageError, shorten

__all__ = ["explain"]

LOST_CONNECTIONS = {
    "psycopg2": ("PostgreSQL", ("OperationalError", "InterfaceError")),
    "pymongo.errors": ("MongoDB", ("ConnectionFailure", "NetworkTimeout", "ExecutionTimeout")),
    "mysql.connector": ("MySQL", ("OperationalError", "InterfaceError", "PoolError")),
}
"""Module of a driver, its server's name, and the errors that mean "the server went away"."""

CONNECTION_STATES = ("08", "57")
"""Classes of SQLSTATE that mean "the connection is gone" or "the server is shutting down"."""

DRIVER_NOISE = r" \(configured timeouts.*|, Timeout: .*|\. Topology.*"
"""What pymongo adds to a reason."""

REFUSALS = {
    "psycopg2.errors": ("PostgreSQL", ("InsufficientPrivilege", "ReadOnlySqlTransaction")),
    "pymongo.errors": ("MongoDB", ("OperationFailure",)),
}


def explain(error: BaseException) -> PlatformError:
    """Return a PlatformError that tells what happened: a server's failure, a full disk, or a defect of ours."""
    if told := _refused_by_state(error):
        return told
    if server := _server_of(error, LOST_CONNECTIONS):
        message = f"the connection to {server} was lost: {_first_line(error)}"
        return ServerError(
            message, "nothing half done is visible; start the server and run the same command again"
        )
    if server := _server_of(error, REFUSALS):
        message = f"{server} refused us: {_first_line(error)}"
        return ServerError(message, "run 'svp doctor' to see what the server must allow")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        message = (
            f"{error.filename or 'a file, or what is printed,'} can't be written: {error.strerror}"
        )
        return UsageError(message, "make room there, and run the same command again")
    message = f"a defect of svp: {type(error).__name__}: {_first_line(error)}"
    return PlatformError(message, "run it again with --debug to see where, and report it")


def _refused_by_state(error: BaseException) -> ServerError | None:
    """Return the failure of a PostgreSQL that is there but can't go on: its disk is full, a limit is reached."""
    state = getattr(error, "pgcode", None)
    if not isinstance(state, str) or state.startswith(CONNECTION_STATES):
        return None
    if _server_of(error, LOST_CONNECTIONS) is None:
        return None
    return ServerError(f"PostgreSQL could not go on: {_first_line(error)}", "see the server's log")


def _server_of(error: BaseException, table: dict[str, tuple[str, tuple[str, ...]]]) -> str | None:
    for module_name, (server, class_names) in table.items():
        module = sys.modules.get(module_name)
        classes = tuple(getattr(module, name) for name in class_names) if module else ()
        if isinstance(error, classes):
            return server
    return None


def _first_line(error: BaseException) -> str:
    text = re.sub(DRIVER_NOISE, "", str(error).strip())
    return shorten(text.splitlines()[0] if text else "no reason given", characters=200)
