"""Work on many things at a time, with the results in order and only a few of them waiting."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

__all__ = ["in_order", "results"]

WORKERS = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int = WORKERS,
    is_joined: bool = False,
) -> Generator[Result]:
    """Yield what ``work`` makes of each item, in their order; the next ones are being made meanwhile, in threads.

    Work that uses a connection or writes has to be over before anything else goes on: say ``is_joined``, and close
    the generator, however it is left.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        yield from results(lambda item: pool.submit(work, item), items, ahead=workers)
    finally:
        # Who left it in the midst may be the collector of garbage, within a thread that is about to start: a wait for
        # other threads there needs a lock that this thread holds already.
        pool.shutdown(wait=is_joined, cancel_futures=True)


def results(
    submit: Callable[[Item], Future[Result]], items: Iterable[Item], *, ahead: int
) -> Generator[Result]:
    """Yield the result of each item, in their order; ``ahead`` of the next ones are submitted meanwhile."""
    running: deque[Future[Result]] = deque()
    for item in items:
        running.append(submit(item))
        if len(running) > ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
