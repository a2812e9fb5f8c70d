"""What JSON says, kept exactly: numbers as they are written, and objects that name something twice told apart."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["AmbiguousObject", "as_text", "parse"]

MAX_DIGITS = 40


class AmbiguousObject(dict[str, Any]):
    """An object that has two values under one name."""


def parse(text: str | bytes) -> object:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is none.
        RecursionError: it nests too deep.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    return DECODER.decode(text)


def as_text(value: object) -> str | None:
    """Return a value as text that its parser reads back."""
    if value is None or isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _number(digits: str) -> int | str:
    """Return a whole number; one that no column could hold stays text."""
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else AmbiguousObject(made)


DECODER = json.JSONDecoder(parse_constant=str, parse_int=_number, object_pairs_hook=_as_object)
"""Made once: there is a line for each call."""
