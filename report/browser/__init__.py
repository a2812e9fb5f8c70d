"""The report in a browser: the pages of the Power BI project, drawn from the same definition and by the same SQL."""

from __future__ import annotations
