"""An ingest that kills itself at a named step: ``python -m tests.integration.loaders.killed STEP PATH CALL [whole]``.

Its settings come from the environment, as those of any run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from loaders import batches, ingest, mongodb, whole_days
from loaders.recognise import recognise_all
from loaders.steps import Step
from loaders.terms import Terms
from svp.settings import load_settings
from warehouse.selfcheck.child import die_at

__all__ = ["BATCH_ROWS", "DOCUMENT_STEPS", "KEY_STEPS", "STEPS", "WHOLE_DAY_STEPS"]

BATCH_ROWS = 50
"""Few, so that a file has more than one."""

LARGE_BYTES = 2_000
"""Few, so that the files of these tests are large ones; those of logs don't take keys off."""

STEPS: dict[Step, tuple[int, str]] = {
    Step.ENTERED: (1, "planned"),
    Step.STAGED: (2, "planned"),
    Step.JUDGED: (1, "planned"),
    Step.MERGED: (1, "planned"),
    Step.COMMITTED: (1, "postgres_done"),
    Step.DOCUMENTS: (3, "postgres_done"),
    Step.DOCUMENTED: (1, "postgres_done"),
    Step.NOTED: (1, "mongo_done"),
    Step.PUBLISHED: (1, "complete"),
}
"""Step: which time it is not outlived, and the state that the ledger is left in."""

DOCUMENT_STEPS: dict[Step, tuple[int, str]] = {
    Step.ENTERED: (1, "planned"),
    Step.INSERTED: (1, "planned"),
    Step.REPLACED: (1, "planned"),
    Step.STAGED: (2, "planned"),
    Step.MERGED: (1, "planned"),
    Step.COMMITTED: (1, "mongo_done"),
    Step.PUBLISHED: (1, "complete"),
}
"""The same of a file whose rows are documents only."""

WHOLE_DAY_STEPS: dict[Step, tuple[int, str]] = {
    Step.INSERTED: (1, "planned"),
    Step.REPLACED: (1, "planned"),
    Step.MERGED: (1, "planned"),
    Step.COMMITTED: (1, "postgres_done"),
    Step.DOCUMENTS: (2, "postgres_done"),
    Step.DOCUMENTED: (1, "postgres_done"),
    Step.NOTED: (1, "mongo_done"),
    Step.PUBLISHED: (1, "complete"),
}
"""The same of such a file that is all there is of its day."""

KEY_STEPS = (Step.KEYS_OFF, Step.STAGED, Step.KEYS_ON, Step.MERGED)
"""Steps of a file into an empty table, taken for a large one, at which its keys are off, or not on for good."""


def main() -> None:
    """Run until the step."""
    step, path = Step(sys.argv[1]), Path(sys.argv[2])
    die_at(step, int(sys.argv[3]))
    mongodb.BATCH_DOCUMENTS = whole_days.BATCH_DOCUMENTS = 10
    batches.BATCH_ROWS = BATCH_ROWS
    ingest.LARGE_BYTES = LARGE_BYTES
    terms = Terms(replaces_days=sys.argv[4:] == ["whole"])
    ingest.ingest(load_settings(), recognise_all([path]), terms=terms)


if __name__ == "__main__":
    main()
