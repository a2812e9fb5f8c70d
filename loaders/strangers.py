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
    from pathlib import Path

    from loaders.contract import Kind
    from loaders.files import DataFile

__all__ = ["may_be_data"]

DATA_ENDINGS = frozenset((".csv", ".json", ".jsonl", ".ndjson", ".gz", ".bz2", ".zip", ".zst"))
"""Of files that some service wrote; one that ends otherwise and is empty marks that another file is done."""

NEAR_COLUMNS = 5
"""So many columns that a kind knows, of hardly any other, are its own, whichever of those that it needs is missing."""

PARQUET_START = b"PAR1"
ZIP_START = b"PK\x03\x04"


def may_be_data(file: DataFile, fault: InputError, kinds: Collection[Kind]) -> bool:
    """Tell whether a file that is of no kind may be one of ours with a fault: another column, or damage.

    What was found in it tells that, or, where it can't be read, what stands at its beginning.
    """
    columns = fault.details.get("columns")
    if isinstance(columns, list) and columns:
        said = len(kinds) == 1
        return any(_is_near(kind, set(columns), is_said=said) for kind in kinds)
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
    if day_in_name(file.path.name) is None or not any(kind.is_daily for kind in kinds):
        return False
    start = text.lstrip()[:1]
    return start in {"{", "["} or (not start and _is_named_as_data(file.path))


def _is_named_as_data(path: Path) -> bool:
    ending = path.suffix.lower()
    return not ending or ending in DATA_ENDINGS


def _is_near(kind: Kind, columns: Collection[str], *, is_said: bool) -> bool:
    """Tell whether columns are those of a kind but for a few.

    Most are, and half of those are there that it needs, or hardly any other; or one of its arrays is there; or files
    were said to be of this kind, and one needed column is there.
    """
    if any(group in columns for group in kind.groups):
        return True
    known, needed = (
        kind.explained.intersection(columns),
        kind.required_columns.intersection(columns),
    )
    if is_said and needed:
        return True
    is_needed = 2 * len(needed) >= len(kind.required_columns)
    is_hardly_else = len(known) >= NEAR_COLUMNS and 4 * len(known) >= 3 * len(columns)
    return 2 * len(known) > len(columns) and (is_needed or is_hardly_else)


def _is_named(kind: Kind, text: str) -> bool:
    """Tell whether a text names an array of the kind, or all columns that it needs."""
    if kind.groups:
        return any(re.search(rf'"{re.escape(group)}"\s*:\s*\[', text) for group in kind.groups)
    return all(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in kind.required_columns
    )
