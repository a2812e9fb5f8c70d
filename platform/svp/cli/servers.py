"""``svp up``, ``down``, ``status``, ``doctor`` and ``env``: the servers, local or people's own."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svp.cli.common import JsonOption, emit, settings_from, terminal_progress
from svp.cli.tables import new_table
from svp.errors import UsageError
from svp.settings import SETTINGS, Settings, mask_url

if TYPE_CHECKING:
    from rich.table import Table

    from svp.servers import Check, ServerStatus

__all__ = ["register"]

MySQLOption = Annotated[
    Literal["auto", "mysql", "mariadb"],
    typer.Option("--mysql", help="Server for the warehouse; auto keeps what this home has."),
]

DeleteOption = Annotated[
    bool, typer.Option("--delete", help="Remove the servers' data, too; asks first.")
]

YesOption = Annotated[bool, typer.Option("--yes", help="Delete without asking, for scripts.")]

ShowSecretsOption = Annotated[
    bool, typer.Option("--show-secrets", help="Print the passwords, as lines for a shell.")
]

OUTCOME_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}

SERVER_UNAVAILABLE = 3


def register(app: typer.Typer) -> None:
    """Add the commands for servers."""
    app.command("up")(up)
    app.command("down")(down)
    app.command("status")(status)
    app.command("doctor")(doctor)
    app.command("env")(env)


def up(context: typer.Context, *, mysql: MySQLOption = "auto", as_json: JsonOption = False) -> None:
    """Start PostgreSQL, MongoDB and MySQL on this machine, making what is missing.

    Servers that run are left alone; where a setting names one of yours, none is started.

    \b
    Example: svp up --mysql mariadb
    """
    from svp.servers import ENGINE_NAMES, list_external, read_status, start

    settings = settings_from(context)
    external = list_external(settings)
    with terminal_progress() as progress:
        for name in external:
            progress.say(
                f"{name}: a server of yours is named by the settings; none is started here"
            )
        wanted = set(ENGINE_NAMES) - set(external)
        start(settings.home, mysql=mysql, only=wanted, progress=progress)
    print_status(read_status(settings_from(context)), as_json=as_json)


def down(
    context: typer.Context,
    *,
    delete: DeleteOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Stop the servers that 'svp up' started; their data stays.

    \b
    Example: svp down --delete
    """
    from svp import servers

    settings = settings_from(context)
    if delete and not yes:
        confirm(f"stop the servers of {settings.home} and delete all their data?")
    with terminal_progress() as progress:
        act = servers.delete if delete else servers.stop
        act(settings.home, progress=progress)
    done = f"the servers of {settings.home} are {'deleted' if delete else 'stopped'}"
    emit({"home": str(settings.home), "deleted": delete}, as_json=as_json, show=lambda: done)


def confirm(question: str) -> None:
    """Raise UsageError unless somebody at a terminal says yes."""
    if not sys.stdin.isatty():
        message = "nobody is there to say yes, so nothing was stopped or deleted"
        raise UsageError(message, "add --yes to delete without asking")
    if not typer.confirm(question, err=True):
        message = "not confirmed: nothing was stopped or deleted"
        raise UsageError(message)


def status(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show each server: version, running or not, address, uptime, size. Exit 3 if one is down.

    \b
    Example: svp status --json
    """
    from svp.servers import read_status

    print_status(read_status(settings_from(context)), as_json=as_json)


def print_status(servers: Sequence[ServerStatus], *, as_json: bool) -> None:
    """Print the servers, and exit 3 unless all are up."""
    data = {"servers": [asdict(server) for server in servers]}
    emit(data, as_json=as_json, show=lambda: status_table(servers))
    if not all(server.is_up for server in servers):
        raise typer.Exit(SERVER_UNAVAILABLE)


def status_table(servers: Sequence[ServerStatus]) -> Table:
    """Return one row per server."""
    table = new_table("server", "what", "state", "address", "process", "up for", "data")
    for server in servers:
        table.add_row(
            server.name,
            server.description or "-",
            server.state,
            server.address or "-",
            str(server.process_id or "-"),
            duration(server.uptime_seconds),
            size(server.data_bytes),
        )
    return table


def doctor(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Check that the servers allow what is needed, and say how to mend it. Exit 3 if one does not.

    \b
    Example: svp doctor
    """
    from svp.servers import examine

    checks = examine(settings_from(context))
    data = {"checks": [asdict(check) for check in checks]}
    emit(data, as_json=as_json, show=lambda: doctor_table(checks))
    if any(check.outcome == "fail" for check in checks):
        raise typer.Exit(SERVER_UNAVAILABLE)


def doctor_table(checks: Sequence[Check]) -> Table:
    """Return one row per check, and a row with the remedy under each that is not ok."""
    from rich.text import Text

    table = new_table("", "server", "check", "found")
    for check in checks:
        outcome = Text(check.outcome, OUTCOME_STYLES[check.outcome])
        table.add_row(outcome, check.server, check.subject, Text(check.found))
        if check.remedy:
            table.add_row("", "", "", Text(check.remedy, "italic"))
    return table


def env(
    context: typer.Context, *, show_secrets: ShowSecretsOption = False, as_json: JsonOption = False
) -> None:
    """Print the URLs of the three servers, without passwords unless asked for.

    \b
    Example: eval "$(svp env --show-secrets)"
    """
    urls = read_urls(settings_from(context))
    shown = urls if show_secrets else {name: mask_url(url) for name, url in urls.items()}
    if as_json:
        emit(shown, as_json=True, show=lambda: "")
        return
    for name, url in shown.items():
        typer.echo(f"export {name}={shlex.quote(url)}" if show_secrets else f"{name}={url}")


def read_urls(settings: Settings) -> Mapping[str, str]:
    """Return the URLs in force by environment variable."""
    return {
        setting.variable: settings.url(setting.name.removesuffix("_url"))
        for setting in SETTINGS
        if setting.name.endswith("_url")
    }


def duration(seconds: int | None) -> str:
    """Return a time as people say it, in its largest unit."""
    if seconds is None:
        return "-"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def size(data_bytes: int | None) -> str:
    """Return a size in megabytes."""
    return "-" if data_bytes is None else f"{data_bytes / 1e6:,.0f} MB"
