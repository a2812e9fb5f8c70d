"""What the check of ourselves makes of two contents, and which steps its sample passes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from loaders.steps import Step
from svp.errors import VerifyError
from warehouse.selfcheck import SelfCheck
from warehouse.selfcheck.check import _compare
from warehouse.selfcheck.contents import Content
from warehouse.selfcheck.sample import tasks

if TYPE_CHECKING:
    from pathlib import Path

USERS = Content("PostgreSQL", "oltp.users", 3, "aa")
TITLES = Content("MongoDB", "content", 2, "bb")
PLAYS = Content("MySQL", "daily_statistics", 9, "cc")
ALL = [USERS, TITLES, PLAYS]


def test_equal_contents_agree() -> None:
    stores = _compare(ALL, list(reversed(ALL)))
    assert [(store.store, store.rows, store.differing) for store in stores] == [
        ("PostgreSQL", 3, ()),
        ("MongoDB", 2, ()),
        ("MySQL", 9, ()),
    ]
    SelfCheck((), stores, 1.0).require_agreement()


@pytest.mark.parametrize(
    "found",
    [
        [replace(USERS, sha256="ax"), TITLES, PLAYS],
        [replace(USERS, rows=4), TITLES, PLAYS],
        [TITLES, PLAYS],
        [*ALL, Content("PostgreSQL", "oltp.users", 1, "aa")],
    ],
)
def test_a_table_that_differs_is_named_and_ends_with_6(found: list[Content]) -> None:
    stores = _compare(ALL, found)
    assert [store.differing != () for store in stores] == [True, False, False]
    with pytest.raises(VerifyError, match="that was not: oltp"):
        SelfCheck((), stores, 1.0).require_agreement()


def test_the_sample_is_killed_at_every_step_and_as_often_at_random_as_asked(
    tmp_path: Path,
) -> None:
    made = tasks(tmp_path, random_kills=3)
    assert {task.step for task in made if task.step} == set(Step)
    assert sum(task.is_killed and task.step is None for task in made) == 3
    assert all(task.path.exists() for task in made)
