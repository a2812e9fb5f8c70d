"""The report in a browser: its pages over the reader account, live and as files; takes the extra ``report``."""

from __future__ import annotations
