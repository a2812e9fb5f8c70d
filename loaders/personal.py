"""What quarantine keeps of refused rows: of a person nothing that the stores would not hold either.

A column is kept if the kind stores it, or knows it and doesn't declare it personal. An address of e-mail or of the
internet goes wherever it stands, as in a shifted row, but for ids, which the stores hold as they come.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from loaders.parsers.base import CUT
from svp.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from loaders.batches import Refusal
    from loaders.contract import Kind

__all__ = ["ADDRESS", "IDS", "without_addresses", "without_personal"]

ADDRESS = (
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[\w.-]+"
    r"|(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\w:])"
)
"""Addresses of e-mail and of the internet, in the words that Python and PostgreSQL share; read in one pass."""

IDS = r"_(id|code)$"
"""How canonical columns end that tell who or what a row is of."""

Ways: TypeAlias = "Mapping[str, Callable[[str], str]]"


def without_personal(
    refusals: Iterable[Refusal], kind: Kind, *, has_others: bool
) -> Iterator[Refusal]:
    """Yield refused rows without personal data; one whose text can't be kept has its columns, as JSON.

    Args:
        refusals: as the contract gives them.
        kind: of their file.
        has_others: whether the file has columns that are not kept. Then nothing tells what of a line without
            columns may be, and none of it is kept.
    """
    ways = _ways(kind)
    for refusal in refusals:
        if refusal.values is None:
            text = "" if has_others else without_addresses(refusal.row_text)
            yield refusal._replace(row_text=text)
        else:
            yield _row(refusal, refusal.values, kind, ways, has_others=has_others)


def without_addresses(text: str) -> str:
    """Return a text with another word for each address in it."""
    return re.sub(ADDRESS, CUT, text)


def _ways(kind: Kind) -> Ways:
    """Return how each column that is kept is freed of personal data."""
    ways: dict[str, Callable[[str], str]] = dict.fromkeys(kind.kept_columns, without_addresses)
    ways |= {field.column: field.parser.cut for field in kind.fields if field.parser.cut}
    ids = (field.columns for field in kind.fields if re.search(IDS, field.to))
    return ways | dict.fromkeys(chain.from_iterable(ids), str)


def _columns_of(refusal: Refusal, kind: Kind) -> tuple[str, ...]:
    """Return the columns at fault: one, or those that a field is read from together."""
    fields = (field.columns for field in kind.fields if field.name == refusal.column)
    return next(fields, (refusal.column or "",))


def _row(
    refusal: Refusal, values: Mapping[str, str], kind: Kind, ways: Ways, *, has_others: bool
) -> Refusal:
    kept = {name: ways[name](text) if name in ways else CUT for name, text in values.items()}
    if kept == values and not has_others:
        return refusal
    at_fault = (kept.get(column) for column in _columns_of(refusal, kind))
    value = " ".join(filter(None, at_fault)) or None
    return refusal._replace(
        row_text=json.dumps(kept, ensure_ascii=False),
        value=None if value is None else shorten(value),
        values=kept,
        is_whole=all(kept[name] == values[name] for name in values if name in kind.whole_columns),
    )
