"""A strict reader of the DAX of measures: it knows few functions, and finds what a formula refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DaxError", "References", "read_dax"]

FUNCTIONS = {
    "AVERAGE": (1, 1),
    "CALCULATE": (1, 9),
    "COUNTROWS": (1, 1),
    "DATEADD": (3, 3),
    "DISTINCTCOUNT": (1, 1),
    "DIVIDE": (2, 3),
    "IF": (2, 3),
    "INT": (1, 1),
    "MAX": (1, 1),
    "MOD": (2, 2),
    "REMOVEFILTERS": (1, 9),
    "SUM": (1, 1),
    "VALUES": (1, 1),
}
"""Fewest and most arguments of each."""

INTERVALS = frozenset({"DAY", "MONTH", "QUARTER", "YEAR"})

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<table>'(?:[^']|'')+')
    | (?P<bracket>\[[^\[\]]+\])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><>|<=|>=|==|&&|\|\||[-+*/=<>(),])
    )""",
    re.VERBOSE,
)
COMPARISONS = ("=", "==", "<>", "<", ">", "<=", ">=")
LEVELS = (("||",), ("&&",), COMPARISONS, ("+", "-"), ("*", "/"))
"""Operators from the weakest to the strongest."""

END = ("end", "")


class DaxError(ValueError):
    """A formula that we do not understand, and so do not ship."""


@dataclass(frozen=True, slots=True)
class References:
    """What a formula refers to, by the names of the model."""

    tables: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)
    """Table and column."""
    measures: set[str] = field(default_factory=set)


def read_dax(text: str) -> References:
    """Return what a formula refers to.

    Raises:
        DaxError: it is not a formula, or uses a function or a variable that we don't know.
    """
    reader = _Reader(list(_tokens(text)))
    reader.formula()
    reader.take("end")
    return reader.found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if not match:
            message = f"no DAX at {text[place : place + 20]!r}"
            raise DaxError(message)
        yield str(match.lastgroup), match[str(match.lastgroup)]
        place = match.end()
    yield END


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0
        self.found = References()
        self.variables: set[str] = set()

    @property
    def next(self) -> tuple[str, str]:
        return self.tokens[self.place]

    def take(self, kind: str, value: str | None = None) -> str:
        found, text = self.next
        if found != kind or value not in {None, text}:
            message = f"{value or kind} expected, {text or 'the end'} found"
            raise DaxError(message)
        self.place += 1
        return text

    def takes(self, *values: str) -> bool:
        """Go past the next token if it is one of these."""
        is_one = self.next[0] in {"sign", "word"} and self.next[1] in values
        self.place += is_one
        return is_one

    def formula(self) -> None:
        """Read variables and what they are for, or one expression."""
        has_variables = False
        while self.takes("VAR"):
            has_variables = True
            name = self.take("word")
            self.take("sign", "=")
            self.expression()
            self.variables.add(name)
        if has_variables:
            self.take("word", "RETURN")
        self.expression()

    def expression(self, level: int = 0) -> None:
        """Read operands of one level of operators."""
        if level == len(LEVELS):
            self.operand()
            return
        self.expression(level + 1)
        while self.takes(*LEVELS[level]):
            self.expression(level + 1)

    def operand(self) -> None:
        """Read a value, a reference, a call, or what stands in brackets."""
        kind, text = self.next
        if self.takes("-"):
            self.operand()
        elif self.takes("("):
            self.expression()
            self.take("sign", ")")
        elif kind in {"number", "text"}:
            self.place += 1
        elif kind == "bracket":
            self.found.measures.add(self.take("bracket")[1:-1])
        elif kind == "table":
            self.reference()
        else:
            self.call_or_variable(text)

    def reference(self) -> None:
        """Read a table, or a column of it."""
        table = self.take("table")[1:-1].replace("''", "'")
        if self.next[0] == "bracket":
            self.found.columns.add((table, self.take("bracket")[1:-1]))
        else:
            self.found.tables.add(table)

    def call_or_variable(self, name: str) -> None:
        """Read a word: a function with its arguments, a variable, or the unit of an interval."""
        self.take("word")
        if not self.takes("("):
            if name not in self.variables | INTERVALS:
                message = f"{name} is no variable"
                raise DaxError(message)
            return
        arguments = 0
        while not self.takes(")"):
            if arguments:
                self.take("sign", ",")
            self.expression()
            arguments += 1
        fewest, most = FUNCTIONS.get(name, (1, 0))
        if not fewest <= arguments <= most:
            message = f"{name} of {arguments} arguments is no function that we know"
            raise DaxError(message)
