"""Tests: unit by package, integration by engine, end to end."""

from __future__ import annotations
