"""Mart views: one SELECT a file, installed as a view of the same name in the mart database.

A view renames, casts and derives; grouping is done by the procedures, so a filter reaches an index.
"""

from __future__ import annotations
