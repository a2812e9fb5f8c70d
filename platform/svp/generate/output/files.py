"""A platform on disk: its files and a manifest, whole or not at all."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from svp import __version__
from svp.core.progress import SILENT
from svp.errors import UsageError
from svp.generate.output.estimate import estimate
from svp.generate.output.folders import folder_in_one_piece
from svp.generate.output.manifests import find_manifest, write_manifest
from svp.generate.output.orders import TRUTH, Order, kinds_of
from svp.generate.output.pool import make_all
from svp.generate.output.shapes import Piece, starts_of
from svp.generate.output.sinks import Sinks
from svp.generate.report import Statistics
from svp.generate.truth import parameters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from svp.core.progress import Progress
    from svp.generate.arguments import Arguments
    from svp.generate.output.formats import FileFormat
    from svp.generate.output.manifests import Manifest
    from svp.generate.output.orders import Shape

__all__ = ["REPORT_FILE", "write", "write_order"]

REPORT_FILE = "report.html"
PARAMETERS_FILE = "truth/parameters.json"


def write(
    out: Path,
    arguments: Arguments,
    *,
    shape: Shape = "platform",
    file_format: FileFormat = "parquet",
    only: Collection[str] = (),
    from_on: date | None = None,
    dirt: float = 0.0,
    report: bool = False,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> Manifest:
    """Write a platform into a new folder: the same as ``write_order`` of an order that says all this.

    Args:
        out: the folder.
        arguments: which platform.
        shape: its own tables, or one of the sets that people have.
        file_format: of the tables of the shape platform.
        only: some of ``KINDS``; empty for all.
        from_on: first day of which events are written; users and titles are whole.
        dirt: bad rows to plant, as a share of the good ones.
        report: whether to write a page that shows what was made.
        workers: processes that make the rows; None for one a core.
        progress: how far it is.
    """
    order = Order(arguments, shape, file_format, kinds_of(only), from_on, dirt, report)
    return write_order(out, order, workers=workers, progress=progress)


def write_order(
    out: Path, order: Order, *, workers: int | None = None, progress: Progress = SILENT
) -> Manifest:
    """Write a platform into a new folder; a folder that has exactly it already is left alone.

    The folder appears whole, under its name, when the last byte is on the disk. Its bytes never depend on the workers.
    Where there is more than one, the main module must be safe to import, as ``multiprocessing`` says.

    Raises:
        UsageError: ``out`` holds something else or can't be written, or ``workers`` is below 1.
        PlatformError: a worker ended before its work did.
    """
    finished = _finished(out, order)
    if finished:
        progress.say(f"{out} already holds this platform; nothing was written")
        return finished
    try:
        with folder_in_one_piece(out) as folder:
            return _write_folder(folder, order, workers, progress)
    except OSError as error:
        if other := _finished(out, order):
            progress.say(f"another run wrote {out} in the meantime; it holds this platform")
            return other
        message = f"{out} can't be written: {error.strerror}"
        raise UsageError(message, "make room there, or choose another --out") from error


def _finished(out: Path, order: Order) -> Manifest | None:
    """Return the manifest of a folder that holds this platform; None if nothing is there.

    Raises:
        UsageError: something else is there.
    """
    try:
        is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    except OSError:
        # Who writes there will say why nobody can.
        return None
    if is_free:
        return None
    manifest = find_manifest(out, order)
    if manifest is None:
        message = f"{out} holds other files"
        raise UsageError(message, "choose another --out, or remove it first")
    return manifest


def _write_folder(folder: Path, order: Order, workers: int | None, progress: Progress) -> Manifest:
    sinks, statistics = Sinks(folder, starts_of(order)), Statistics()
    with closing(sinks):
        _write_parts(sinks, statistics, order, workers, progress)
        for piece in _last_pieces(order, statistics, sinks.rows_by_table()):
            sinks.append(piece)
    return write_manifest(folder, order, sinks.describe())


def _write_parts(
    sinks: Sinks, statistics: Statistics, order: Order, workers: int | None, progress: Progress
) -> None:
    total = sum(entry.rows for entry in estimate(order))
    with (
        progress.task("generating", total=total, unit="rows") as task,
        closing(make_all(order, workers=workers)) as parts,
    ):
        for made in parts:
            for piece in made.pieces:
                sinks.append(piece)
            for table, batch in made.counted.items():
                statistics.add(table, batch)
            task.advance(sum(piece.rows for piece in made.pieces))


def _last_pieces(order: Order, statistics: Statistics, rows: Mapping[str, int]) -> Iterator[Piece]:
    """Yield what is known at the end only; ``rows`` is how many were written by table."""
    if order.shape == "platform" and order.has(TRUTH):
        text = json.dumps(parameters(order.arguments), indent=2) + "\n"
        yield Piece(PARAMETERS_FILE, None, 0, text.encode())
    if order.report:
        page = statistics.page(arguments=order.arguments, version=__version__, rows=rows)
        yield Piece(REPORT_FILE, None, 0, page.encode())
