"""How a table is described: its grain, its key and its columns as Arrow types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Column", "Table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table."""

    name: str
    type: pa.DataType
    description: str
    """What it holds, with its unit."""
    required: bool = False
    """Whether a row without it is refused."""
    refers_to: str = ""
    """The table whose key it holds; empty for none."""
    values: tuple[str, ...] = ()
    """The only values it may have; empty for any."""

    @property
    def field(self) -> pa.Field[pa.DataType]:
        """The column as an Arrow field, nullable unless required."""
        return pa.field(self.name, self.type, nullable=not self.required)


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of record, as every source delivers it and every loader takes it."""

    name: str
    grain: str
    """What one row is."""
    key: tuple[str, ...]
    """The columns that identify a row within its source."""
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema: every column, in order."""
        return pa.schema([column.field for column in self.columns])

    @property
    def references(self) -> Iterator[Column]:
        """The columns that hold another table's key."""
        return (column for column in self.columns if column.refers_to)

    def column(self, name: str) -> Column:
        """Return one column.

        Raises:
            KeyError: the table has none of that name.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
