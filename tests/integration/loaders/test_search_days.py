"""Searches touch their day, and plays the day of the search that they follow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from svp.model import CONTENT, SEARCH_QUERIES, USERS, VIEWING_SESSIONS
from tests.unit.loaders.builders import own_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

EVENING = datetime(2024, 2, 16, 23, 45, tzinfo=UTC)
FEB_14, FEB_16, FEB_17 = date(2024, 2, 14), date(2024, 2, 16), date(2024, 2, 17)


def a_search(searched_at: datetime = EVENING, **changes: object) -> dict[str, object]:
    """Return a search of which M1 was clicked."""
    row: dict[str, object] = {
        "search_id": "Q1",
        "user_id": "U1",
        "query_text": "x",
        "clicked_content_id": "M1",
        "searched_at": searched_at,
    }
    return row | changes


def a_play(started_at: datetime, **changes: object) -> dict[str, object]:
    """Return a play of ten minutes."""
    row: dict[str, object] = {
        "session_id": "S1",
        "user_id": "U1",
        "content_id": "M1",
        "started_on": started_at.date(),
        "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=10),
        "watch_seconds": 600,
    }
    return row | changes


@pytest.fixture
def parents(stores: Stores, tmp_path: Path) -> Stores:
    """A user and two titles, loaded."""
    title = {"title": "x", "content_type": "movie", "genres": []}
    stores.load(
        own_table(tmp_path, USERS, {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(tmp_path, CONTENT, *(title | {"content_id": each} for each in ("M1", "M2"))),
    )
    return stores


def days_of(stores: Stores, path: Path) -> list[date]:
    """Load one file; return the days it touched, all with a version then."""
    stores.load(path)
    rows = stores.rows(
        "SELECT load_day.day FROM ops.load_day INNER JOIN ops.day_version USING (day)"
        " WHERE load_day.load_id = (SELECT max(load_id) FROM ops.load) ORDER BY load_day.day"
    )
    return [day for (day,) in rows]


def test_search_touches_its_day_and_a_correction_both(parents: Stores, tmp_path: Path) -> None:
    assert days_of(parents, own_table(tmp_path, SEARCH_QUERIES, a_search())) == [FEB_16]
    earlier = a_search(EVENING - timedelta(days=2))
    assert days_of(parents, own_table(tmp_path, SEARCH_QUERIES, earlier)) == [FEB_14, FEB_16]


@pytest.mark.parametrize(
    ("play", "touched"),
    [
        pytest.param(a_play(EVENING + timedelta(minutes=30)), [FEB_16, FEB_17], id="it follows"),
        pytest.param(a_play(EVENING + timedelta(minutes=31)), [FEB_17], id="too late"),
        pytest.param(
            a_play(EVENING + timedelta(minutes=30), content_id="M2"), [FEB_17], id="another title"
        ),
    ],
)
def test_play_after_midnight_touches_the_day_of_its_search(
    parents: Stores, tmp_path: Path, play: dict[str, object], touched: list[date]
) -> None:
    parents.load(own_table(tmp_path, SEARCH_QUERIES, a_search()))
    assert days_of(parents, own_table(tmp_path, VIEWING_SESSIONS, play)) == touched


def test_play_that_follows_no_search_any_more_touches_its_day_again(
    parents: Stores, tmp_path: Path
) -> None:
    parents.load(own_table(tmp_path, SEARCH_QUERIES, a_search()))
    following = a_play(EVENING + timedelta(minutes=20))
    parents.load(own_table(tmp_path, VIEWING_SESSIONS, following))
    corrected = own_table(tmp_path, VIEWING_SESSIONS, following | {"content_id": "M2"})
    assert days_of(parents, corrected) == [FEB_16, FEB_17]
