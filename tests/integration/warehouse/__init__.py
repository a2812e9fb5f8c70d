"""The warehouse."""

from __future__ import annotations
