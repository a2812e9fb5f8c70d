"""How attempts to play are staged, judged and merged in PostgreSQL."""

from __future__ import annotations
