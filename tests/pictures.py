"""Draw docs/pictures: what a person sees when ``svp demo`` ends, and how generated data behave.

    python -m tests.pictures               demo.svg, for the README
    python -m tests.pictures generate      generate-*.svg, and the measures in generate.md
    python -m tests.pictures report        report-*.png, for the README, by a headless Chromium

The first runs the real command on the servers that the settings name, and draws what it printed. The second generates
the platform ``small``. The third shows the report of the demo that the first left.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from report.browser.reader import open_reader
from report.browser.static import export_pages
from svp.cli.demo import WORKSPACE
from svp.generate import SCALES, Platform, parts_of
from svp.generate.report import Statistics
from svp.generate.report.charts import standalone
from svp.generate.report.claims import claims
from svp.generate.report.figures import figures
from svp.generate.report.pictures import pictures
from svp.settings import load_settings
from tests.chromium import chromium

if TYPE_CHECKING:
    from svp.generate.report.claims import Claim

__all__ = ["count_small", "draw", "measures_table"]

DOCS = Path(__file__).parents[1] / "docs"
PICTURES = DOCS / "pictures"
COLUMNS = 100
USUAL_HOME = "~/.local/share/svp"
"""Stands in pictures for the folder of the servers that they were drawn with."""
README_PAGES = {"overview": "light", "content": "dark"}
"""Pages of the report in the README, and their looks."""
REPORT_PAGES = README_PAGES | dict.fromkeys(
    ("customers", "quality", "subscriptions", "detail", "freshness"), "light"
)
"""All of them; the others are in docs/report.md."""
PAGE_PIXELS = {"width": 1280, "height": 880}

GENERATE_PAGE = DOCS / "generate.md"
TABLE_HEAD = "| statistic | claimed | measured | verdict | source |\n|---|---|---:|---|---|\n"
SMALL = SCALES["small"].arguments()


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
    printed = done.stdout.replace(str(load_settings().home), USUAL_HOME)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (shown_as, "bold")))
    console.print(Text.from_ansi(printed))
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="svp"), flags=re.DOTALL)


def count_small() -> Statistics:
    """Return what the report counts of the platform ``small``."""
    platform, counted = Platform(SMALL), Statistics()
    for part in parts_of(SMALL):
        for table, batch in platform.make(part, tables=Statistics.TABLES).items():
            counted.add(table, batch)
    return counted


def measures_table(counted: Statistics) -> str:
    """Return what others measured and what was measured here, as a table of Markdown."""
    return TABLE_HEAD + "".join(map(_row, claims(figures(counted, arguments=SMALL))))


def _row(claim: Claim) -> str:
    cells = (claim.statistic, claim.claimed, claim.shown, claim.verdict, claim.source)
    return f"| {' | '.join(cells)} |\n"


def draw_small() -> None:
    """Draw the platform ``small`` for docs/generate.md, and write its measures there."""
    counted = count_small()
    for picture in pictures(counted, figures(counted, arguments=SMALL)):
        path = PICTURES / f"generate-{picture.name}.svg"
        path.write_text(standalone(picture.drawing), encoding="utf-8")
    page = GENERATE_PAGE.read_text(encoding="utf-8")
    table = re.compile(re.escape(TABLE_HEAD) + r"(\|.*\n)*")
    GENERATE_PAGE.write_text(table.sub(lambda _: measures_table(counted), page), encoding="utf-8")


def draw_demo() -> None:
    """Draw the picture of the README."""
    svp = Path(sys.executable).with_name("svp")
    drawing = draw([str(svp), "demo"], shown_as="make demo")
    (PICTURES / "demo.svg").write_text(drawing, encoding="utf-8")


def draw_report() -> None:
    """Take a picture of each page of the demo's report."""
    settings = replace(load_settings(), workspace=WORKSPACE)
    with TemporaryDirectory() as folder, open_reader(settings) as reader, chromium() as tab:
        file = export_pages(reader, Path(folder), name=WORKSPACE.name)
        for page, look in REPORT_PAGES.items():
            tab.show(**PAGE_PIXELS, look=look)
            tab.open(
                f"{file.as_uri()}#{page}",
                until="document.querySelector('.shown :is(.trace, table)')",
            )
            (PICTURES / f"report-{page}.png").write_bytes(tab.picture())


def main(arguments: list[str]) -> None:
    """Draw what is asked for."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    draw = {"generate": draw_small, "report": draw_report}.get("".join(arguments), draw_demo)
    draw()


if __name__ == "__main__":
    main(sys.argv[1:])
