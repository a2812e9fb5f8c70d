"""What was answered a moment ago, so that nothing is asked twice while somebody looks at a page."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Memory"]

T = TypeVar("T")

KEPT_SECONDS = 60
KEPT_ANSWERS = 1000


class Memory:
    """Answers by their questions, for a minute each; for any number of threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = Lock()

    def recall(self, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the answer to a question, asked if it is not known; what ``ask`` raises is not kept."""
        with self._lock:
            until, answer = self._kept.get(question, (0.0, None))
        if monotonic() < until:
            found: T = answer
            return found
        found = ask()
        with self._lock:
            self._kept[question] = (monotonic() + KEPT_SECONDS, found)
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return found

    def forget(self) -> None:
        """Ask anew from now on."""
        with self._lock:
            self._kept.clear()
