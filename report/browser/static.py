"""The report as one HTML file that needs nothing else: no server, no network, no account.

It holds all pages, with the numbers, the SQL and the CSV of each visual. What is written follows from the marts and the
choice alone: the same marts give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from plotly.offline import get_plotlyjs

from report.browser.figures import CONFIG, template
from report.browser.pages import answered, charts_of, link_html, page_html
from report.browser.style import read_part, variables
from report.browser.tables import EMPTY
from report.definition import load_report
from report.folders import refuse_filled, write_files
from report.theme import DARK, LIGHT, LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from report.browser.pages import Answers
    from report.definition import Report
    from report.queries import Choice

__all__ = ["FILE", "export_pages", "report_html"]

FILE = "index.html"


def export_pages(reader: Answers, folder: Path, *, name: str, force: bool = False) -> Path:
    """Write the report into a folder, and return the file to open.

    Raises:
        UsageError: the folder is not empty and ``force`` was not given, or can't be written.
    """
    refuse_filled(folder, force=force)
    write_files(folder, {FILE: report_html(load_report(), reader, name=name)})
    return folder / FILE


def report_html(report: Report, reader: Answers, *, name: str, choice: Choice | None = None) -> str:
    """Return all pages as one document; without a choice, each page is as it opens.

    ``name`` is what people call the workspace. A page of one customer or title is of that chosen, or the first.
    """
    pages = [answered(page, reader, choice) for page in report.pages]
    scripts = (get_plotlyjs(), read_part("pages.js"))
    charts = {key: chart for drawn in pages for key, chart in charts_of(report, drawn).items()}
    return Template(read_part("pages.html")).substitute(
        policy=policy(scripts),
        name=escape(name),
        style=style(),
        notice=notice(report, reader),
        links="\n".join(link_html(drawn) for drawn in pages),
        pages="\n".join(page_html(report, drawn, name) for drawn in pages),
        plotly=scripts[0],
        charts=as_json({"config": CONFIG, "looks": looks(), "charts": charts}),
        script=scripts[1],
    )


def notice(report: Report, reader: Answers) -> str:
    """Return what to do where the marts are empty."""
    is_filled = any(reader.opening_choice(page) for page in report.pages)
    return "" if is_filled else f'<p class="notice" role="status">{escape(EMPTY)}</p>'


def policy(scripts: Iterable[str]) -> str:
    """Return what the document may do: run its own two scripts and nothing else; reach nothing."""
    hashes = [
        f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    ]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)}; style-src 'unsafe-inline';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def style() -> str:
    """Return the rules: light or dark as the system has it, or as somebody chose; printed light."""
    return "\n".join(
        (
            f":root {{ {variables(LIGHT)} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}",
            *(
                f"@media screen {{ :root[data-look={look.name}] {{ {variables(look)} }} }}"
                for look in LOOKS
            ),
            read_part("visuals.css"),
            read_part("pages.css"),
        )
    )


def looks() -> dict[str, Any]:
    """Return what each look adds to a figure."""
    return {look.name: template(look) for look in LOOKS}


def as_json(value: Any) -> str:
    """Return JSON that may stand within a script element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
