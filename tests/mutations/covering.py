"""Which tests can notice a change of an object, the likeliest first.

A test's notes (``plugin.Notes``) tell the words of the statements that it ran. A change of an object reaches the tables
that it writes, whoever names those, and so on. A test is the likelier to notice, the more of what it names is near the
object and nothing else, and is named by few other tests.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from warehouse.objects import SchemaObject

__all__ = ["Covering", "Note", "read_notes"]

WRITES = re.compile(r"\b(?:INSERT INTO|REPLACE INTO|DELETE FROM|UPDATE|INTO TABLE)\s+(\w+)")
NAME = re.compile(r"\b[a-z]\w*\b")
COMMENT = re.compile(r"--.*|COMMENT '[^']*'")


@dataclass(frozen=True, slots=True)
class Note:
    """What a test ran in the warehouse."""

    test: str
    words: frozenset[str]


def read_notes(file: Path) -> tuple[Note, ...]:
    """Return the notes of a run."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return tuple(Note(line["test"], frozenset(line["words"])) for line in lines)


class Covering:
    """Objects of the warehouse, and tests of a run with notes."""

    def __init__(self, objects: Iterable[SchemaObject], notes: Iterable[Note]) -> None:
        self._texts: Mapping[str, str] = {each.name: COMMENT.sub("", each.text) for each in objects}
        self._notes = tuple(notes)

    def tests(self, name: str) -> tuple[str, ...]:
        """Return the tests in reach of an object, the likeliest to notice a change of it first."""
        near = self._near[name]
        scores = {
            note.test: self._score(note, near) for note in self._notes if note.words & near.keys()
        }
        return tuple(sorted(scores, key=lambda test: (-scores[test], test)))

    def _score(self, note: Note, near: Mapping[str, float]) -> float:
        """Return the part of a test that is about an object and no other."""
        rarity = {
            word: 1 / self._tests_naming[word] for word in note.words & self._following.keys()
        }
        about = sum(
            near[word] / self._nearness[word] * rarity[word] for word in rarity.keys() & near
        )
        return about / sum(rarity.values())

    @cached_property
    def _near(self) -> Mapping[str, Mapping[str, float]]:
        """How near each name is to each object: 1 for itself, half for every step."""
        return {
            name: {word: 0.5**steps for word, steps in self.steps(name).items()}
            for name in self._texts
        }

    @cached_property
    def _nearness(self) -> Mapping[str, float]:
        """How near each name is to all objects together."""
        total: dict[str, float] = defaultdict(float)
        for near in self._near.values():
            for word, nearness in near.items():
                total[word] += nearness
        return total

    @cached_property
    def _tests_naming(self) -> Mapping[str, int]:
        return Counter(word for note in self._notes for word in note.words)

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
