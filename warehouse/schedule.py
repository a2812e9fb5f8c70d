"""What refreshes the marts by itself: the two events, their times, and text for cron and systemd.

Events rebuild aggregates from what was published. New rows come by an export, which the server can't start: for
that there is text to put into cron or a systemd timer.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from svp.core.sqlfiles import quote_mysql, read_sql
from svp.settings import SETTINGS, configuration_folder
from warehouse.connections import execute, fetch, fetch_one, open_warehouse
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = [
    "DAILY",
    "OFTEN",
    "EventStatus",
    "Schedule",
    "Surroundings",
    "cron_text",
    "find_surroundings",
    "read_events",
    "read_schedule",
    "set_schedule",
    "switch_schedule",
    "systemd_text",
]

DAILY, OFTEN = "refresh_changed_days_every_day", "refresh_changed_days_often"

PAUSED = "Off until 'svp warehouse schedule on'."
"""The comment of an event that was on when all were switched off: whoever may alter events may write no table.

MariaDB cuts a comment at 64 characters.
"""

UNIT_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800}
"""Units of an event's interval that have a fixed length."""

FIRST_START = "2026-01-01"
"""The day from which schedules count; any in the past."""

SLACK = timedelta(minutes=10)
"""A run that is later than this is missing."""


@dataclass(frozen=True, slots=True)
class EventStatus:
    """An event that refreshes by itself."""

    name: str
    is_enabled: bool
    every: str
    """Its interval, as "1 DAY"."""
    definer: str
    """The account with whose rights it runs."""
    changed_at: datetime
    """When it was installed or altered last."""
    last_run_at: datetime | None
    last_due_at: datetime | None
    """The last time by which a run must have begun, as its slack is over; None when that can't be told."""
    next_run_at: datetime | None
    """None when it is off, or its interval has no fixed length."""

    def is_overdue(self, last_run_at: datetime | None) -> bool:
        """Tell whether no run of its procedure began since it was due; the last one began at ``last_run_at``."""
        due = self.last_due_at
        if not self.is_enabled or due is None or due < self.changed_at:
            return False
        return last_run_at is None or last_run_at < due


@dataclass(frozen=True, slots=True)
class Schedule:
    """The events, and whether the server runs any."""

    events: tuple[EventStatus, ...]
    scheduler: str
    """The server's event_scheduler: ON, OFF or DISABLED."""


def read_schedule(settings: Settings, *, now: datetime) -> Schedule:
    """Return the events of a workspace; times are UTC without saying so.

    Raises:
        SchemaError: the tables are older or newer than the program.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection:
        (scheduler,) = fetch_one(connection, "SELECT @@event_scheduler")
        return Schedule(tuple(read_events(connection, now)), scheduler)


def switch_schedule(settings: Settings, *, is_on: bool) -> None:
    """Disable the events, or enable the daily one and whichever was on when they were disabled."""
    check_tables(settings)
    with open_warehouse(settings) as connection:
        rows = fetch(connection, read_sql("warehouse.queries", "events"))
        found = {name: (status == "ENABLED", comment) for name, status, *_, comment in rows}
        for name in (DAILY, OFTEN):
            is_enabled, comment = found.get(name, (False, ""))
            if is_on and (name == DAILY or comment == PAUSED):
                execute(connection, f"ALTER EVENT {quote_mysql(name)} {enabling(name)}")
            elif is_enabled and not is_on:
                pause = f"ALTER EVENT {quote_mysql(name)} DISABLE COMMENT %s"
                execute(connection, pause, (PAUSED,))


def enabling(name: str) -> str:
    """Return the end of a statement that enables an event, with the comment of its file."""
    _, _, described = read_sql("procedures", name).partition("\nCOMMENT ")
    comment, _, _ = described.partition("\nDO ")
    return f"ENABLE COMMENT {comment}"


def set_schedule(
    settings: Settings, *, at: time | None = None, every_minutes: int | None = None
) -> None:
    """Choose the UTC time of the daily event, the interval of the frequent one, or both, and enable them.

    Whoever alters an event becomes its definer.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection:
        if at is not None:
            alter(connection, DAILY, "1 DAY", at)
        if every_minutes is not None:
            alter(connection, OFTEN, f"{every_minutes:d} MINUTE", time(0, 7))


def alter(connection: Connection, name: str, every: str, at: time) -> None:
    """Give an event another schedule and enable it."""
    schedule = f"ON SCHEDULE EVERY {every} STARTS %s {enabling(name)}"
    statement = f"ALTER EVENT {quote_mysql(name)} {schedule}"
    execute(connection, statement, (f"{FIRST_START} {at:%H:%M}:00",))


