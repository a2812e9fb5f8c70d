"""How much there will be, before anything is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from svp.generate.orders import Order

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one kind of data will be: rows and bytes within a third; seconds depend on the machine."""

    kind: str
    rows: int
    bytes: int
    seconds: float


def estimate(order: Order) -> tuple[Estimate, ...]:
    return ()
