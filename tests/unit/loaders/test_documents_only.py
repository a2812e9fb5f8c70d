"""Rows that are documents only: logs belong to the day in their file's name, events to the day of each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import bson
import pyarrow as pa
import pytest
from bson.codec_options import CodecOptions

from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.quarantine import Held
from loaders.replay import _day_of


@pytest.mark.parametrize(
    ("kind", "target", "day"),
    [("iptv.logs", "box_logs", date(2022, 4, 1)), ("events.events", "app_events", None)],
)
def test_only_rows_of_daily_files_are_replayed_to_the_day_in_the_name(
    kind: str, target: str, day: date | None
) -> None:
    assert _day_of(Held(7, kind, target, "any", "/logs/20220401.json")) == day


def test_lines_of_logs_are_documents_in_which_only_the_contract_may_be_nothing() -> None:
    columns = ("log_id", "contract_code", "mac", "application", "watch_seconds", "quality_flags")
    rows = [
        ("a", "HNH1", "0C96", "KPLUS", 5, ""),
        ("b", None, None, None, 86_400, "no_contract,box_left_on"),
    ]
    arrays = [pa.array(values) for values in zip(*rows, strict=True)]
    arrays[4] = arrays[4].cast(pa.int32())
    lines = pa.RecordBatch.from_arrays(arrays, names=list(columns))
    shape = ONLY_DOCUMENTS["box_logs"]
    delivery = Delivery("iptv", 2**40, date(2022, 4, 1))
    common = {"source": "iptv", "day": datetime(2022, 4, 1, tzinfo=UTC), "load_id": 2**40}
    names = {"mac": "0C96", "application": "KPLUS"}
    expected = [
        {**common, **names, "_id": "iptv:2022-04-01:a", "log_id": "a", "contract_code": "HNH1"}
        | {"watch_seconds": 5, "quality_flags": []},
        {**common, "_id": "iptv:2022-04-01:b", "log_id": "b", "contract_code": None}
        | {"watch_seconds": 86_400, "quality_flags": ["no_contract", "box_left_on"]},
    ]
    made = shape(delivery, lines).by_key()
    aware = CodecOptions[dict[str, Any]](tz_aware=True)
    assert [bson.decode(document, aware) for _, document in made] == expected
    assert [key for key, _ in made] == [document["_id"] for document in expected]
    assert shape(delivery, lines.slice(0, 0)).by_key() == []
