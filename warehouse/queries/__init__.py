"""What Python asks the warehouse: one query a file."""

from __future__ import annotations
