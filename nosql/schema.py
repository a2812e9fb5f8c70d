"""Collections, validators and indexes of a workspace in MongoDB, from ``nosql/migrations``.

MongoDB has no transaction around such commands, so each is repeatable instead: a run that was
killed, or two at once, leave what one run leaves. No lock is taken.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bson import json_util
from pymongo.errors import DuplicateKeyError, OperationFailure

from svp.core import migrations
from svp.core.mongodb import MongoDatabase, connect, open_database
from svp.core.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.migrations import Migration
    from svp.core.mongodb import Document
    from svp.settings import Settings

__all__ = ["MIGRATION_COLLECTION", "MongoStore", "check_current", "install", "load", "reset"]

MIGRATION_COLLECTION = "schema_migration"

VALIDATION_OPTIONS = ("validator", "validationLevel", "validationAction")
"""What a collection that is already there can still be given."""

NAMESPACE_EXISTS = 48


class MongoStore:
    """One workspace's database, as ``svp.core.migrations`` wants to see it."""

    def __init__(self, database: MongoDatabase) -> None:
        self.name = f"MongoDB database {database.name}"
        self._database = database

    def applied(self) -> Mapping[int, str]:
        """Return the checksum of each applied migration by number; none before the first."""
        records = self._database[MIGRATION_COLLECTION].find()
        return {record["_id"]: record["checksum"] for record in records}

    def apply(self, migration: Migration) -> None:
        """Run the commands of a migration and record it; repeatable if killed between the two."""
        for command in json_util.loads(migration.text)["commands"]:
            run_command(self._database, command)
        record = {"_id": migration.number, "name": migration.name, "checksum": migration.checksum}
        insert_record(self._database, record)


def install(settings: Settings, *, progress: Progress = SILENT) -> tuple[Migration, ...]:
    """Apply what is pending and return it; a second run returns nothing.

    Raises:
        SchemaError: the database is newer than the program, or was made by another text.
    """
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        done = migrations.migrate(MongoStore(database), load())
    for migration in done:
        progress.say(f"MongoDB: {migration.name}")
    return done


def check_current(settings: Settings) -> None:
    """Raise SchemaError unless the workspace has exactly this program's schema."""
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        migrations.check_current(MongoStore(database), load())


def reset(settings: Settings) -> None:
    """Drop the workspace's database with everything in it; nothing happens if there is none."""
    with connect(settings.url("mongo")) as client:
        client.drop_database(settings.workspace.mongo_database)


@cache
def load() -> tuple[Migration, ...]:
    """Return the program's migrations, in order."""
    return migrations.load_migrations("nosql.migrations", suffix=".json")


def run_command(database: MongoDatabase, command: Document) -> None:
    """Run one command of a migration; creating a collection that is there changes its validator."""
    try:
        database.command(command)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise
        changes = {name: command[name] for name in VALIDATION_OPTIONS if name in command}
        database.command({"collMod": command["create"], **changes})


def insert_record(database: MongoDatabase, record: Document) -> None:
    """Record a migration with the server's time, unless another run has just done so."""
    try:
        database[MIGRATION_COLLECTION].update_one(
            {"_id": record["_id"]},
            {"$setOnInsert": record, "$currentDate": {"applied_at": True}},
            upsert=True,
        )
    except DuplicateKeyError:
        return
