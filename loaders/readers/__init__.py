"""One reader per format; each opens a file, tells its columns, and yields batches of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from loaders.readers.csv import CsvFile
from loaders.readers.excel import ExcelSheet, is_workbook, list_sheets
from loaders.readers.json import JsonFile
from loaders.readers.json_array import JsonArrayFile, is_json_array
from loaders.readers.json_lines import JsonLinesFile, is_json_lines
from loaders.readers.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from loaders.batches import Batch

__all__ = [
    "CsvFile",
    "ExcelSheet",
    "JsonArrayFile",
    "JsonFile",
    "JsonLinesFile",
    "ParquetFile",
    "Reader",
    "is_json_array",
    "is_json_lines",
    "is_workbook",
    "list_sheets",
]


class Reader(Protocol):
    """A file of one format."""

    @property
    def format(self) -> str:
        """What the format is called."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names that the file, or its beginning, gives its columns."""

    @property
    def seen_rows(self) -> int | None:
        """How many of its first rows named the columns; None if it names them for all."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of its arrays, if it is an object of several."""

    @property
    def facts(self) -> Mapping[str, str]:
        """How it is written, for people: encoding, delimiter."""

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield its rows in order; a reader to which it saves work leaves out all but ``columns``."""
