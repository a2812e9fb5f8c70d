"""Lists and JSON, in the ways that files write them."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask
from loaders.batches import is_text
from loaders.parsers.base import Faults, Parsed, Parser, clean
from loaders.parsers.literals import as_json
from loaders.parsers.words import longer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["json_text", "list_of_numbers", "list_of_words"]

MAX_WORD_CHARACTERS = 100
MAX_ITEMS = 1_000
MAX_LIST_NUMBER = 2**15 - 1


def list_of_words(separator: str = "|") -> Parser:
    """A list as JSON or as Python writes it, or as parted text; without empty or repeated words, in their order."""

    def parse(values: Values) -> Parsed:
        lists, faults = _lists(values, _word_fault, separator)
        words = [None if found is None else _unrepeated(found) for found in lists]
        return Parsed(pa.array(words, pa.list_(pa.string())), faults)

    return Parser(f"list of words, as JSON or parted by {separator}", parse)


def list_of_numbers() -> Parser:
    """A list of whole numbers as JSON."""

    def parse(values: Values) -> Parsed:
        lists, faults = _lists(values, _number_fault, "|")
        return Parsed(pa.array(lists, pa.list_(pa.int16())), faults)

    return Parser(f"list of whole numbers, 0 to {MAX_LIST_NUMBER:,}, as JSON", parse)


def _lists(
    values: Values, item_fault: Callable[[Any], str | None], separator: str
) -> tuple[list[list[Any] | None], Faults]:
    """Return the list in each row, None where there is none or it can't be stored, and the faults."""
    lists: list[list[Any] | None] = []
    faults: dict[str, Mask] = {}
    for row, value in enumerate(clean(values).to_pylist()):
        found = None if value is None else _items(value, separator)
        code = None if value is None else _list_fault(found, item_fault)
        if code:
            faults.setdefault(code, np.zeros(len(values), dtype=np.bool_))[row] = True
        lists.append(None if code else found)
    return lists, tuple(faults.items())


def _items(value: str, separator: str) -> list[Any] | None:
    if value.startswith("{"):
        return None
    if not value.startswith("["):
        return value.split(separator)
    read = _read(value)
    return read if isinstance(read, list) else None


def _read(value: str) -> object:
    """Return what JSON says, or Python's way of writing it; None if it is neither."""
    for written in (value, as_json(value)):
        try:
            return None if written is None else json.loads(written)
        except (ValueError, RecursionError):
            continue
    return None


def _list_fault(items: list[Any] | None, item_fault: Callable[[Any], str | None]) -> str | None:
    if items is None:
        return "not_a_list"
    if len(items) > MAX_ITEMS:
        return "too_long"
    return next(filter(None, map(item_fault, items)), None)


def _word_fault(word: object) -> str | None:
    if not isinstance(word, str):
        return "not_a_list"
    if "\x00" in word:
        return "nul_character"
    if not is_text(word):
        return "not_text"
    return "too_long" if len(word) > MAX_WORD_CHARACTERS else None


def _number_fault(number: object) -> str | None:
    if not isinstance(number, int) or isinstance(number, bool):
        return "not_a_list"
    return None if 0 <= number <= MAX_LIST_NUMBER else "out_of_range"


def _unrepeated(words: list[str]) -> list[str]:
    cleaned = (re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", word).strip() for word in words)
    return list(dict.fromkeys(filter(None, cleaned)))


def json_text(*, max_characters: int) -> Parser:
    """JSON that PostgreSQL can hold, kept as text; what Python writes is translated."""

    def parse(values: Values) -> Parsed:
        cleaned = clean(values)
        too_long = longer(cleaned, max_characters)
        texts = [
            None if value is None or is_long else _storable_json(value)
            for value, is_long in zip(cleaned.to_pylist(), too_long, strict=True)
        ]
        kept: Values = pa.array(texts, pa.string())
        faulty = mask(compute.and_(compute.is_valid(cleaned), compute.is_null(kept)))
        return Parsed(kept, (("too_long", too_long), ("not_json", faulty)))

    return Parser(f"JSON, up to {max_characters:,} characters", parse)


def _storable_json(value: str) -> str | None:
    """Return the text of a JSON value, or of what Python wrote as one; None if a store could not hold it."""
    if _is_json(value):
        return value
    written = as_json(value)
    return written if written is not None and _is_json(written) else None


def _is_json(value: str) -> bool:
    try:
        read = json.loads(value, parse_constant=_refuse, parse_float=_finite)
        written = json.dumps(read, ensure_ascii=False)
    except (ValueError, RecursionError):
        return False
    return is_text(written) and "\\u0000" not in written


def _refuse(name: str) -> object:
    raise ValueError(name)


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number
