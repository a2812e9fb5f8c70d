"""Damaged files of every kind, one after the other into the same stores: what the ledger says is what is there.

``SVP_TEST_MUTATIONS`` and ``SVP_TEST_SEED`` go further (``tests.fuzzing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.documents import ONLY_DOCUMENTS
from loaders.kinds import KINDS
from svp.errors import InputError, UsageError
from tests.fuzzing import MUTATIONS
from tests.fuzzing.examine import ZONE, cases
from tests.fuzzing.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

SHARE = 60
"""One case in so many goes through the stores, and at least one of every sample."""

SOURCE = "one"
"""Of all files, so that those of one kind meet the rows of another."""

STORED = (
    "SELECT target, sum(loaded_rows)::int FROM ops.load WHERE state = 'complete' GROUP BY target"
)
UNFINISHED = "SELECT count(*) FROM ops.load WHERE state NOT IN ('planned', 'refused', 'complete')"


def written(folder: Path) -> Iterator[Path]:
    """Write every sample as it is, then some cases of it."""
    for sample in SAMPLES:
        drawn = cases(sample, max(1, MUTATIONS // SHARE))
        for number, write in enumerate((sample.write, *(case.write for case in drawn))):
            place = folder / f"{sample.name} {number}"
            place.mkdir()
            yield write(place)


def is_taken(stores: Stores, path: Path) -> bool:
    """Load a file, its row law checked; tell whether it was not refused whole."""
    try:
        return bool(stores.load(path, source=SOURCE, zone=ZONE))
    except (InputError, UsageError):
        return False


def stored_rows(stores: Stores, target: str) -> int:
    """Return how many rows, or documents, a target of kinds has."""
    if target in ONLY_DOCUMENTS:
        return stores.mongodb[target].count_documents({})
    return int(stores.one(f"SELECT count(*) FROM oltp.{target}"))


def test_after_damaged_files_the_stores_hold_what_the_ledger_says_and_no_repeat_adds_to_it(
    stores: Stores, tmp_path: Path
) -> None:
    taken = [path for path in written(tmp_path) if is_taken(stores, path)]
    assert stores.one(UNFINISHED) == 0
    told = dict(stores.rows(STORED))
    assert told.keys() == {kind.target.name for kind in KINDS}
    assert told == {target: stored_rows(stores, target) for target in told}
    plays = stores.mongodb["viewing_events"].count_documents({})
    assert plays == told["viewing_sessions"]
    again = [report for path in taken for report in stores.load(path, source=SOURCE, zone=ZONE)]
    assert {report.outcome for report in again} == {"already loaded"}
    assert dict(stores.rows(STORED)) == told
