"""A workspace that has only its MongoDB, with and without the schema."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import pytest

from nosql.schema import install, reset
from svp.core.mongodb import open_database
from svp.settings import Settings, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from svp.core.mongodb import MongoDatabase

NUMBERS = count(1)


@contextmanager
def uninitialised(home: Path, mongo_url: str) -> Iterator[Settings]:
    """Give settings of a workspace that was never initialised; its database is dropped afterwards."""
    workspace = Workspace(f"nosql{os.getpid()}_{next(NUMBERS)}")
    settings = Settings(home, workspace, mongo_url=mongo_url)
    try:
        yield settings
    finally:
        reset(settings)


@pytest.fixture
def empty(tmp_path: Path, mongo_url: str) -> Iterator[Settings]:
    """Settings of a workspace that was never initialised."""
    with uninitialised(tmp_path, mongo_url) as settings:
        yield settings


@pytest.fixture
def settings(empty: Settings) -> Settings:
    """Settings of a workspace with the schema and no documents."""
    install(empty)
    return empty


@pytest.fixture
def database(settings: Settings) -> Iterator[MongoDatabase]:
    """The workspace's database, with the schema and no documents."""
    url = settings.url("mongo")
    with open_database(url, settings.workspace.mongo_database) as opened:
        yield opened
