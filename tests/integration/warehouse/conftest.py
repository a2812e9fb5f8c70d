"""A workspace with all three stores: the warehouse once on MySQL and once on MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import nosql.schema
import oltp.schema
import warehouse.schema
from tests.integration.warehouse.builders import Platform, Title, User

if TYPE_CHECKING:
    from svp.settings import Settings


@pytest.fixture
def empty_platform(warehouse_settings: Settings) -> Platform:
    """Three stores with schemas and no rows."""
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.install(warehouse_settings)
    return Platform(warehouse_settings)


@pytest.fixture
def platform(empty_platform: Platform) -> Platform:
    """Three stores with users u1 to u3 and the film t1, nothing played, nothing exported."""
    empty_platform.load(users=[User(f"u{n}") for n in (1, 2, 3)], titles=[Title()])
    return empty_platform
