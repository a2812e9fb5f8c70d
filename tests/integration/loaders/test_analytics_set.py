"""The small analytics set: integer ids, codes of countries, views longer than their titles, ratings without a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.loaders.builders import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores


def a_set(folder: Path) -> tuple[Path, ...]:
    """Write four users, three titles, three views and three ratings; users 3 and 4 never watched."""
    users = [
        {"user_id": f"{number}", "region": region, "signup_date": "2023-01-05"}
        for number, region in enumerate(("UK", "gb", "US", "IN"), start=1)
    ]
    titles = [
        {"content_id": f"{number}.0", "title": f"T{number}", "genre": "Drama", "content_type": kind,
         "duration_min": "50"}
        for number, kind in enumerate(("Movie", "series", "TV Show"), start=1)
    ]  # fmt: skip
    views = [("10", "1", "1", "51"), ("11", "1", "2", "20"), ("12", "2", "1", "50")]
    ratings = [("20", "1", "1", "5"), ("21", "3", "1", "4"), ("22", "2", "3", "1")]
    return (
        write_csv(folder / "ratings.csv", [
            {"rating_id": id_, "user_id": user, "content_id": title, "rating": stars,
             "rating_date": "2023-02-03"}
            for id_, user, title, stars in ratings
        ]),
        write_csv(folder / "views.csv", [
            {"log_id": id_, "user_id": user, "content_id": title, "watch_date": "2023-02-01",
             "watch_duration_min": minutes}
            for id_, user, title, minutes in views
        ]),
        write_csv(folder / "titles.csv", titles),
        write_csv(folder / "users.csv", users),
    )  # fmt: skip


def test_the_set_is_loaded_with_its_oddities_flagged(stores: Stores, tmp_path: Path) -> None:
    reports = stores.load(*a_set(tmp_path))
    assert [
        (report.kind, report.counts.loaded_rows, report.counts.flags) for report in reports
    ] == [
        ("analytics.users", 4, {}),
        ("analytics.content", 3, {"length_of_another_kind": 2}),
        ("analytics.viewing_sessions", 3, {"longer_than_title": 1}),
        ("analytics.ratings", 3, {"rated_unseen": 2}),
    ]
    countries = "SELECT user_id, country FROM oltp.users ORDER BY 1"
    assert stores.rows(countries) == [
        ("1", "United Kingdom"),
        ("2", "United Kingdom"),
        ("3", "United States"),
        ("4", "India"),
    ]
    unseen = (
        "SELECT rating_id FROM oltp.ratings WHERE 'rated_unseen' = ANY(quality_flags) ORDER BY 1"
    )
    assert stores.rows(unseen) == [("21",), ("22",)]
    titles = stores.mongodb["content"].find().sort("_id")
    assert [(title["_id"], title["content_type"]) for title in titles] == [
        ("analytics:1", "movie"),
        ("analytics:2", "series"),
        ("analytics:3", "series"),
    ]
    watched = stores.mongodb["viewing_events"].distinct("user_ref")
    assert watched == ["analytics:1", "analytics:2"]


def test_a_region_that_is_no_country_is_refused(stores: Stores, tmp_path: Path) -> None:
    rows = [{"user_id": "1", "region": "ZZ", "signup_date": "2023-01-05"}]
    rows += [{"user_id": "1.5", "region": "", "signup_date": "2023-01-05"}]
    stores.load(write_csv(tmp_path / "users.csv", rows))
    assert sorted(stores.quarantined()) == [
        (2, "region", "not_a_country", "ZZ"),
        (3, "user_id", "not_a_number", "1.5"),
    ]
