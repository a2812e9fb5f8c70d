"""One folder per PostgreSQL table: stage, resolve, merge, and the days that a load touches."""

from __future__ import annotations
