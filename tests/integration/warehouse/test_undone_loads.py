"""The warehouse follows a load that was taken back: days that lost all, days that got theirs back, titles and users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.undo import undo
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_movie,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)
from warehouse.checks import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


def marts(platform: Platform) -> dict[str, list[Any]]:
    """Return what reports see of plays, boxes, customers and titles, where there is anything to see."""
    return {
        "days": [
            row
            for row in platform.mart("daily_statistics", "stat_date", "plays", "watch_hours")
            if row[1]
        ],
        "boxes": platform.fetch("SELECT date_key, watch_seconds FROM fact_box_watch"),
        # A contract that was seen once stays a member of its dimension, with nothing to its name.
        "countries": [
            row
            for row in platform.mart("customer", "customer_code", "country")
            if row[0] in {"U1", "U2"}
        ],
        "titles": platform.mart("title", "content_id", "category"),
    }


def test_marts_are_what_they_were_before_the_load(empty_platform: Platform, tmp_path: Path) -> None:
    platform, settings = empty_platform, empty_platform.settings
    users = users_file(tmp_path, a_user("U1"), a_user("U2"))
    titles = a_catalogue(tmp_path, a_movie("M1"), a_movie("M2"))
    sessions = sessions_file(tmp_path, a_session("S1"), a_session("S2", user_id="U2"))
    ingest(settings, recognise_all([users, titles, sessions]))
    platform.refresh()
    before = marts(platform)

    moved = a_session("S1", watch_date="2024-03-09", watch_duration_minutes="7")
    new = a_session("S3", watch_date="2024-04-01")
    ingest(
        settings,
        recognise_all(
            [
                sessions_file(tmp_path, moved, new, name="more.csv"),
                logs_file(tmp_path, a_box_log("L1")),
                users_file(tmp_path, a_user("U2", country="Wakanda"), name="more_users.csv"),
            ]
        ),
    )
    platform.refresh()
    assert marts(platform)["days"] != before["days"]
    for load_id in (4, 5, 6):
        undo(settings, load_id)
    platform.refresh()
    assert marts(platform) == before
    assert verify(settings).is_right
    assert platform.refresh().days == 0
