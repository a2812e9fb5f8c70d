"""A strict reader of the M of partitions: steps, calls, records, and choices from a table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r'\s*(?:("(?:[^"]|"")*")|([A-Za-z_][\w.]*)|([=,(){}\[\]]))')
FUNCTIONS = {"MariaDB.Contents": (1, 2), "MySQL.Database": (2, 3)}
KEYWORDS = {"let", "in"}


class MError(ValueError):
    """A text that is no M, or names what is not there."""


@dataclass
class Found:
    """What a partition calls and reads."""

    functions: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def read_m(text: str, *, parameters: set[str]) -> Found:
    """Return what a partition's source calls; MError if it is not understood whole."""
    reader = Reader(tokens(text), parameters)
    reader.let()
    if reader.tokens:
        msg = f"{reader.tokens[0]} after the end"
        raise MError(msg)
    return reader.found


def tokens(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if not match:
            msg = f"no M at {text[place : place + 20]!r}"
            raise MError(msg)
        found.append(match[0].strip())
        place = match.end()
    return found


class Reader:
    def __init__(self, waiting: list[str], parameters: set[str]) -> None:
        self.tokens, self.known, self.found = waiting, set(parameters), Found()

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str = "") -> str:
        if not self.tokens or (expected and self.tokens[0] != expected):
            msg = f"{expected or 'more'} expected, {self.next() or 'the end'} found"
            raise MError(msg)
        return self.tokens.pop(0)

    def word(self) -> str:
        word = self.take()
        if word in KEYWORDS or not re.fullmatch(r"[A-Za-z_][\w.]*", word):
            msg = f"{word} is no name"
            raise MError(msg)
        return word

    def let(self) -> None:
        self.take("let")
        while True:
            name = self.word()
            self.take("=")
            self.expression()
            self.known.add(name)
            if self.next() != ",":
                break
            self.take(",")
        self.take("in")
        self.expression()

    def expression(self) -> None:
        following = self.next()
        if following.startswith('"'):
            self.found.texts.append(self.take()[1:-1])
        elif following == "[":
            self.record()
        else:
            self.name_or_call()
        while self.next() in {"{", "["}:
            self.choice()

    def name_or_call(self) -> None:
        name = self.word()
        if self.next() != "(":
            if name not in self.known and name not in {"true", "false"}:
                msg = f"{name} is not defined"
                raise MError(msg)
            self.found.names.append(name)
            return
        arguments = self.separated("(", ")", self.expression)
        fewest, most = FUNCTIONS.get(name, (1, 0))
        if not fewest <= arguments <= most:
            msg = f"{name} of {arguments} arguments is no function that we know"
            raise MError(msg)
        self.found.functions.append(name)

    def record(self) -> None:
        def pair() -> None:
            self.word()
            self.take("=")
            self.expression()

        self.separated("[", "]", pair)

    def choice(self) -> None:
        if self.next() == "{":
            self.separated("{", "}", self.expression)
        else:
            self.take("[")
            self.word()
            self.take("]")

    def separated(self, opening: str, closing: str, read: object) -> int:
        assert callable(read)
        self.take(opening)
        count = 0
        while self.next() != closing:
            if count:
                self.take(",")
            read()
            count += 1
        self.take(closing)
        return count
