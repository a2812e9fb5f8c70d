"""Numbered MongoDB migrations, each a list of database commands; applied once, never edited."""

from __future__ import annotations
