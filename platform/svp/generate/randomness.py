"""Random numbers that depend on nothing but the seed and what they are for.

Every draw is a function of a row's key and the name of the purpose. So no draw shifts another: more users, more days,
another order of the work or another number of workers leave every row as it was.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.arrays import Flags, Floats, Integers

__all__ = ["Draws", "Keys", "cumulate", "pick_by", "scale_to_one"]

Keys: TypeAlias = npt.NDArray[np.uint64]
"""64 well mixed bits a row."""

Weights: TypeAlias = "Floats | Sequence[float] | Sequence[Sequence[float]]"

GOLDEN = 0x9E3779B97F4A7C15
MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
"""Of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""

FRACTION_SHIFT, FRACTION_STEP = np.uint64(11), 2.0**-53
"""The upper 53 bits make a float from 0 to below 1."""

MOST_EVENTS = 200
"""Where a Poisson draw stops counting."""


def _mix(values: Keys) -> Keys:
    """Return 64 bits in which every bit depends on all bits of the value; works in its argument."""
    spare = np.empty_like(values)
    for shift, multiplier in zip(SHIFTS, (*MULTIPLIERS, None), strict=True):
        np.right_shift(values, shift, out=spare)
        np.bitwise_xor(values, spare, out=values)
        if multiplier is not None:
            np.multiply(values, multiplier, out=values)
    return values


@cache
def _constant(purpose: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "big"))


class Draws:
    """One independent draw a row for each purpose; asking twice for one purpose gives the same."""

    __slots__ = ("keys",)

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    @classmethod
    def of(cls, seed: int, name: str, numbers: Integers) -> Draws:
        """Return the draws of numbered things of one name, as the users of a seed."""
        start = blake2b(f"{seed} {name}".encode(), digest_size=8).digest()
        keys = numbers.astype(np.uint64) * np.uint64(GOLDEN)
        return cls(_mix(keys + np.uint64(int.from_bytes(start, "big"))))

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: Integers | Flags) -> Draws:
        """Return the draws of some of the rows; a row may come more than once."""
        return Draws(self.keys[rows])

    def under(self, purpose: str, numbers: Integers) -> Draws:
        """Return draws of parts of the rows, numbered from 0: each row and number has its own."""
        numbered = (numbers + 1).astype(np.uint64) * np.uint64(GOLDEN)
        return Draws(_mix((self.keys ^ _constant(purpose)) + numbered))

    def bits(self, purpose: str) -> Keys:
        """Return 64 random bits."""
        return _mix(self.keys ^ _constant(purpose))

    def uniform(self, purpose: str) -> Floats:
        """Return numbers from 0 to below 1."""
        fractions: Floats = (self.bits(purpose) >> FRACTION_SHIFT).astype(np.float64)
        fractions *= FRACTION_STEP
        return fractions

    def happens(self, purpose: str, chance: Floats | float) -> Flags:
        """Return True as often as the chance says."""
        return self.uniform(purpose) < chance

    def whole(self, purpose: str, low: Integers | int, high: Integers | int) -> Integers:
        """Return whole numbers from ``low`` to below ``high``."""
        span = np.subtract(high, low)
        whole: Integers = (self.uniform(purpose) * span).astype(np.int64) + low
        return whole

    def normal(self, purpose: str) -> Floats:
        """Return standard normal numbers (Box and Muller, 1958)."""
        radius = np.sqrt(2 * self.exponential(purpose))
        normal: Floats = radius * np.cos(2 * np.pi * self.uniform(purpose + " angle"))
        return normal

    def exponential(self, purpose: str) -> Floats:
        """Return exponential numbers of mean 1."""
        return -np.log1p(-self.uniform(purpose))

    def hump(self, purpose: str, rise: float, fall: float) -> Floats:
        """Return numbers from 0 to 1 of Kumaraswamy's distribution, much like beta(rise, fall)."""
        rest = np.power(1 - self.uniform(purpose), 1 / fall)
        hump: Floats = np.power(1 - rest, 1 / rise)
        return hump

    def count_tries(self, purpose: str, chance: float) -> Integers:
        """Return how many tries a success takes, from 1: the geometric distribution."""
        tries: Integers = 1 + (self.exponential(purpose) / -np.log1p(-chance)).astype(np.int64)
        return tries

    def poisson(self, purpose: str, mean: Floats) -> Integers:
        """Return how many events happen where ``mean`` are expected, at most MOST_EVENTS."""
        point = self.uniform(purpose)
        chance = np.exp(-mean)
        counts = np.zeros(len(point), dtype=np.int64)
        rows = np.flatnonzero(point >= chance)
        point, chance, mean = point[rows] - chance[rows], chance[rows], mean[rows]
        for count in range(1, MOST_EVENTS + 1):
            if not rows.size:
                break
            counts[rows] = count
            chance = chance * mean / count
            more = point >= chance
            rows, point, chance, mean = rows[more], (point - chance)[more], chance[more], mean[more]
        return counts

    def pick(self, purpose: str, weights: Weights) -> Integers:
        """Return positions, each as often as its weight says."""
        return np.searchsorted(cumulate(weights), self.uniform(purpose), side="right")

    def pick_from_rows(self, purpose: str, cumulative: Floats, rows: Integers | Flags) -> Integers:
        """Return a position for each row, by the cumulative distribution in the row given for it."""
        return pick_by(self.uniform(purpose), cumulative, rows)


def pick_by(points: Floats, cumulative: Floats, rows: Integers | Flags) -> Integers:
    """Return the positions that points from 0 to 1 fall on, each in its row's distribution."""
    choices = cumulative.shape[1]
    row = rows.astype(np.int64)
    ladder = (cumulative + np.arange(len(cumulative))[:, np.newaxis]).ravel()
    position = np.searchsorted(ladder, row + points, side="right")
    choice: Integers = np.clip(position - row * choices, 0, choices - 1)
    return choice


def scale_to_one(weights: Weights) -> Floats:
    """Return weights whose last axis sums to 1."""
    values = np.asarray(weights, dtype=np.float64)
    shares: Floats = values / values.sum(axis=-1, keepdims=True)
    return shares


def cumulate(weights: Weights) -> Floats:
    """Return the cumulative distribution along the last axis, ending in exactly 1."""
    cumulative = np.cumsum(scale_to_one(weights), axis=-1)
    cumulative[..., -1] = 1.0
    return cumulative
