"""``svp mapping``: what gives applications and titles their category, and another in its place."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svp.cli.common import JsonOption, emit, new_group, path_from, settings_from
from svp.cli.tables import rows_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from warehouse.mapping import MappingChange, Watched

__all__ = ["register"]

MAX_ROWS = 20

group = new_group("Categories of applications and titles: show, compare, import and export them.")

FileArgument = Annotated[
    Path,
    typer.Argument(
        help="A .toml file with the whole mapping, or a .csv with a part of it.", parser=path_from
    ),
]


def register(app: typer.Typer) -> None:
    """Add the group ``mapping``."""
    app.add_typer(group, name="mapping")


@group.command("show")
def show_command(
    context: typer.Context,
    *,
    unmapped: Annotated[
        bool, typer.Option("--unmapped", help="Only what has the category Unknown.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show applications and titles with their category and the seconds watched, most first.

    \b
    Example: svp mapping show --unmapped
    """
    from warehouse.mapping import watched_things

    found = watched_things(settings_from(context))
    unknown = sum(each.watch_seconds for each in found if each.category == "Unknown")
    shown = [each for each in found if each.category == "Unknown" or not unmapped]
    facts = {"things": [asdict(each) for each in shown], "unknown_seconds": unknown}
    emit(facts, as_json=as_json, show=lambda: _watched_table(shown, unknown))


@group.command("diff")
def diff_command(
    context: typer.Context, file: FileArgument, *, as_json: JsonOption = False
) -> None:
    """Show what a mapping would change and what would be recomputed; change nothing.

    \b
    Example: svp mapping diff mapping.toml
    """
    from warehouse.mapping import diff_mapping
    from warehouse.mapping_files import read_mapping

    change = diff_mapping(settings_from(context), read_mapping(file))
    emit(asdict(change), as_json=as_json, show=lambda: _change_table(change, "to recompute"))


@group.command("import")
def import_command(
    context: typer.Context, file: FileArgument, *, as_json: JsonOption = False
) -> None:
    """Put a mapping in force and recompute what it changes; parts that the file lacks stay.

    \b
    Example: svp mapping import mapping.toml
    """
    from warehouse.mapping import import_mapping
    from warehouse.mapping_files import read_mapping

    change = import_mapping(settings_from(context), read_mapping(file))
    emit(asdict(change), as_json=as_json, show=lambda: _change_table(change, "recomputed"))


@group.command("export")
def export_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="New file, .toml or .csv.", parser=path_from)],
    *,
    part: Annotated[
        Literal["applications", "titles"],
        typer.Option(help="What a .csv holds; a .toml has both."),
    ] = "applications",
    version: Annotated[
        int | None, typer.Option(min=1, help="An earlier mapping, counted from the first import.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the mapping to a file, to edit and to import.

    \b
    Example: svp mapping export mapping.toml
    """
    from warehouse.mapping import mapping_in_force
    from warehouse.mapping_files import write_mapping

    mapping = mapping_in_force(settings_from(context), version=version)
    write_mapping(mapping, file, part=part)
    emit({"file": file}, as_json=as_json, show=lambda: f"written to {file}")


def _watched_table(shown: list[Watched], unknown_seconds: int) -> RenderableType:
    if not shown:
        return "nothing is unmapped" if unknown_seconds == 0 else "nothing was watched yet"
    names = ("thing", "name", "category", "watch_seconds")
    table = rows_table([asdict(each) for each in shown[:MAX_ROWS]], names)
    more = f"{len(shown) - MAX_ROWS:,} more: --json; " if len(shown) > MAX_ROWS else ""
    table.caption = f"{more}{unknown_seconds:,} seconds have the category Unknown"
    table.caption_justify = "left"
    return table


def _change_table(change: MappingChange, done: str) -> RenderableType:
    from rich.console import Group

    slices = ", ".join(f"{name} {count:,}" for name, count in change.slices.items())
    line = f"{done}: {slices or 'nothing'}"
    if not change.changes:
        return f"no application and no title changes its category\n{line}"
    names = ("thing", "name", "former", "category", "watch_seconds")
    table = rows_table([asdict(each) for each in change.changes[:MAX_ROWS]], names)
    more = len(change.changes) - MAX_ROWS
    return Group(table, *([f"{more:,} more changes: --json"] if more > 0 else []), line)
