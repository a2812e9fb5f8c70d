"""The streaming video platform: PostgreSQL and MongoDB filled, a MySQL warehouse kept fresh."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
