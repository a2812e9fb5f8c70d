"""What JSON says, kept exactly: numbers as they are written, and objects that name something twice told apart."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["AmbiguousObject", "as_text", "parse", "parse_at"]

MAX_DIGITS = 40

MAX_DEPTH = 500
"""Of arrays and objects in one another; how deep Python's own parser goes depends on its version."""

EXTENDED = ("$date", "$numberDecimal", "$numberDouble", "$numberInt", "$numberLong", "$oid")
"""What MongoDB's export wraps a value in whose type JSON doesn't know."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AmbiguousObject(dict[str, Any]):
    """An object that has two values under one name."""


def parse(text: str) -> object:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is none.
        RecursionError: it nests too deep.
    """
    value = DECODER.decode(text)
    _check_depth(value, text.count("[") + text.count("{"))
    return value


def parse_at(text: str, start: int) -> tuple[object, int]:
    """Return the value that begins at a place of a text, and where it ends.

    Raises:
        ValueError: there is none.
        RecursionError: it nests too deep.
    """
    value, end = DECODER.raw_decode(text, start)
    _check_depth(value, text.count("[", start, end) + text.count("{", start, end))
    return value, end


def _check_depth(value: object, brackets: int) -> None:
    """Raise RecursionError if a value nests too deep; few brackets can't."""
    if brackets <= MAX_DEPTH:
        return
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise RecursionError


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str | None:
    """Return a value as text that its parser reads back; what MongoDB's export wraps is taken out first."""
    if isinstance(value, dict) and len(value) == 1:
        value = _unwrapped(value)
    if value is None or isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _unwrapped(value: dict[str, Any]) -> object:
    """Return what an object of MongoDB's Extended JSON stands for; any other object as it is."""
    ((name, inner),) = value.items()
    if name == "$date" and isinstance(inner, dict):
        inner = _instant(inner.get("$numberLong"))
    return inner if name in EXTENDED and isinstance(inner, str | int | float) else value


def _instant(milliseconds: object) -> str | None:
    """Return an instant that MongoDB's export writes as a number because it is before 1970 or after 9999."""
    if not isinstance(milliseconds, str) or not re.fullmatch("-?[0-9]{1,15}", milliseconds):
        return None
    try:
        instant = EPOCH + timedelta(milliseconds=int(milliseconds))
    except OverflowError:
        return None
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(digits: str) -> int | str:
    """Return a whole number; one that no column could hold stays text."""
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else AmbiguousObject(made)


DECODER = json.JSONDecoder(parse_constant=str, parse_int=_number, object_pairs_hook=_as_object)
"""Made once: there is a line for each call."""
