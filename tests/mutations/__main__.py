"""Run mutants and report which were noticed, as tables of Markdown.

    python -m tests.mutations --sample 200 --seed 1 --files 'procedures/refresh_*.sql' 'warehouse/marts/*.sql'

Servers and notes of which test covers what are kept in ``SVP_TEST_HOME``; without it, both are made and thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from svp.core.mysql import open_connection
from svp.servers import start, stop
from tests.mutations.covering import Covering, read_notes
from tests.mutations.mutants import file_of, mutants_of
from tests.mutations.plugin import NOT_INSTALLED
from tests.mutations.report import Outcome, Result, report
from warehouse.connections import execute, fetch
from warehouse.objects import program_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutations.mutants import Mutant

ROOT = Path(__file__).parents[2]
TESTS = "tests/integration/warehouse"
PATIENCE_SECONDS = 60
"""For each test that is asked; a procedure that goes on for ever is ended then."""
PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "tests.mutations.plugin",
    "-p",
    "no:cacheprovider",
    "-q",
)
OUTCOMES: dict[int, Outcome] = {0: "survived", 1: "killed", NOT_INSTALLED: "not installed"}
RUNNING = "SELECT id FROM information_schema.processlist WHERE db LIKE %s"


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", nargs="+", default=["*"], help="globs of paths; all by default")
    parser.add_argument("--sample", type=int, help="so many mutants of those files; all by default")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample")
    parser.add_argument(
        "--tests", type=int, default=25, help="ask at most so many tests, nearest first"
    )
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    parser.add_argument("--record", action="store_true", help="note anew which test covers what")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """Return the mutants of the files, or as many of them as are asked for, drawn by the seed."""
    mutants = [
        mutant
        for each in program_objects()
        if any(fnmatch(file_of(each.kind, each.name), glob) for glob in options.files)
        for mutant in mutants_of(each)
    ]
    size = len(mutants) if options.sample is None else min(options.sample, len(mutants))
    return random.Random(options.seed).sample(mutants, size)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where mutants are tested."""

    home: Path
    covering: Covering
    most_tests: int
    killers: dict[str, list[str]]
    """Tests that noticed a mutant of an object; they are asked first for its next."""

    def test(self, mutant: Mutant) -> Result:
        """Run the tests of a mutant until one fails."""
        covering = self.covering.tests(mutant.name)[: self.most_tests]
        known = self.killers.setdefault(mutant.name, [])
        tests = list(dict.fromkeys((*reversed(known), *covering)))
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump({"kind": mutant.kind, "name": mutant.name, "text": mutant.text}, file)
            file.flush()
            outcome, killer = self._run(tests, {"MUTANT_FILE": file.name})
        if killer in tests:
            known[:] = [*(test for test in known if test != killer), killer]
        return Result(mutant, outcome, killer)

    def _run(self, tests: Sequence[str], environment: dict[str, str]) -> tuple[Outcome, str]:
        command = (*PYTEST, "-x", "--no-header", "--tb=no", *tests)
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=test_environment(self.home) | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            printed, _ = process.communicate(timeout=PATIENCE_SECONDS * len(tests))
        except subprocess.TimeoutExpired:
            self._stop(process)
            return "killed", "patience: it did not end"
        if process.returncode not in OUTCOMES:
            raise RuntimeError(printed)
        return OUTCOMES[process.returncode], failed_test(printed)

    def _stop(self, process: subprocess.Popen[str]) -> None:
        """End the procedures that a test waits for; it fails then, and clears up after itself."""
        with open_connection(start(self.home / "home", mysql="mysql").mysql_url) as connection:
            for (thread,) in fetch(connection, RUNNING, (f"svp\\_t{process.pid}\\_%",)):
                execute(connection, f"KILL {thread:d}")
        process.communicate()


def failed_test(printed: str) -> str:
    """Return the test that pytest's summary names."""
    for line in printed.splitlines():
        mark, _, rest = line.partition(" ")
        if mark in {"FAILED", "ERROR"}:
            return rest.partition(" - ")[0]
    return ""


def test_environment(home: Path) -> dict[str, str]:
    """Return the environment of pytest: MySQL only, on servers that stay."""
    return {**os.environ, "SVP_TEST_HOME": str(home), "SVP_TEST_WAREHOUSES": "mysql"}


@contextmanager
def test_home() -> Iterator[Path]:
    """Give a folder for servers and notes; one that nobody named is thrown away."""
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


def noted(home: Path, *, again: bool) -> Path:
    """Return the notes of which test runs what; they are taken by running every test once."""
    notes = home / "mutation-notes.jsonl"
    if again or not notes.exists():
        notes.unlink(missing_ok=True)
        environment = test_environment(home) | {"NOTES_FILE": str(notes)}
        subprocess.run((*PYTEST, TESTS), cwd=ROOT, env=environment, check=False, stdout=sys.stderr)
    return notes


def main(arguments: Sequence[str]) -> None:
    """Test the chosen mutants, telling each at once and all of them at the end."""
    options = parsed(arguments)
    mutants = chosen(options)
    if options.list:
        sys.stdout.writelines(f"{mutant.place} {mutant.change}\n" for mutant in mutants)
        return
    with test_home() as home, ThreadPoolExecutor(options.jobs) as pool:
        notes = read_notes(noted(home, again=options.record))
        bench = Bench(home, Covering(program_objects(), notes), options.tests, {})
        results = []
        for test in as_completed([pool.submit(bench.test, mutant) for mutant in mutants]):
            sys.stderr.write(f"{test.result()}\n")
            results.append(test.result())
    sys.stdout.write(report(results))


if __name__ == "__main__":
    main(sys.argv[1:])
