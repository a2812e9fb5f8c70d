"""The page that shows what was made: curves, and every claim beside its measure and its source."""

from __future__ import annotations

from svp.generate.report.statistics import Statistics

__all__ = ["Statistics"]
