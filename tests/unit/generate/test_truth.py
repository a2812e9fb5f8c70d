"""The truth that is written beside the data is the one that the data were made from."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from svp.generate import SCALES, Platform, parts_of, write
from svp.generate.arrays import DAY_US
from svp.generate.catalogue import make_catalogue
from svp.generate.people import GENRES, SEGMENTS, make_people
from svp.generate.subscriptions import monthly_hazard
from svp.generate.truth import parameters, titles, users

if TYPE_CHECKING:
    import pyarrow as pa

    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE_KINDS = ("content", "viewing_sessions", "truth")
ARGUMENTS = SCALES["tiny"].arguments(seed=3, users=2_000, titles=500)
NAMED = list(
    csv.DictReader(
        files("svp.generate").joinpath("parameters.csv").read_text(encoding="utf-8").splitlines()
    )
)


@pytest.fixture(scope="module")
def people() -> People:
    end_at = ARGUMENTS.end_day * DAY_US
    return make_people(ARGUMENTS, first_slot=0, slots=ARGUMENTS.users, end_at=end_at)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return make_catalogue(ARGUMENTS, end_day=ARGUMENTS.end_day)


def column(batch: pa.RecordBatch, name: str) -> np.ndarray:
    return batch.column(name).to_numpy(zero_copy_only=False)


def test_every_user_of_the_platform_has_one_row_of_truth() -> None:
    arguments = SCALES["tiny"].arguments(seed=3)
    platform = Platform(arguments)
    for part in parts_of(arguments)[1:]:
        rows = platform.make(part, tables=["users"])["users"]
        assert platform.truth(part)["users"].column("user_id") == rows.column("user_id")


def test_every_title_of_the_platform_has_one_row_of_truth() -> None:
    arguments = SCALES["tiny"].arguments(seed=3)
    platform = Platform(arguments)
    part = parts_of(arguments)[0]
    rows = platform.make(part, tables=["content"])["content"]
    assert platform.truth(part)["titles"].column("content_id") == rows.column("content_id")


def test_hazard_of_users_is_the_one_that_subscriptions_are_made_from(people: People) -> None:
    assert column(users(people), "monthly_hazard").tolist() == monthly_hazard(people).tolist()


def test_tastes_of_users_sum_to_one_and_follow_the_segment(people: People) -> None:
    truth = users(people)
    names = [f"taste_{genre.lower().replace('-', '_')}" for genre in GENRES]
    tastes = np.stack([column(truth, name) for name in names], axis=1)
    assert np.allclose(tastes.sum(axis=1), 1.0)
    is_family = column(truth, "segment") == "families"
    family = tastes[:, GENRES.index("Family")]
    assert family[is_family].mean() > 4 * family[~is_family].mean()


def test_segments_of_users_are_named(people: People) -> None:
    assert set(column(users(people), "segment")) == set(SEGMENTS)


def test_activity_of_users_has_a_mean_near_one(people: People) -> None:
    # The mean of 2,000 log-normal numbers of sigma 1.5 has a deviation of 0.065.
    assert column(users(people), "activity_factor").mean() == pytest.approx(1.0, abs=0.2)


def test_only_users_with_a_box_have_a_household_type(people: People) -> None:
    has_type = users(people).column("household_type").is_valid()
    assert has_type.to_numpy(zero_copy_only=False).tolist() == people.has_box.tolist()


def test_titles_are_ranked_by_popularity(catalogue: Catalogue) -> None:
    truth = titles(catalogue)
    rank, popularity = column(truth, "popularity_rank"), column(truth, "popularity")
    assert sorted(rank) == list(range(1, len(catalogue) + 1))
    assert (np.diff(popularity[np.argsort(rank)]) <= 0).all()


def test_quality_of_titles_is_the_one_that_ratings_are_made_from(catalogue: Catalogue) -> None:
    assert column(titles(catalogue), "quality").tolist() == catalogue.quality.tolist()


def test_truth_of_users_stays_when_there_are_more_users_and_days(people: People) -> None:
    larger = replace(ARGUMENTS, users=3_000, days=90)
    crowd = make_people(larger, first_slot=0, slots=3_000, end_at=larger.end_day * DAY_US)
    before = users(people).to_pandas().set_index("user_id")
    after = users(crowd).to_pandas().set_index("user_id")
    assert after.loc[before.index].equals(before)


def test_every_parameter_is_a_constant_of_its_module() -> None:
    missing = [
        (row["module"], row["name"])
        for row in NAMED
        if not hasattr(import_module(f"svp.generate.{row['module']}"), row["name"])
    ]
    assert missing == []


def test_every_parameter_tells_its_value_with_unit_and_meaning() -> None:
    told = parameters(ARGUMENTS)["parameters"]
    for row in NAMED:
        constant = getattr(import_module(f"svp.generate.{row['module']}"), row["name"])
        parameter = told[f"{row['module']}.{row['name']}"]
        if isinstance(constant, int | float):
            assert parameter["value"] == constant
        else:
            assert len(parameter["value"]) == len(constant)
        assert parameter["unit"]
        assert parameter["meaning"]


def test_every_effect_and_spread_of_a_module_is_a_parameter() -> None:
    modules = {row["module"] for row in NAMED}
    named = {(row["module"], row["name"]) for row in NAMED}
    effects = {
        (module, name)
        for module in modules
        for name in vars(import_module(f"svp.generate.{module}"))
        if name.isupper() and name.endswith(("_EFFECT", "_EFFECTS", "_SIGMA", "_CHANCE"))
    }
    # Names that a module only imports belong to the module that defines them.
    imported = {("people", "ACTIVITY_SIGMA"), ("subscriptions", "MOOD_SIGMA")}
    assert effects - named - imported == set()


def test_parameters_are_written_as_json_without_loss() -> None:
    told = parameters(ARGUMENTS)
    assert json.loads(json.dumps(told)) == told
    assert told["arguments"]["start_on"] == "2025-01-01"
    assert told["arguments"]["users"] == 2_000


def test_the_worked_example_of_the_docs_finds_what_was_planted(tmp_path: Path) -> None:
    write(tmp_path / "platform", SCALES["small"].arguments(), only=EXAMPLE_KINDS, workers=1)
    page = (DOCS / "generate.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    told = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    planted, found = map(float, re.findall(r"[0-9.]+", told.stdout))
    # With some 65,000 plays of films the slope has a deviation of 0.01.
    assert found == pytest.approx(planted, abs=0.03)
