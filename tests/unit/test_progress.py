"""What a bar shows of work whose end only the bytes read tell: units, their rate, how much is left."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from svp.cli.progress import RichProgress


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def bars(screen: io.StringIO) -> RichProgress:
    return RichProgress(Console(file=screen, force_terminal=True, width=100, color_system=None))


def test_the_share_of_bytes_read_tells_percent_and_time_left(
    bars: RichProgress, screen: io.StringIO
) -> None:
    now = [0.0]
    bars._bars.get_time = lambda: now[0]
    with bars, bars.task("users.csv → PostgreSQL", total=None, unit="rows") as task:
        for second in (1, 2, 3, 4):
            now[0] = float(second)
            task.advance(1_000, share=second / 10)
        (shown,) = bars._bars.tasks
        assert (shown.completed, shown.total) == (4_000, 10_000)
        assert shown.time_remaining == 6
        bars._bars.refresh()
        assert "40%" in screen.getvalue()
        assert "4,000 rows  1,000/s" in screen.getvalue()
        assert "0:00:04, 0:00:06 left" in screen.getvalue()


def test_a_bar_without_a_share_has_no_end_until_it_is_done(
    bars: RichProgress, screen: io.StringIO
) -> None:
    with bars:
        with bars.task("titles", total=None, unit="documents") as task:
            task.advance(10)
            task.advance(5, share=0)
            (shown,) = bars._bars.tasks
            assert shown.total is None
            bars._bars.refresh()
            assert "left" not in screen.getvalue()
        assert (shown.completed, bars._bars.tasks[0].total) == (15, 15)


@pytest.mark.parametrize("total", [None, 16], ids=["by the share read", "beforehand"])
def test_a_bar_ends_full_though_its_rows_were_estimated(
    bars: RichProgress, total: int | None
) -> None:
    with bars:
        with bars.task("users", total=total, unit="rows") as task:
            task.advance(10, share=0.3)
            task.advance(5, share=0.9)
        (shown,) = bars._bars.tasks
        assert (shown.completed, shown.total) == (15, 15)
        assert shown.finished


@pytest.mark.parametrize("total", [None, 40], ids=["unknown", "known"])
def test_a_bar_that_is_done_keeps_the_rate_that_it_had(
    bars: RichProgress, screen: io.StringIO, total: int | None
) -> None:
    now = [0.0]
    bars._bars.get_time = lambda: now[0]
    with bars:
        with bars.task("titles", total=total, unit="documents") as task:
            now[0] = 4.0
            task.advance(40)
        now[0] = 400.0
        bars._bars.refresh()
        assert "40 documents  10/s" in screen.getvalue().splitlines()[-1]
