"""What a test asks the two stores, without the program's own SQL."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.terms import Terms
from loaders.tolerance import ANY, Tolerance
from loaders.wanted import wanted
from nosql.schema import install as install_mongodb
from oltp.schema import install as install_postgres
from svp.core.mongodb import open_database
from svp.core.postgres import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loaders.ingest import FileReport
    from svp.core.mongodb import MongoDatabase
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["Stores", "contents", "documents", "opened"]


@dataclass(frozen=True, slots=True)
class Stores:
    """One workspace, read directly."""

    settings: Settings
    postgres: Connection
    mongodb: MongoDatabase

    def load(
        self,
        *paths: Path,
        source: str | None = None,
        map_file: Path | None = None,
        zone: str | None = None,
        tolerance: Tolerance = ANY,
        may_end: Tolerance | None = None,
        to_warehouse: bool = False,
        replaces_days: bool = False,
    ) -> tuple[FileReport, ...]:
        """Ingest the files, and check the row law of each."""
        files = recognise_all(paths, wanted(map_file=map_file, zone=zone))
        terms = Terms(
            source,
            tolerance,
            to_warehouse=to_warehouse,
            may_end=may_end,
            replaces_days=replaces_days,
        )
        reports = ingest(self.settings, files, terms=terms)
        for report in reports:
            counts = report.counts
            assert counts.read_rows == (
                counts.loaded_rows
                + counts.unchanged_rows
                + counts.updated_rows
                + counts.rejected_rows
                + counts.skipped_rows
            )
        return reports

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what PostgreSQL answers."""
        with self.postgres.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def one(self, statement: str) -> Any:
        """Return the one value of the one row."""
        ((value,),) = self.rows(statement)
        return value

    def quarantined(self) -> list[tuple[Any, ...]]:
        """Return line, column, code and value of every refused row, in the order they were refused."""
        return self.rows(
            "SELECT line, column_name, code, value FROM ops.quarantine ORDER BY quarantine_id"
        )


@contextmanager
def opened(settings: Settings) -> Iterator[Stores]:
    """Create both schemas and open both stores."""
    install_postgres(settings)
    install_mongodb(settings)
    names = settings.workspace
    with (
        closing(
            connect(settings.postgres_url, names.postgres_database, autocommit=True)
        ) as postgres,
        open_database(settings.mongo_url, names.mongo_database) as mongodb,
    ):
        yield Stores(settings, postgres, mongodb)


TABLES = {
    "users": "to_jsonb(users)",
    "content": "to_jsonb(content)",
    "movie_details": "to_jsonb(movie_details)",
    "series_details": "to_jsonb(series_details)",
    "viewing_sessions": "to_jsonb(viewing_sessions)",
    "playback_attempts": "to_jsonb(playback_attempts)",
}


def contents(stores: Stores) -> dict[str, list[Any]]:
    """Return all that two runs over the same files must leave alike, without keys that are given by a sequence."""
    tables = {
        f"oltp.{name}": stores.rows(
            f"SELECT ({row} - 'load_id' - 'session_key' - 'attempt_key')::text FROM oltp.{name} ORDER BY 1"
        )
        for name, row in TABLES.items()
    }
    ledger = stores.rows(
        "SELECT content_sha256, kind, source, state, read_rows, loaded_rows, unchanged_rows, updated_rows,"
        " rejected_rows, skipped_rows, flags::text FROM ops.load ORDER BY 1, 2, 3"
    )
    quarantine = stores.rows(
        "SELECT kind, line, column_name, code, value, row_text FROM ops.quarantine"
        " INNER JOIN ops.load USING (load_id) ORDER BY kind, line"
    )
    load_days = stores.rows(
        "SELECT content_sha256, day FROM ops.load_day INNER JOIN ops.load USING (load_id) ORDER BY 1, 2"
    )
    days = stores.rows("SELECT day FROM ops.day_version ORDER BY day")
    marks = stores.rows("SELECT mark FROM ops.mark ORDER BY mark")
    return {
        **tables,
        "ledger": ledger,
        "quarantine": quarantine,
        "load_days": load_days,
        "days": days,
        "marks": marks,
        **documents(stores),
    }


def documents(stores: Stores) -> dict[str, list[Any]]:
    """Return every document by collection, without the numbers of loads, which count attempts."""
    found = {
        name: list(stores.mongodb[name].find({}, {"load_id": 0}).sort("_id"))
        for name in ("content", "viewing_events", "box_logs")
    }
    for document in found["box_logs"]:
        document["has_replaced"] = document.pop("replaced_load_id", None) is not None
    return found
