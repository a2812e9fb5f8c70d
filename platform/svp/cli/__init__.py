"""The command ``svp``: parse, call one function, print one result.

Only ``main`` turns errors into exit codes.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from types import FrameType
from typing import Annotated, NoReturn

import typer

from svp import __version__
from svp.errors import INTERRUPTED, TERMINATED, PlatformError

__all__ = ["build_app", "main"]

ROOMS = (
    "servers",
    "schemas",
    "demo",
    "generate",
    "ingest",
    "loads",
    "quarantine",
    "nosql",
    "warehouse",
    "mapping",
    "marts",
    "report",
    "verify",
    "selfcheck",
)
"""Modules of this package with a ``register``, in the order of the help."""

GLOBAL_OPTIONS = ("--workspace", "--home")
"""May stand anywhere on the line, because nobody remembers which come first."""

EPILOG = (
    "Exit codes: 0 done; 1 a defect of ours; 2 usage or settings; 3 a server can't be reached or refuses us; "
    "4 the input was rejected; 5 done, but rows were quarantined and --strict was given; 6 stores disagree or "
    "a refresh failed; 7 another run holds the lock; 8 a schema is older or newer than the program; "
    "130/143 interrupted, resumable."
)


def build_app() -> typer.Typer:
    """Return the command with all its rooms."""
    app = typer.Typer(
        name="svp",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=EPILOG,
    )
    app.callback()(_root)
    for room in ROOMS:
        import_module(f"svp.cli.{room}").register(app)
    return app


@cache
def _command() -> Callable[..., object]:
    """Return what runs the command; made once for a process that runs many."""
    return typer.main.get_command(build_app())


def _root(
    *,
    workspace: Annotated[
        str | None, typer.Option(help="Workspace to act on; may stand anywhere on the line.")
    ] = None,
    home: Annotated[
        str | None,
        typer.Option(help="Folder of the local servers; may stand anywhere on the line."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Streaming video platform: PostgreSQL and MongoDB filled, a MySQL warehouse kept fresh for Power BI."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit with the documented code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _command()(args=_options_first(given), prog_name="svp")
    except SystemExit as ended:
        if ended.code in {INTERRUPTED, TERMINATED}:
            sys.stderr.write(
                "svp: interrupted; nothing is left half done: run the same command again\n"
            )
        raise
    except Exception as error:
        if "--debug" in given:
            raise
        sys.exit(_report(error, as_json="--json" in given))
    sys.exit(0)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  (Typer calls it so)
    if wanted:
        typer.echo(f"svp {__version__}")
        raise typer.Exit


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(TERMINATED)


def _options_first(arguments: list[str]) -> list[str]:
    """Move the global options, with their values, to the front."""
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in GLOBAL_OPTIONS:
            first += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        elif (
            argument.startswith(tuple(f"{option}=" for option in GLOBAL_OPTIONS))
            or argument == "--debug"
        ):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def _report(error: Exception, *, as_json: bool) -> int:
    """Tell the user what went wrong; return the exit code."""
    from svp.core.failures import explain

    told = error if isinstance(error, PlatformError) else explain(error)
    if as_json:
        import json

        facts = {
            "error": told.message,
            "advice": told.advice,
            "exit_code": told.exit_code,
            **told.details,
        }
        with suppress(OSError):  # where nothing can be printed, standard error tells it, too
            sys.stdout.write(json.dumps(facts, default=str) + "\n")
    sys.stderr.write(f"svp: {told.message}\n")
    if told.advice:
        sys.stderr.write(f"     {told.advice}\n")
    return told.exit_code
