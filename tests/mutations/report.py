"""Results of mutants as tables of Markdown, and what is known of mutants that change nothing.

``equivalent.toml`` says which mutants no test can notice, and why; the rate is taken over the others.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutations.asking import Answer
    from tests.mutations.mutants import Mutant

__all__ = ["Equivalent", "Result", "equivalents", "reason_of", "report"]

EQUIVALENTS = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Mutants that change nothing that anybody could see, by globs over file, line of code and change."""

    files: str
    line: str
    change: str
    why: str
    becomes: str = "*"
    """The line afterwards, where one has several changes of a kind."""

    def holds(self, mutant: Mutant) -> bool:
        """Tell whether a mutant is one of these."""
        is_about = self.is_about(mutant.file, mutant.code)
        is_so = fnmatch(mutant.change, self.change) and fnmatch(mutant.changed_code, self.becomes)
        return is_about and is_so

    def is_about(self, file: str, code: str) -> bool:
        """Tell whether a line of a file is one of those."""
        return fnmatch(file, self.files) and fnmatch(code.strip(), self.line)


@cache
def equivalents() -> tuple[Equivalent, ...]:
    """Return what equivalent.toml says."""
    with EQUIVALENTS.open("rb") as file:
        return tuple(Equivalent(**each) for each in tomllib.load(file)["equivalent"])


def reason_of(mutant: Mutant) -> str:
    """Return why no test can notice a mutant; '' if one could."""
    return next((each.why for each in equivalents() if each.holds(mutant)), "")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant."""

    mutant: Mutant
    answer: Answer

    @property
    def verdict(self) -> str:
        """The outcome, or equivalent."""
        outcome = self.answer.outcome
        is_known = outcome == "survived" and reason_of(self.mutant)
        return "equivalent" if is_known else outcome

    def __str__(self) -> str:
        """Return it on one line."""
        return (
            f"{self.verdict}: {self.mutant.place} {self.mutant.change} {self.answer.test}".rstrip()
        )


def report(results: Sequence[Result]) -> str:
    """Return a table by file, then the mutants that survived, those that had to, and those that did not end."""
    results = sorted(results, key=lambda result: (result.mutant.file, result.mutant.line))
    verdicts = Counter(result.verdict for result in results)
    noticed = verdicts["killed"] + verdicts["hung"]
    tested = noticed + verdicts["survived"]
    rate = 100 * noticed / tested if tested else 0.0
    return "\n".join(
        (
            "| file | mutants | noticed | survived | equivalent |",
            "|---|---:|---:|---:|---:|",
            *_rows(results),
            "",
            f"{noticed} of {tested} noticed: {rate:.1f} %.",
            "",
            *(f"- `{each.mutant.place}` {each.mutant.change}" for each in _of(results, "survived")),
            *(
                f"- equivalent: `{each.mutant.place}` {each.mutant.change}: {reason_of(each.mutant)}"
                for each in _of(results, "equivalent")
            ),
            *(
                f"- noticed by not ending: `{each.mutant.place}` {each.mutant.change}"
                for each in _of(results, "hung")
            ),
            "",
        )
    )


def _rows(results: Sequence[Result]) -> list[str]:
    rows = []
    for file in dict.fromkeys(result.mutant.file for result in results):
        count = Counter(result.verdict for result in results if result.mutant.file == file)
        installed = count.total() - count["not installed"]
        noticed = count["killed"] + count["hung"]
        rows.append(
            f"| {file} | {installed} | {noticed} | {count['survived']} | {count['equivalent']} |"
        )
    return rows


def _of(results: Sequence[Result], verdict: str) -> list[Result]:
    return [result for result in results if result.verdict == verdict]
