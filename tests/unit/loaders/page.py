"""What docs/ says of kinds and codes, made from their declarations: tables of pages, and a page per kind.

python -m tests.unit.loaders.page    write them again
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.codes import FLAGS, REFUSALS
from loaders.documents import COLLECTIONS
from loaders.kinds import KINDS
from tests.unit.loaders.survival import survival_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from loaders.contract import Field, Kind

__all__ = ["DOCS", "INDEX", "INGEST", "PAGES", "with_tables"]

DOCS = Path(__file__).parents[3] / "docs"
INGEST = DOCS / "ingest.md"
INDEX = DOCS / "kinds" / "README.md"


def with_tables(page: str, tables: Mapping[str, str]) -> str:
    """Return a page with each table between its marks made anew."""
    for name, table in tables.items():
        before, mark, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not (mark and end):
            message = f"the page needs a pair of marks for {name}"
            raise ValueError(message)
        page = f"{before}{mark}\n{table}\n{end}{after}"
    return page


def ingest_page() -> str:
    """Return docs/ingest.md with the codes of today."""
    tables = {"rejections": codes(REFUSALS), "flags": codes(FLAGS)}
    return with_tables(INGEST.read_text(encoding="utf-8"), tables)


def index_page() -> str:
    """Return docs/kinds/README.md with the kinds of today."""
    rows = (f"| [`{kind.name}`]({kind.name}.md) | {kind.target.grain} |" for kind in KINDS)
    table = "\n".join(("| kind | rows |\n|---|---|", *rows, ""))
    return with_tables(INDEX.read_text(encoding="utf-8"), {"kinds": table})


def kind_page(kind: Kind) -> str:
    """Return the page of a kind."""
    return "\n".join(lines_of(kind))


def lines_of(kind: Kind) -> Iterator[str]:
    """Yield the lines of a kind's page."""
    yield f"# `{kind.name}`\n"
    yield "Made from the kind's declaration by `make docs`.\n"
    grain = kind.target.grain
    yield f"{form(kind)} {grain[0].upper()}{grain[1:]}.\n"
    if kind.about:
        yield f"{kind.about}\n"
    yield "A row without a value in a bold column is rejected, and a file without such a column is not of the kind."
    if more := sorted(
        kind.telling.difference(field.column for field in kind.fields if field.required)
    ):
        yield f"Neither is one without {named(more)}, though a row may be empty there."
    yield "\n| column | becomes | may hold |\n|---|---|---|"
    yield from map(row, (kind.in_zone("`--zone`") if kind.is_naive else kind).fields)
    yield f"\nRows go to {store(kind)}; their source is `{kind.source}` unless `--source` says another."
    if kind.flags:
        yield f"Rows may be flagged {named(flag.code for flag in kind.flags)}."
    if kind.unused:
        yield f"\nNothing becomes of {named(sorted(kind.unused))}."
    if kind.personal:
        yield f"Personal data, of which quarantine keeps none: {named(sorted(kind.personal & kind.unused))}."
    yield ""


def form(kind: Kind) -> str:
    """Return in which form the files of a kind come."""
    if kind.groups:
        return f"A JSON object with the arrays {named(kind.groups)}."
    if kind.is_daily:
        return "JSON, a file a day, whose name begins with it (`YYYYMMDD`)."
    return "JSON." if kind.store == "mongodb" else "CSV, JSON, Parquet or a sheet of Excel."


def store(kind: Kind) -> str:
    """Return where the rows of a kind go."""
    if kind.store == "mongodb":
        return f"the collection `{kind.target.name}` of MongoDB only"
    table = f"the table `oltp.{kind.target.name}` of PostgreSQL"
    if kind.target.name in COLLECTIONS:
        return f"{table}, and from there to the collection `{COLLECTIONS[kind.target.name].collection}` of MongoDB"
    return table


def named(names: Iterable[str]) -> str:
    """Return names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def row(field: Field) -> str:
    """Return one column's line; a column without which a row is rejected is bold."""
    column = f"**`{field.column}`**" if field.required else f"`{field.column}`"
    return f"| {column} | `{field.to}` | {field.parser.meaning.replace('|', chr(92) + '|')} |"


def codes(reasons: Mapping[str, str]) -> str:
    """Return a table of codes."""
    rows = (f"| `{code}` | {reason} |" for code, reason in reasons.items())
    return "\n".join(("| code | meaning |\n|---|---|", *rows, ""))


PAGES: dict[str, Callable[[], str]] = {
    "ingest.md": ingest_page,
    "kinds/README.md": index_page,
    "survival.md": survival_page,
    **{f"kinds/{kind.name}.md": partial(kind_page, kind) for kind in KINDS},
}
"""Page of docs/, and what makes it."""


if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
