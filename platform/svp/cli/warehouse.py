"""``svp warehouse``: bring changes over, show how fresh the marts are, make the account for Power BI."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli import rates
from svp.cli.common import JsonOption, emit, new_group, path_from, settings_from, terminal_progress
from svp.cli.tables import new_table
from svp.errors import UsageError, VerifyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import RenderableType
    from rich.table import Table

    from svp.settings import Settings
    from warehouse.export import ExportResult, RefreshResult
    from warehouse.plan import ExportPlan, Scope
    from warehouse.purge import PurgePlan
    from warehouse.reader import ReaderAccount
    from warehouse.schedule import EventStatus, Schedule
    from warehouse.status import WarehouseStatus

__all__ = ["register"]

SHOWN_DAYS = 5

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="File for the account, mode 0600; in the home folder by default.",
        parser=path_from,
    ),
]

FullOption = Annotated[
    bool, typer.Option("--full", help="Every day and dimension again, changed or not.")
]
FromOption = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="Every day from this UTC day on again, changed or not, and no other day.",
    ),
]
ToOption = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="The same until this UTC day."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be published, and write nothing.")
]

BeforeOption = Annotated[
    datetime | None,
    typer.Option(
        "--before", formats=["%Y-%m-%d"], metavar="DATE", help="First UTC day that is kept."
    ),
]
OlderThanOption = Annotated[
    int | None,
    typer.Option(
        "--older-than",
        min=1,
        metavar="DAYS",
        help="Days that are kept before the last day with events.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]

EXPORT_AT = time(2, 30)
"""Before the daily event of 03:00."""

ExportAtOption = Annotated[
    datetime | None,
    typer.Option(
        "--export-at", formats=["%H:%M"], metavar="HH:MM", help="UTC time in the text; 02:30."
    ),
]
DailyAtOption = Annotated[
    datetime | None,
    typer.Option("--at", formats=["%H:%M"], metavar="HH:MM", help="UTC time of the daily refresh."),
]
EveryOption = Annotated[
    int | None,
    typer.Option(
        "--every", min=1, max=1440, metavar="MINUTES", help="Refresh what changed this often, too."
    ),
]

group = new_group(
    "The MySQL warehouse: bring changes over, refresh the marts, see how fresh they are."
)


schedule_group = new_group(
    "When the marts are refreshed by themselves, and text for cron and systemd."
)


def register(app: typer.Typer) -> None:
    """Add the group ``warehouse``."""
    group.add_typer(schedule_group, name="schedule")
    group.add_typer(rates.group, name="rates")
    app.add_typer(group, name="warehouse")


@group.command("refresh")
def refresh_command(
    context: typer.Context,
    *,
    full: FullOption = False,
    first: FromOption = None,
    last: ToOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Export the days that changed, then run the procedures: the marts are current.

    \b
    Example: svp warehouse refresh
             svp warehouse refresh --from 2026-01-01 --to 2026-01-31
    """
    from warehouse.export import refresh

    settings, scope = settings_from(context), scope_of(first, last, is_full=full)
    if dry_run:
        show_plan(settings, scope, as_json=as_json)
        return
    with terminal_progress() as progress:
        result = refresh(settings, scope=scope, progress=progress)
    facts = {"workspace": settings.workspace.name, **asdict(result)}
    emit(facts, as_json=as_json, show=lambda: refresh_line(settings.workspace.name, result))


