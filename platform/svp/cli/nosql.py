"""``svp nosql``: questions answered by aggregation pipelines in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, new_group, settings_from, terminal_progress
from svp.cli.tables import cell, new_table, rows_table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from nosql.pipelines import Pipeline
    from nosql.run import Explanation, PipelineResult

__all__ = ["register"]

NameArgument = Annotated[str, typer.Argument(help="Pipeline, as 'svp nosql list' names it.")]

NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Pipelines to run; all that have a result if none is named."),
]

LimitOption = Annotated[int, typer.Option(min=1, help="Rows to show at most.")]

PipelineOption = Annotated[
    bool, typer.Option("--pipeline", help="Show the pipeline itself instead of its result.")
]

ForceOption = Annotated[
    bool, typer.Option("--force", help="Run also where nothing changed since the last run.")
]

group = new_group("Questions answered by aggregation pipelines in MongoDB.")


def register(app: typer.Typer) -> None:
    """Add the group ``nosql``."""
    app.add_typer(group, name="nosql")


@group.command("list")
def list_command(*, as_json: JsonOption = False) -> None:
    """List the pipelines: what each answers and where its result goes.

    \b
    Example: svp nosql list
    """
    from nosql.pipelines import list_pipelines

    pipelines = list_pipelines()
    emit(
        {"pipelines": [facts(each) for each in pipelines]},
        as_json=as_json,
        show=lambda: list_table(pipelines),
    )


@group.command("show")
def show_command(
    context: typer.Context,
    name: NameArgument,
    *,
    limit: LimitOption = 20,
    pipeline: PipelineOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the result of a pipeline, most important rows first.

    \b
    Example: svp nosql show title_statistics --limit 5
    """
    from nosql.pipelines import find_pipeline
    from nosql.run import show

    chosen = find_pipeline(name)
    if pipeline:
        show_file(chosen, as_json=as_json)
        return
    rows = show(settings_from(context), name, limit=limit)
    emit({"name": name, "rows": rows}, as_json=as_json, show=lambda: result_table(chosen, rows))


@group.command("run")
def run_command(
    context: typer.Context,
    names: NamesArgument = None,
    *,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run pipelines and store what they find, if the data has changed.

    \b
    Example: svp nosql run title_statistics user_statistics
    """
    from nosql.run import run

    with terminal_progress() as progress:
        results = run(settings_from(context), names or (), force=force, progress=progress)
    data = {"results": [asdict(result) for result in results]}
    emit(data, as_json=as_json, show=lambda: run_table(results))


@group.command("explain")
def explain_command(
    context: typer.Context, name: NameArgument, *, as_json: JsonOption = False
) -> None:
    """Explain how a pipeline is answered: indexes, reads, time.

    \b
    Example: svp nosql explain title_statistics
    """
    from nosql.run import explain

    explanation = explain(settings_from(context), name)
    emit(asdict(explanation), as_json=as_json, show=lambda: explanation_table(explanation))


def facts(pipeline: Pipeline) -> dict[str, object]:
    """Return what a machine wants to know of a pipeline, without its stages."""
    return {
        "name": pipeline.name,
        "description": pipeline.description,
        "collection": pipeline.collection,
        "grain": pipeline.grain,
        "into": pipeline.into,
        "parameters": [asdict(parameter) for parameter in pipeline.parameters],
    }


def show_file(pipeline: Pipeline, *, as_json: bool) -> None:
    """Print a pipeline's file as it is, so that it can be copied or piped."""
    if as_json:
        from bson import json_util

        typer.echo(json_util.dumps(facts(pipeline) | {"pipeline": pipeline.stages}))
    else:
        typer.echo(pipeline.text.rstrip())


def list_table(pipelines: Sequence[Pipeline]) -> Table:
    """Return a table of pipelines."""
    table = new_table("pipeline", "one row per", "answers")
    for pipeline in pipelines:
        table.add_row(pipeline.name, pipeline.grain, pipeline.description)
    return table


def result_table(pipeline: Pipeline, rows: Sequence[Mapping[str, object]]) -> RenderableType:
    """Return a pipeline's result as a table, or what to do when there is none."""
    if not rows:
        return f"{pipeline.name} has no rows; 'svp nosql run {pipeline.name}' computes them"
    return rows_table(rows, pipeline.columns)


def run_table(results: Sequence[PipelineResult]) -> Table:
    """Return what a run did, one row per pipeline."""
    figures = ("written", "removed", "seconds")
    table = new_table("pipeline", *figures, "", numbers=figures)
    for result in results:
        remark = "unchanged, not run" if result.skipped else ""
        table.add_row(result.name, *(cell(getattr(result, name)) for name in figures), remark)
    return table


def explanation_table(explanation: Explanation) -> Table:
    """Return an explanation, one line per fact."""
    table = new_table("", "")
    table.show_header = False
    for name, value in asdict(explanation).items():
        table.add_row(name.replace("_", " "), cell(value))
    return table
