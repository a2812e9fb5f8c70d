"""The parts of an order, made by several processes and handed on in their order."""

from __future__ import annotations

import ctypes
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing import get_context, parent_process
from multiprocessing.reduction import ForkingPickler
from threading import Thread
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from svp.core.workers import results
from svp.errors import PlatformError, UsageError
from svp.generate.output.shapes import Maker
from svp.generate.platform import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from concurrent.futures import Future

    from svp.generate.output.orders import Order
    from svp.generate.output.shapes import Made
    from svp.generate.platform import Part

__all__ = ["MOST_DEFAULT_WORKERS", "make_all"]

MOST_DEFAULT_WORKERS = 2
"""Where nobody says how many: more would only wait for the one process that writes."""
FEWEST_PARTS = 4
"""Below, starting processes takes longer than they save."""

M_MMAP_THRESHOLD = -3
"""As glibc's malloc.h has it."""
LARGE_BLOCK_BYTES = 1 << 20


def make_all(order: Order, *, workers: int | None = None) -> Generator[Made, None, None]:
    """Yield what each part adds to the files, in the order of the parts.

    Close it to end the processes before the last part.

    Args:
        order: what is to be made.
        workers: processes that make parts, from 1, which is this one; None for one a core, at most
            MOST_DEFAULT_WORKERS. What is made never depends on it.

    Raises:
        UsageError: ``workers`` is below 1.
        PlatformError: a worker ended before its work did.
    """
    parts = parts_of(order.arguments)
    wanted = _default_workers() if workers is None else workers
    if wanted < 1:
        message = f"{wanted} workers can't make anything"
        raise UsageError(message, "use --workers 1 or more, or leave it out")
    wanted = min(wanted, len(parts))
    _save_memory()
    if wanted == 1 or len(parts) < FEWEST_PARTS:
        yield from map(Maker(order).make, parts)
    else:
        yield from _make_in_processes(order, parts, wanted)


def _default_workers() -> int:
    return min(len(os.sched_getaffinity(0)), MOST_DEFAULT_WORKERS)


def _make_in_processes(order: Order, parts: tuple[Part, ...], workers: int) -> Iterator[Made]:
    with _executor(workers) as executor:
        yield from results(partial(_submit, executor, order), parts, ahead=workers)


@contextmanager
def _executor(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that end with the block: at once, but for the parts that they have begun."""
    executor = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start_worker
    )
    try:
        yield executor
    except BrokenProcessPool as error:
        message = "a worker process ended before its work did; nothing was written"
        advice = f"if memory ran out, use fewer than {workers} --workers, or fewer users"
        raise PlatformError(message, advice, workers=workers) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _submit(executor: ProcessPoolExecutor, order: Order, part: Part) -> Future[Made]:
    """Have a part made, which may start a process: one that leaves Ctrl-C to this process."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return executor.submit(_make, order, part)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


@cache
def _maker(order: Order) -> Maker:
    return Maker(order)


def _make(order: Order, part: Part) -> Made:
    return _maker(order).make(part)


def _save_memory() -> None:
    """Let what a part no longer needs go back to the system, in this process from now on.

    Arrow's own allocator keeps it, and glibc's keeps large blocks once it has seen some freed, unless it is told from
    which size on a block is the system's. Other C libraries have no such setting.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def _start_worker() -> None:
    """Let this process save memory, and end when the one that started it is gone, even if that was killed."""
    _save_memory()
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _from_ipc(stream: bytes) -> pa.RecordBatch:
    return pa.ipc.open_stream(stream).read_next_batch()


def _as_ipc(batch: pa.RecordBatch) -> tuple[Callable[[bytes], pa.RecordBatch], tuple[Any, ...]]:
    """Return how a batch travels between processes: half the cost of its own way, and no more than its rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return _from_ipc, (sink.getvalue().to_pybytes(),)


ForkingPickler.register(pa.RecordBatch, _as_ipc)
