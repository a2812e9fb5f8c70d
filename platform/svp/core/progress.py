"""How long work tells how far it is; who shows it, and whether, is the command line's affair."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SILENT", "Progress", "Task"]


class Task(Protocol):
    """One bar: a piece of work with a known or unknown end."""

    def advance(self, amount: int, *, share: float | None = None) -> None:
        """Say that ``amount`` more units are done; with ``share``, how much that is of all, 0 to 1."""


class Progress(Protocol):
    """Opens bars, and takes lines that should be said aloud whatever happens to be shown."""

    def task(
        self, description: str, *, total: int | None, unit: str
    ) -> AbstractContextManager[Task]:
        """Open one bar; ``unit`` is what is counted, as "rows" or "bytes"."""

    def say(self, line: str) -> None:
        """Print one line for people, above the bars."""


class _Silence:
    """Shows nothing: for tests, pipes and machines."""

    def advance(self, amount: int, *, share: float | None = None) -> None:
        """Take the amount and show nothing."""

    @contextmanager
    def task(self, description: str, *, total: int | None, unit: str) -> Iterator[Task]:
        """Open a bar nobody sees."""
        del description, total, unit
        yield self

    def say(self, line: str) -> None:
        """Take the line and show nothing."""


SILENT: Progress = _Silence()
