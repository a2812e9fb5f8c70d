"""What becomes of PostgreSQL rows in MongoDB: one query and one shape per collection."""

from __future__ import annotations

from loaders.documents.shapes import COLLECTIONS, documents_of

__all__ = ["COLLECTIONS", "documents_of"]
