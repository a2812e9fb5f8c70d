"""An ingest that kills itself at a named step: ``python -m tests.integration.loaders.killed STEP PATH``.

Its settings come from the environment, as those of any run.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders import batches, ingest, ledger, mongodb, postgres
from loaders.recognise import recognise_all
from svp.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BATCH_ROWS", "DOCUMENT_STEPS", "STEPS"]

BATCH_ROWS = 50
"""Few, so that a file has more than one."""

STEPS: dict[str, tuple[Any, str, int, str]] = {
    "before the stage": (postgres, "begin", 1, "planned"),
    "before the merge": (postgres, "store", 1, "planned"),
    "before the rows are committed": (ledger, "record_rows", 1, "planned"),
    "before the documents": (mongodb, "write", 1, "postgres_done"),
    "in the middle of the documents": (mongodb, "_write_batch", 3, "postgres_done"),
    "after the documents": (ledger, "advance_load", 1, "postgres_done"),
    "before the publication": (ledger, "complete_load", 1, "mongo_done"),
}
"""Step: module, function, the call of it that is not lived to see, and the state that the ledger is left in."""

DOCUMENT_STEPS: dict[str, tuple[Any, str, int, str]] = {
    "before the first batch": (mongodb, "insert", 1, "planned"),
    "in the middle of a batch": (mongodb, "_insert_batch", 2, "planned"),
    "before documents are replaced": (mongodb, "replace", 1, "planned"),
    "before the second batch": (mongodb, "insert", 2, "planned"),
    "when all but the ledger is done": (ledger, "record_rows", 1, "planned"),
    "before the publication of documents": (ledger, "complete_load", 1, "mongo_done"),
}
"""The same of a file whose rows are documents only."""


def die_at(module: Any, name: str, call: int) -> None:
    """Put a function that kills this process in the place of another."""
    calls = 0
    function: Callable[..., Any] = getattr(module, name)

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)

    setattr(module, name, deadly)


def main() -> None:
    """Run until the step."""
    module, name, call, _ = (STEPS | DOCUMENT_STEPS)[sys.argv[1]]
    die_at(module, name, call)
    mongodb.BATCH_DOCUMENTS = 10
    batches.BATCH_ROWS = BATCH_ROWS
    ingest.ingest(load_settings(), recognise_all([Path(sys.argv[2])]))


if __name__ == "__main__":
    main()
