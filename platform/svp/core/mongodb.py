"""Connections to MongoDB: majority and journalled writes, UTC datetimes, errors that help."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pymongo
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure

from svp.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Document", "Documents", "MongoDatabase", "connect", "open_database"]

Document = dict[str, Any]
"""A document, at the driver's edge only."""

MongoDatabase = Database[Document]
Documents = MongoClient[Document]

SELECT_SECONDS = 10


def connect(url: str) -> Documents:
    """Open a client and make sure that the server answers and knows us.

    Raises:
        ServerError: it can't be reached or refuses us.
    """
    try:
        client: Documents = MongoClient(
            url,
            appname="svp",
            tz_aware=True,
            serverSelectionTimeoutMS=SELECT_SECONDS * 1000,
            w="majority",
            journal=True,
            retryWrites=True,
        )
        _greet(client)
    except (ConnectionFailure, ConfigurationError) as error:
        address = _addresses(url)
        message = f"MongoDB did not answer at {address}"
        raise ServerError(message, "start it with 'svp up', or mend SVP_MONGO_URL") from error
    except OperationFailure as error:
        message = f"MongoDB at {_addresses(url)} refused us: {error.details and error.details.get('errmsg')}"
        raise ServerError(message, "check the user and password of SVP_MONGO_URL") from error
    return client


def _greet(client: Documents) -> None:
    """Make the server answer, and close a client that can't work with it."""
    try:
        client.admin.command("listDatabases", nameOnly=True, authorizedDatabases=True)
    except BaseException:
        client.close()
        raise


def _addresses(url: str) -> str:
    """Return the hosts and ports of a URL, without the account."""
    return url.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2]


@contextmanager
def open_database(url: str, database: str) -> Iterator[MongoDatabase]:
    """Open a client for one database and close it afterwards."""
    with pymongo.timeout(None), connect(url) as client:
        yield client[database]
