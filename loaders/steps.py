"""The named steps of loading, replaying and undoing, between which a run may end at any time.

A check that kills itself at one of them (``svp selfcheck``, and the tests) is told when each is reached. Nothing else
can ask for that: no setting and no environment variable does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Step", "reached", "tell"]


class Step(StrEnum):
    """Where a run may be stopped; what has been done by then is to be completed, or to be done again."""

    ENTERED = "the file is in the ledger"
    KEYS_OFF = "the keys of an empty table are off"
    STAGED = "a batch of rows is staged"
    JUDGED = "the rows are judged"
    KEYS_ON = "the keys are on again, not committed"
    MERGED = "the rows are stored, not committed"
    COMMITTED = "the rows are committed"
    DOCUMENTS = "a batch of documents is written"
    DOCUMENTED = "all documents are written"
    NOTED = "the documents are noted in the ledger"
    PUBLISHED = "the load is published"
    INSERTED = "new documents of a log are inserted"
    REPLACED = "changed documents of a log are replaced"
    REPLAYED = "refused rows are stored, not committed"
    TAKEN_BACK = "the rows of a load are taken back, not committed"
    UNDOING = "the taking back of rows is committed"
    DOCUMENTS_BACK = "documents are taken back"


_listeners: list[Callable[[Step], None]] = []


def tell(listener: Callable[[Step], None]) -> None:
    """Call ``listener`` at every step from now on, as long as the process lives."""
    _listeners.append(listener)


def reached(step: Step) -> None:
    """Say that a step is done."""
    for listener in _listeners:
        listener(step)