@group.command("export")
def export_command(
    context: typer.Context,
    *,
    full: FullOption = False,
    first: FromOption = None,
    last: ToOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Export the days that changed; the event, or a refresh, brings the marts up to date later.

    \b
    Example: svp warehouse export
             svp warehouse export --full --dry-run
    """
    from warehouse.export import export

    settings, scope = settings_from(context), scope_of(first, last, is_full=full)
    if dry_run:
        show_plan(settings, scope, as_json=as_json)
        return
    with terminal_progress() as progress:
        result = export(settings, scope=scope, progress=progress)
    facts = {"workspace": settings.workspace.name, **asdict(result)}
    emit(facts, as_json=as_json, show=lambda: export_line(settings.workspace.name, result))


@group.command("status")
def status_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show the last runs, the event and its next time, and what is pending; exit 6 if all is not well.

    \b
    Example: svp warehouse status
    """
    from warehouse.status import read_status

    settings = settings_from(context)
    status = read_status(settings)
    facts = {"workspace": settings.workspace.name, **asdict(status)}
    emit(facts, as_json=as_json, show=lambda: status_tables(settings.workspace.name, status))
    if status.problems:
        raise typer.Exit(VerifyError.exit_code)


@schedule_group.command("show")
def schedule_show_command(
    context: typer.Context, *, export_at: ExportAtOption = None, as_json: JsonOption = False
) -> None:
    """Show the events and their times, and text for cron and systemd that brings new rows.

    \b
    Example: svp warehouse schedule show --export-at 02:30
    """
    from warehouse.schedule import cron_text, find_surroundings, read_schedule, systemd_text

    settings = settings_from(context)
    schedule = read_schedule(settings, now=utc_now())
    program, moment = shutil.which("svp") or "svp", export_at.time() if export_at else EXPORT_AT
    around = find_surroundings(Path.cwd(), os.environ)
    cron = cron_text(settings, program, moment, around)
    systemd = systemd_text(settings, program, moment, around)
    facts = {"workspace": settings.workspace.name, **asdict(schedule)}
    facts |= {"cron": cron, "systemd": systemd}
    emit(facts, as_json=as_json, show=lambda: schedule_lines(settings.workspace.name, schedule))
    if not as_json:
        # As it is, unwrapped: it is to be copied.
        typer.echo(f"\ncron:\n{cron}\n\nsystemd:\n{systemd}")


@schedule_group.command("on")
def schedule_on_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Enable the daily event, and the frequent one if 'off' disabled it.

    \b
    Example: svp warehouse schedule on
    """
    from warehouse.schedule import switch_schedule

    settings = settings_from(context)
    switch_schedule(settings, is_on=True)
    show_events(settings, as_json=as_json)


@schedule_group.command("off")
def schedule_off_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Disable the daily and the frequent event; a refresh by hand goes on working.

    \b
    Example: svp warehouse schedule off
    """
    from warehouse.schedule import switch_schedule

    settings = settings_from(context)
    switch_schedule(settings, is_on=False)
    show_events(settings, as_json=as_json)


@schedule_group.command("set")
def schedule_set_command(
    context: typer.Context,
    *,
    daily_at: DailyAtOption = None,
    every: EveryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose when the events run, and enable them; a later 'svp init' keeps the times.

    \b
    Example: svp warehouse schedule set --at 04:30 --every 15
    """
    from warehouse.schedule import set_schedule

    if daily_at is None and every is None:
        message = "no time was given"
        raise UsageError(message, "give --at HH:MM, --every MINUTES or both")
    settings = settings_from(context)
    set_schedule(settings, at=daily_at.time() if daily_at else None, every_minutes=every)
    show_events(settings, as_json=as_json)


@group.command("reader")
def reader_command(
    context: typer.Context, *, file: FileOption = None, as_json: JsonOption = False
) -> None:
    """Create the account that Power BI reads the marts with, or give it a new password.

    It can read the mart database and nothing else. The password is shown on a terminal only.

    \b
    Example: svp warehouse reader --file ./power-bi.json
    """
    from warehouse.reader import rotate_reader

    account = rotate_reader(settings_from(context), file=file)
    facts = {
        "server": account.server,
        "database": account.database,
        "user": account.user,
        "file": account.file,
    }
    emit(facts, as_json=as_json, show=lambda: reader_lines(account))


@group.command("purge")
def purge_command(
    context: typer.Context,
    *,
    before: BeforeOption = None,
    older_than: OlderThanOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove the days before a day, or older than so many, from the warehouse, for good, after showing what will go.

    PostgreSQL and MongoDB keep theirs; no later export brings the days back.

    \b
    Example: svp warehouse purge --before 2024-01-01 --yes
    """
    from warehouse.purge import plan_purge, purge

    settings = settings_from(context)
    plan = plan_purge(settings, purge_day(settings, before, older_than))
    if not yes:
        confirm_purge(settings.workspace.name, plan)
    purge(settings, plan.before)
    facts = {"workspace": settings.workspace.name, **asdict(plan)}
    done = f"{plan.days:,} days before {plan.before} were removed, and do not come back"
    emit(facts, as_json=as_json, show=lambda: f"workspace {settings.workspace.name}: {done}")


def purge_day(settings: Settings, before: datetime | None, older_than: int | None) -> date:
    """Return the first day that is kept.

    Raises:
        UsageError: not exactly one of the options was given, or there is nothing to count days from.
    """
    from warehouse.purge import first_kept_day

    if before is not None and older_than is None:
        return before.date()
    if older_than is not None and before is None:
        return first_kept_day(settings, older_than)
    message = "say either --before or --older-than"
    raise UsageError(message, "'svp warehouse purge --help' tells what they mean")


def confirm_purge(workspace: str, plan: PurgePlan) -> None:
    """Show what would go, and ask whether it may.

    Raises:
        UsageError: nobody is there to ask, or the answer was no.
    """
    span = f", {plan.first} to {plan.last}" if plan.days else ""
    typer.echo(
        f"This removes {plan.days:,} days{span}, from the warehouse of workspace {workspace}, for good",
        err=True,
    )
    if not sys.stdin.isatty():
        message = "nobody is there to say yes, so nothing was removed"
        raise UsageError(message, "add --yes to be asked nothing")
    if not typer.confirm("Remove them?", err=True):
        message = "nothing was removed"
        raise UsageError(message, "answer y, or add --yes, to remove the days")


def scope_of(first: datetime | None, last: datetime | None, *, is_full: bool) -> Scope:
    """Return what the options ask for."""
    from warehouse.plan import Scope

    return Scope(is_full, first.date() if first else None, last.date() if last else None)


def show_plan(settings: Settings, scope: Scope, *, as_json: bool) -> None:
    """Print what an export would publish."""
    from warehouse.plan import plan_export

    plan = plan_export(settings, scope=scope)
    facts = {"workspace": settings.workspace.name, **asdict(plan)}
    emit(facts, as_json=as_json, show=lambda: plan_table(settings.workspace.name, plan))


def plan_table(workspace: str, plan: ExportPlan) -> RenderableType:
    """Return the days and dimensions that an export would publish, for people."""
    from rich.console import Group
    from rich.text import Text

    numbers = ("published version", "version")
    table = new_table("what", *numbers, title="Would be published", numbers=numbers)
    for each in (*plan.dimensions, *plan.days):
        table.add_row(each.name, f"{each.published_version:,}", f"{each.version:,}")
    done = f"{len(plan.days):,} days and {len(plan.dimensions):,} dimensions would be published"
    waiting = f"; {len(plan.waiting):,} days wait for a load" if plan.waiting else ""
    return Group(table, Text(f"workspace {workspace}: {done}{waiting}; nothing was written"))


def refresh_line(workspace: str, result: RefreshResult) -> str:
    """Return what a refresh did, for people."""
    done = f"{result.days:,} days and {result.rows:,} rows exported, {result.procedures:,} ranges rebuilt"
    return f"workspace {workspace}: {done} in {result.seconds:.1f} s"


def export_line(workspace: str, result: ExportResult) -> str:
    """Return what an export did, for people."""
    done = f"{result.days:,} days and {result.rows:,} rows exported"
    return f"workspace {workspace}: {done} in {result.seconds:.1f} s"


def reader_lines(account: ReaderAccount) -> str:
    """Return what Power BI asks for; the password where only a person sees it."""
    password = account.password if sys.stdout.isatty() else f"in {account.file}"
    return "\n".join(
        (
            f"server    {account.server}",
            f"database  {account.database}",
            f"user      {account.user}",
            f"password  {password}",
            f"written to {account.file}, which only its owner can read",
        )
    )


def status_tables(workspace: str, status: WarehouseStatus) -> RenderableType:
    """Return the state of the warehouse, for people."""
    from rich.console import Group
    from rich.text import Text

    lines = [
        f"workspace {workspace}",
        f"pending    {pending_line(status)}",
        f"export     {export_status_line(status)}",
        *([f"future     {future_line(status)}"] if status.future else ()),
        *(f"event      {event_line(event)}" for event in status.events),
        f"scheduler  {status.scheduler}",
        *(f"no rate    {line}: 'svp warehouse rates import'" for line in status.without_rate),
        *(f"problem    {problem}" for problem in status.problems),
    ]
    return Group(runs_table(status), Text("\n".join(lines)))


def runs_table(status: WarehouseStatus) -> Table:
    """Return the last run of each procedure."""
    table = new_table(
        "procedure",
        "started (UTC)",
        "seconds",
        "rows",
        "outcome",
        title="Last run of each procedure",
        numbers=("seconds", "rows"),
    )
    for run in status.runs:
        seconds = f"{(run.ended_at - run.started_at).total_seconds():.2f}" if run.ended_at else ""
        rows = "" if run.rows is None else f"{run.rows:,}"
        table.add_row(run.procedure, at(run.started_at), seconds, rows, run.outcome)
    return table


def pending_line(status: WarehouseStatus) -> str:
    """Return which days wait for an export, and how much waits for the procedures."""
    days = f"{len(status.pending):,} days to export{some_days(status.pending)}"
    return f"{days}; {status.stale_slices:,} slices to refresh"


def future_line(status: WarehouseStatus) -> str:
    """Return which days are ahead of the clock, and what that means."""
    days = f"{len(status.future):,} days with events are yet to come{some_days(status.future)}"
    return f'{days}:\n           no "now" goes by them; is a clock wrong?'


def some_days(days: Sequence[date]) -> str:
    """Return the first of some days, in brackets; nothing for none."""
    first = ", ".join(f"{day}" for day in days[:SHOWN_DAYS])
    more = ", …" if len(days) > SHOWN_DAYS else ""
    return f" ({first}{more})" if first else ""


def export_status_line(status: WarehouseStatus) -> str:
    """Return how the last export went."""
    last = status.last_export
    if last is None:
        return "never"
    rows = "" if last.days is None else f", {last.days:,} days and {last.rows or 0:,} rows"
    return f"{at(last.started_at)}, {last.outcome}{rows}"


def show_events(settings: Settings, *, as_json: bool) -> None:
    """Print the events as they are now."""
    from warehouse.schedule import read_schedule

    schedule = read_schedule(settings, now=utc_now())
    facts = {"workspace": settings.workspace.name, **asdict(schedule)}
    emit(facts, as_json=as_json, show=lambda: schedule_lines(settings.workspace.name, schedule))


def utc_now() -> datetime:
    """Return the time as the server gives it: UTC, without saying so."""
    return datetime.now(tz=UTC).replace(tzinfo=None)


def schedule_lines(workspace: str, schedule: Schedule) -> str:
    """Return when the events run."""
    events = (f"event      {event_line(event)}" for event in schedule.events)
    return "\n".join((f"workspace {workspace}", *events, f"scheduler  {schedule.scheduler}"))


def event_line(event: EventStatus) -> str:
    """Return when an event runs."""
    state = "enabled" if event.is_enabled else "disabled"
    last, due = at(event.last_run_at) or "never", at(event.next_run_at) or "unknown"
    every = event.every.lower() + ("" if event.every.startswith("1 ") else "s")
    return f"{event.name}, {state}, every {every}\n           last {last}, next {due}"


def at(moment: datetime | None) -> str:
    """Return a time to the second, or nothing."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
