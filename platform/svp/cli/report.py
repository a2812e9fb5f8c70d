"""svp report: the pages that people see, as a Power BI project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, new_group, settings_from

if TYPE_CHECKING:
    from report.export import Export

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    reports = new_group("The report over the marts: pages, visuals and measures, defined once.")
    reports.callback()(_group)
    reports.command("export")(export)
    app.add_typer(reports, name="report")


def _group() -> None:
    """Stay a group while there is one command only."""


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for the project; made if need be.")] = Path(
        "powerbi"
    ),
    *,
    imports: Annotated[
        bool,
        typer.Option(
            "--import",
            help="Copy the marts into Power BI by MySQL's connector, in place of asking them live.",
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace the project of a folder that is not empty."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a Power BI project (PBIP) over the marts, and connection files for other tools.

    \b
    Example: svp report export ./powerbi --workspace demo
    """
    from dataclasses import asdict

    from report.export import export_report

    written = export_report(
        settings_from(context),
        folder,
        mode="import" if imports else "directQuery",
        force=force,
    )
    emit(asdict(written), as_json=as_json, show=lambda: _told(written))


def _told(written: Export) -> str:
    how = "asks the marts live" if written.mode == "directQuery" else "copies the marts"
    month = f", opens with {written.opens_with:%B %Y}" if written.opens_with else ""
    return (
        f"{written.files} files in {written.folder}: a project that {how} "
        f"({written.server}, {written.database}){month}.\n"
        f"Open {written.project} in Power BI Desktop on Windows; docs/power-bi.md tells how.\n"
        "The account to sign in with: svp warehouse reader"
    )
