"""A JSON object of arrays, as ``{"movies": [...], "series": [...]}``: a catalogue, read whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from loaders.batches import BATCH_ROWS, Batch, Refusal, is_text
from loaders.readers.json_values import AmbiguousObject, as_text, parse
from loaders.readers.text import encoding_of
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from loaders.files import DataFile

__all__ = ["JsonFile"]

MAX_FILE_BYTES = 64 * 1024 * 1024
"""The file is held in memory; a catalogue of this size has some 150,000 titles."""

MAX_NAMES = 1_000

EXPECTED = 'expected {"movies": [...], "series": [...]}'

Element = tuple[int, str, object]
"""Its number over all arrays, the name of its array, and what it is."""


class JsonFile:
    """The elements of every array in one object; the column ``group`` names the array."""

    format = "JSON object of arrays"
    seen_rows = None

    def __init__(self, file: DataFile) -> None:
        """Look what is in the file.

        Raises:
            InputError: it is no JSON object of arrays, is cut off, or is too large.
        """
        self._file = file
        content = _read(file)
        self.groups = tuple(content)
        names = {
            name
            for elements in content.values()
            for element in elements
            if isinstance(element, dict)
            for name in element
        }
        if len(names) > MAX_NAMES:
            message = f"{file.name} has objects with {len(names):,} different names"
            raise InputError(message, "a catalogue has the same few names in every object")
        self.columns = ("group", *sorted(filter(is_text, names - {"group"})))

    @property
    def facts(self) -> dict[str, str]:
        """How it is written."""
        return {"encoding": encoding_of(self._file, is_json=True).title}

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the elements in order; lines are numbers of elements over all arrays."""
        del columns
        content = _read(self._file)
        elements = [(group, element) for group, found in content.items() for element in found]
        numbered = [(line, *element) for line, element in enumerate(elements, start=1)]
        try:
            for start in range(0, len(numbered), BATCH_ROWS):
                yield self._batch(numbered[start : start + BATCH_ROWS])
        except RecursionError as error:
            raise _too_deep(self._file) from error

    def _batch(self, elements: Sequence[Element]) -> Batch:
        faults = {line: _fault(group, element) for line, group, element in elements}
        kept = [element for element in elements if faults[element[0]] is None]
        rows = [{**_object(element), "group": group} for _, group, element in kept]
        arrays = [
            pa.array([as_text(row.get(column)) for row in rows], pa.string())
            for column in self.columns
        ]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays, names=list(self.columns)),
            lines=pa.array([line for line, _, _ in kept], pa.int64()),
            row_text=lambda row: json.dumps(kept[row][2], ensure_ascii=False),
            refusals=tuple(
                Refusal(line, code, json.dumps(element))
                for line, _, element in elements
                if (code := faults[line])
            ),
        )


def _fault(group: str, element: object) -> str | None:
    if not isinstance(element, dict):
        return "not_an_object"
    if isinstance(element, AmbiguousObject):
        return "repeated_key"
    return None if is_text(group + json.dumps(element, ensure_ascii=False)) else "not_text"


def _object(element: object) -> dict[str, Any]:
    return element if isinstance(element, dict) else {}


def _read(file: DataFile) -> dict[str, list[object]]:
    """Return the arrays of a file by name."""
    content = _parse(file)
    if isinstance(content, AmbiguousObject):
        message = f"{file.name} names an array more than once"
        raise InputError(message, "each array needs a name of its own")
    if not isinstance(content, dict):
        message = f"{file.name} is JSON, but not an object of arrays"
        raise InputError(message, EXPECTED, columns=[])
    for name, group in content.items():
        if not isinstance(group, list):
            message = f"{file.name}: {shorten(name)!r} is not an array"
            raise InputError(message, EXPECTED, columns=list(content))
    return content


def _parse(file: DataFile) -> object:
    encoding = encoding_of(file, is_json=True)
    with file.open() as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        message = f"{file.name} is larger than {MAX_FILE_BYTES // 1024**2} MB"
        raise InputError(message, "split the catalogue into files of that size")
    try:
        return parse(
            content.decode(encoding.name, "surrogatepass" if encoding.is_wide else "strict")
        )
    except UnicodeDecodeError as error:
        message = f"{file.name}: byte {error.start:,} is not {error.encoding}"
        raise InputError(message, "say its encoding, as --encoding cp1252") from error
    except json.JSONDecodeError as error:
        message = f"{file.name}, line {error.lineno}, column {error.colno}: {error.msg}"
        raise InputError(message, _advice(error)) from error
    except RecursionError as error:
        raise _too_deep(file) from error


def _too_deep(file: DataFile) -> InputError:
    return InputError(f"{file.name} nests deeper than any catalogue", EXPECTED)


def _advice(error: json.JSONDecodeError) -> str:
    if error.msg == "Extra data":
        return f"it holds one JSON value after another; {EXPECTED}"
    if error.pos >= len(error.doc.rstrip()) or "Unterminated" in error.msg:
        return "the file is cut off: write or copy it again"
    return "mend the JSON here"