def read_events(connection: Connection, now: datetime) -> Iterator[EventStatus]:
    """Yield our events that are there."""
    for row in fetch(connection, read_sql("warehouse.queries", "events")):
        name, status, value, unit, definer, changed_at, starts_at, last_run_at, _ = row
        if name in {DAILY, OFTEN}:
            is_enabled = status == "ENABLED"
            due = last_due(now - SLACK, starts_at, int(value), unit)
            following = next_run(now, starts_at, int(value), unit) if is_enabled else None
            yield EventStatus(
                name,
                is_enabled,
                f"{value} {unit}",
                definer,
                changed_at,
                last_run_at,
                due,
                following,
            )


def last_due(now: datetime, starts_at: datetime | None, value: int, unit: str) -> datetime | None:
    """Return the last time of a schedule that is not after ``now``, or what would come before its first.

    None when the interval has no fixed length.
    """
    seconds = value * UNIT_SECONDS.get(unit, 0)
    if not seconds or starts_at is None:
        return None
    passed = max(-1, (now - starts_at) // timedelta(seconds=seconds))
    return starts_at + timedelta(seconds=seconds * passed)


def next_run(now: datetime, starts_at: datetime | None, value: int, unit: str) -> datetime | None:
    """Return the first time of a schedule that is after ``now``; None when that can't be told."""
    due = last_due(now, starts_at, value, unit)
    return due + timedelta(seconds=value * UNIT_SECONDS[unit]) if due else None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What settings a run by cron or systemd must be given, as it has no folder and no environment of ours."""

    folder: Path | None
    """The project's, if it has a settings file."""
    variables: tuple[str, ...]
    """Names of the environment's settings that the command line doesn't say."""
    environment_file: Path
    """Where those are to be put; systemd and a shell read it."""

    def advice(self) -> str:
        """Return comments that say what to put into the file; no value, as values may be secrets."""
        if not self.variables:
            return ""
        lines = "".join(f"#     {name}='…'\n" for name in self.variables)
        return f"# {self.environment_file}, to be written with mode 0600 before:\n{lines}"


def find_surroundings(folder: Path, environment: Mapping[str, str]) -> Surroundings:
    """Return what the settings of a run in a folder came from, but for its home and workspace."""
    said, own_folder = {"home", "workspace"}, configuration_folder(environment)
    names = [each.variable for each in SETTINGS if each.name not in said]
    if (own_folder / "svp.toml").is_file():
        # Where the user's settings are.
        names.append("XDG_CONFIG_HOME")
    return Surroundings(
        folder=folder.absolute() if (folder / "svp.toml").is_file() else None,
        variables=tuple(name for name in names if environment.get(name)),
        environment_file=(own_folder / "schedule.env").absolute(),
    )


def export_command(settings: Settings, program: str) -> str:
    """Return what cron or systemd is to run."""
    words = [program, "--home", f"{settings.home.absolute()}"]
    return shlex.join([*words, "--workspace", settings.workspace.name, "warehouse", "refresh"])


def cron_text(settings: Settings, program: str, at: time, around: Surroundings) -> str:
    """Return a line for ``crontab -e``; cron takes the machine's zone unless CRON_TZ says otherwise."""
    steps = [export_command(settings, program)]
    if around.variables:
        steps.insert(0, f"set -a && . {shlex.quote(str(around.environment_file))}")
    if around.folder:
        steps.insert(0, shlex.join(["cd", str(around.folder)]))
    command = " && ".join(steps).replace("%", r"\%")
    return f"{around.advice()}CRON_TZ=UTC\n{at.minute} {at.hour} * * * {command}"


def systemd_text(settings: Settings, program: str, at: time, around: Surroundings) -> str:
    """Return a service and its timer, each behind the name of its file."""
    unit = f"{settings.workspace.base}-warehouse"
    service = ["Type=oneshot", f"ExecStart={export_command(settings, program)}"]
    if around.variables:
        service.insert(1, f"EnvironmentFile={around.environment_file}")
    if around.folder:
        service.insert(1, f"WorkingDirectory={around.folder}")
    described = "\n".join(service).replace("%", "%%")
    return "\n".join(
        (
            f"{around.advice()}# ~/.config/systemd/user/{unit}.service",
            "[Unit]\nDescription=Bring changed days into the warehouse\n",
            f"[Service]\n{described}\n",
            f"# ~/.config/systemd/user/{unit}.timer",
            "[Unit]\nDescription=Bring changed days into the warehouse every day\n",
            f"[Timer]\nOnCalendar=*-*-* {at:%H:%M}:00 UTC\nPersistent=true\n",
            "[Install]\nWantedBy=timers.target",
        )
    )
