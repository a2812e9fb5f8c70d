"""Documents are written as they are while they are new, and looked for as soon as some are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bson
import pytest
from pymongo.errors import BulkWriteError

from loaders import mongodb
from svp.core.mongodb import open_database
from svp.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from svp.settings import Settings


def test_documents_that_are_there_are_replaced_wherever_they_come(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongodb, "BATCH_DOCUMENTS", 2)
    wanted = [{"_id": f"a:{number}", "n": number} for number in range(12)]
    with open_database(settings.mongo_url, settings.workspace.mongo_database) as database:
        there = database["some"]
        there.insert_many([{"_id": "a:5", "n": 0}, wanted[6], {"_id": "a:11", "n": 0}])
        write(settings, wanted)
        assert list(there.find().sort("n")) == wanted
        write(settings, wanted)
        assert list(there.find().sort("n")) == wanted


def test_large_documents_go_few_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongodb, "BATCH_BYTES", 2_000)
    advanced: list[int] = []
    wanted = [{"_id": f"a:{number}", "text": "x" * 900} for number in range(7)]
    with (
        open_database(settings.mongo_url, settings.workspace.mongo_database) as database,
        SILENT.task("", total=None, unit="documents") as task,
    ):
        monkeypatch.setattr(task, "advance", advanced.append)
        mongodb.write(database["some"], map(bson.encode, wanted), task)
        assert list(database["some"].find().sort("_id")) == wanted
    assert advanced == [3, 3, 1]


def test_a_document_that_is_refused_stops_the_writing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongodb, "BATCH_DOCUMENTS", 1)
    with open_database(settings.mongo_url, settings.workspace.mongo_database) as database:
        database.create_collection("some", validator={"n": {"$lt": 3}})
    with pytest.raises(BulkWriteError, match="failed validation"):
        write(settings, [{"_id": f"a:{number}", "n": number} for number in range(6)])


def write(settings: Settings, documents: Iterable[dict[str, object]]) -> None:
    with (
        open_database(settings.mongo_url, settings.workspace.mongo_database) as database,
        SILENT.task("", total=None, unit="documents") as task,
    ):
        mongodb.write(database["some"], map(bson.encode, documents), task)
