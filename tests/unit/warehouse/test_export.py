"""Which days are exported, and in which runs."""

from __future__ import annotations

from datetime import date, timedelta

from warehouse.export import playback_spans
from warehouse.plan import CHUNK_DAYS, CHUNK_ROWS, FIRST_CHUNK_ROWS, chunk_days, pending_days
from warehouse.sources import DayVersion

START = date(2024, 1, 1)


def day(number: int, *, version: int = 1, is_busy: bool = False) -> DayVersion:
    return DayVersion(START + timedelta(days=number), version, is_busy)


def chunks(versions: list[DayVersion], published: dict[date, int]) -> list[list[int]]:
    return [
        [(each.day - START).days for each in chunk] for chunk in chunk_days(versions, published)
    ]


def test_days_that_follow_each_other_in_the_data_are_one_run_across_a_gap() -> None:
    assert chunks([day(1), day(2), day(9)], {}) == [[1, 2, 9]]


def test_published_day_parts_two_runs() -> None:
    assert chunks([day(1), day(2), day(3)], {day(2).day: 1}) == [[1], [3]]


def test_day_with_a_higher_version_is_exported_again() -> None:
    assert chunks([day(1, version=5)], {day(1).day: 4}) == [[1]]


def test_busy_day_waits_and_parts_two_runs() -> None:
    assert chunks([day(1), day(2, is_busy=True), day(3)], {}) == [[1], [3]]


def test_long_run_is_cut() -> None:
    found = chunks([day(number) for number in range(CHUNK_DAYS + 1)], {})
    assert [len(chunk) for chunk in found] == [CHUNK_DAYS, 1]


def test_run_ends_where_the_calendar_is_too_long_though_its_days_are_few() -> None:
    assert chunks([day(0), day(CHUNK_DAYS - 1), day(CHUNK_DAYS)], {}) == [
        [0, CHUNK_DAYS - 1],
        [CHUNK_DAYS],
    ]


def runs_of(rows: list[int]) -> list[list[int]]:
    """Return the rows of the days of each run, for days of so many rows."""
    days = [day(number) for number in range(len(rows))]
    sizes = {each.day: count for each, count in zip(days, rows, strict=True)}
    return [[sizes[each.day] for each in run] for run in chunk_days(days, {}, rows=sizes)]


def test_run_ends_before_the_day_that_is_one_row_too_many_and_a_large_day_is_alone() -> None:
    most = FIRST_CHUNK_ROWS
    assert runs_of([most - 1, 1, 1, CHUNK_ROWS, 1]) == [[most - 1, 1], [1], [CHUNK_ROWS], [1]]


def test_each_run_has_room_for_twice_as_many_rows_as_the_one_before_up_to_a_limit() -> None:
    found = runs_of([FIRST_CHUNK_ROWS // 2] * 60)
    assert [sum(run) for run in found] == [12_500, 25_000, 50_000, CHUNK_ROWS, CHUNK_ROWS, 87_500]


def test_nothing_changed_is_no_run() -> None:
    assert chunks([day(1)], {day(1).day: 1}) == []


def test_busy_days_and_higher_versions_are_pending() -> None:
    days = [day(1), day(2, is_busy=True), day(3, version=2), day(4)]
    published = {day(number).day: 1 for number in (1, 2, 3)}
    assert [each.day for each in pending_days(days, published)] == [
        day(number).day for number in (2, 3, 4)
    ]


def test_playback_of_most_rows_is_read_at_once_but_for_the_first_runs() -> None:
    runs = [[day(number)] for number in range(8)]
    rows = {day(number).day: 10 for number in range(9)}
    assert playback_spans(runs, rows) == [*([run] for run in runs[:3]), runs[3:]]


def test_playback_of_half_the_rows_is_read_by_runs() -> None:
    runs = [[day(number)] for number in range(8)]
    rows = {day(number).day: 10 for number in range(10)}
    assert playback_spans(runs, rows) == [[run] for run in runs]


def test_playback_of_two_runs_is_read_by_runs() -> None:
    runs = [[day(0)], [day(1)]]
    rows = {day(0).day: 1, day(1).day: 10}
    assert playback_spans(runs, rows) == [[run] for run in runs]
