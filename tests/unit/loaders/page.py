"""The tables of docs/ingest.md, made from the kinds and the codes.

python -m tests.unit.loaders.page    write them again
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loaders.codes import FLAGS, REFUSALS
from loaders.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loaders.contract import Field, Kind

__all__ = ["PAGE", "rendered"]

PAGE = Path(__file__).parents[3] / "docs" / "ingest.md"


def rendered(page: str) -> str:
    """Return the page with each table between its marks made anew."""
    made = {"kinds": "\n".join(kinds()), "rejections": codes(REFUSALS), "flags": codes(FLAGS)}
    for name, text in made.items():
        before, mark, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not (mark and end):
            message = f"docs/ingest.md needs a pair of marks for {name}"
            raise ValueError(message)
        page = f"{before}{mark}\n{text}\n{end}{after}"
    return page


def kinds() -> Iterator[str]:
    """Yield the lines of every kind's columns."""
    for kind in KINDS:
        yield f"#### `{kind.name}`\n"
        yield f"{form(kind)} {kind.target.grain.capitalize()}.\n"
        yield "| column | becomes | may hold |\n|---|---|---|"
        yield from map(row, kind.fields)
        yield ""


def form(kind: Kind) -> str:
    """Return in which form the files of a kind come."""
    if kind.groups:
        return f"A JSON object with the arrays {', '.join(f'`{group}`' for group in kind.groups)}."
    if kind.is_daily:
        return "JSON, a file a day, whose name begins with it (`YYYYMMDD`); to MongoDB only."
    return "CSV, JSON or Parquet."


def row(field: Field) -> str:
    """Return one column's line; a column without which a row is rejected is bold."""
    column = f"**`{field.column}`**" if field.required else f"`{field.column}`"
    return f"| {column} | `{field.to}` | {field.parser.meaning.replace('|', chr(92) + '|')} |"


def codes(reasons: Mapping[str, str]) -> str:
    """Return a table of codes."""
    rows = (f"| `{code}` | {reason} |" for code, reason in reasons.items())
    return "\n".join(("| code | meaning |\n|---|---|", *rows, ""))


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
