"""The pages, one a file, in their order."""

from __future__ import annotations
