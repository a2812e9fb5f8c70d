"""Generated platforms as frames: a tiny one to look at every row, a small one to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest

from svp.generate.arguments import SCALES
from svp.generate.platform import Platform, parts_of
from svp.model import TABLES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments

Frames = dict[str, pd.DataFrame]

NEXT = {
    "": {"trial", "start"},
    "trial": {"start", "cancellation"},
    "start": {"renewal", "payment_failed", "cancellation", "upgrade", "downgrade"},
    "renewal": {"renewal", "payment_failed", "cancellation", "upgrade", "downgrade"},
    "upgrade": {"renewal", "payment_failed", "cancellation"},
    "downgrade": {"renewal", "payment_failed", "cancellation"},
    "payment_failed": {"renewal", "cancellation"},
    "cancellation": {"return"},
    "return": {"renewal", "payment_failed", "cancellation", "upgrade", "downgrade"},
}
"""Events of a subscription, each with those that may follow it."""


def frames_of(arguments: Arguments) -> Frames:
    """Return every table of a platform; dates are counted as instants at midnight UTC."""
    batches: dict[str, list[pa.RecordBatch]] = {}
    platform = Platform(arguments)
    for part in parts_of(arguments):
        for name, batch in platform.make(part, tables=[table.name for table in TABLES]).items():
            batches.setdefault(name, []).append(batch)
    return {name: _frame(pa.Table.from_batches(parts)) for name, parts in batches.items()}


def _frame(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas(date_as_object=False)
    for field in table.schema:
        if pa.types.is_date(field.type):
            frame[field.name] = frame[field.name].dt.tz_localize("UTC")
        elif pa.types.is_decimal(field.type):
            frame[field.name] = frame[field.name].astype(float)
    return frame


@pytest.fixture(scope="session")
def tiny() -> Frames:
    """200 users, 30 days."""
    return frames_of(SCALES["tiny"].arguments())


@pytest.fixture(scope="session")
def small() -> Frames:
    """10,000 users, 90 days."""
    return frames_of(SCALES["small"].arguments())
