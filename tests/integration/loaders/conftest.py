"""A workspace whose two stores have their schemas, and a way to ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.loaders.stores import Stores, opened
from tests.ready import copy_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.settings import Settings


@pytest.fixture
def stores(settings: Settings, original: Settings) -> Iterator[Stores]:
    """A workspace with empty schemas in PostgreSQL and MongoDB, to be asked what is in it."""
    copy_postgres(original, settings)
    with opened(settings) as made:
        yield made
