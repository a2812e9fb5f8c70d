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
        if name in names and _is_storable(value) and value not in (None, *nothing)
    }
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _cut(names: Collection[str], text: str) -> str:
    """Return the text of an object with one word for all properties that are not on the list."""
    properties = {} if text.strip() in NULL_WORDS else _object(text)
    if properties is None:
        return CUT
    kept = {name: value for name, value in properties.items() if name in names}
    if len(kept) == len(properties):
        return text
    return json.dumps({**kept, CUT: CUT}, ensure_ascii=False)


def _left_out(properties: dict[str, Any] | None, names: Collection[str]) -> int:
    if properties is None:
        return 1
    return sum(name not in names or not _is_storable(value) for name, value in properties.items())


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
