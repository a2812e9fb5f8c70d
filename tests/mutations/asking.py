"""Ask tests about a mutant, in a process of its own that is forked from one that imported everything before."""

from __future__ import annotations

import os
import signal
import tempfile
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

import pytest

from svp.core.mysql import open_connection
from svp.servers import start
from tests.mutations.plugin import Teller, install_instead
from warehouse.connections import execute, fetch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

    from tests.mutations.mutants import Mutant

__all__ = ["ROOT", "TESTS", "Answer", "Outcome", "ask", "environment", "import_tests"]

ROOT = Path(__file__).parents[2]
TESTS = "tests/integration/warehouse"
QUIETLY = ("-p", "no:cacheprovider", "-q", "--no-header", "--tb=short")
PATIENCE_SECONDS = 300
"""For one test. On a busy machine few take a tenth of that, so whoever takes longer waits for a loop without an end."""
FORK = get_context("fork")
ENDING_SECONDS = 30
"""For tests that are interrupted to clear up after themselves."""
RUNNING = "SELECT id FROM information_schema.processlist WHERE db LIKE %s"

Outcome = Literal["killed", "hung", "survived", "not installed"]
OUTCOMES: dict[int | None, Outcome] = {20: "survived", 21: "killed", 86: "not installed"}
"""By exit code; none is that of an interpreter that fails."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What tests say of a mutant."""

    outcome: Outcome
    test: str
    """The test that failed or did not end; '' if none did."""


def environment(home: Path) -> dict[str, str]:
    """Return what tests read from their environment: MySQL only, on servers that stay."""
    return {"SVP_TEST_HOME": str(home), "SVP_TEST_WAREHOUSES": "mysql"}


def import_tests(home: Path) -> None:
    """Import what the tests import, so that no process forked from this one has to."""
    end_when_told()
    os.environ.update(environment(home))
    os.chdir(ROOT)
    with tempfile.TemporaryFile("w+") as printed:
        code = run_pytest(("--collect-only", TESTS), printed.fileno())
        if code != pytest.ExitCode.OK:
            raise RuntimeError(read_again(printed))


def end_when_told() -> None:
    """Let the process that started this one alone interrupt it: Ctrl-C comes to all of them, and once is enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def ask(mutant: Mutant, tests: Sequence[str]) -> Answer:
    """Run tests on a mutant, in the order given, until one fails.

    Raises:
        RuntimeError: pytest could not run them; the message is what it printed.
    """
    with tempfile.TemporaryFile("w+") as printed:
        heard, told = FORK.Pipe(duplex=False)
        process = FORK.Process(target=answer, args=(mutant, tests, told, printed.fileno()))
        process.start()
        told.close()
        try:
            test, is_over = last_test(heard)
            if not is_over:
                end_statements(process.pid)
            process.join()
        except KeyboardInterrupt:
            process.terminate()
            process.join(ENDING_SECONDS)
            process.kill()
            raise
        if is_over and process.exitcode not in OUTCOMES:
            raise RuntimeError(read_again(printed))
    outcome = OUTCOMES[process.exitcode] if is_over else "hung"
    return Answer(outcome, test if outcome in {"killed", "hung"} else "")


def answer(mutant: Mutant, tests: Sequence[str], told: Connection, printed: int) -> None:
    """Be the process that runs the tests; its exit code is one of ``OUTCOMES``, or another if they can't be run."""
    refused = install_instead(mutant.kind, mutant.name, mutant.text)
    code = run_pytest(("-x", *tests), printed, Teller(told))
    raise SystemExit(86 if refused else 20 + code)


def run_pytest(arguments: Sequence[str], printed: int, *plugins: object) -> int:
    """Run pytest with everything printed into a file; return its exit code."""
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        for stream in (1, 2):
            os.dup2(printed, stream)
        return pytest.main([*QUIETLY, *arguments], plugins=list(plugins))
    finally:
        for stream, original in zip((1, 2), kept, strict=True):
            os.dup2(original, stream)
            os.close(original)


def last_test(heard: Connection) -> tuple[str, bool]:
    """Return the last test that began, which is the one that failed if any did, and whether it ended."""
    test = ""
    try:
        while heard.poll(PATIENCE_SECONDS):
            test = heard.recv()
    except EOFError:
        return test, True
    return test, False


def end_statements(process: int | None) -> None:
    """End what the tests of a process wait for in the warehouse; the test fails then, and clears up after itself."""
    servers = start(Path(os.environ["SVP_TEST_HOME"]) / "home", mysql="mysql")
    with open_connection(servers.mysql_url) as connection:
        for (thread,) in fetch(connection, RUNNING, (f"svp\\_t{process}\\_%",)):
            execute(connection, f"KILL {thread:d}")


def read_again(printed: TextIO) -> str:
    """Return everything that a file has."""
    printed.seek(0)
    return printed.read()
