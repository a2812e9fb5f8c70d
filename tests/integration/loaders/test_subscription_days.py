"""Subscription events touch their day, and those that are there already are given back to the warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from svp.core.migrations import load_migrations
from svp.model import SUBSCRIPTION_EVENTS, USERS
from tests.unit.loaders.builders import own_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

FEB_14, FEB_16 = date(2024, 2, 14), date(2024, 2, 16)
EVENT: dict[str, object] = {
    "subscription_event_id": "E1",
    "user_id": "U1",
    "event_type": "start",
    "new_plan": "Basic",
    "amount_minor": 999,
    "currency": "EUR",
    "occurred_at": datetime(2024, 2, 16, 23, 59, tzinfo=UTC),
}
DAYS = "SELECT day FROM ops.day_version ORDER BY day"


def touched(stores: Stores) -> list[date]:
    rows = stores.rows(
        "SELECT day FROM ops.load_day WHERE load_id = (SELECT max(load_id) FROM ops.load) ORDER BY day"
    )
    return [day for (day,) in rows]


def load(stores: Stores, folder: Path) -> None:
    """Load a user, and an event of it."""
    stores.load(own_table(folder, USERS, {"user_id": "U1", "registered_on": date(2024, 1, 1)}))
    stores.load(own_table(folder, SUBSCRIPTION_EVENTS, EVENT))


def test_event_touches_its_day_and_a_correction_both(stores: Stores, tmp_path: Path) -> None:
    load(stores, tmp_path)
    assert touched(stores) == [FEB_16]
    moved = EVENT | {"occurred_at": datetime(2024, 2, 14, tzinfo=UTC)}
    stores.load(own_table(tmp_path, SUBSCRIPTION_EVENTS, moved))
    assert touched(stores) == [FEB_14, FEB_16]
    assert stores.rows(DAYS) == [(FEB_14,), (FEB_16,)]


def test_events_from_before_days_were_noted_touch_theirs_after_an_upgrade(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, tmp_path)
    (migration,) = (
        each for each in load_migrations("oltp.migrations") if "subscription_days" in each.name
    )
    with stores.postgres.cursor() as cursor:
        cursor.execute("DELETE FROM ops.load_day; DELETE FROM ops.day_version")
        cursor.execute("DROP INDEX oltp.subscription_events_occurred_at")
        cursor.execute(migration.text)
    assert stores.rows("SELECT load_id, day FROM ops.load_day") == [(2, FEB_16)]
    assert stores.rows(DAYS) == [(FEB_16,)]
