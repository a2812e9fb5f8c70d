"""A check of the whole path on the servers in use: killed at every step, and equal to a run that was not."""

from __future__ import annotations

from warehouse.selfcheck.check import Kill, SelfCheck, StoreResult, self_check

__all__ = ["Kill", "SelfCheck", "StoreResult", "self_check"]
