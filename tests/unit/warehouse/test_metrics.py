"""The dictionary of the marts is whole, and says each thing once."""

from __future__ import annotations

from collections import Counter

from warehouse.metrics import (
    SUMS,
    defined_columns,
    list_attributes,
    list_metrics,
    render_metrics,
)


def test_every_column_has_one_definition() -> None:
    counts = Counter(column for column, _ in defined_columns())
    assert [column for column, count in counts.items() if count > 1] == []


def test_names_of_metrics_are_theirs_alone() -> None:
    counts = Counter(metric.name for metric in list_metrics())
    counts.update(attribute.name for attribute in list_attributes())
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_metric_says_over_what_it_may_be_summed() -> None:
    assert {metric.sums for metric in list_metrics()} == SUMS.keys()


def test_distinct_counts_and_ratios_are_never_summed_over_days() -> None:
    wrong = [
        metric.name
        for metric in list_metrics()
        if ("distinct" in metric.formula or " / " in metric.formula)
        and metric.sums in {"days", "days and customers"}
        and metric.name not in {"active_days", "complete_plays"}
    ]
    assert wrong == []


def test_page_names_every_metric_and_column() -> None:
    page = render_metrics()
    assert [metric.name for metric in list_metrics() if f"### {metric.name}\n" not in page] == []
    assert [column for column, _ in defined_columns() if column.partition(".")[2] not in page] == []
