"""Files of every shape in one delivery: refreshed and verified, and the marts say what the files say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.integration.loaders.test_analytics_set import a_set
from tests.integration.loaders.test_service_tables import write
from tests.unit.loaders.builders import (
    a_listed_title,
    a_subscriber,
    an_event,
    logs_file,
    write_csv,
    write_json_lines,
)
from tests.unit.loaders.service_tables import service_tables
from tests.unit.loaders.test_excel import table, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


def test_a_delivery_of_every_shape_reaches_the_marts_and_stores_agree(
    empty_platform: Platform, run: Callable[..., None], tmp_path: Path
) -> None:
    a_set(tmp_path)
    write(tmp_path / "nine", service_tables())
    write_csv(tmp_path / "listed.csv", [a_listed_title("s1"), a_listed_title("s2", rating="1 min")])
    workbook(tmp_path, People=table(a_subscriber("1"), a_subscriber("2")))
    write_json_lines(tmp_path / "events.ndjson", [an_event("e1"), an_event("e2", user_id="u2")])
    logs_file(tmp_path)
    run("ingest", tmp_path, "--zone", "UTC")
    run("warehouse", "refresh")
    run("verify")
    days = empty_platform.mart("daily_statistics", "stat_date", "plays", "app_hours")
    assert [row for row in days if row[1]] == [
        (date(2023, 2, 1), 3, Decimal("2.0167")),
        (date(2024, 3, 1), 1, Decimal("0.3333")),
        (date(2024, 7, 1), 1, Decimal("0.0167")),
    ]
    activity = empty_platform.mart("event_activity", "stat_date", "events", "active_users")
    assert activity == [(date(2025, 1, 18), 2, 2)]
    sources = {source for (source,) in empty_platform.mart("data_freshness", "source")}
    assert sources == {"analytics", "catalogue", "events", "iptv", "service", "subscribers"}
