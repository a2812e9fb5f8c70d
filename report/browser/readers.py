"""Some readers at once, for a page whose visuals are asked side by side, as Power BI asks them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import LifoQueue
from typing import TYPE_CHECKING

from report.browser.detail import firsts, lists
from report.browser.memory import Memory
from report.browser.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from report.browser.reader import Answer
    from report.definition import Page, Report, Visual
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

    def answers(self, page: Page, choice: Choice) -> list[Answer]:
        """Return the answers to a page's visuals, in their order.

        Where nobody chose a customer or title that it is about, it is about the first; the table to choose in is whole.
        """
        first = self.firsts(page, choice)

        def ask(visual: Visual) -> Answer:
            is_whole = any(lists(visual, field) for field in first)
            with self.lent() as reader:
                return reader.answer(visual, choice if is_whole else choice | first)

        return list(self._threads.map(ask, page.visuals))

    def firsts(self, page: Page, choice: Choice) -> Choice:
        """Return the customer and the title that a page is about since nobody chose any."""
        with self.lent() as reader:
            return firsts(page, reader, choice)

    def is_empty(self) -> bool:
        """Tell whether the marts have no month."""
        with self.lent() as reader:
            return reader.last_month() is None

    def close(self) -> None:
        """Wait for what is asked, and close all connections."""
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()
