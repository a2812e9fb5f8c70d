"""What the server says against the reader account, as a message with what to do."""

from __future__ import annotations

import mysql.connector

from svp.core.failures import explain
from svp.errors import PlatformError, ServerError, VerifyError
from warehouse.connections import DENIED_ERRORS, GONE_DEFINER_ERRORS

__all__ = ["ACCOUNT_ADVICE", "is_lost", "is_refused_account", "told"]

TIMEOUT_ERRORS = frozenset({1969, 3024})
"""MariaDB's number and MySQL's for a statement that took too long."""

BROKEN_MART_ERRORS = GONE_DEFINER_ERRORS | {1054, 1146, 1356}
"""A definer that is gone; a mart, or a column of one, that is missing; a view over what is gone."""

LOST_ERRORS = frozenset({1927, 4031})
"""A connection that was killed, or ended since nobody used it: said as if a statement had failed."""

ACCOUNT_ERRORS = frozenset({1044, 1045})

ACCOUNT_ADVICE = "give it its rights again, and a new password: svp warehouse reader"


def told(error: mysql.connector.Error) -> PlatformError:
    """Return what a failed statement means."""
    if is_lost(error):
        return explain(error)
    if error.errno in TIMEOUT_ERRORS:
        message = "the marts took too long to answer and were stopped"
        return ServerError(message, "choose fewer months, or one country")
    if error.errno in BROKEN_MART_ERRORS:
        return VerifyError(f"the marts are broken: {error.msg}", "make them again: svp init")
    if error.errno in DENIED_ERRORS:
        message = f"the account that reads the marts may not read them: {error.msg}"
        return ServerError(message, ACCOUNT_ADVICE)
    message = f"the marts refused a question: {error.msg}"
    return VerifyError(message, "see what failed: svp warehouse status")


def is_lost(error: mysql.connector.Error) -> bool:
    """Tell whether the connection is gone, so that another one may do."""
    kinds = (mysql.connector.OperationalError, mysql.connector.InterfaceError)
    return isinstance(error, kinds) or error.errno in LOST_ERRORS


def is_refused_account(error: BaseException | None) -> bool:
    """Tell whether the server let the account not in."""
    return isinstance(error, mysql.connector.Error) and error.errno in ACCOUNT_ERRORS
