"""MySQL: dimensions, facts, aggregates and mart views; what fills them, and what checks them."""

from __future__ import annotations
