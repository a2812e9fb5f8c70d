"""Public catalogues and subscriber lists: what they become in both stores, and what of them is refused."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from svp.errors import UsageError
from tests.unit.loaders.builders import a_listed_title, a_subscriber, write_csv

if TYPE_CHECKING:
    from tests.integration.loaders.stores import Stores

SAMPLES = Path(__file__).parents[4] / "shared" / "inputs"

TITLES = SAMPLES / "titles" / "netflix_titles.csv"
SUBSCRIBERS = SAMPLES / "userbase" / "netflix_userbase.csv"

with_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the sample files are not beside the repository"
)


def test_a_film_and_a_series_are_rows_and_documents(stores: Stores, tmp_path: Path) -> None:
    film = a_listed_title("s1", date_added=" August 4, 2017", cast="Ann Lee, Bo Ray, Ann Lee")
    series = a_listed_title("s2", type="TV Show", duration="2 Seasons", date_added="", cast="")
    (report,) = stores.load(write_csv(tmp_path / "titles.csv", [film, series]))
    assert (report.kind, report.counts.loaded_rows) == ("catalogue.titles", 2)
    told = (
        "SELECT content_id, content_type, added_on::text, main_actor, actors, duration_minutes, season_count"
        " FROM oltp.content LEFT JOIN oltp.movie_details USING (content_key)"
        " LEFT JOIN oltp.series_details USING (content_key) ORDER BY 1"
    )
    assert stores.rows(told) == [
        ("s1", "movie", "2017-08-04", "Ann Lee", ["Ann Lee", "Bo Ray"], 90, None),
        ("s2", "series", None, None, [], None, 2),
    ]
    documents = list(stores.mongodb["content"].find().sort("_id"))
    assert [document["_id"] for document in documents] == ["catalogue:s1", "catalogue:s2"]
    assert documents[0]["actors"] == ["Ann Lee", "Bo Ray"]
    assert documents[0]["genres"] == ["Dramas", "Comedies"]


def test_a_row_whose_columns_moved_is_refused_and_never_guessed(
    stores: Stores, tmp_path: Path
) -> None:
    rows = [
        a_listed_title("s1", rating="74 min", duration=""),
        a_listed_title("s2", rating="2 Seasons"),
        a_listed_title("s3", duration="PG-13"),
        a_listed_title("s4", duration="90"),
        a_listed_title("s5", rating="", duration=""),
    ]
    stores.load(write_csv(tmp_path / "titles.csv", rows))
    assert [refused[1:] for refused in stores.quarantined()] == [
        ("rating", "shifted_row", "74 min"),
        ("rating", "shifted_row", "2 Seasons"),
        ("duration", "not_a_length", "PG-13"),
        ("duration", "not_a_length", "90"),
    ]
    assert stores.rows("SELECT content_id FROM oltp.content") == [("s5",)]


def test_quirks_of_other_services_are_understood(stores: Stores, tmp_path: Path) -> None:
    ratings = ("16", "ALL", "AGES_18_", "13+", "NR")
    rows = [
        {
            ("principal_cast" if name == "cast" else name): value
            for name, value in a_listed_title(f"s{number}", rating=rating).items()
        }
        for number, rating in enumerate(ratings)
    ]
    path = write_csv(tmp_path / "titles.csv", rows)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (report,) = stores.load(path, source="second")
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (5, 0)
    told = "SELECT maturity_rating, main_actor, source FROM oltp.content ORDER BY content_id"
    assert stores.rows(told) == [(rating, "Ann Lee", "second") for rating in ratings]


def test_a_second_catalogue_must_say_whose_it_is_because_services_number_alike(
    stores: Stores, tmp_path: Path
) -> None:
    first = write_csv(tmp_path / "first.csv", [a_listed_title("s1", title="Heat")])
    second = write_csv(tmp_path / "second.csv", [a_listed_title("s1", title="Dark")])
    told = r"may number different titles alike\nsay whose the new one is with --source"
    with pytest.raises(UsageError, match=told):
        stores.load(first, second)
    assert stores.rows("SELECT 1 FROM ops.load") == []
    stores.load(first)
    assert stores.load(first)[0].outcome == "already loaded"
    with pytest.raises(UsageError, match=told):
        stores.load(second)
    stores.load(second, source="dark")
    stores.load(write_csv(tmp_path / "new.csv", [a_listed_title("s1")]), source="catalogue")
    told = "SELECT source, title FROM oltp.content ORDER BY 1"
    assert stores.rows(told) == [("catalogue", "Northern Lights"), ("dark", "Dark")]


def test_subscribers_are_users_whose_days_are_read_day_first(
    stores: Stores, tmp_path: Path
) -> None:
    rows = [
        a_subscriber("1"),
        a_subscriber("2", **{"Join Date": "30-02-22"}),
        a_subscriber("3", **{"Join Date": "2022/09/05"}),
        a_subscriber("4", **{"Join Date": "05/09/21"}),
    ]
    path = write_csv(tmp_path / "list.csv", rows)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (report,) = stores.load(path)
    assert report.kind == "subscribers.users"
    told = (
        "SELECT user_id, plan, country, age, registered_on::text, preferred_device FROM oltp.users"
    )
    assert stores.rows(told) == [("1", "Basic", "Chile", 28, "2021-09-05", "Tablet")]
    assert [(line, code) for line, _, code, _ in stores.quarantined()] == [
        (3, "not_a_date"),
        (4, "not_a_date"),
        (5, "not_a_date"),
    ]


def day(written: str, form: str) -> date:
    return date(*time.strptime(written, form)[:3])


@with_samples
def test_the_public_catalogue_is_stored_as_a_plain_reader_finds_it(stores: Stores) -> None:
    (report,) = stores.load(TITLES)
    counts = report.counts
    assert (counts.read_rows, counts.loaded_rows, counts.rejected_rows) == (8_807, 8_804, 3)
    assert [(column, code, value) for _, column, code, value in stores.quarantined()] == [
        ("rating", "shifted_row", f"{minutes} min") for minutes in (74, 84, 66)
    ]
    with TITLES.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if "min" not in row["rating"]]
    told = (
        "SELECT content_id, added_on, director, cardinality(actors),"
        " coalesce(duration_minutes || ' min', season_count || ' Season')"
        " FROM oltp.content LEFT JOIN oltp.movie_details USING (content_key)"
        " LEFT JOIN oltp.series_details USING (content_key)"
    )
    assert {found[0]: found[1:] for found in stores.rows(told)} == {
        row["show_id"]: (
            day(row["date_added"].strip(), "%B %d, %Y") if row["date_added"] else None,
            row["director"] or None,
            len({name.strip() for name in row["cast"].split(",")} - {""}),
            row["duration"].removesuffix("s"),
        )
        for row in rows
    }
    genres = Counter(genre for row in rows for genre in row["listed_in"].split(", "))
    counted: list[dict[str, object]] = [
        {"$unwind": "$genres"},
        {"$group": {"_id": "$genres", "n": {"$sum": 1}}},
    ]
    found = stores.mongodb["content"].aggregate(counted)
    assert {document["_id"]: document["n"] for document in found} == genres


@with_samples
def test_the_public_subscriber_list_is_stored_as_a_plain_reader_finds_it(stores: Stores) -> None:
    (report,) = stores.load(SUBSCRIBERS)
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (2_500, 0)
    with SUBSCRIBERS.open(encoding="utf-8", newline="") as stream:
        expected = {
            row["User ID"]: (
                day(row["Join Date"], "%d-%m-%y"),
                row["Subscription Type"],
                row["Country"],
                int(row["Age"]),
                row["Device"],
            )
            for row in csv.DictReader(stream)
        }
    told = "SELECT user_id, registered_on, plan, country, age, preferred_device FROM oltp.users"
    assert {found[0]: found[1:] for found in stores.rows(told)} == expected
