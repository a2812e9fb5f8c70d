"""The report that people see: pages, visuals and measures, defined once; as a Power BI project, and as SQL."""

from __future__ import annotations
