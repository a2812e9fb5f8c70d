"""What becomes of PostgreSQL rows in MongoDB: one query and one shape per collection."""

from __future__ import annotations
