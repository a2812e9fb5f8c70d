"""svp init and svp reset: the schemas of a workspace in all three stores."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, settings_from, terminal_progress
from svp.errors import SchemaError, UsageError

if TYPE_CHECKING:
    from svp.core.progress import Progress
    from svp.settings import Settings

__all__ = ["install_all", "register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(reset)


def init(
    context: typer.Context,
    *,
    print_grants: Annotated[
        bool,
        typer.Option(
            "--print-grants",
            help="Print what makes the accounts on servers of your own, and write nothing.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Create or upgrade the schemas in all three stores; safe to repeat.

    \b
    Example: svp init --workspace trial
             svp init --print-grants
    """
    settings = settings_from(context)
    if print_grants:
        show_grants(settings, as_json=as_json)
        return
    with terminal_progress() as progress:
        applied = install_all(settings, progress)
    facts = {"workspace": settings.workspace.name, "applied": applied}
    emit(facts, as_json=as_json, show=lambda: _applied_lines(settings.workspace.name, applied))


def show_grants(settings: Settings, *, as_json: bool) -> None:
    """Print the statements that make the four accounts; no server is asked for anything."""
    from svp.grants import grants
    from warehouse.store import staging_tables

    statements = grants(settings.workspace, staging_tables())
    if as_json:
        facts = {"workspace": settings.workspace.name, **statements}
        emit(facts, as_json=True, show=str)
    else:
        # As they are, unwrapped: they are to be copied.
        typer.echo("\n\n".join(statements.values()))


def install_all(settings: Settings, progress: Progress) -> dict[str, list[str]]:
    """Bring every store's schema up to date, and make what a killed load took off it.

    Returns:
        The names of what was applied, by store.
    """
    from loaders.constraints import mend
    from nosql.schema import install as install_mongodb
    from oltp.schema import install as install_postgres
    from warehouse.schema import install as install_warehouse

    applied = {
        "postgres": [migration.name for migration in install_postgres(settings, progress=progress)],
        "mongodb": [migration.name for migration in install_mongodb(settings, progress=progress)],
        "mysql": [migration.name for migration in install_warehouse(settings, progress=progress)],
    }
    mend(settings)
    return applied


def _applied_lines(workspace: str, applied: dict[str, list[str]]) -> str:
    done = ", ".join(f"{len(names)} in {store}" for store, names in applied.items() if names)
    changed = f"applied {done}" if done else "nothing to do"
    return f"workspace {workspace}: schemas are up to date ({changed})"


def reset(
    context: typer.Context,
    *,
    yes: Annotated[
        str | None,
        typer.Option("--yes", metavar="NAME", help="Name of the workspace, to be asked nothing."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Empty a workspace: drop its databases in all three stores, after showing what will go.

    \b
    Example: svp reset --workspace trial --yes trial
    """
    settings = settings_from(context)
    name = settings.workspace.name
    if yes is None:
        typer.echo(_what_goes(settings), err=True)
        if not sys.stdin.isatty():
            message = "nobody is there to type the workspace's name, so nothing was removed"
            raise UsageError(message, f"add --yes {name} to be asked nothing")
        yes = typer.prompt("Type the name of the workspace to empty it", err=True)
    if yes != name:
        message = f"the workspace is {name!r}, not {yes!r}; nothing was removed"
        raise UsageError(message, "give the name of the workspace that the command acts on")
    dropped = _reset_all(settings)
    emit(
        {"workspace": name, "dropped": dropped},
        as_json=as_json,
        show=lambda: f"workspace {name} is empty: dropped {', '.join(dropped)}",
    )


def _what_goes(settings: Settings) -> str:
    from svp.settings import mask_url

    workspace = settings.workspace
    return "\n".join(
        (
            f"This removes all data of workspace {workspace.name}:",
            f"  PostgreSQL database {workspace.postgres_database} of {mask_url(settings.url('postgres'))}",
            f"  MongoDB database {workspace.mongo_database} of {mask_url(settings.url('mongo'))}",
            f"  MySQL database {workspace.warehouse_database} of {mask_url(settings.url('mysql'))}",
            f"  MySQL database {workspace.mart_database}, which reports read",
        )
    )


def _reset_all(settings: Settings) -> list[str]:
    """Drop a workspace's databases, PostgreSQL last: its lock keeps an ingest from beginning meanwhile."""
    from nosql.schema import reset as reset_mongodb
    from oltp.schema import reset as reset_postgres
    from warehouse.schema import reset as reset_warehouse

    workspace = settings.workspace
    stores = {
        f"MongoDB {workspace.mongo_database}": reset_mongodb,
        f"MySQL {workspace.warehouse_database}, {workspace.mart_database}": reset_warehouse,
        f"PostgreSQL {workspace.postgres_database}": reset_postgres,
    }
    with _nobody_at_work(settings):
        for reset_store in stores.values():
            reset_store(settings)
    return list(stores)


@contextmanager
def _nobody_at_work(settings: Settings) -> Iterator[None]:
    """Hold the locks of ingest and export, where there is something to lock.

    Raises:
        LockError: an ingest or an export is at work in the workspace.
    """
    from loaders.ledger import only_ingest
    from warehouse.export import only_export

    with ExitStack() as locks:
        for lock in (only_ingest, only_export):
            with suppress(SchemaError):
                locks.enter_context(lock(settings))
        yield
