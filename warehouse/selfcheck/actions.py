"""What a check does to a workspace: load a file, take it back, refresh the marts."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from loaders.files import printable
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.undo import undo
from svp.core.postgres import connect
from warehouse.export import refresh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from svp.settings import Settings

__all__ = ["ACTIONS"]


def load(settings: Settings, path: Path) -> None:
    """Load a file."""
    ingest(settings, recognise_all([path]))


def take_back(settings: Settings, path: Path) -> None:
    """Take the load of a file back."""
    newest = "SELECT load_id FROM ops.load WHERE path = %s AND origin_load_id IS NULL"
    url, database = settings.url("postgres"), settings.workspace.postgres_database
    with closing(connect(url, database)) as connection, connection.cursor() as cursor:
        cursor.execute(newest, (printable(path),))
        ((load_id,),) = cursor.fetchall()
    undo(settings, load_id)


def refresh_marts(settings: Settings, path: Path) -> None:
    """Bring what changed into the marts; the path says nothing."""
    del path
    refresh(settings)


ACTIONS: dict[str, Callable[[Settings, Path], None]] = {
    "load": load,
    "undo": take_back,
    "refresh": refresh_marts,
}
"""What a check may do, by name."""
