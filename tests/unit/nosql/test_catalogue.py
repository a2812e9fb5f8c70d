"""Pipelines are found by name and filled in; a mistake names what exists."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

import nosql.pipelines
from nosql.pipelines import (
    Parameter,
    Pipeline,
    find_pipeline,
    list_pipelines,
    read_pipeline,
    render_pipelines,
)
from nosql.pipelines.catalogue import CONVERSIONS, replace_parameters
from svp.errors import UsageError

ROOT = Path(__file__).parents[3]

MAX_LINE_CHARACTERS = 180
"""Of a file: a description is one line, because JSON can't break a text."""


def a_pipeline(**fields: object) -> Pipeline:
    pipeline = Pipeline(
        name="plays_of_day",
        description="Plays of a day.",
        collection="viewing_events",
        grain="play",
        parameters=(Parameter("day", "date", "a UTC day"), Parameter("top", "integer", "rows", 3)),
        stages=(
            {"$match": {"started_on": {"$parameter": "day"}}},
            {"$limit": {"$parameter": "top"}},
        ),
        into=None,
        columns=(),
        order=(),
        text="",
    )
    return replace(pipeline, **fields)  # type: ignore[arg-type]  # a builder takes any field


def placeholders(node: object) -> set[str]:
    if isinstance(node, dict):
        if node.keys() == {"$parameter"}:
            return {node["$parameter"]}
        return set().union(*(placeholders(value) for value in node.values()))
    return set().union(*map(placeholders, node)) if isinstance(node, list | tuple) else set()


def test_a_parameter_is_replaced_wherever_it_stands() -> None:
    node = {"a": [{"$gt": ["$x", {"$parameter": "low"}]}, {"b": {"$parameter": "days"}}], "c": 1}
    filled = replace_parameters(node, {"low": 30, "days": ["d"]})
    assert filled == {"a": [{"$gt": ["$x", 30]}, {"b": ["d"]}], "c": 1}


def test_a_value_that_looks_like_a_parameter_is_not_replaced_again() -> None:
    assert replace_parameters({"$parameter": "a"}, {"a": {"$parameter": "b"}}) == {
        "$parameter": "b"
    }


def test_replacing_leaves_the_file_as_it_was() -> None:
    before = json.dumps(find_pipeline("title_statistics").stages)
    read_pipeline("title_statistics", {"valid_play_seconds": 60})
    assert json.dumps(find_pipeline("title_statistics").stages) == before


def test_a_default_stands_where_no_value_is_given() -> None:
    day = datetime(2024, 2, 29, tzinfo=UTC)
    assert a_pipeline().fill({"day": day}) == [{"$match": {"started_on": day}}, {"$limit": 3}]
    assert a_pipeline().fill({"day": day, "top": 7})[1] == {"$limit": 7}


def test_a_missing_value_is_a_usage_error_that_says_what_to_give() -> None:
    with pytest.raises(UsageError) as failure:
        a_pipeline().fill({})
    assert failure.value.message == "pipeline plays_of_day needs the parameter day"
    assert failure.value.advice == "give day: a UTC day"


def test_an_unknown_parameter_is_a_usage_error_that_names_those_that_exist() -> None:
    with pytest.raises(UsageError) as failure:
        a_pipeline().fill({"day": date(2024, 1, 1), "dya": 1})
    assert failure.value.message == "pipeline plays_of_day has no parameter dya"
    assert failure.value.advice == "parameters are day, top"


def test_an_unknown_pipeline_is_a_usage_error_that_names_those_that_exist() -> None:
    with pytest.raises(UsageError) as failure:
        read_pipeline("title_statistic", {})
    assert failure.value.message == "there is no pipeline title_statistic"
    assert "title_statistics" in failure.value.advice


@pytest.mark.parametrize(
    ("type_name", "given", "expected"),
    [
        ("date", date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC)),
        ("date", "2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        (
            "date",
            datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            datetime(2024, 2, 29, 23, tzinfo=UTC),
        ),
        ("dates", (date(2024, 2, 29),), [datetime(2024, 2, 29, tzinfo=UTC)]),
        ("integer", "30", 30),
        ("integers", {7}, [7]),
        ("text", "$title", "$title"),
        ("texts", ["a", "b"], ["a", "b"]),
    ],
)
def test_a_value_is_converted_to_the_type_of_its_parameter(
    type_name: str, given: object, expected: object
) -> None:
    assert Parameter("p", type_name, "help").convert(given) == expected


@pytest.mark.parametrize(
    ("type_name", "given"),
    [
        ("date", datetime(2024, 2, 29)),
        ("date", "29.2.2024"),
        ("date", 1),
        ("integer", True),
        ("integer", 1.5),
        ("integer", "many"),
        ("integers", "12"),
        ("integers", 12),
        ("text", {"$gt": ""}),
        ("texts", {"$gt": ""}),
    ],
)
def test_a_value_of_another_type_is_a_usage_error(type_name: str, given: object) -> None:
    with pytest.raises(UsageError, match=f"parameter p is not of type {type_name}"):
        Parameter("p", type_name, "help").convert(given)


@pytest.mark.parametrize("pipeline", list_pipelines(), ids=lambda pipeline: pipeline.name)
class TestEveryFile:
    def test_declares_exactly_the_parameters_it_uses(self, pipeline: Pipeline) -> None:
        declared = {parameter.name for parameter in pipeline.parameters}
        assert placeholders(pipeline.stages) == declared

    def test_gives_its_parameters_a_known_type_and_a_fitting_default(
        self, pipeline: Pipeline
    ) -> None:
        for parameter in pipeline.parameters:
            assert parameter.type in CONVERSIONS
            assert parameter.default is None or parameter.convert(parameter.default) is not None

    def test_runs_without_parameters_if_it_has_a_result(self, pipeline: Pipeline) -> None:
        if pipeline.into is not None:
            assert pipeline.fill({})

    def test_has_a_result_collection_of_its_own_name_or_none(self, pipeline: Pipeline) -> None:
        assert pipeline.into in {pipeline.name, None}

    def test_writes_nothing_by_itself(self, pipeline: Pipeline) -> None:
        assert not re.search(r"\$(out|merge)\b", pipeline.text)

    def test_needs_no_server_newer_than_6_0(self, pipeline: Pipeline) -> None:
        assert not re.search(r"\$(percentile|median|toUUID|bitAnd|scoreFusion)\b", pipeline.text)

    def test_holds_nothing_but_what_is_read(self, pipeline: Pipeline) -> None:
        fields = {"description", "collection", "grain", "into", "columns", "order", "parameters"}
        assert json.loads(pipeline.text).keys() <= fields | {"pipeline"}

    def test_has_lines_that_can_be_read(self, pipeline: Pipeline) -> None:
        assert max(map(len, pipeline.text.splitlines())) <= MAX_LINE_CHARACTERS

    def test_is_tested_by_something(self, pipeline: Pipeline) -> None:
        texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
        assert any(f'"{pipeline.name}"' in text for text in texts)


def test_the_documentation_lists_every_pipeline() -> None:
    page = (ROOT / "docs" / "nosql.md").read_text(encoding="utf-8")
    assert render_pipelines().strip() in page


def test_the_package_exports_what_its_contents_page_says() -> None:
    assert nosql.pipelines.__all__ == sorted(nosql.pipelines.__all__)
    assert all(hasattr(nosql.pipelines, name) for name in nosql.pipelines.__all__)
