"""From rows in PostgreSQL to a published load: its documents, then the versions of its days."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from bson import Int64

from loaders import ledger, mongodb
from loaders.constraints import make_again
from loaders.documents import COLLECTIONS, ONLY_DOCUMENTS, documents_of
from loaders.steps import Step, reached
from loaders.whole_days import remove_ended
from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from loaders.ledger import Entry
    from loaders.stores import Stores
    from svp.core.progress import Progress

__all__ = ["collection_of", "complete_interrupted", "publish", "publish_undo", "store_documents"]


def complete_interrupted(stores: Stores, progress: Progress) -> None:
    """Complete what earlier runs left between the stores, or took off."""
    with stores.postgres:
        make_again(stores.postgres)
    for entry in ledger.unfinished(stores.postgres):
        what = "the undoing of load" if entry.state == "undoing" else "load"
        progress.say(f"completing {what} {entry.load_id}, which was interrupted")
        finish = publish_undo if entry.state == "undoing" else publish
        finish(stores, entry, progress)
    with stores.postgres:
        _release_days(stores)


def _release_days(stores: Stores) -> None:
    """Let days of loads that were stopped go where nothing is hidden any more, as others took their documents over.

    The file that was stopped may never come again: it may have been mended in its place.
    """
    for load_id, target, days in ledger.announced_days(stores.postgres):
        if not _is_hiding(stores, target, days):
            ledger.release_days(stores.postgres, load_id)


def _is_hiding(stores: Stores, target: str, days: Iterable[date]) -> bool:
    """Tell whether documents of some days that count for nothing stand where others were."""
    midnights = [datetime.combine(day, time(), UTC) for day in days]
    replacing = {"day": {"$in": midnights}, "replaced_load_id": {"$exists": True}}
    loads = set(stores.mongodb[target].distinct("load_id", replacing))
    return not loads <= ledger.completed_loads(stores.postgres, loads)


def publish(stores: Stores, entry: Entry, progress: Progress) -> None:
    """Write a load's documents, then make it visible to exports; a repeat goes on where it was stopped."""
    if entry.state == "postgres_done":
        store_documents(stores, entry.target, entry.load_id, progress)
        if entry.target in ONLY_DOCUMENTS:
            remove_ended(stores.postgres, stores.mongodb[entry.target], entry.load_id)
        reached(Step.DOCUMENTED)
        ledger.advance_load(stores.postgres, entry.load_id, state="mongo_done")
        reached(Step.NOTED)
    ledger.complete_load(stores.postgres, entry.load_id, entry.target)
    reached(Step.PUBLISHED)


def publish_undo(stores: Stores, entry: Entry, progress: Progress) -> None:
    """Take a load's documents back, put those it replaced in their place, and tell exports; a repeat does the rest."""
    statement = read_sql("loaders.statements", "rewritten_targets")
    with stores.postgres, stores.postgres.cursor() as cursor:
        cursor.execute(statement, {"load_id": entry.load_id})
        rewritten = cursor.fetchall()
    for load_id, target in rewritten:
        store_documents(stores, target, load_id, progress)
    if collection := collection_of(entry.target):
        stores.mongodb[collection].delete_many({"load_id": Int64(entry.load_id)})
    reached(Step.DOCUMENTS_BACK)
    ledger.complete_undo(stores.postgres, entry.load_id, entry.target)


def collection_of(target: str) -> str | None:
    """Return the collection that holds the documents of a target; None if it has none."""
    if target in COLLECTIONS:
        return COLLECTIONS[target].collection
    return target if target in ONLY_DOCUMENTS else None


def store_documents(stores: Stores, target: str, load_id: int, progress: Progress) -> None:
    """Write the documents of the rows that a load wrote, if its table has any."""
    if target not in COLLECTIONS:
        return
    collection = COLLECTIONS[target].collection
    description = f"{target} → MongoDB {collection}"
    with (
        stores.postgres,
        closing(documents_of(stores.postgres, target, load_id)) as documents,
        progress.task(description, total=None, unit="documents") as task,
    ):
        mongodb.write(stores.mongodb[collection], documents, task)
