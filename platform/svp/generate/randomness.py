"""Random numbers: a stream of its own for each table, and draws for many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.arrays import Flags, Floats, Integers

__all__ = ["cumulate", "pick", "pick_from_rows", "scale_to_one", "stream"]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one table; other names' draws do not shift them."""
    child = np.random.SeedSequence(seed, spawn_key=tuple(name.encode()))
    return np.random.Generator(np.random.PCG64DXSM(child))


def scale_to_one(weights: Floats | Sequence[float] | Sequence[Sequence[float]]) -> Floats:
    """Return weights whose last axis sums to 1."""
    values = np.asarray(weights, dtype=np.float64)
    shares: Floats = values / values.sum(axis=-1, keepdims=True)
    return shares


def cumulate(weights: Floats | Sequence[float] | Sequence[Sequence[float]]) -> Floats:
    """Return the cumulative distribution along the last axis, ending in exactly 1."""
    cumulative = np.cumsum(scale_to_one(weights), axis=-1)
    cumulative[..., -1] = 1.0
    return cumulative


def pick(random: np.random.Generator, weights: Floats | Sequence[float], count: int) -> Integers:
    """Draw ``count`` positions, each as often as its weight says."""
    return np.searchsorted(cumulate(weights), random.random(count), side="right")


def pick_from_rows(
    random: np.random.Generator, cumulative: Floats, rows: Integers | Flags
) -> Integers:
    """Draw one position for each entry of ``rows``, by that row's cumulative distribution."""
    choices = cumulative.shape[1]
    row = rows.astype(np.int64)
    ladder = (cumulative + np.arange(len(cumulative))[:, np.newaxis]).ravel()
    position = np.searchsorted(ladder, row + random.random(len(row)), side="right")
    choice: Integers = np.clip(position - row * choices, 0, choices - 1)
    return choice
