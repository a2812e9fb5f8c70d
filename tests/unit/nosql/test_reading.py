"""What is only found and sorted, on a stand-in for MongoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import mongomock
import pytest

from nosql.pipelines import find_pipeline
from nosql.run import is_current, read_result
from nosql.schema import MongoStore

if TYPE_CHECKING:
    from svp.core.mongodb import MongoDatabase


@pytest.fixture
def database() -> MongoDatabase:
    return cast("MongoDatabase", mongomock.MongoClient()["svp"])


def test_a_store_tells_the_checksums_of_what_was_applied(database: MongoDatabase) -> None:
    assert MongoStore(database).applied() == {}
    database["schema_migration"].insert_one({"_id": 1, "name": "0001_content", "checksum": "abc"})
    assert MongoStore(database).applied() == {1: "abc"}


def test_a_result_comes_in_the_order_of_its_pipeline_and_ties_by_key(
    database: MongoDatabase,
) -> None:
    seconds = {"s:a": 10, "s:d": 30, "s:c": 20, "s:b": 20}
    database["title_statistics"].insert_many(
        [{"_id": title, "watch_seconds": watched} for title, watched in seconds.items()]
    )
    rows = read_result(database, find_pipeline("title_statistics"), limit=3)
    assert [row["_id"] for row in rows] == ["s:d", "s:b", "s:c"]


@pytest.mark.parametrize(
    ("inputs", "stamps", "expected"),
    [
        ("same", [4, 4], True),
        ("other", [4, 4], False),
        ("same", [4], False),
        ("same", [4, 5], False),
        ("same", [4, 4, 3], False),
    ],
    ids=["untouched", "other data", "one is gone", "a run was killed", "a stale one is left"],
)
def test_a_result_is_current_when_it_is_whole_and_its_inputs_are_the_same(
    database: MongoDatabase, inputs: str, stamps: list[int], *, expected: bool
) -> None:
    finished = {"run_number": 4, "inputs": "same", "documents": 2}
    database["pipeline_run"].insert_one({"_id": "title_statistics", "finished": finished})
    database["title_statistics"].insert_many([{"run_number": stamp} for stamp in stamps])
    assert is_current(database, find_pipeline("title_statistics"), inputs) is expected
