"""The tool that mutates SQL changes what it says, nothing else, and asks the tests that are near."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from time import sleep
from typing import TYPE_CHECKING

import psutil
import pytest

from svp.core.sqlfiles import read_sql
from tests.mutations.__main__ import OF_EVERY_FILE, chosen, parsed
from tests.mutations.asking import ROOT, TESTS, Answer
from tests.mutations.covering import Covering, Note, nearest
from tests.mutations.journal import Journal
from tests.mutations.mutants import Original, Query, edits_of, file_of, mutants_of, originals
from tests.mutations.plugin import install_instead
from tests.mutations.report import Equivalent, Result, equivalents, report
from warehouse.objects import SchemaObject, program_objects

if TYPE_CHECKING:
    from pathlib import Path

    from tests.mutations.mutants import Mutant

VIEW = "SELECT {} FROM agg_daily_statistics"


def changes(statement: str) -> set[str]:
    """Return every mutant of a statement, whole."""
    return {edit.apply(statement) for edit in edits_of(statement)}


@pytest.mark.parametrize(
    ("original", "mutants"),
    [
        ("a.x = a.y", {"a.x <> a.y"}),
        ("a.x < a.y", {"a.x <= a.y"}),
        ("a.x >= a.y", {"a.x > a.y"}),
        ("a.x + a.y", {"a.x - a.y"}),
        ("a.x DIV a.y", {"a.x * a.y"}),
        ("a.x AND a.y", {"a.x OR a.y"}),
        ("a.x IS NULL", {"a.x IS NOT NULL"}),
        ("a.x IS NOT NULL", {"a.x IS NULL"}),
        ("a.x * 30", {"a.x / 30", "a.x * 29", "a.x * 31"}),
        ("sum(a.x)", {"max(a.x)"}),
        ("min(a.x)", {"max(a.x)"}),
        ("count(*)", {"min(1)"}),
        ("count(DISTINCT a.x)", {"count( a.x)"}),
        ("coalesce(a.x, a.y)", {"a.x"}),
        ("nullif(a.x, a.y)", {"a.x"}),
        ("if(a.x, a.y, a.z)", {"if(a.x, a.z, a.y)"}),
        (
            "if(a.x, 'Yes', 'No')",
            {"if(a.x, 'No', 'Yes')", "if(a.x, 'No', 'No')", "if(a.x, 'Yes', 'Yes')"},
        ),
        ("greatest(a.x, a.y)", {"least(a.x, a.y)"}),
        (
            "a.x BETWEEN a.y AND a.z",
            {
                "(a.x > a.y AND a.x <= a.z)",
                "(a.x >= a.y AND a.x < a.z)",
                "a.x >= a.y",
                "a.x <= a.z",
            },
        ),
        (
            "row_number() OVER (PARTITION BY a.x ORDER BY a.y, a.z DESC)",
            {
                "row_number() OVER ( ORDER BY a.y, a.z DESC)",
                "row_number() OVER (PARTITION BY a.x ORDER BY a.y DESC, a.z DESC)",
                "row_number() OVER (PARTITION BY a.x ORDER BY a.y, a.z ASC)",
            },
        ),
        ("cast(a.x AS decimal(18, 4))", set()),
        ("'a + 1 = b'", set()),
        ("a.x -- is 1 and 2", set()),
    ],
)
def test_expression_is_changed_in_one_place_at_a_time(original: str, mutants: set[str]) -> None:
    assert changes(f"SELECT {original}\nFROM a\n") == {
        f"SELECT {each}\nFROM a\n" for each in mutants
    }


def test_joins_and_conditions_are_changed_and_left_out() -> None:
    original = "SELECT a.x FROM a INNER JOIN b ON a.k = b.k WHERE a.x = a.y AND a.z < a.y\n"
    assert changes(original) == {
        original.replace("INNER", "LEFT"),
        original.replace("a.k = b.k", "a.k <> b.k"),
        original.replace("a.k = b.k", "TRUE"),
        original.replace("a.x = a.y", "a.x <> a.y"),
        original.replace("a.x = a.y", "TRUE"),
        original.replace("AND", "OR"),
        original.replace("<", "<="),
        original.replace("a.z < a.y", "TRUE"),
    }


def test_statements_of_a_procedure_are_left_out_but_for_declarations_and_ends_of_loops() -> None:
    original = (
        "CREATE PROCEDURE p (IN in_day date)\nBEGIN\n    DECLARE v_done int;\n    SET v_done = in_day;\n"
        "    turn: LOOP\n        IF v_done THEN\n            LEAVE turn;\n        END IF;\n        DO v_done;\n"
        "    END LOOP;\n    COMMIT;\nEND\n"
    )
    loop = original[original.index("turn:") : original.index(";\n    COMMIT")]
    assert changes(original) == {
        original.replace("SET v_done = in_day", "DO 0"),
        original.replace(loop, "DO 0"),
        original.replace("DO v_done", "DO 0"),
        original.replace("COMMIT", "DO 0"),
    }


def test_mutants_of_the_program_differ_from_it_and_tell_their_place() -> None:
    (original,) = (each for each in program_objects() if each.name == "refresh_changed_days")
    mutants = mutants_of(original)
    lines = original.text.splitlines()
    assert len({mutant.text for mutant in mutants}) == len(mutants) > 30
    for mutant in mutants:
        assert mutant.text != original.text
        assert mutant.before.splitlines()[0] in lines[mutant.line - 1]
        assert mutant.place == f"procedures/refresh_changed_days.sql:{mutant.line}"


def test_sample_is_the_same_for_the_same_seed() -> None:
    marts = ["--files", "*/active_users.sql", "--sample", "5"]
    sampled = [chosen(parsed([*marts, "--seed", seed])) for seed in ("1", "1", "2")]
    assert sampled[0] == sampled[1] != sampled[2]
    assert [len(each) for each in sampled] == [5, 5, 5]


def test_sample_has_mutants_of_every_file() -> None:
    files = ["--files", "warehouse/marts/a*.sql", "warehouse/marts/c*.sql"]
    every = Counter(mutant.file for mutant in chosen(parsed(files)))
    size = sum(min(OF_EVERY_FILE, count) for count in every.values())
    sampled = Counter(mutant.file for mutant in chosen(parsed([*files, "--sample", str(size)])))
    assert sampled == {file: min(OF_EVERY_FILE, count) for file, count in every.items()}


REFRESH = SchemaObject("procedure", "refresh_a", "INSERT INTO agg_a SELECT x FROM fact_x")
OTHER = SchemaObject("procedure", "refresh_b", "INSERT INTO agg_b SELECT x FROM fact_x")
MART = SchemaObject("view", "mart_a", "-- from agg_b\nSELECT x FROM agg_a")


def test_tests_that_read_what_an_object_writes_come_first_and_strangers_not_at_all() -> None:
    notes = [
        Note("stranger", frozenset({"agg_b", "select"})),
        Note("everything", frozenset({"agg_a", "agg_b", "fact_x", "mart_a"})),
        Note("reader", frozenset({"agg_a", "select"})),
        Note("caller", frozenset({"refresh_a", "call"})),
    ]
    covering = Covering((REFRESH, OTHER, MART), notes)
    assert covering.tests("refresh_a") == ("caller", "everything", "reader")
    assert covering.steps("refresh_a") == {"refresh_a": 0, "agg_a": 1, "mart_a": 2}


def test_query_is_asked_of_the_tests_that_say_all_of_it_and_read_with_its_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    query = Query("last_a", "-- of agg_a\nSELECT max(x) FROM agg_a", "query")
    said = frozenset({"SELECT", "max", "x", "FROM", "agg_a"})
    notes = [Note("runs it", said | {"INSERT"}), Note("does not", said - {"max"})]
    assert Covering([query], notes).tests("last_a") == ("runs it",)
    monkeypatch.setattr("svp.core.sqlfiles.files", files)
    original, other = (read_sql("warehouse.queries", name) for name in ("future_days", "rates"))
    assert install_instead("query", "future_days", "SELECT 1") == []
    assert read_sql("warehouse.queries", "future_days") == "SELECT 1" != original
    assert read_sql("warehouse.queries", "rates") == other


def test_tests_that_are_named_for_a_file_are_tests_and_the_file_is_one() -> None:
    tests = [
        f"{file.name}::{name}"
        for file in (ROOT / TESTS).glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), flags=re.MULTILINE)
    ]
    files = [file_of(each.kind, each.name) for each in originals()]
    for each in nearest():
        assert fnmatch.filter(files, each.files), each.files
        for glob in each.tests:
            test, _, _ = glob.partition("-{name}")
            assert fnmatch.filter(tests, test), glob


def a_mutant(operator: str = "+") -> Mutant:
    return mutants_of(SchemaObject("view", "mart_a", f"SELECT a.x {operator} a.y AS z\nFROM a\n"))[
        0
    ]


def test_journal_knows_mutants_of_the_same_program_and_who_noticed_an_object_in_any(
    tmp_path: Path,
) -> None:
    file = tmp_path / "journal.jsonl"
    sum_mutant, product_mutant = a_mutant(), a_mutant("*")
    Journal(file, "old").write(sum_mutant, ["test_sum"], Answer("killed", "test_sum"))
    Journal(file, "old").write(product_mutant, ["test_product"], Answer("killed", "test_product"))
    Journal(file, "new").write(sum_mutant, ["test_other"], Answer("survived", ""))
    now = Journal(file, "new")
    assert (now.answer(sum_mutant), now.answer(product_mutant)) == (Answer("survived", ""), None)
    assert now.asked(sum_mutant) == {"test_other"}
    assert not now.asked(product_mutant)
    assert now.killers(sum_mutant) == ("test_sum", "test_product")
    assert now.killers(product_mutant) == ("test_product", "test_sum")


def test_report_counts_by_file_and_names_survivors() -> None:
    answers = [Answer("killed", "test_x"), Answer("hung", "test_y"), Answer("survived", "")]
    told = report([Result(a_mutant(), answer) for answer in answers])
    assert "| warehouse/marts/mart_a.sql | 3 | 2 | 1 | 0 |" in told
    assert "2 of 3 noticed: 66.7 %." in told
    assert "- `warehouse/marts/mart_a.sql:1` + → -" in told
    assert "- noticed by not ending: `warehouse/marts/mart_a.sql:1` + → -" in told


def test_equivalent_mutant_is_known_by_file_line_and_change() -> None:
    known = Equivalent("warehouse/marts/*.sql", "SELECT *", "+ → -", "no difference")
    assert known.holds(a_mutant())
    elsewhere = Equivalent("procedures/*.sql", "SELECT *", "+ → -", "no difference")
    another = Equivalent("*", "SELECT *", "+ → -", "no difference", becomes="SELECT a.y - a.x *")
    assert not elsewhere.holds(a_mutant())
    assert not another.holds(a_mutant())


def is_one_of(known: Equivalent, original: Original) -> bool:
    """Tell whether an object has such a mutant; the text is parsed only if a line of it is meant."""
    file = file_of(original.kind, original.name)
    if not any(known.is_about(file, line) for line in original.text.splitlines()):
        return False
    return any(map(known.holds, mutants_of(original)))


def test_every_equivalent_mutant_is_still_one_of_the_program() -> None:
    stale = [
        known
        for known in equivalents()
        if not any(is_one_of(known, original) for original in originals())
    ]
    assert stale == []


def test_mutants_are_listed_without_a_server() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.mutations",
        "--list",
        "--files",
        "*/segment_summary.sql",
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "warehouse/marts/segment_summary.sql:" in told.stdout


ENDLESS_TEST = """
import os, time
from pathlib import Path
import pytest

