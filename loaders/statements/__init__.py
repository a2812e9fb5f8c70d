"""Statements that are the same for every target: ledger, quarantine, counts, versions."""

from __future__ import annotations
