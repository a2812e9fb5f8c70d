"""From rows in PostgreSQL to a published load: its documents, then the versions of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders import ledger, mongodb
from loaders.documents import COLLECTIONS, documents_of

if TYPE_CHECKING:
    from loaders.ledger import Entry
    from loaders.stores import Stores
    from svp.core.progress import Progress

__all__ = ["complete_interrupted", "publish", "store_documents"]


def complete_interrupted(stores: Stores, progress: Progress) -> None:
    """Complete what earlier runs left between the stores."""
    for entry in ledger.unfinished(stores.postgres):
        progress.say(f"completing load {entry.load_id}, which was interrupted")
        publish(stores, entry, progress)


def publish(stores: Stores, entry: Entry, progress: Progress) -> None:
    """Write a load's documents, then make it visible to exports; a repeat goes on where it was stopped."""
    if entry.state == "postgres_done":
        store_documents(stores, entry.target, entry.load_id, progress)
        ledger.advance_load(stores.postgres, entry.load_id, state="mongo_done")
    ledger.complete_load(stores.postgres, entry.load_id, entry.target)


def store_documents(stores: Stores, target: str, load_id: int, progress: Progress) -> None:
    """Write the documents of the rows that a load wrote, if its table has any."""
    if target not in COLLECTIONS:
        return
    collection = COLLECTIONS[target].collection
    description = f"{target} → MongoDB {collection}"
    with stores.postgres, progress.task(description, total=None, unit="documents") as task:
        documents = documents_of(stores.postgres, target, load_id)
        mongodb.write(stores.mongodb[collection], documents, task)
