"""svp demo: the whole path on generated data, in a workspace of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svp.cli.common import JsonOption, console, emit, settings_from, terminal_progress
from svp.errors import UsageError
from svp.settings import Settings, Workspace, load_settings

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from svp.core.progress import Progress
    from warehouse.reader import ReaderAccount

__all__ = ["register"]

WORKSPACE = Workspace("demo")
SEED = 20250101
SHOWN_DAYS = 10
DRAWN_DAYS = 90
COLUMNS = (
    "stat_date",
    "active_customers",
    "new_customers",
    "plays",
    "watch_hours",
    "completion_rate",
    "peak_concurrent_streams",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    *,
    scale: Annotated[
        Literal["tiny", "small"], typer.Option(help="Size of the generated platform.")
    ] = "small",
    as_json: JsonOption = False,
) -> None:
    """Take a generated platform through every room, and end with marts and how to connect Power BI.

    It lives in the workspace 'demo'. A second run changes nothing and shows the same.

    \b
    Example: svp demo --scale tiny
    """
    with terminal_progress() as progress:
        settings = _with_servers(settings_from(context), progress)
        data = settings.home / "demo" / scale
        _generate(data, scale, progress)
        _load(settings, data, progress)
        reader = _finish(settings, progress)
    _show(settings, reader, as_json=as_json)


def _with_servers(settings: Settings, progress: Progress) -> Settings:
    """Start the local servers that no setting replaces; return settings of the demo's workspace."""
    from svp.servers import ENGINE_NAMES, list_external, start

    progress.say("1/6 servers")
    wanted = set(ENGINE_NAMES) - set(list_external(settings))
    if wanted:
        start(settings.home, only=wanted, progress=progress)
        settings = load_settings({"home": str(settings.home)})
    return replace(settings, workspace=WORKSPACE)


def _generate(data: Path, scale: str, progress: Progress) -> None:
    from svp.generate import SCALES, write

    progress.say(f"2/6 a platform of size {scale}, from seed {SEED}")
    arguments = SCALES[scale].arguments(seed=SEED)
    try:
        write(data, arguments, progress=progress)
    except UsageError:
        # The folder is the demo's own: what an earlier svp made there gives way.
        shutil.rmtree(data, ignore_errors=True)
        write(data, arguments, progress=progress)


def _load(settings: Settings, data: Path, progress: Progress) -> None:
    from loaders.ingest import ingest
    from loaders.recognise import recognise_delivery
    from loaders.terms import Terms
    from nosql.run import run
    from svp.cli.ingest import report_table
    from svp.cli.schemas import install_all

    progress.say("3/6 schemas, then files into PostgreSQL and MongoDB")
    install_all(settings, progress)
    terms = Terms(source=f"demo-{data.name}")
    delivery = recognise_delivery([data], progress=progress)
    reports = ingest(settings, delivery.files, terms=terms, progress=progress)
    console(stderr=True).print(report_table(reports))
    progress.say("4/6 aggregation pipelines in MongoDB")
    run(settings, progress=progress)


def _finish(settings: Settings, progress: Progress) -> ReaderAccount:
    from warehouse.checks import verify
    from warehouse.export import refresh
    from warehouse.reader import ensure_reader

    progress.say("5/6 changed days into MySQL, then procedures")
    refresh(settings, progress=progress)
    progress.say("6/6 the same totals in all three stores")
    verify(settings).require_agreement()
    return ensure_reader(settings)


def _show(settings: Settings, reader: ReaderAccount, *, as_json: bool) -> None:
    from warehouse.reading import read_mart

    days = read_mart(settings, "daily_statistics", limit=DRAWN_DAYS + 1)
    # The day after the last has only the ends of plays that began before midnight.
    days = days[days["plays"] > 0].head(DRAWN_DAYS)
    facts = {
        "workspace": settings.workspace.name,
        "daily_statistics": days.head(SHOWN_DAYS).to_dict("records"),
        "server": reader.server,
        "database": reader.database,
        "account": reader.user,
        "password_file": str(reader.file),
    }
    emit(facts, as_json=as_json, show=lambda: _pictures(days, reader))


def _pictures(days: pd.DataFrame, reader: ReaderAccount) -> RenderableType:
    """Return the newest days as a table, all of them as a chart, and how to connect."""
    from rich.console import Group
    from rich.text import Text

    from svp.cli.charts import column_chart
    from svp.cli.marts import mart_table

    oldest_first = days.iloc[::-1]
    chart = column_chart(
        [float(hours) for hours in oldest_first["watch_hours"]],
        title="Hours watched a day",
        first=f"{oldest_first['stat_date'].iloc[0]}",
        last=f"{oldest_first['stat_date'].iloc[-1]}",
    )
    connect = "\n".join(
        (
            "See the report:",
            "  in a browser  svp report open --workspace demo",
            "  in Power BI   svp report export ./powerbi --workspace demo (docs/power-bi.md)",
            "Connect any tool, as Power BI by MariaDB's connector in DirectQuery:",
            f"  server    {reader.server}",
            f"  database  {reader.database}",
            f"  account   {reader.user}, its password is in {reader.file}",
        )
    )
    table = mart_table(
        days.head(SHOWN_DAYS)[list(COLUMNS)], title="daily_statistics, the newest days"
    )
    return Group(table, Text("\n" + chart), Text("\n" + connect))
