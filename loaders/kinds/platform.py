"""The files of ``svp generate``: one per table, with exactly the canonical columns."""

from __future__ import annotations

from loaders.contract import Kind, fields_of
from svp.model import TABLES, Table

__all__ = ["KINDS"]


def platform_kind(table: Table) -> Kind:
    """Return the kind of a table's own file."""
    return Kind(
        name=f"platform.{table.name}", source="platform", target=table, fields=fields_of(table)
    )


KINDS = tuple(platform_kind(table) for table in TABLES)
