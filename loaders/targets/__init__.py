"""One folder per PostgreSQL table: stage, link, merge, and the days that a load touches."""

from __future__ import annotations
