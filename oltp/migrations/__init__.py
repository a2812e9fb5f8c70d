"""Numbered PostgreSQL migrations, applied once, never edited."""

from __future__ import annotations
