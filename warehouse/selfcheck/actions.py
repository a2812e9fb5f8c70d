"""What a check does to a workspace: load a file in one way or another, take it back, refresh the marts."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from loaders.files import printable
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.replay import replay_corrections
from loaders.terms import Terms
from loaders.tolerance import ANY
from loaders.undo import undo
from svp.core.postgres import connect
from warehouse.export import refresh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from svp.settings import Settings

__all__ = ["ACTIONS", "corrected"]

SOURCE = "selfcheck"
"""Of all files, so that those of one kind refer to rows of another."""


def load(settings: Settings, path: Path) -> None:
    """Load a file."""
    _ingest(settings, path, Terms(source=SOURCE))


def load_to_warehouse(settings: Settings, path: Path) -> None:
    """Load a day of logs without documents."""
    _ingest(settings, path, Terms(source=SOURCE, to_warehouse=True))


def load_all(settings: Settings, path: Path) -> None:
    """Load a full delivery: the rows that it lacks end."""
    _ingest(settings, path, Terms(source=SOURCE, may_end=ANY))


def replace_day(settings: Settings, path: Path) -> None:
    """Load all there is of a day of logs: the documents that it lacks end."""
    _ingest(settings, path, Terms(source=SOURCE, replaces_days=True))


def replace_day_in_warehouse(settings: Settings, path: Path) -> None:
    """Load all there is of a day of logs without documents: the lines that it lacks end."""
    _ingest(settings, path, Terms(source=SOURCE, replaces_days=True, to_warehouse=True))


def _ingest(settings: Settings, path: Path, terms: Terms) -> None:
    ingest(settings, recognise_all([path]), terms=terms)


def correct(settings: Settings, path: Path) -> None:
    """Load the corrections of refused rows of a file."""
    replay_corrections(settings, corrected(path), load_id=_load_of(settings, path))


def corrected(path: Path) -> Path:
    """Return where the corrections of a file are."""
    return path.with_name(f"corrected_{path.name}")


def take_back(settings: Settings, path: Path) -> None:
    """Take the load of a file back."""
    undo(settings, _load_of(settings, path))


def _load_of(settings: Settings, path: Path) -> int:
    newest = "SELECT load_id FROM ops.load WHERE path = %s AND origin_load_id IS NULL"
    url, database = settings.url("postgres"), settings.workspace.postgres_database
    with closing(connect(url, database)) as connection, connection.cursor() as cursor:
        cursor.execute(newest, (printable(path),))
        ((load_id,),) = cursor.fetchall()
        return int(load_id)


def refresh_marts(settings: Settings, path: Path) -> None:
    """Bring what changed into the marts; the path says nothing."""
    del path
    refresh(settings)


ACTIONS: dict[str, Callable[[Settings, Path], None]] = {
    "load": load,
    "load to the warehouse": load_to_warehouse,
    "load a full delivery": load_all,
    "replace a day": replace_day,
    "replace a day in the warehouse": replace_day_in_warehouse,
    "correct": correct,
    "undo": take_back,
    "refresh": refresh_marts,
}
"""What a check may do, by name."""
