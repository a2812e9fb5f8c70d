"""What JSON says, kept exactly: numbers as they are written, and objects that name something twice told apart."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["DECODER", "AmbiguousObject", "as_text", "parse"]

MAX_DIGITS = 40

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
    return DECODER.decode(text)


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
