"""Some readers at once, for a page whose visuals are asked side by side, as Power BI asks them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import LifoQueue
from typing import TYPE_CHECKING

from report.browser.memory import Memory
from report.browser.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from report.browser.reader import Answer
    from report.definition import Report, Visual
    from report.queries import Choice
    from svp.settings import Settings

__all__ = ["Readers"]

CONNECTIONS = 4


class Readers:
    """Readers that share a memory, each lent to one thread at a time."""

    def __init__(
        self, settings: Settings, report: Report, *, connections: int = CONNECTIONS
    ) -> None:
        self.report = report
        self.database = settings.workspace.mart_database
        self.memory = Memory()
        self._idle: LifoQueue[Reader] = LifoQueue()
        for _ in range(connections):
            self._idle.put(Reader(settings, report, self.memory))
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="reader")

    @contextmanager
    def lent(self) -> Iterator[Reader]:
        """Lend a reader as soon as one is idle."""
        reader = self._idle.get()
        try:
            yield reader
        finally:
            self._idle.put(reader)

    def answers(self, visuals: Sequence[Visual], choice: Choice) -> list[Answer]:
        """Return the answers to visuals, in their order."""
        return list(self._threads.map(lambda visual: self._answer(visual, choice), visuals))

    def is_empty(self) -> bool:
        """Tell whether the marts have no month."""
        with self.lent() as reader:
            return reader.last_month() is None

    def close(self) -> None:
        """Wait for what is asked, and close all connections."""
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()

    def _answer(self, visual: Visual, choice: Choice) -> Answer:
        with self.lent() as reader:
            return reader.answer(visual, choice)
