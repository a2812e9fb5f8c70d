"""Work in threads: results in order, a few ahead of whoever takes them, and an error where its item is."""

from __future__ import annotations

import threading
from time import sleep
from typing import TYPE_CHECKING

import pytest

from svp.core.workers import WORKERS, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_results_come_in_the_order_of_their_items_whoever_is_ready_first() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_is_done.wait(timeout=30)
        if item == 1:
            second_is_done.set()
        return item * 10

    assert list(in_order(work, range(5))) == [0, 10, 20, 30, 40]


def test_only_a_few_items_are_taken_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    results = in_order(str, items())
    assert next(results) == "0"
    assert len(taken) == WORKERS + 1
    results.close()


def test_an_error_comes_where_its_item_is_and_ends_the_work() -> None:
    results = in_order(lambda item: 1 // item, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_whoever_leaves_early_waits_for_nobody() -> None:
    may_end = threading.Event()
    ended: list[int] = []

    def work(item: int) -> int:
        if item:
            may_end.wait(timeout=10)
            ended.append(item)
        return item

    results = in_order(work, range(3))
    assert next(results) == 0
    results.close()
    assert ended == []
    may_end.set()


def test_whoever_leaves_joined_work_early_finds_it_over() -> None:
    ended: list[int] = []

    def work(item: int) -> int:
        if item:
            sleep(0.2)
            ended.append(item)
        return item

    results = in_order(work, range(9), is_joined=True)
    assert next(results) == 0
    results.close()
    found = list(ended)
    assert found
    sleep(0.5)
    assert ended == found
