"""The files of ``svp generate``: one per table, with exactly the canonical columns."""

from __future__ import annotations

from loaders.canonical import fields_of, flags_of
from loaders.contract import Kind
from svp.model import TABLES

__all__ = ["KINDS"]

KINDS = tuple(
    Kind(
        name=f"platform.{table.name}",
        source="platform",
        target=table,
        fields=fields_of(table),
        flags=flags_of(table),
        about="A table as `svp generate` writes it; its columns are those of our own table.",
    )
    for table in TABLES
)
