"""The warehouse follows a full delivery: titles and customers that ended say when, and undo takes that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.terms import Terms
from loaders.tolerance import HALF
from loaders.undo import undo
from tests.unit.loaders.builders import (
    a_catalogue,
    a_movie,
    a_session,
    a_user,
    sessions_file,
    users_file,
)
from warehouse.checks import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


def marts(platform: Platform) -> dict[str, list[Any]]:
    """Return what reports see of titles, customers and plays."""
    return {
        "titles": platform.mart("title", "content_id", "ended_on"),
        "customers": platform.mart("customer", "customer_code", "ended_on"),
        "plays": platform.mart("daily_statistics", "stat_date", "plays"),
    }


def test_titles_and_customers_end_keep_their_plays_and_come_back(
    empty_platform: Platform, tmp_path: Path
) -> None:
    platform, settings = empty_platform, empty_platform.settings
    files = [
        users_file(tmp_path, a_user("U1"), a_user("U2")),
        a_catalogue(tmp_path, a_movie("M1"), a_movie("M2")),
        sessions_file(tmp_path, a_session("S1"), a_session("S2", user_id="U2")),
    ]
    ingest(settings, recognise_all(files))
    platform.refresh()
    before = marts(platform)
    assert ("M1", None) in before["titles"]
    assert ("U1", None) in before["customers"]

    all_of_now = [
        users_file(tmp_path, a_user("U2"), name="users_now.csv"),
        a_catalogue(tmp_path, a_movie("M2"), name="titles_now.json"),
    ]
    ingest(settings, recognise_all(all_of_now), terms=Terms(may_end=HALF))
    platform.refresh()
    ((today,),) = platform.fetch("SELECT utc_date()")
    after = marts(platform)
    assert set(before["titles"]) ^ set(after["titles"]) == {("M1", None), ("M1", today)}
    assert set(before["customers"]) ^ set(after["customers"]) == {("U1", None), ("U1", today)}
    assert after["plays"] == before["plays"]
    assert verify(settings).is_right
    assert platform.refresh().dimensions == ()

    for load_id in (4, 5):
        undo(settings, load_id)
    platform.refresh()
    assert marts(platform) == before
