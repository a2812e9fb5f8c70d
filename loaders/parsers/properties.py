"""Properties of events: objects of any shape, of which only what is on a list is kept."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from loaders.batches import is_text
from loaders.parsers.base import CUT, NULL_WORDS, Parsed, Parser, clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from loaders.arrow import Values

__all__ = ["kept_properties", "left_out_properties"]

MAX_TEXT_CHARACTERS = 1_000
MAX_ITEMS = 100
MAX_INTEGER = 2**63 - 1
"""What MongoDB holds."""
MAX_HIDDEN = 1_000_000
"""Properties that one object may be said to have had, when they were cut from it."""


def kept_properties(names: Collection[str], *, nothing: Collection[str]) -> Parser:
    """The listed properties that a store can hold, as a JSON object; ``nothing`` are words for "nothing here"."""

    def parse(values: Values) -> Parsed:
        texts = [_kept(_object(text), names, nothing) for text in clean(values).to_pylist()]
        return Parsed(pa.array(texts, pa.string()), ())

    listed = ", ".join(f"`{name}`" for name in sorted(names)) or "none"
    meaning = f"an object, of which the properties on a list are kept: {listed}"
    return Parser(meaning, parse, cut=partial(_cut, names))


def left_out_properties(names: Collection[str]) -> Parser:
    """How many properties are not kept; text that is no object counts as one."""

    def parse(values: Values) -> Parsed:
        counts = [_left_out(_object(text), names) for text in clean(values).to_pylist()]
        return Parsed(pa.array(counts, pa.int32()), ())

    return Parser("the others are counted", parse)


def _object(text: str | None) -> dict[str, Any] | None:
    """Return the properties in a text; None if it holds something else."""
    if text is None or text == "{}":
        return {}
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _kept(
    properties: dict[str, Any] | None, names: Collection[str], nothing: Collection[str]
) -> str | None:
    kept = {
        name: value
        for name, value in (properties or {}).items()
        if _is_kept(name, value, names) and value not in (None, *nothing)
    }
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _cut(names: Collection[str], text: str) -> str:
    """Return the text of an object with one word for all properties that are not kept, and how many they were."""
    properties = {} if text.strip() in NULL_WORDS else _object(text)
    if properties is None:
        return CUT
    if not properties:
        return text
    kept = {name: value for name, value in properties.items() if _is_kept(name, value, names)}
    left_out = _left_out(properties, names)
    return json.dumps({**kept, **({CUT: left_out} if left_out else {})}, ensure_ascii=False)


def _left_out(properties: dict[str, Any] | None, names: Collection[str]) -> int:
    if properties is None:
        return 1
    return sum(_hidden(name, value, names) for name, value in properties.items())


def _hidden(name: str, value: object, names: Collection[str]) -> int:
    """Return how many properties one stands for that are not kept: itself, or those that were cut before."""
    if name == CUT and isinstance(value, int) and 0 < value < MAX_HIDDEN:
        return value
    return not _is_kept(name, value, names)


def _is_kept(name: str, value: object, names: Collection[str]) -> bool:
    return name in names and _is_storable(value)


def _is_storable(value: object) -> bool:
    """Tell whether a value is text, a number or a truth value that any store holds, or a list of those."""
    if isinstance(value, list):
        return len(value) <= MAX_ITEMS and not any(
            isinstance(item, list) or not _is_storable(item) for item in value
        )
    if isinstance(value, str):
        return len(value) <= MAX_TEXT_CHARACTERS and is_text(value) and "\x00" not in value
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) <= MAX_INTEGER)
