"""The report's page: what was made, how it behaves, what others measured."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from svp.generate.report import charts
from svp.generate.report.claims import claims
from svp.generate.report.figures import figures
from svp.generate.report.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from svp.generate.arguments import Arguments
    from svp.generate.report.claims import Claim
    from svp.generate.report.pictures import Picture
    from svp.generate.report.statistics import Statistics

__all__ = ["render"]


def render(
    counted: Statistics, *, arguments: Arguments, version: str, rows: Mapping[str, int]
) -> str:
    """Return the page as HTML."""
    measures = figures(counted, arguments=arguments)
    template = files("svp.generate.report").joinpath("page.html").read_text(encoding="utf-8")
    period = f"{arguments.days:,} days from {arguments.start_on}"
    return Template(template).substitute(
        summary=f"{arguments.users:,} users, {period}",
        version=escape(version),
        chart_style=charts.style(),
        arguments=_facts("Argument", "Value", arguments.values().items()),
        rows=_facts("Table", "Rows", rows.items()),
        figures="\n".join(_figure(picture) for picture in pictures(counted, measures)),
        claims=_claims(claims(measures)),
    )


def _facts(name: str, value: str, facts: Iterable[tuple[str, object]]) -> str:
    rows = [(fact, f"{amount:,}" if _is_count(amount) else str(amount)) for fact, amount in facts]
    return _table((name, value), rows, numbers=(1,))


def _is_count(value: object) -> bool:
    return isinstance(value, int)


def _figure(picture: Picture) -> str:
    classes = ' class="wide"' if picture.is_wide else ""
    return (
        f"<figure{classes}><h3>{escape(picture.title)}</h3>"
        f"<figcaption>{escape(picture.caption)}</figcaption>"
        f'<div class="scroll">{picture.drawing}</div></figure>'
    )


def _claims(every: Sequence[Claim]) -> str:
    rows = [
        (
            claim.statistic,
            claim.claimed,
            claim.shown,
            claim.verdict,
            claim.source,
        )
        for claim in every
    ]
    names = ("Statistic", "Claimed", "Measured", "Verdict", "Source")
    return _table(names, rows, numbers=(2,))


def _table(names: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int]) -> str:
    """Return a table; the columns whose places are in ``numbers`` stand to the right."""
    classes = [' class="number"' if place in numbers else "" for place in range(len(names))]
    head = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>'
        for name, kind in zip(names, classes, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row, classes, strict=True))
        + "</tr>\n"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
