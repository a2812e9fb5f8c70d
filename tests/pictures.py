"""Draw docs/pictures/demo.svg: what a person sees when ``svp demo`` ends.

    python -m tests.pictures

It runs the real command on the servers that the settings name, and draws what it printed.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

__all__ = ["draw"]

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "demo.svg"
COLUMNS = 100


def draw(command: list[str], *, shown_as: str) -> str:
    """Run a command and return an SVG of its output, without anything to fetch."""
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)},
    )
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (shown_as, "bold")))
    console.print(Text.from_ansi(done.stdout))
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="svp"), flags=re.DOTALL)


def main() -> None:
    """Draw the picture of the README."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    svp = Path(sys.executable).with_name("svp")
    PICTURE.write_text(draw([str(svp), "demo"], shown_as="make demo"), encoding="utf-8")


if __name__ == "__main__":
    main()
