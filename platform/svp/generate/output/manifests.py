"""What a folder holds, and from which arguments it can be made again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from svp import __version__
from svp.generate.output.folders import files_in, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from svp.generate.output.orders import Order

__all__ = ["MANIFEST_FILE", "Manifest", "WrittenFile", "find_manifest", "write_manifest"]

MANIFEST_FILE = "manifest.json"
FORMAT = "svp platform 2"
"""Of the folder; a later program that writes another one says so here."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file of the folder."""

    path: str
    """Within the folder."""
    table: str | None
    """Whose rows it holds; None for the truth, the manifest of the dirt and the report."""
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds, and from which arguments it can be made again."""

    version: str
    """Of the program."""
    arguments: Mapping[str, Any]
    """Everything that the bytes depend on, as JSON has it."""
    files: tuple[WrittenFile, ...]
    was_there: bool = False
    """The finished folder was found and left as it was."""

    @property
    def tables(self) -> dict[str, int]:
        """Rows by table."""
        rows: dict[str, int] = {}
        for file in self.files:
            if file.table is not None:
                rows[file.table] = rows.get(file.table, 0) + file.rows
        return rows

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as it stands in the folder."""
        return {
            "format": FORMAT,
            "version": self.version,
            "arguments": dict(self.arguments),
            "files": [asdict(file) for file in self.files],
            "tables": self.tables,
        }


def write_manifest(folder: Path, order: Order, files: tuple[WrittenFile, ...]) -> Manifest:
    """Write the manifest of a folder that has all its other files, and return it."""
    manifest = Manifest(__version__, order.values(), files)
    text = json.dumps(manifest.as_json(), indent=2) + "\n"
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")
    return manifest


def find_manifest(out: Path, order: Order) -> Manifest | None:
    """Return the manifest of a folder that has exactly the files of an order, unchanged; else None."""
    try:
        found = json.loads((out / MANIFEST_FILE).read_text(encoding="utf-8"))
        files = tuple(WrittenFile(**file) for file in found["files"])
        manifest = Manifest(__version__, order.values(), files)
        is_it = found == manifest.as_json() and _is_whole(out, files)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return replace(manifest, was_there=True) if is_it else None


def _is_whole(out: Path, files: tuple[WrittenFile, ...]) -> bool:
    if files_in(out) != {MANIFEST_FILE, *(file.path for file in files)}:
        return False
    return all(sha256(out / file.path) == file.sha256 for file in files)
