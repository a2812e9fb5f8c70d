"""What an ingest leaves of set-top boxes' logs: documents in MongoDB only, and a ledger as of any other file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders import batches, mongodb
from svp.errors import InputError, ServerError
from tests.integration.loaders.stores import Stores, documents
from tests.unit.loaders.builders import a_box_log, logs_file

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2022, 4, 1)
SECONDS = {"_id": 0, "log_id": 1, "watch_seconds": 1}
VERSIONS = "SELECT day, version FROM ops.day_version ORDER BY day"

SAMPLE = Path(__file__).parents[4] / "shared" / "inputs" / "iptv"


def seconds(stores: Stores) -> dict[str, int]:
    """Return the seconds of every line that is stored, by its id."""
    found = stores.mongodb["box_logs"].find({}, SECONDS)
    return {line["log_id"]: line["watch_seconds"] for line in found}


def counts(report: Any) -> tuple[int, int, int, int, int]:
    """Return rows loaded, unchanged, updated, rejected and skipped."""
    said = report.counts
    return (
        said.loaded_rows,
        said.unchanged_rows,
        said.updated_rows,
        said.rejected_rows,
        said.skipped_rows,
    )


def test_a_line_is_a_document_of_the_day_in_the_name(stores: Stores, tmp_path: Path) -> None:
    (report,) = stores.load(logs_file(tmp_path, name="20220401 (1).json"))
    assert (report.kind, report.outcome, counts(report)) == ("iptv.logs", "loaded", (1, 0, 0, 0, 0))
    (document,) = stores.mongodb["box_logs"].find()
    assert document == {
        "_id": "iptv:2022-04-01:AX_1",
        "source": "iptv",
        "day": datetime(2022, 4, 1, tzinfo=UTC),
        "log_id": "AX_1",
        "contract_code": "HNH123456",
        "mac": "0C96E62FC55C",
        "application": "KPLUS",
        "watch_seconds": 254,
        "quality_flags": [],
        "load_id": 1,
    }
    assert stores.rows("SELECT load_id, day FROM ops.load_day") == [(1, DAY)]
    assert stores.rows("SELECT state, path FROM ops.load") == [("complete", str(report.path))]
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    assert stores.mongodb["viewing_events"].count_documents({}) == 0


def test_contracts_that_are_none_are_stored_as_they_came_and_flagged(
    stores: Stores, tmp_path: Path
) -> None:
    contracts = ["HNH123456", " hnh1 ", "0", None, "203.0.113.48", "203.0.113", ""]
    lines = [a_box_log(f"{number}", Contract=code) for number, code in enumerate(contracts)]
    left_out = a_box_log("7")
    del left_out["_source"]["Contract"]  # type: ignore[attr-defined]  # it is an object
    (report,) = stores.load(logs_file(tmp_path, *lines, left_out))
    assert report.counts.flags == {"no_contract": 5}
    found = stores.mongodb["box_logs"].find().sort("log_id")
    assert [(line["contract_code"], line["quality_flags"]) for line in found] == [
        ("HNH123456", []),
        ("hnh1", []),
        ("0", ["no_contract"]),
        (None, ["no_contract"]),
        ("203.0.113.48", ["no_contract"]),
        ("203.0.113", []),
        (None, ["no_contract"]),
        (None, ["no_contract"]),
    ]


def test_durations_are_whole_seconds_and_a_whole_day_is_flagged(
    stores: Stores, tmp_path: Path
) -> None:
    durations = [0, "12", 86_399, 86_400, 2**31 - 1, -1, 2**31, 2**63, 1.5, "x", None, True]
    lines = [a_box_log(f"{number}", TotalDuration=value) for number, value in enumerate(durations)]
    (report,) = stores.load(logs_file(tmp_path, *lines, a_box_log(None)))
    assert report.counts.flags == {"box_left_on": 2}
    assert seconds(stores) == {"0": 0, "1": 12, "2": 86_399, "3": 86_400, "4": 2**31 - 1}
    column = "_source.TotalDuration"
    assert sorted(stores.quarantined()) == [
        (6, column, "out_of_range", "-1"),
        (7, column, "out_of_range", "2147483648"),
        (8, column, "out_of_range", "9223372036854775808"),
        (9, column, "not_a_number", "1.5"),
        (10, column, "not_a_number", "x"),
        (11, column, "missing", None),
        (12, column, "not_a_number", "true"),
        (13, "_id", "missing", None),
    ]


def test_the_same_file_again_changes_nothing(stores: Stores, tmp_path: Path) -> None:
    path = logs_file(tmp_path)
    stores.load(path)
    before = [stores.rows("SELECT ops.load.*::text FROM ops.load"), stores.rows(VERSIONS)]
    (report,) = stores.load(path)
    assert report.outcome == "already loaded"
    assert [stores.rows("SELECT ops.load.*::text FROM ops.load"), stores.rows(VERSIONS)] == before


def test_a_day_delivered_again_is_united_by_id_and_the_later_value_wins(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "abc")))
    again = [a_box_log("b"), a_box_log("c", TotalDuration=7), a_box_log("d")]
    (report,) = stores.load(logs_file(tmp_path, *again, name="20220401_again.json"))
    assert counts(report) == (1, 1, 1, 0, 0)
    assert seconds(stores) == {"a": 254, "b": 254, "c": 7, "d": 254}
    found = stores.mongodb["box_logs"].find().sort("log_id")
    assert [(line["load_id"], line.get("replaced_load_id")) for line in found] == [
        (1, None),
        (1, None),
        (2, 1),
        (2, None),
    ]
    assert stores.rows(VERSIONS) == [(DAY, 2)]


def test_a_day_delivered_again_as_it_was_moves_nothing(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "ab")))
    path = logs_file(tmp_path, *map(a_box_log, "ba"), name="20220401b.json")
    path.write_text(path.read_text() + "\n")
    (report,) = stores.load(path)
    assert counts(report) == (0, 2, 0, 0, 1)
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    assert stores.mongodb["box_logs"].distinct("load_id") == [1]


def test_of_lines_with_one_id_the_last_one_wins_within_a_batch_and_over_batches(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        a_box_log(log_id, TotalDuration=value)
        for log_id, value in [("a", 1), ("a", 2), ("b", 1), ("a", 2), ("b", 86_400), ("b", 86_400)]
    ]
    (whole,) = stores.load(logs_file(tmp_path, *lines))
    monkeypatch.setattr(batches, "BATCH_ROWS", 2)
    (parted,) = stores.load(logs_file(tmp_path, *lines, name="20220402.json"), source="other")
    assert counts(whole) == counts(parted) == (2, 2, 2, 0, 0)
    assert whole.counts.flags == parted.counts.flags == {"box_left_on": 1}
    assert seconds(stores) == {"a": 2, "b": 86_400}


def test_the_same_id_on_another_day_or_of_another_source_is_another_line(
    stores: Stores, tmp_path: Path
) -> None:
    first, second = (
        logs_file(tmp_path, a_box_log(TotalDuration=day), name=f"2022040{day}.json")
        for day in (1, 2)
    )
    stores.load(first, second)
    stores.load(first, source="north")
    assert stores.mongodb["box_logs"].distinct("_id") == [
        "iptv:2022-04-01:AX_1",
        "iptv:2022-04-02:AX_1",
        "north:2022-04-01:AX_1",
    ]


def test_the_content_of_one_day_under_the_name_of_another_is_stopped(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path))
    copy = logs_file(tmp_path, name="20220402.json")
    with pytest.raises(
        InputError, match=r"has the very content of 20220401\.json, which is another"
    ):
        stores.load(copy)
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    copy.write_text(copy.read_text() + "\n")
    assert counts(stores.load(copy)[0]) == (1, 0, 0, 0, 1)


def test_lines_that_are_no_rows_are_refused_one_by_one(stores: Stores, tmp_path: Path) -> None:
    path = logs_file(tmp_path)
    broken = b'[1]\n{"_id": "x", "_id": "y"}\n\n{"_id": "\xff"}\n{"_id": "\\ud800"}\n{"_id": "cut'
    path.write_bytes(path.read_bytes() + broken)
    (report,) = stores.load(path)
    assert counts(report) == (1, 0, 0, 5, 1)
    assert [(line, code) for line, _, code, _ in stores.quarantined()] == [
        (2, "not_an_object"),
        (3, "repeated_key"),
        (5, "not_text"),
        (6, "not_text"),
        (7, "not_json"),
    ]
    texts = [text for (text,) in stores.rows("SELECT row_text FROM ops.quarantine ORDER BY line")]
    assert texts[2:] == ['{"_id": "\\xff"}', '{"_id": "\\ud800"}', '{"_id": "cut']


def test_a_file_that_changes_while_it_is_read_is_not_loaded_and_its_lines_count_for_nothing(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = logs_file(tmp_path)
    insert = mongodb.insert

    def insert_while_another_appends(*arguments: Any) -> Any:
        with path.open("a") as stream:
            stream.write("\n")
        return insert(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(mongodb, "insert", insert_while_another_appends)
        with pytest.raises(InputError, match="changed while it was read"):
            stores.load(path)
    assert stores.rows("SELECT state FROM ops.load") == [("planned",)]
    assert stores.rows(VERSIONS) == []
    (report,) = stores.load(path)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert stores.mongodb["box_logs"].distinct("load_id") == [2]


def test_a_load_that_did_not_end_leaves_nothing_to_those_after_it(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first load is complete; the second is not, and a third delivery meets what it wrote."""
    from loaders import ledger

    def hang_up(*_: object, **__: object) -> None:
        raise ServerError("PostgreSQL is gone")  # noqa: EM101  (a test's own)

    stores.load(logs_file(tmp_path, *map(a_box_log, "ab")))
    lines = [a_box_log("b", TotalDuration=1), a_box_log("c")]
    unfinished = logs_file(tmp_path, *lines, name="20220401b.json")
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "record_rows", hang_up)
        with pytest.raises(ServerError):
            stores.load(unfinished)
    lines = [a_box_log("b", TotalDuration=1), *map(a_box_log, "cd")]
    (report,) = stores.load(logs_file(tmp_path, *lines, name="20220401c.json"))
    assert counts(report) == (2, 0, 1, 0, 0)
    found = documents(stores)["box_logs"]
    assert [line["log_id"] for line in found] == ["a", "b", "c", "d"]
    assert stores.mongodb["box_logs"].distinct("load_id", {"log_id": {"$ne": "a"}}) == [3]
    assert stores.mongodb["box_logs"].distinct("replaced_load_id") == [1]


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample files are not beside the repository")
def test_the_sample_days_are_stored_as_a_plain_reader_finds_them(stores: Stores) -> None:
    reports = stores.load(SAMPLE)
    found = stores.mongodb["box_logs"].find({}, {"day": 1, "log_id": 1, "watch_seconds": 1})
    stored = {(f"{line['day']:%Y%m%d}", line["log_id"]): line["watch_seconds"] for line in found}
    assert stored == {
        (path.stem, log_id): duration
        for path in SAMPLE.iterdir()
        for log_id, duration in sample_lines(path)
    }
    assert len(stored) == sum(report.counts.loaded_rows for report in reports) == 1_391
    codes = [code for _, _, code, _ in stores.quarantined()]
    assert sorted(codes) == ["missing"] * 3 + ["not_json"] * 3 + ["out_of_range"] * 3


def sample_lines(path: Path) -> Iterator[tuple[str, int]]:
    """Yield id and seconds of every line that a plain reader can take."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            hit = json.loads(line)
            seconds = int(hit["_source"]["TotalDuration"])
        except (ValueError, TypeError):
            continue
        if seconds >= 0:
            yield hit["_id"], seconds
