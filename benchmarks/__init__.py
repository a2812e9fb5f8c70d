"""Each claim of speed, measured as a ratio against a named limit in the same run."""

from __future__ import annotations
