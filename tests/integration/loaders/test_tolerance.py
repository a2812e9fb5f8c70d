"""A file with more rejected rows than are borne: nothing of it is published, and what was wrong can be seen."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from loaders import batches, postgres
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.terms import Terms
from loaders.tolerance import NONE, Tolerance, parse_tolerance
from svp.core.progress import SILENT
from svp.errors import InputError
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from svp.core.progress import Task
    from tests.integration.loaders.stores import Stores

LEDGER = "SELECT state, read_rows, loaded_rows, rejected_rows, skipped_rows, attempts FROM ops.load"


@pytest.fixture
def parents(stores: Stores, tmp_path: Path) -> Stores:
    """A user and a title, loaded."""
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    return stores


def a_delivery(folder: Path, *, bad: int, good: int = 8) -> Path:
    """Write sessions of which the last ones have no day."""
    return sessions_file(
        folder,
        *(a_session(f"S{number}") for number in range(good)),
        *(a_session(f"B{number}", watch_date="soon") for number in range(bad)),
    )


def sessions_ledger(stores: Stores) -> list[tuple[Any, ...]]:
    return stores.rows(f"{LEDGER} WHERE kind LIKE '%sessions'")


def is_untouched(stores: Stores) -> bool:
    """Tell whether nothing of the sessions is to be seen anywhere but in ledger and quarantine."""
    return (
        stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 0
        and stores.one("SELECT count(*) FROM ops.load_day") == 0
        and stores.one("SELECT count(*) FROM ops.day_version") == 0
        and stores.mongodb["viewing_events"].count_documents({}) == 0
    )


def test_a_file_past_the_number_leaves_only_its_rejected_rows_and_is_loaded_when_more_are_borne(
    parents: Stores, tmp_path: Path
) -> None:
    path = a_delivery(tmp_path, bad=3)
    with pytest.raises(
        InputError, match=r"3 of the 11 rows read were rejected, more than the 2"
    ) as told:
        parents.load(path, tolerance=Tolerance(max_rows=2))
    assert told.value.exit_code == 4
    assert told.value.details["rejected_rows"] == 3
    assert f"--load {told.value.details['load_id']}" in told.value.advice
    assert is_untouched(parents)
    assert sessions_ledger(parents) == [("refused", 11, 0, 3, 0, 1)]
    refused = [(line, "watch_date", "not_a_date", "soon") for line in (10, 11, 12)]
    assert parents.quarantined() == refused

    (report,) = parents.load(path, tolerance=Tolerance(max_rows=3))
    assert (report.outcome, report.counts.loaded_rows) == ("loaded", 8)
    assert sessions_ledger(parents) == [("complete", 11, 8, 3, 0, 2)]
    assert parents.quarantined() == refused


def test_a_share_is_of_all_rows_of_the_file_that_are_none_of_its_blank_lines(
    parents: Stores, tmp_path: Path
) -> None:
    path = a_delivery(tmp_path, bad=2)
    path.write_text(path.read_text() + "\n" * 10)
    with pytest.raises(InputError, match="2 of the 20 rows read were rejected, more than the 19%"):
        parents.load(path, tolerance=parse_tolerance("19%"))
    assert is_untouched(parents)
    assert parents.load(path, tolerance=parse_tolerance("20%"))[0].counts.loaded_rows == 8


def test_rows_that_only_postgresql_can_reject_count_too(parents: Stores, tmp_path: Path) -> None:
    orphans = [a_session("S1"), a_session("S2", user_id="U9"), a_session("S3", content_id="M9")]
    with pytest.raises(InputError, match="2 of the 3 rows read were rejected, more than the 1"):
        parents.load(sessions_file(tmp_path, *orphans), tolerance=Tolerance(max_rows=1))
    assert is_untouched(parents)
    assert [(line, code) for line, _, code, _ in parents.quarantined()] == [
        (3, "unknown_parent"),
        (4, "unknown_parent"),
    ]
    (report,) = parents.load(users_file(tmp_path, a_user("U9"), name="more.csv"))
    assert report.kind == "relational.users"  # a refused file has no rows that wait
    assert is_untouched(parents)


def test_a_long_file_ends_with_the_batch_that_has_too_many(
    parents: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 4)
    rows = [a_session(f"S{number}") for number in range(40)]
    rows[5] = a_session("S5", watch_date="soon")
    staged: list[int] = []
    write = postgres.write

    def write_and_note(connection: Any, rows: Any) -> int:
        staged.append(rows.num_rows)
        return write(connection, rows)

    monkeypatch.setattr(postgres, "write", write_and_note)
    with pytest.raises(InputError, match="1 of the 8 rows read were rejected, more than the 0"):
        parents.load(sessions_file(tmp_path, *rows), tolerance=NONE)
    assert staged == [4]
    assert is_untouched(parents)


def test_judging_logs_beforehand_is_shown(stores: Stores, tmp_path: Path) -> None:
    told: list[str] = []

    @contextmanager
    def task(description: str, *, total: int | None, unit: str) -> Iterator[Task]:
        told.append(f"{description}, {unit} of {total}")
        with SILENT.task(description, total=total, unit=unit) as silent:
            yield silent

    progress = SimpleNamespace(task=task, say=SILENT.say)
    files = recognise_all([logs_file(tmp_path)])
    ingest(stores.settings, files, terms=Terms(tolerance=NONE), progress=progress)
    assert told == ["20220401.json, judged, rows of None", "20220401.json → MongoDB, rows of None"]


@pytest.mark.parametrize("tolerance", [Tolerance(max_rows=1), parse_tolerance("10%")])
def test_documents_that_can_not_be_taken_back_are_not_written_at_all(
    stores: Stores, tmp_path: Path, tolerance: Tolerance
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("L1", TotalDuration=60), name="20220401.json"))
    before = list(stores.mongodb["box_logs"].find())
    changed = [a_box_log("L1", TotalDuration=90), a_box_log("L2")]
    bad = [a_box_log(f"B{number}", TotalDuration="long") for number in range(2)]
    path = logs_file(tmp_path, *changed, *bad, name="20220401_again.json")
    with pytest.raises(InputError, match="2 of the 4 rows read were rejected"):
        stores.load(path, tolerance=tolerance)
    assert list(stores.mongodb["box_logs"].find()) == before
    assert stores.rows(f"{LEDGER} WHERE load_id > 1") == [("refused", 4, 0, 2, 0, 1)]
    assert len(stores.quarantined()) == 2
    counts = stores.load(path, tolerance=Tolerance(max_rows=2))[0].counts
    assert (counts.loaded_rows, counts.updated_rows, counts.rejected_rows) == (1, 1, 2)
