"""Draws depend on the key and the purpose alone, and are as random as they claim.

Tolerances are four standard errors of 200,000 draws.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from svp.generate.randomness import Draws, cumulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from svp.generate.arrays import Floats

COUNT = 200_000
FOUR_ERRORS = 4 / math.sqrt(COUNT)


@pytest.fixture(scope="module")
def draws() -> Draws:
    return Draws.of(1, "test", np.arange(COUNT))


def test_a_draw_is_the_same_alone_and_among_others(draws: Draws) -> None:
    alone = Draws.of(1, "test", np.array([77]))
    for purpose in ("first", "second"):
        assert alone.uniform(purpose)[0] == draws.uniform(purpose)[77]
    of_part = alone.under("part", np.array([5])).normal("first")
    assert of_part[0] == draws.under("part", np.full(COUNT, 5)).normal("first")[77]


def test_draws_are_the_same_on_every_machine() -> None:
    bits = Draws.of(7, "users", np.array([0, 1, 2**40])).bits("age")
    expected = [15512485275781441062, 11337349161136721693, 2237759410957652750]
    assert bits.tolist() == expected


def test_asking_does_not_change_what_is_asked_next(draws: Draws) -> None:
    before = draws.bits("kept").copy()
    draws.uniform("other")
    assert (draws.bits("kept") == before).all()


@pytest.mark.parametrize("other", ["purpose", "seed", "name", "part", "neighbour", "twice"])
def test_different_draws_are_independent(draws: Draws, other: str) -> None:
    numbers = np.arange(COUNT)
    others: dict[str, Callable[[], Floats]] = {
        "purpose": lambda: draws.uniform("b"),
        "seed": lambda: Draws.of(2, "test", numbers).uniform("a"),
        "name": lambda: Draws.of(1, "tests", numbers).uniform("a"),
        "part": lambda: draws.under("a", np.zeros(COUNT, np.int64)).uniform("a"),
        "neighbour": lambda: np.roll(draws.uniform("a"), 1),
        "twice": lambda: draws.under("a", numbers).under("a", numbers).uniform("a"),
    }
    assert abs(np.corrcoef(draws.uniform("a"), others[other]())[0, 1]) < FOUR_ERRORS


def test_no_two_keys_are_alike() -> None:
    days = Draws.of(1, "users", np.repeat(np.arange(2_000), 500)).under(
        "day", np.tile(np.arange(500), 2_000)
    )
    assert len(np.unique(days.keys)) == 1_000_000


def test_uniform_fills_every_hundredth_evenly(draws: Draws) -> None:
    uniform = draws.uniform("a")
    counts = np.bincount((uniform * 100).astype(int), minlength=100)
    expected = COUNT / 100
    # Chi-squared with 99 degrees of freedom is below 160 in 99.99 % of cases.
    assert ((counts - expected) ** 2 / expected).sum() < 160
    assert uniform.min() >= 0
    assert uniform.max() < 1


def test_normal_has_the_normal_quantiles(draws: Draws) -> None:
    normal = draws.normal("a")
    assert normal.mean() == pytest.approx(0, abs=FOUR_ERRORS)
    assert normal.std() == pytest.approx(1, abs=FOUR_ERRORS)
    assert (normal > 1.959964).mean() == pytest.approx(0.025, abs=FOUR_ERRORS * 0.16)


def test_exponential_has_mean_one_and_a_long_tail(draws: Draws) -> None:
    exponential = draws.exponential("a")
    assert exponential.mean() == pytest.approx(1, abs=FOUR_ERRORS)
    assert (exponential > 3).mean() == pytest.approx(math.exp(-3), abs=FOUR_ERRORS * 0.22)


@pytest.mark.parametrize("mean", [0.1, 2.0, 15.0])
def test_poisson_has_its_mean_and_variance(draws: Draws, mean: float) -> None:
    counts = draws.poisson(f"mean {mean}", np.full(COUNT, mean))
    assert counts.mean() == pytest.approx(mean, abs=FOUR_ERRORS * math.sqrt(mean))
    assert counts.var() == pytest.approx(mean, rel=0.03)


def test_tries_are_geometric(draws: Draws) -> None:
    tries = draws.count_tries("a", 0.25)
    assert tries.min() == 1
    assert (tries == 1).mean() == pytest.approx(0.25, abs=FOUR_ERRORS * 0.44)
    assert tries.mean() == pytest.approx(4, abs=FOUR_ERRORS * math.sqrt(12))


def test_hump_leans_as_its_parameters_say(draws: Draws) -> None:
    hump = draws.hump("a", 0.75, 9.0)
    assert hump.min() >= 0
    assert hump.max() <= 1
    median = (1 - 0.5 ** (1 / 9.0)) ** (1 / 0.75)
    assert (hump < median).mean() == pytest.approx(0.5, abs=FOUR_ERRORS * 0.5)


def test_whole_numbers_reach_both_ends(draws: Draws) -> None:
    assert sorted(set(draws.whole("a", 3, 6).tolist())) == [3, 4, 5]
    high = np.where(np.arange(COUNT) % 2, 4, 5)
    assert set(draws.whole("b", 3, high)[1::2].tolist()) == {3}


def test_pick_draws_each_position_as_often_as_its_weight_says(draws: Draws) -> None:
    shares = np.bincount(draws.pick("a", [1, 0, 3]), minlength=3) / COUNT
    assert shares[1] == 0
    assert shares[2] == pytest.approx(0.75, abs=FOUR_ERRORS * 0.44)


def test_pick_from_rows_draws_by_the_row_of_each_entry() -> None:
    cumulative = cumulate([[1, 0, 0], [0, 0, 1], [0, 1, 0]])
    draws = Draws.of(1, "test", np.arange(4))
    assert draws.pick_from_rows("a", cumulative, np.array([2, 0, 1, 1])).tolist() == [1, 0, 2, 2]
