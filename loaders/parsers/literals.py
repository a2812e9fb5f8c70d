"""Python's way of writing lists and dictionaries, as pandas leaves them in CSV.

They are translated into JSON word by word and never evaluated: text can neither run nor grow.
"""

from __future__ import annotations

import json
import re

__all__ = ["as_json"]

TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
        |(?P<word>None|True|False|nan)
        |(?P<same>[\[\]{},:]|-?[0-9][0-9.eE+-]*)
    )\s*""",
    re.VERBOSE | re.DOTALL,
)
"""Space belongs to the word beside it; two strings side by side, which Python would join, are no JSON."""

WORDS = {"None": "null", "True": "true", "False": "false", "nan": "null"}

ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}


def as_json(literal: str) -> str | None:
    """Return a literal as JSON; None if it has words that no list, dictionary, text, number or truth value has."""
    written: list[str] = []
    position = 0
    while position < len(literal):
        token = TOKEN.match(literal, position)
        if token is None:
            return None
        position = token.end()
        try:
            written.append(_word_as_json(token))
        except (KeyError, ValueError, OverflowError):
            return None
    return " ".join(written)


def _word_as_json(token: re.Match[str]) -> str:
    if token["quoted"]:
        return json.dumps(ESCAPE.sub(_unescaped, token["quoted"][1:-1]))
    return WORDS[token["word"]] if token["word"] else token["same"]


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    return ESCAPED[code] if len(code) == 1 else chr(int(code[1:], 16))
