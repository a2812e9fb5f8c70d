"""docs/survival.md: what an ingest survives, and how; made from the cases that the tests run."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tests.unit.loaders.hostile_files import JSON, LOGS, TEXT
from tests.unit.loaders.hostile_values import (
    AGES,
    BOX_LINES,
    COMPLETIONS,
    DAYS,
    LENGTHS,
    NOTHING,
    TITLE_FIELDS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.unit.loaders.hostile_files import Case
    from tests.unit.loaders.hostile_values import Outcome

__all__ = ["TOLD_BY_TESTS", "survival_page"]

LOADERS = "tests/integration/loaders/"
MARTS = "tests/integration/warehouse/"
UNIT = "tests/unit/loaders/"


class Told(NamedTuple):
    """A case that takes more than one file's contract: stores, other files, or the marts."""

    name: str
    outcome: str
    test: str
    """Its file and name."""


TOLD_BY_TESTS = (
    Told(
        "a line of 200 MB",
        "the file is refused, and the line is never held",
        f"{UNIT}test_survival.py::test_a_line_of_200_megabytes_is_refused_and_never_held",
    ),
    Told(
        "a day that may be two, as 03/04/2024",
        "the file is refused; the advice names `date_format`",
        f"{UNIT}test_contract.py::test_a_day_that_may_be_two_refuses_the_file",
    ),
    Told(
        "days that are all written `31/12/2024`",
        "the file is refused; the advice names `date_format`",
        f"{UNIT}test_contract.py::test_days_that_are_all_in_another_form_refuse_the_file",
    ),
    Told(
        "a file that grows while it is read",
        "nothing of it is loaded; the advice is to run the command again",
        f"{LOADERS}test_ingest.py::test_a_file_that_changes_while_it_is_read_leaves_nothing",
    ),
    Told(
        "the same file under another name",
        "already loaded: nothing changes",
        f"{LOADERS}test_ingest.py::test_the_same_content_again_under_any_name_changes_nothing",
    ),
    Told(
        "an exact duplicate",
        "`unchanged`",
        f"{LOADERS}test_ingest.py::test_duplicates_in_a_file_are_counted_and_the_last_one_wins",
    ),
    Told(
        "the same id with other content",
        "a correction: `updated`, in both stores and on both days",
        f"{LOADERS}test_ingest.py::test_a_correction_moves_both_days_and_replaces_row_and_document",
    ),
    Told(
        "an unknown user or title",
        "waits in quarantine (`unknown_parent`), loaded by the ingest that brings it",
        f"{LOADERS}test_ingest.py::test_rows_that_came_before_their_parents_are_loaded_when_those_come",
    ),
    Told(
        "a session before sign-up",
        "stored, flagged `before_signup`",
        f"{LOADERS}test_ingest.py::test_flags_are_stored_with_the_row_and_counted",
    ),
    Told(
        "a session longer than its title",
        "stored, flagged `longer_than_title`",
        f"{LOADERS}test_ingest.py::test_flags_are_stored_with_the_row_and_counted",
    ),
    Told(
        "a rating without a view",
        "stored, flagged `rated_unseen`",
        f"{LOADERS}test_analytics_set.py::test_the_set_is_loaded_with_its_oddities_flagged",
    ),
    Told(
        "SQL, operators, formulas, markup, terminal escapes",
        "stored as text",
        f"{LOADERS}test_ingest.py::test_hostile_text_arrives_as_data",
    ),
    Told(
        "a day of logs delivered twice",
        "united by `_id`; the later value wins",
        f"{LOADERS}test_box_logs.py::test_a_day_delivered_again_is_united_by_id_and_the_later_value_wins",
    ),
    Told(
        "the logs of one day under the name of another",
        "stopped with a question",
        f"{LOADERS}test_box_logs.py::test_the_content_of_one_day_under_the_name_of_another_is_stopped",
    ),
    Told(
        "a missing day",
        "named before anything is loaded",
        f"{UNIT}test_preview.py::test_what_was_recognised_is_said_with_its_days_and_those_that_are_missing",
    ),
    Told(
        "a day without one category",
        "no hours of it on that day",
        f"{MARTS}test_box_watch.py::test_day_without_a_category_has_no_hours_of_it",
    ),
    Told(
        "an unknown application",
        "category `Unknown`, shown with its seconds",
        f"{MARTS}test_mapping.py::test_what_is_unmapped_is_shown_with_its_seconds",
    ),
    Told(
        "a tie in what is watched most",
        "goes by the declared order of categories",
        f"{MARTS}test_marts.py::test_tie_of_most_watched_goes_by_the_declared_order",
    ),
    Told(
        "a customer with zeros only",
        "is not active",
        f"{MARTS}test_box_watch.py::test_windows_of_active_users_hold_the_customers_of_boxes",
    ),
)


def survival_page() -> str:
    """Return the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# What an ingest survives\n"
    yield "Made by `make docs` from the cases that the tests run, so each line is a test and its outcome.\n"
    for title, cases in (("Text", TEXT), ("JSON", JSON), ("Set-top-box logs", LOGS)):
        yield from _table(
            f"{title}: files", (f"{_cell(case.name)} | {_end(case)}" for case in cases)
        )
    words = ", ".join(f"`{word}`" for word in NOTHING if word.strip())
    yield from _table("Words for nothing", [f"{words}, and space | stays empty, never 0"])
    for title, values in (
        ("ages", AGES),
        ("days", DAYS),
        ("completions", COMPLETIONS),
        ("lengths of plays", LENGTHS),
    ):
        yield from _table(
            f"Values: {title}",
            (f"{name}: {_code(written)} | {_stored(outcome)}" for name, written, outcome in values),
        )
    for title, fields in (("lines of logs", BOX_LINES), ("titles", TITLE_FIELDS)):
        yield from _table(
            f"Values: {title}", (f"{name} | {_stored(outcome)}" for name, _, _, outcome in fields)
        )
    yield from _table(
        "Stores and marts", (f"{case.name} | {case.outcome}" for case in TOLD_BY_TESTS)
    )


def _table(title: str, rows: Iterable[str]) -> Iterator[str]:
    yield f"## {title}\n\n| case | what becomes of it |\n|---|---|"
    yield from (f"| {row} |" for row in rows)
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else "(empty)"


def _end(case: Case) -> str:
    """Return what becomes of a file."""
    if case.message:
        return f"the file is refused: “… {_cell(case.message)} …”"
    codes = Counter(code for _, code in case.refused)
    ends = chain(
        [f"{len(case.accepted)} accepted"] if case.accepted else [],
        (f"{rows} rejected: `{code}`" for code, rows in codes.items()),
        [f"{case.skipped} skipped"] if case.skipped else [],
    )
    return ", ".join(ends) or "a load of nothing"


def _stored(outcome: Outcome) -> str:
    """Return what becomes of a value."""
    if isinstance(outcome, str):
        return f"rejected: `{outcome}`"
    value, flags = outcome
    stored = "stays empty" if value == "None" else f"`{value}`"
    return f"{stored}, flagged `{flags}`" if flags else stored
