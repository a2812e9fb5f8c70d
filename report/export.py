"""Write the report as a Power BI project, with connection files beside it.

What is written follows from the definition and the marts alone: a second export of the same marts is the same bytes.
No file holds an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from report.checking import misfits, problems
from report.definition import load_report
from report.fields import SCHEMAS
from report.folders import refuse_filled, write_files
from report.identity import guid
from report.pbir import as_text, report_files
from report.sources import Join, TableauSource, power_bi_source
from report.tmdl import Model, model_files
from svp.core.mysql import address, open_connection
from svp.core.sqlfiles import read_sql
from svp.errors import PlatformError, VerifyError
from warehouse.connections import explained, fetch, fetch_one
from warehouse.store import check_tables

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from report.definition import Report
    from report.tmdl import Mode
    from svp.settings import Settings

__all__ = ["Export", "Marts", "export_report", "project_files", "read_marts"]

DEFAULT_POSTGRES_PORT = 5432
IGNORED = "**/.pbi/localSettings.json\n**/.pbi/cache.abf\n"
"""What Power BI Desktop keeps for one person."""

TITLES_BY_DAY = (Join("calendar", "date_key"), Join("title", "title_key"))
SESSIONS = (Join("content", "content_key"), Join("users", "user_key"))


@dataclass(frozen=True, slots=True)
class Marts:
    """What an export takes from the marts."""

    countries: tuple[str, ...]
    last_month: date | None
    """First day of the month that the report opens with; None without data."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was written."""

    folder: Path
    project: Path
    """The file to open."""
    mode: Mode
    server: str
    database: str
    files: int
    roles: int
    opens_with: date | None


def export_report(
    settings: Settings, folder: Path, *, mode: Mode = "directQuery", force: bool = False
) -> Export:
    """Write the project, and return where.

    Raises:
        UsageError: the folder is not empty and ``force`` was not given, or can't be written.
        ServerError: the warehouse can't be reached.
        SchemaError: the workspace has no warehouse, or one that is older or newer than the program.
        VerifyError: marts are missing, or are not those of the program.
    """
    refuse_filled(folder, force=force)
    report = load_report()
    if found := problems(report):
        message = f"the report contradicts itself: {found[0]}"
        raise PlatformError(message, problems=found)
    marts = read_marts(settings, report)
    files = project_files(settings, report, marts, mode=mode)
    write_files(folder, files)
    name = settings.workspace.base
    return Export(
        folder=folder,
        project=folder / f"{name}.pbip",
        mode=mode,
        server=address(settings.url("mysql")),
        database=settings.workspace.mart_database,
        files=len(files),
        roles=sum("/roles/" in path for path in files),
        opens_with=marts.last_month,
    )


def read_marts(settings: Settings, report: Report) -> Marts:
    """Return what an export takes from the marts, once they have what the report reads.

    Raises:
        SchemaError: the workspace has no warehouse, or one that is older or newer than the program.
        ServerError: the warehouse can't be reached.
        VerifyError: marts are missing, or are not those of the program.
    """
    check_tables(settings)
    database = settings.workspace.mart_database
    with open_connection(settings.url("mysql"), database) as connection, explained():
        columns = fetch(connection, read_sql("report.statements", "columns"))
        found = misfits(report, {(mart, name): str(kind) for mart, name, kind in columns})
        if found:
            message = f"{len(found)} columns of marts are missing or of another type: {', '.join(found[:5])}"
            advice = "run 'svp init', which makes the views again"
            raise VerifyError(message, advice, columns=found)
        countries = fetch(connection, read_sql("report.statements", "countries"))
        (last_month,) = fetch_one(connection, read_sql("report.statements", "last_month"))
    return Marts(tuple(str(country) for (country,) in countries), last_month)


def project_files(
    settings: Settings, report: Report, marts: Marts, *, mode: Mode
) -> dict[str, str]:
    """Return every file of the project by its path."""
    name, database = settings.workspace.base, settings.workspace.mart_database
    server = address(settings.url("mysql"))
    model = Model(report, server, database, mode, marts.countries)
    parts = {
        f"{name}.Report": {
            ".platform": platform("Report", name),
            "definition.pbir": as_text(
                {
                    "$schema": f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
                    "version": "4.0",
                    "datasetReference": {"byPath": {"path": f"../{name}.SemanticModel"}},
                }
            ),
            **report_files(report, marts.last_month),
        },
        f"{name}.SemanticModel": {
            ".platform": platform("SemanticModel", name),
            "definition.pbism": as_text(
                {
                    "$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
                    "version": "4.2",
                    "settings": {},
                }
            ),
            **{f"definition/{path}": text for path, text in model_files(model).items()},
        },
    }
    return {
        ".gitignore": IGNORED,
        f"{name}.pbip": shortcut(name),
        **{
            f"{folder}/{path}": text
            for folder, files in parts.items()
            for path, text in files.items()
        },
        f"{name}.pbids": power_bi_source(server, database),
        **tableau_files(settings, server),
    }


def shortcut(name: str) -> str:
    """Return the file that opens the report."""
    return as_text(
        {
            "$schema": f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": f"{name}.Report"}}],
            "settings": {"enableAutoRecovery": True},
        }
    )


def platform(kind: str, name: str) -> str:
    """Return what Fabric knows a part of the project by."""
    return as_text(
        {
            "$schema": f"{SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
            "metadata": {"type": kind, "displayName": name},
            "config": {"version": "2.0", "logicalId": guid(kind, name)},
        }
    )


def tableau_files(settings: Settings, server: str) -> dict[str, str]:
    """Return data sources of the marts and, where PostgreSQL is known, of the sessions there."""
    name, workspace = settings.workspace.base, settings.workspace
    sources = {
        f"{name}_marts.tds": TableauSource(
            f"{name} titles by day",
            "mysql",
            server,
            workspace.mart_database,
            "content_performance",
            TITLES_BY_DAY,
        )
    }
    if settings.postgres_url:
        parts = urlsplit(settings.postgres_url)
        sources[f"{name}_postgresql.tds"] = TableauSource(
            f"{name} sessions",
            "postgres",
            f"{parts.hostname or '127.0.0.1'}:{parts.port or DEFAULT_POSTGRES_PORT}",
            workspace.postgres_database,
            "viewing_sessions",
            SESSIONS,
            schema="oltp",
        )
    return {path: source.text() for path, source in sources.items()}
