"""Run pipelines into their result collections, show the results, and explain how they are reached.

A run has a number, stamped on every document it writes. The newest run wins, in whatever order two
of them end: a merge never replaces a newer stamp, and what is older than the newest finished run is
removed, so that no group stays that the data no longer has.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from bson import Int64, json_util
from pymongo import ReturnDocument

from nosql.pipelines import Pipeline, find_pipeline, list_pipelines
from nosql.schema import MongoStore, load
from svp.core.migrations import check_current
from svp.core.mongodb import MongoDatabase, open_database
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import checksum
from svp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from svp.core.mongodb import Document
    from svp.settings import Settings

__all__ = ["Explanation", "PipelineResult", "explain", "run", "show"]

RUN_COLLECTION = "pipeline_run"

SOURCE_COLLECTIONS = ("content", "viewing_events")
"""What pipelines read; every document carries the load that wrote it last."""


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What one run of a pipeline did."""

    name: str
    written: int
    """Documents of the result; all of them, whether new or replaced."""
    removed: int
    """Documents of earlier runs whose group is gone."""
    skipped: bool
    """Nothing had changed since the last run, so nothing was written."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the server answers a pipeline, measured by running it."""

    name: str
    collection: str
    indexes: tuple[str, ...]
    """Indexes used, by name; none: the whole collection is read."""
    keys_examined: int
    documents_examined: int
    milliseconds: int


def run(
    settings: Settings,
    names: Sequence[str] = (),
    *,
    force: bool = False,
    progress: Progress = SILENT,
) -> tuple[PipelineResult, ...]:
    """Bring results up to date.

    Args:
        settings: which server and workspace.
        names: pipelines to run; none means all that have a result.
        force: run also where neither the data nor the pipeline changed.
        progress: is told of each pipeline that is done.

    Raises:
        UsageError: there is no such pipeline, or it has no result of its own.
        SchemaError: the database is older or newer than the program.
    """
    chosen = choose(names)
    results = []
    with (
        open_database(settings.url("mongo"), settings.workspace.mongo_database) as database,
        progress.task("aggregation pipelines", total=len(chosen), unit="pipelines") as task,
    ):
        check_current(MongoStore(database), load())
        loads = count_documents_by_load(database)
        for pipeline in chosen:
            results.append(run_pipeline(database, pipeline, loads=loads, force=force))
            task.advance(1)
    return tuple(results)


def show(settings: Settings, name: str, *, limit: int = 20) -> list[Document]:
    """Return the first documents of a pipeline's result, in the pipeline's order.

    Raises:
        UsageError: there is no such pipeline, or it has no result of its own.
        SchemaError: the database is older or newer than the program.
    """
    (pipeline,) = choose([name])
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        check_current(MongoStore(database), load())
        return read_result(database, pipeline, limit=limit)


def explain(settings: Settings, name: str) -> Explanation:
    """Run a pipeline without writing its result, and return how the server went about it.

    Raises:
        UsageError: there is no such pipeline, or it needs a parameter.
        SchemaError: the database is older or newer than the program.
    """
    pipeline = find_pipeline(name)
    command = {
        "aggregate": pipeline.collection,
        "pipeline": pipeline.fill({}),
        "cursor": {},
        "allowDiskUse": True,
    }
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        check_current(MongoStore(database), load())
        plan = database.command("explain", command, verbosity="executionStats")
    return summarise(pipeline, plan)


def choose(names: Iterable[str]) -> tuple[Pipeline, ...]:
    """Return the pipelines of these names that have a result; all of them when no name is given."""
    runnable = {pipeline.name: pipeline for pipeline in list_pipelines() if pipeline.into}
    for name in names:
        if find_pipeline(name).into is None:
            message = f"pipeline {name} has no result collection: other commands read it"
            raise UsageError(message, f"pipelines with a result are {', '.join(runnable)}")
    return tuple(runnable[name] for name in dict.fromkeys(names)) or tuple(runnable.values())


def run_pipeline(
    database: MongoDatabase, pipeline: Pipeline, *, loads: Document, force: bool
) -> PipelineResult:
    """Write one pipeline's result, unless it is there already for the same data."""
    started = monotonic()
    inputs = checksum(json_util.dumps([pipeline.checksum, loads]))
    if not force and is_current(database, pipeline, inputs):
        return PipelineResult(
            pipeline.name, written=0, removed=0, skipped=True, seconds=monotonic() - started
        )
    run_number = next_run_number(database, pipeline)
    merge_result(database, pipeline, run_number)
    results = database[result_of(pipeline)]
    written = results.count_documents({"run_number": run_number})
    newest = finish_run(database, pipeline, run_number, inputs=inputs, written=written)
    removed = results.delete_many({"run_number": {"$lt": newest}}).deleted_count
    return PipelineResult(
        pipeline.name,
        written=written,
        removed=removed,
        skipped=False,
        seconds=monotonic() - started,
    )


