"""Which pipelines a run takes, and how a plan is summed up."""

from __future__ import annotations

from dataclasses import replace

import pytest

import nosql.run
from nosql.pipelines import find_pipeline, list_pipelines
from nosql.run import Explanation, choose, summarise
from svp.errors import UsageError


def test_a_run_takes_every_pipeline_with_a_result_when_none_is_named() -> None:
    assert [each.name for each in choose([])] == [
        each.name for each in list_pipelines() if each.into
    ]


def test_a_run_takes_the_named_pipelines_once_and_in_the_order_given() -> None:
    names = ["user_statistics", "title_statistics", "user_statistics"]
    assert [each.name for each in choose(names)] == ["user_statistics", "title_statistics"]


def test_a_pipeline_without_a_result_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    only_read = replace(find_pipeline("title_statistics"), into=None)
    monkeypatch.setattr(nosql.run, "find_pipeline", lambda _name: only_read)
    with pytest.raises(UsageError) as failure:
        choose(["title_statistics"])
    assert "has no result collection" in failure.value.message
    assert "user_statistics" in failure.value.advice


def test_a_plan_is_summed_up_without_the_plans_that_were_not_taken() -> None:
    plan = {
        "stages": [
            {
                "$cursor": {
                    "queryPlanner": {
                        "winningPlan": {"stage": "IXSCAN", "indexName": "viewing_events_day"},
                        "rejectedPlans": [{"indexName": "viewing_events_load_id"}],
                    },
                    "executionStats": {
                        "executionTimeMillis": 12,
                        "totalKeysExamined": 5,
                        "totalDocsExamined": 4,
                    },
                }
            },
            {
                "$lookup": {},
                "totalDocsExamined": 2,
                "totalKeysExamined": 2,
                "indexesUsed": ["_id_"],
            },
        ]
    }
    assert summarise(find_pipeline("title_statistics"), plan) == Explanation(
        name="title_statistics",
        collection="viewing_events",
        indexes=("_id_", "viewing_events_day"),
        keys_examined=7,
        documents_examined=6,
        milliseconds=12,
    )