HERE = Path(__file__).parent

@pytest.fixture
def made():
    yield
    (HERE / "cleared_up").touch()

def test_without_an_end(made):
    (HERE / "begun").write_text(f"{os.getppid()} {os.getpid()}")
    time.sleep(60)
"""
TOOL = """
import sys
import tests.mutations.__main__ as tool
from tests.mutations import asking
from tests.mutations.covering import Note

asking.TESTS = sys.argv[1]
if __name__ == "__main__":
    tool.noted = lambda *_, **__: (Note(sys.argv[1], frozenset({"begin_refresh"})),)
    tool.main(["--sample", "2", "--files", "procedures/begin_refresh.sql"])
"""


def test_tool_that_is_ended_takes_its_workers_and_their_tests_with_it(tmp_path: Path) -> None:
    endless, script, begun = tmp_path / "test_endless.py", tmp_path / "tool.py", tmp_path / "begun"
    endless.write_text(ENDLESS_TEST)
    script.write_text(TOOL)
    variables = {**os.environ, "SVP_TEST_HOME": f"{tmp_path}", "PYTHONPATH": f"{ROOT}"}
    tool = subprocess.Popen(
        [sys.executable, f"{script}", f"{endless}"],
        cwd=ROOT,
        env=variables,
        stderr=subprocess.DEVNULL,
    )
    while tool.poll() is None and not (begun.exists() and begun.read_text()):
        sleep(0.05)
    started = [psutil.Process(int(number)) for number in begun.read_text().split()]
    tool.terminate()
    assert tool.wait() != 0
    assert [process for process in started if process.is_running()] == []
    assert (tmp_path / "cleared_up").exists()
