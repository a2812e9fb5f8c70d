"""The two stores that an ingest writes to, held by the one that may."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders import ledger
from svp.core.mongodb import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.mongodb import MongoDatabase
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["Stores", "open_stores"]


@dataclass(frozen=True, slots=True)
class Stores:
    """Where rows and documents go; the workspace's lock is held as long as the connection."""

    settings: Settings
    postgres: Connection
    mongodb: MongoDatabase


@contextmanager
def open_stores(settings: Settings) -> Iterator[Stores]:
    """Open both stores.

    Raises:
        LockError: another ingest is running in the workspace.
    """
    with (
        ledger.only_ingest(settings) as connection,
        open_database(settings.url("mongo"), settings.workspace.mongo_database) as documents,
    ):
        yield Stores(settings, connection, documents)
