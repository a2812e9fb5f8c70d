"""Readers of people's files, contracts, quarantine, ledger, and a bulk writer per engine."""

from __future__ import annotations