def result_of(pipeline: Pipeline) -> str:
    """Return the collection of a pipeline's result."""
    assert pipeline.into is not None  # noqa: S101  (choose() lets no other pass)
    return pipeline.into


def count_documents_by_load(database: MongoDatabase) -> Document:
    """Return how many documents each load has, for every collection that pipelines read.

    Every write gives a document its load, so two states of the data differ here. The index on
    ``load_id`` answers alone.
    """
    stages: list[Document] = [
        {"$group": {"_id": "$load_id", "documents": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
    ]
    return {
        name: list(database[name].aggregate(stages, hint={"load_id": 1}))
        for name in SOURCE_COLLECTIONS
    }


def is_current(database: MongoDatabase, pipeline: Pipeline, inputs: str) -> bool:
    """Tell whether the newest finished run saw the same inputs and its result is untouched."""
    record = database[RUN_COLLECTION].find_one({"_id": pipeline.name, "finished.inputs": inputs})
    if record is None:
        return False
    finished = record["finished"]
    results = database[result_of(pipeline)]
    of_that_run = results.count_documents({"run_number": finished["run_number"]})
    return bool(of_that_run == finished["documents"] == results.count_documents({}))


def next_run_number(database: MongoDatabase, pipeline: Pipeline) -> Int64:
    """Return a number above that of every run of this pipeline so far."""
    record = database[RUN_COLLECTION].find_one_and_update(
        {"_id": pipeline.name},
        {"$inc": {"started": Int64(1)}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    assert record is not None  # noqa: S101  (an upsert always has a document)
    return Int64(record["started"])


def merge_result(database: MongoDatabase, pipeline: Pipeline, run_number: Int64) -> None:
    """Aggregate into the result collection; documents of a newer run stay as they are."""
    stamp = {"$set": {"run_number": run_number, "calculated_at": "$$NOW"}}
    newest = {"$cond": [{"$lte": ["$run_number", run_number]}, "$$new", "$$ROOT"]}
    merge = {
        "$merge": {
            "into": result_of(pipeline),
            "on": "_id",
            "whenMatched": [{"$replaceWith": newest}],
            "whenNotMatched": "insert",
        }
    }
    stages = [*pipeline.fill({}), stamp, merge]
    database[pipeline.collection].aggregate(stages, allowDiskUse=True)


def finish_run(
    database: MongoDatabase,
    pipeline: Pipeline,
    run_number: Int64,
    *,
    inputs: str,
    written: int,
) -> Int64:
    """Record that a run is complete; return the number of the newest complete run."""
    finished = {"run_number": run_number, "inputs": inputs, "documents": written}
    runs = database[RUN_COLLECTION]
    not_newer = {"_id": pipeline.name, "finished.run_number": {"$not": {"$gt": run_number}}}
    runs.update_one(
        not_newer, {"$set": {"finished": finished}, "$currentDate": {"finished_at": True}}
    )
    (record,) = runs.find({"_id": pipeline.name})
    return Int64(record["finished"]["run_number"])


def read_result(database: MongoDatabase, pipeline: Pipeline, *, limit: int) -> list[Document]:
    """Return the first ``limit`` documents of a result, in the pipeline's order."""
    order = [*pipeline.order, ("_id", 1)]
    return list(database[result_of(pipeline)].find().sort(order).limit(limit))


def summarise(pipeline: Pipeline, plan: Document) -> Explanation:
    """Return what matters of the server's answer to ``explain``, whose shape differs by version."""
    nodes = list(plan_nodes(plan))
    indexes = {node["indexName"] for node in nodes if "indexName" in node}
    indexes |= {index for node in nodes for index in node.get("indexesUsed", ())}
    return Explanation(
        name=pipeline.name,
        collection=pipeline.collection,
        indexes=tuple(sorted(indexes)),
        keys_examined=total(nodes, "totalKeysExamined"),
        documents_examined=total(nodes, "totalDocsExamined"),
        milliseconds=max((int(node.get("executionTimeMillis", 0)) for node in nodes), default=0),
    )


def plan_nodes(node: Any) -> Iterator[Document]:
    """Yield every object of a plan but those of plans that were not taken."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key != "rejectedPlans":
                yield from plan_nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from plan_nodes(value)


def total(nodes: Iterable[Document], name: str) -> int:
    """Return the sum of one figure over the parts of a plan."""
    return sum(int(node.get(name, 0)) for node in nodes)
