"""The report in a browser."""

from __future__ import annotations
