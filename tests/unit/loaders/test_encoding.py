"""Documents made a column at a time are what the driver makes of them one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import bson
import pyarrow as pa
from bson.codec_options import CodecOptions

from loaders.documents import encoding as e

if TYPE_CHECKING:
    from loaders.arrow import Values

AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
INSTANT = pa.timestamp("us", tz="UTC")


def test_documents_are_those_of_the_driver_byte_by_byte() -> None:
    rows: list[dict[str, Any]] = [
        {
            "text": "Zoë \U0001f600\x00",
            "small": -1,
            "large": bson.Int64(2**40),
            "real": 12.5,
            "at": datetime(2024, 1, 31, 20, 15, 0, 123000, UTC),
            "yes": True,
            "nothing": None,
            "words": ["a", "b"],
            "within": {"text": "x"},
            "list": [{"small": 7}],
        },
        {"nothing": None, "words": [], "within": {}, "list": []},
    ]
    seven = e.document("0", [e.int32("small", pa.array([7], pa.int32()))])
    texts = pa.array(["Zoë \U0001f600\x00", None])
    elements = [
        e.text("text", texts),
        e.int32("small", pa.array([-1, None], pa.int32())),
        e.int64("large", pa.array([2**40, None])),
        e.number("real", pa.array([12.5, None])),
        e.instant("at", pa.array([rows[0]["at"], None], INSTANT)),
        e.boolean("yes", pa.array([True, None])),
        e.null("nothing", 2),
        e.words("words", pa.array(["a,b", ""])),
        e.document("within", [e.text("text", pa.array(["x", None]))]),
        e.array("list", [pa.array([seven[0].as_py(), None])]),
    ]
    assert e.documents(elements).to_pylist() == [bson.encode(row) for row in rows]


def decoded(documents: Values) -> list[dict[str, Any]]:
    """Return documents as the driver reads them."""
    return [bson.decode(bytes(document or b""), AWARE) for document in documents.to_pylist()]


def test_an_instant_is_cut_off_at_the_millisecond_on_either_side_of_1970() -> None:
    instants = [
        datetime(2024, 1, 1, 0, 0, 0, 1999, UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
        datetime(1900, 1, 1, tzinfo=UTC),
    ]
    made = e.documents([e.instant("at", pa.array(instants, INSTANT))])
    assert [document["at"] for document in decoded(made)] == [
        instant.replace(microsecond=instant.microsecond // 1000 * 1000) for instant in instants
    ]


def test_a_part_of_a_column_is_as_good_as_a_whole_one() -> None:
    numbers, words = pa.array([1, 2, None, 4], pa.int32()), pa.array(["a", "b", "c", None])
    made = e.documents([e.int32("n", numbers.slice(1, 2)), e.text("t", words.slice(2, 2))])
    assert decoded(made) == [{"n": 2, "t": "c"}, {}]
