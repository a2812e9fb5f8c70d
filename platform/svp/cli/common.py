"""What every command shares: settings, output for people or machines, progress on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.errors import PlatformError, UsageError
from svp.settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from svp.core.progress import Progress

__all__ = [
    "JsonOption",
    "LimitOption",
    "console",
    "emit",
    "new_group",
    "path_from",
    "settings_from",
    "terminal_progress",
]

MAX_COLUMNS = 100

UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What JSON may hold as it is, but a terminal takes for a command, or for another direction of writing."""

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else.")
]

LimitOption = Annotated[int, typer.Option(min=1, help="Rows to show at most.")]


def new_group(help_line: str) -> typer.Typer:
    """Return a group of commands that looks like all the others."""
    return typer.Typer(help=help_line, no_args_is_help=True, rich_markup_mode=None)


def path_from(given: str | Path) -> Path:
    """Return a path of the command line.

    Raises:
        UsageError: it is empty, as of a variable that is not set; it would be taken for the current folder.
    """
    if not str(given):
        message = "an empty path was given"
        raise UsageError(message, "name a file or folder; the current folder is .")
    return Path(given)


def settings_from(context: typer.Context) -> Settings:
    """Return the settings in force, from the options given before or after the command."""
    flags: Mapping[str, str | None] = context.find_root().params
    return load_settings({name: flags.get(name) for name in ("home", "workspace")})


def console(*, stderr: bool = False) -> Console:
    """Return a console at most 100 columns wide; exactly 100 where there is no terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    made.width = min(made.width, MAX_COLUMNS) if stream.isatty() else MAX_COLUMNS
    return made


def emit(
    data: Mapping[str, object],
    *,
    as_json: bool,
    show: Callable[[], RenderableType],
    error: PlatformError | None = None,
) -> None:
    """Print a command's result: ``data`` as one JSON object, or what ``show`` returns; then raise ``error``, if any.

    The one object of an error is printed with it, and holds the data.
    """
    if as_json and error:
        error.details.update(data)
    elif as_json:
        written = json.dumps(data, default=_json_value, ensure_ascii=False)
        sys.stdout.write(UNSAFE.sub(_escaped, written) + "\n")
    else:
        console().print(show())
    if error:
        raise error


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _json_value(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return float(value) if hasattr(value, "__float__") else str(value)


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """Give a Progress that draws bars on standard error, if that is a terminal.

    Lines that are said go to standard error in any case.
    """
    from svp.cli.progress import PlainProgress, RichProgress

    if not sys.stderr.isatty():
        yield PlainProgress()
        return
    with RichProgress(console(stderr=True)) as progress:
        yield progress
