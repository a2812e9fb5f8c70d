"""One reader per format; each opens a file, tells its columns, and yields batches of text."""

from __future__ import annotations

from loaders.readers.csv import CsvFile
from loaders.readers.excel import ExcelSheet, is_workbook, list_sheets
from loaders.readers.json import JsonFile
from loaders.readers.json_lines import JsonLinesFile, is_json_lines
from loaders.readers.parquet import ParquetFile

__all__ = [
    "CsvFile",
    "ExcelSheet",
    "JsonFile",
    "JsonLinesFile",
    "ParquetFile",
    "is_json_lines",
    "is_workbook",
    "list_sheets",
]
