"""Run mutants and report which were noticed, as tables of Markdown.

    python -m tests.mutations --sample 200 --seed 1 --files 'procedures/refresh_*.sql' 'warehouse/marts/*.sql'

Servers, notes of which test covers what, and a journal of what was found are kept in ``SVP_TEST_HOME``; without it, all
are made and thrown away. A run that was stopped goes on from its journal as long as the program is the same, and asks
tests that were added since about what survived.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING

from svp.servers import stop
from tests.mutations.asking import ROOT, TESTS, Answer, ask, environment, import_tests
from tests.mutations.covering import Covering, read_notes
from tests.mutations.journal import Journal, state_of_program
from tests.mutations.mutants import file_of, mutants_of, originals
from tests.mutations.report import Result, reason_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutations.covering import Note
    from tests.mutations.mutants import Mutant

OF_EVERY_FILE = 2
"""So many mutants of a file are drawn before any other of it."""
NOT_ASKED = "*/test_browser_*"
"""Tests of pages that show marts: slow, and others hold what the marts say."""
PYTEST = (sys.executable, "-m", "pytest", "-p", "tests.mutations.plugin", "-p", "no:cacheprovider")


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", nargs="+", default=["*"], help="globs of paths; all by default")
    parser.add_argument(
        "--sample", type=int, help="so many mutants, two of every file first; all by default"
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample")
    parser.add_argument(
        "--tests", type=int, default=25, help="ask at most so many tests, nearest first"
    )
    parser.add_argument(
        "--doubt", action="store_true", help="ask about those of equivalent.toml, too"
    )
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    parser.add_argument("--record", action="store_true", help="note anew which test covers what")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """Return the sample of the files' mutants, or all, in an order drawn by the seed: two of every file come first."""
    mutants = [
        mutant
        for each in originals()
        if any(fnmatch(file_of(each.kind, each.name), glob) for glob in options.files)
        for mutant in mutants_of(each)
    ]
    drawn = random.Random(options.seed).sample(mutants, len(mutants))
    early: list[Mutant] = []
    late: list[Mutant] = []
    of_file = Counter[str]()
    for mutant in drawn:
        (early if of_file[mutant.file] < OF_EVERY_FILE else late).append(mutant)
        of_file[mutant.file] += 1
    return (early + late)[: options.sample]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where mutants are tested."""

    processes: ProcessPoolExecutor
    covering: Covering
    journal: Journal
    most_tests: int
    doubts: bool
    """Whether to ask about mutants that are known to change nothing: nobody notices, so each costs most."""

    def test(self, mutant: Mutant) -> Result:
        """Return what is known of a mutant, after asking the tests that were not asked yet if it is not noticed."""
        answer = self.journal.answer(mutant)
        if answer is None and not self.doubts and reason_of(mutant):
            return Result(mutant, Answer("survived", ""))
        if answer is None or answer.outcome == "survived":
            asked = self.journal.asked(mutant)
            tests = [test for test in self.tests(mutant) if test not in asked]
            if tests:
                answer = self.processes.submit(ask, mutant, tests).result()
                self.journal.write(mutant, tests, answer)
        return Result(mutant, answer or Answer("survived", ""))

    def tests(self, mutant: Mutant) -> tuple[str, ...]:
        """Return the tests to ask, those first that noticed a mutant of its object before."""
        killers = (test for test in self.journal.killers(mutant) if test in self.covering.noted)
        known = (*killers, *self.covering.named(mutant.file))
        return tuple(dict.fromkeys((*known, *self.covering.tests(mutant.name))))[: self.most_tests]


@contextmanager
def opened_bench(home: Path, options: argparse.Namespace) -> Iterator[Bench]:
    """Give a bench whose processes have imported the tests."""
    notes = noted(home, again=options.record)
    journal = Journal(home / "mutation-journal.jsonl", state_of_program())
    with ProcessPoolExecutor(
        options.jobs, get_context("spawn"), initializer=import_tests, initargs=(home,)
    ) as processes:
        yield Bench(processes, Covering(originals(), notes), journal, options.tests, options.doubt)


@contextmanager
def test_home() -> Iterator[Path]:
    """Give a folder for servers, notes and journal; one that nobody named is thrown away."""
    kept = os.environ.get("SVP_TEST_HOME")
    if kept:
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="svp-mutations-") as made:
        home = Path(made)
        home.chmod(0o755)
        try:
            yield home
        finally:
            stop(home / "home")


def noted(home: Path, *, again: bool) -> tuple[Note, ...]:
    """Return notes of which test runs what, of the tests that are there; those without are run once for it."""
    notes = home / "mutation-notes.jsonl"
    if again:
        notes.unlink(missing_ok=True)
    notes.touch()
    known = {note.test for note in read_notes(notes)}
    variables = {**os.environ, **environment(home), "NOTES_FILE": str(notes)}
    listed = subprocess.run(
        (*PYTEST, "--collect-only", "-q", f"--ignore-glob={NOT_ASKED}", TESTS),
        check=True,
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    tests = [line for line in listed.splitlines() if "::" in line]
    fresh = [test for test in tests if test not in known]
    if fresh:
        subprocess.run((*PYTEST, *fresh), cwd=ROOT, env=variables, check=False, stdout=sys.stderr)
    return tuple(note for note in read_notes(notes) if note.test in set(tests))


@contextmanager
def ended_with_workers(threads: ThreadPoolExecutor) -> Iterator[None]:
    """End the workers at SIGTERM or Ctrl-C, and begin nothing more; tests that run clear up after themselves."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in active_children():
            worker.terminate()
        raise


def main(arguments: Sequence[str]) -> None:
    """Test the chosen mutants, telling each at once and all of them at the end."""
    options = parsed(arguments)
    mutants = chosen(options)
    if options.list:
        sys.stdout.writelines(f"{mutant.place} {mutant.change}\n" for mutant in mutants)
        return
    threads = ThreadPoolExecutor(options.jobs)
    with test_home() as home, opened_bench(home, options) as bench, threads:
        results = []
        with ended_with_workers(threads):
            for test in as_completed([threads.submit(bench.test, mutant) for mutant in mutants]):
                sys.stderr.write(f"{test.result()}\n")
                results.append(test.result())
    sys.stdout.write(report(results))


if __name__ == "__main__":
    main(sys.argv[1:])
