"""A JSON object of arrays, as ``{"movies": [...], "series": [...]}``: a catalogue, read whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.batches import BATCH_ROWS, Batch, Refusal
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["JsonFile"]

MAX_FILE_BYTES = 256 * 1024 * 1024
"""The file is held in memory; a catalogue of this size has some 600,000 titles."""


class JsonFile:
    """The elements of every array in one object; the column ``group`` names the array."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            InputError: it is no JSON object of arrays of objects, is cut off, or is too large.
        """
        self._path = path
        if path.stat().st_size > MAX_FILE_BYTES:
            message = f"{path} is larger than {MAX_FILE_BYTES // 1024**2} MB"
            raise InputError(message, "split the catalogue into files of that size")
        content = _parse(path)
        if not isinstance(content, dict) or not all(
            isinstance(group, list) for group in content.values()
        ):
            message = f"{path} is JSON, but not an object of arrays"
            raise InputError(message, 'expected {"movies": [...], "series": [...]}')
        self.groups = tuple(content)
        self._elements = [
            (group, element) for group, elements in content.items() for element in elements
        ]
        names = {
            name for _, element in self._elements if isinstance(element, dict) for name in element
        }
        self.columns = ("group", *sorted(names - {"group"}))

    def batches(self) -> Iterator[Batch]:
        """Yield the elements in order; lines are numbers of elements over all arrays."""
        for start in range(0, len(self._elements), BATCH_ROWS):
            yield self._batch(start, self._elements[start : start + BATCH_ROWS])

    def _batch(self, start: int, elements: list[tuple[str, object]]) -> Batch:
        numbered = list(enumerate(elements, start=start + 1))
        rows = [
            (line, {**element, "group": group})
            for line, (group, element) in numbered
            if isinstance(element, dict)
        ]
        arrays = [
            pa.array([_as_text(row.get(column)) for _, row in rows], pa.string())
            for column in self.columns
        ]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays, names=list(self.columns)),
            lines=pa.array([line for line, _ in rows], pa.int64()),
            refusals=tuple(
                Refusal(line, "wrong_width", json.dumps(element))
                for line, (_, element) in numbered
                if not isinstance(element, dict)
            ),
        )


def _parse(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        raise InputError(message, "save it as UTF-8") from error
    except json.JSONDecodeError as error:
        message = f"{path}, line {error.lineno}, column {error.colno}: {error.msg}"
        raise InputError(
            message, "mend the JSON here; if this is the end, the file is cut off"
        ) from error
    except RecursionError as error:
        message = f"{path} nests deeper than any catalogue does"
        raise InputError(message, 'expected {"movies": [...], "series": [...]}') from error


def _as_text(value: object) -> str | None:
    """Return a value as text that its parser reads back; text that UTF-8 can't hold is escaped."""
    if value is None:
        return None
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if written.isascii() else written.encode("utf-8", "backslashreplace").decode()
