"""What becomes of PostgreSQL rows in MongoDB: one query and one shape per collection."""

from __future__ import annotations

from loaders.documents.shapes import COLLECTIONS, ONLY_DOCUMENTS, Delivery, Shaped, documents_of

__all__ = ["COLLECTIONS", "ONLY_DOCUMENTS", "Delivery", "Shaped", "documents_of"]
