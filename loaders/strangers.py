"""Which files of a folder are strangers to the delivery, and which are of it and have a fault.

A stranger is left out and named; a fault stops the run before anything is loaded, because rows would be lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.files import day_in_name
from loaders.packed import is_document
from loaders.readers import is_workbook
from loaders.readers.text import START_BYTES
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from loaders.contract import Kind
    from loaders.files import DataFile

__all__ = ["may_be_data"]

PARQUET_START = b"PAR1"
ZIP_START = b"PK\x03\x04"


def may_be_data(file: DataFile, fault: InputError, kinds: Collection[Kind]) -> bool:
    """Tell whether a file that is of no kind may be one of ours with a fault: another column, or damage.

    What was found in it tells that, or, where it can't be read, what stands at its beginning.
    """
    columns = fault.details.get("columns")
    if isinstance(columns, list) and columns:
        return any(_is_near(kind, set(columns)) for kind in kinds)
    try:
        start = file.start(START_BYTES)
    except InputError:
        return True
    if start.startswith(ZIP_START):
        with file.open_seekable() as stream:
            return is_workbook(file) or not is_document(stream)
    text = start.replace(b"\x00", b"").decode(errors="replace")
    return (
        start.startswith(PARQUET_START)
        or _is_cut_off_day(file, text, kinds)
        or any(_is_named(kind, text) for kind in kinds)
    )


def _is_cut_off_day(file: DataFile, text: str, kinds: Iterable[Kind]) -> bool:
    """Tell whether a file has the name of a daily one, and nothing in it, or JSON that tells nothing."""
    is_named_by_day = day_in_name(file.path.name) and any(kind.is_daily for kind in kinds)
    return bool(is_named_by_day) and text.lstrip()[:1] in {"", "{", "["}


def _is_near(kind: Kind, columns: Collection[str]) -> bool:
    """Tell whether most columns are the kind's, and half of those are there that it needs; or one of its arrays."""
    if any(group in columns for group in kind.groups):
        return True
    known, needed = kind.columns.intersection(columns), kind.required_columns.intersection(columns)
    return 2 * len(known) > len(columns) and 2 * len(needed) >= len(kind.required_columns)


def _is_named(kind: Kind, text: str) -> bool:
    """Tell whether a text names an array of the kind, or all columns that it needs."""
    if kind.groups:
        return any(re.search(rf'"{re.escape(group)}"\s*:\s*\[', text) for group in kind.groups)
    return all(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in kind.required_columns
    )
