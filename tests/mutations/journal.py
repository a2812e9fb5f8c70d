"""What became of mutants, written down as it becomes known, so that a run that was stopped goes on where it was.

Tests that are added later are asked about what survived; what was noticed is not asked again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from svp.core.sqlfiles import checksum
from tests.mutations.asking import ROOT, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.mutations.mutants import Mutant

__all__ = ["Journal", "state_of_program"]

PROGRAM = ("loaders", "nosql", "oltp", "platform", "procedures", "warehouse")
ENDINGS = {".py", ".sql", ".toml"}


def state_of_program() -> str:
    """Return a checksum of the program: what was found with another may not hold."""
    state = hashlib.sha256()
    for folder in PROGRAM:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in ENDINGS:
                state.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return state.hexdigest()


class Journal:
    """A file with a line of JSON for each time that tests were asked about a mutant, of every state of the program."""

    def __init__(self, file: Path, state: str) -> None:
        self._file = file
        self._state = state
        self._lines = []
        if file.exists():
            self._lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    def answer(self, mutant: Mutant) -> Answer | None:
        """Return what is known of a mutant of the program as it is; None if nothing."""
        lines = self._of_now(mutant)
        return Answer(lines[-1]["outcome"], lines[-1]["test"]) if lines else None

    def asked(self, mutant: Mutant) -> frozenset[str]:
        """Return the tests that were asked about a mutant of the program as it is."""
        return frozenset(test for line in self._of_now(mutant) for test in line["asked"])

    def _of_now(self, mutant: Mutant) -> list[dict[str, Any]]:
        now = (self._state, checksum(mutant.text))
        return [line for line in self._lines if (line["state"], line["mutant"]) == now]

    def killers(self, mutant: Mutant) -> tuple[str, ...]:
        """Return the tests that ever noticed a mutant of the same object: of the same mutant, then the latest first."""
        lines = [line for line in reversed(self._lines) if line["object"] == mutant.name]
        lines.sort(key=lambda line: line["mutant"] != checksum(mutant.text))
        return tuple(dict.fromkeys(line["test"] for line in lines if line["test"]))

    def write(self, mutant: Mutant, asked: Sequence[str], answer: Answer) -> None:
        """Add what tests said of a mutant."""
        line = {
            "state": self._state,
            "object": mutant.name,
            "mutant": checksum(mutant.text),
            "asked": asked,
            "outcome": answer.outcome,
            "test": answer.test,
        }
        self._lines.append(line)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")
