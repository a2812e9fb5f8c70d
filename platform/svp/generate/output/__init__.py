"""A platform on disk: what is ordered, in which shape and format, made by how many processes, whole or not at all."""

from __future__ import annotations

from svp.generate.output.estimate import Estimate, estimate
from svp.generate.output.files import write, write_order
from svp.generate.output.manifests import Manifest, WrittenFile
from svp.generate.output.orders import KINDS, Order, kinds_of

__all__ = [
    "KINDS",
    "Estimate",
    "Manifest",
    "Order",
    "WrittenFile",
    "estimate",
    "kinds_of",
    "write",
    "write_order",
]
