"""Which tests can notice a change of an object, the likeliest first.

A test's notes (``plugin.Notes``) tell the words of the statements that it ran. A change of an object reaches the
tables that it writes, whoever names those, and so on. A test is the likelier to notice, the more it names of that and
of the columns there, and the fewer other tests do. A query is run by the tests that say each of its words. Where that
is not enough, ``nearest.toml`` names the tests to ask first.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.mutations.mutants import Original

__all__ = ["Covering", "Nearest", "Note", "nearest", "read_notes"]

NEAREST = Path(__file__).with_name("nearest.toml")
WRITES = re.compile(r"\b(?:INSERT INTO|REPLACE INTO|DELETE FROM|UPDATE|INTO TABLE)\s+(\w+)")
WORD = re.compile(r"\w+")
NAME = re.compile(r"\b[a-z]\w*\b")
READ_STEPS = 2
"""As far as the marts on the tables that a procedure writes."""
COMMENT = re.compile(r"--.*|COMMENT '[^']*'")


@dataclass(frozen=True, slots=True)
class Note:
    """What a test ran in the warehouse."""

    test: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Tests to ask first, by globs over the name of their file and their own, about files of a glob."""

    files: str
    tests: tuple[str, ...]


@cache
def nearest() -> tuple[Nearest, ...]:
    """Return what nearest.toml says."""
    with NEAREST.open("rb") as file:
        return tuple(
            Nearest(each["files"], tuple(each["tests"])) for each in tomllib.load(file)["nearest"]
        )


def read_notes(file: Path) -> tuple[Note, ...]:
    """Return the notes of a run."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return tuple(Note(line["test"], frozenset(line["words"])) for line in lines)


class Covering:
    """Objects of the warehouse, and tests of a run with notes."""

    def __init__(self, objects: Iterable[Original], notes: Iterable[Note]) -> None:
        # A procedure of the marts has the name of the one that it calls: to cover one is to cover both.
        self._texts: dict[str, str] = defaultdict(str)
        self._queries: dict[str, frozenset[str]] = {}
        for each in objects:
            self._texts[each.name] += COMMENT.sub("", each.text)
            if each.kind == "query":
                self._queries[each.name] = frozenset(WORD.findall(COMMENT.sub("", each.text)))
        self._notes = tuple(notes)

    @cached_property
    def noted(self) -> frozenset[str]:
        """The tests of which there are notes."""
        return frozenset(note.test for note in self._notes)

    def tests(self, name: str) -> tuple[str, ...]:
        """Return the tests in reach of an object, the likeliest to notice a change of it first."""
        steps, nearness, query = self.steps(name), self._nearness(name), self._queries.get(name)
        scores = {
            note.test: self._score(note, nearness)
            for note in self._notes
            if note.words & steps.keys() or (query and query <= note.words)
        }
        return tuple(sorted(scores, key=lambda test: (-scores[test], test)))

    def named(self, file: str) -> tuple[str, ...]:
        """Return the tests that nearest.toml names for a file, in its order; those for it alone are the last there."""
        _, _, name = Path(file).stem.partition("_")
        globs = (
            glob.replace("{name}", name)
            for each in reversed(nearest())
            if fnmatch(file, each.files)
            for glob in each.tests
        )
        return tuple(
            note.test
            for glob in globs
            for note in self._notes
            if fnmatch(note.test.rpartition("/")[2], f"{glob}*")
        )

    def _score(self, note: Note, nearness: Mapping[str, float]) -> float:
        """Return which part of what a test says, and few others do, is near."""
        said = sum(self._rarity[word] for word in note.words)
        near = sum(nearness[word] * self._rarity[word] for word in note.words & nearness.keys())
        return near / said

    def _nearness(self, name: str) -> Mapping[str, float]:
        """Return how near words are: 1 for the object, half for every step to a name, or to what a text says."""
        nearness: dict[str, float] = defaultdict(float)
        for reached, steps in self.steps(name).items():
            nearness[reached] = max(nearness[reached], 0.5**steps)
            if steps <= READ_STEPS:
                for word in NAME.findall(self._texts.get(reached, "")):
                    nearness[word] = max(nearness[word], 0.5 ** (steps + 1))
        return nearness

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        """How little is said by other tests, of every word of a test; above 0."""
        tests = Counter(word for note in self._notes for word in note.words)
        return {word: math.log((len(self._notes) + 1) / count) for word, count in tests.items()}

    def steps(self, name: str) -> dict[str, int]:
        """Return every name that a change of an object reaches, with the number of steps."""
        reached, fresh, distance = {name: 0}, {name}, 0
        while fresh:
            distance += 1
            following = set().union(*(self._following.get(each, set()) for each in fresh))
            fresh = following - reached.keys()
            reached |= dict.fromkeys(fresh, distance)
        return reached

    @cached_property
    def _following(self) -> Mapping[str, set[str]]:
        """Whoever names a table or an object depends on it; a table depends on who writes it."""
        following: dict[str, set[str]] = {}
        for name, text in self._texts.items():
            written = set(WRITES.findall(text))
            following.setdefault(name, set()).update(written)
            for read in set(NAME.findall(text)) - written - {name}:
                following.setdefault(read, set()).add(name)
        return following
