"""The pages of docs/ that are made from the program, so that they can't drift.

python -m tests.docs            write them again
python -m tests.docs --check    exit 1 if one differs, naming it
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer.main

from nosql.pipelines import render_pipelines
from svp.cli import build_app
from svp.settings import SETTINGS
from tests.unit.loaders.page import PAGES as PAGES_OF_FILES
from warehouse.metrics import render_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PAGES", "outdated"]

ROOT = Path(__file__).parents[1]
HELP_COLUMNS = 100
MARK = "<!-- From here to the end: made by 'make docs'. -->"


def command_line() -> str:
    """Return the help of every command, as it is printed."""
    parts = ["# Command line\n", "Made from the program's own help by `make docs`.\n"]
    for words, text in help_texts():
        parts.append(f"## `{' '.join(words)}`\n\n```\n{text.strip()}\n```\n")
    return "\n".join(parts)


def help_texts() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each command's words and its help, groups before their commands."""
    yield from _help_texts(typer.main.get_command(build_app()), ("svp",), None)


def _help_texts(
    command: Any, words: tuple[str, ...], parent: Any
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = command.context_class(
        command,
        info_name=words[-1],
        parent=parent,
        terminal_width=HELP_COLUMNS,
        max_content_width=HELP_COLUMNS,
    )
    yield words, command.get_help(context)
    for name, nested in getattr(command, "commands", {}).items():
        yield from _help_texts(nested, (*words, name), context)


def settings() -> str:
    """Return the table of settings."""
    rows = [
        f"| `{setting.name}` | `{setting.variable}` | {setting.help} | {setting.default} |"
        for setting in SETTINGS
    ]
    return "\n".join(
        (
            "# Settings\n",
            "Made from `svp.settings` by `make docs`. The first that gives a value wins: a flag, the environment,",
            "`svp.toml` of the working folder, `svp.toml` of the user (`~/.config/svp/`), the local servers of",
            "`svp up`, the default.\n",
            "| in svp.toml | in the environment | what | default |",
            "|---|---|---|---|",
            *rows,
            "",
            "URLs hold passwords: keep `svp.toml` to yourself (`chmod 600`), and out of version control.",
            "",
        )
    )


def with_generated_end(name: str, render: Callable[[], str]) -> str:
    """Return a page whose first part is written by hand and whose end, behind a mark, is made."""
    by_hand, mark, _ = (ROOT / "docs" / name).read_text(encoding="utf-8").partition(MARK)
    return f"{by_hand}{mark}\n\n{render().strip()}\n"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": command_line,
    "metrics.md": lambda: with_generated_end("metrics.md", render_metrics),
    "nosql.md": lambda: with_generated_end("nosql.md", render_pipelines),
    "settings.md": settings,
    **PAGES_OF_FILES,
}
"""Page of docs/, and what makes it."""


def outdated() -> list[str]:
    """Return the pages that differ from what the program makes now."""
    found = {name: ROOT / "docs" / name for name in PAGES}
    return [
        name
        for name, path in found.items()
        if not path.exists() or path.read_text(encoding="utf-8") != PAGES[name]()
    ]


def main() -> int:
    """Write the pages, or check them."""
    if "--check" in sys.argv:
        for name in outdated():
            sys.stderr.write(f"docs/{name} differs from the program: run 'make docs'\n")
        return 1 if outdated() else 0
    for name, make in PAGES.items():
        (ROOT / "docs" / name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
