"""The report: it counts rightly what goes by, and shows it on a page that needs nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from math import isnan, nan
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest

from svp.generate.arguments import Arguments
from svp.generate.arrays import DAY_US
from svp.generate.report import Statistics
from svp.generate.report.charts import Axis, Bars, Chart, Line, draw, standalone
from svp.generate.report.claims import Claim
from svp.generate.report.counting import Titles, local_instants
from svp.generate.report.figures import Popularity, decay, figures, starting
from svp.model import TABLES
from tests.pictures import DOCS, count_small, measures_table

if TYPE_CHECKING:
    from collections.abc import Sequence

ARGUMENTS = Arguments(
    seed=1, users=10, titles=20, start_on=date(2025, 1, 1), days=120, sessions_per_user=5
)
SCHEMAS = {table.name: table.schema for table in TABLES}
SVG = "{http://www.w3.org/2000/svg}"

Row = dict[str, Any]


def batch(table: str, rows: Sequence[Row]) -> pa.RecordBatch:
    """Return rows of a table; columns that are not named are null."""
    return pa.RecordBatch.from_pylist(list(rows), schema=SCHEMAS[table])


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314  (our own)


def a_user(user_id: str = "U1", country: str = "Japan") -> Row:
    return {"user_id": user_id, "country": country}


def a_title(content_id: str = "C1", added_on: date = date(2025, 1, 10)) -> Row:
    return {"content_id": content_id, "added_on": added_on}


def a_play(started_at: datetime = datetime(2025, 1, 15, 12, tzinfo=UTC), **columns: object) -> Row:
    play: Row = {"user_id": "U1", "content_id": "C1", "device_type": "Smart TV"}
    play |= {"started_at": started_at, "started_on": started_at.date(), "watch_seconds": 60}
    return play | columns


def an_event(event_type: str, day: date, user_id: str = "U1") -> Row:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {"user_id": user_id, "event_type": event_type, "occurred_at": at}


def counted(*parts: tuple[str, Sequence[Row]]) -> Statistics:
    statistics = Statistics()
    for table, rows in parts:
        statistics.add(table, batch(table, rows))
    return statistics


def test_plays_are_counted_at_the_hour_of_the_viewers_own_clock() -> None:
    statistics = counted(("users", [a_user(country="Japan")]), ("viewing_sessions", [a_play()]))
    wednesday, nine_in_the_evening = 0, 21
    assert statistics.plays.by_hour[0, wednesday, nine_in_the_evening] == 1
    assert statistics.plays.by_hour.sum() == 1


def test_plays_are_counted_on_the_viewers_own_day() -> None:
    late = a_play(datetime(2025, 1, 17, 20, tzinfo=UTC))
    statistics = counted(("users", [a_user(country="Japan")]), ("viewing_sessions", [late]))
    saturday, five_in_the_morning = 1, 5
    assert statistics.plays.by_hour[0, saturday, five_in_the_morning] == 1


def test_clocks_follow_summer_time() -> None:
    new_york = 0
    noon = [datetime(2025, month, 1, 12, tzinfo=UTC) for month in (1, 7)]
    at = np.array([round(each.timestamp()) * 1_000_000 for each in noon])
    local = local_instants(at, np.array([new_york, new_york]))
    assert ((local - at) // 3_600_000_000).tolist() == [-5, -4]


def test_users_of_every_part_are_counted_when_each_part_forgets_the_one_before() -> None:
    statistics = counted(
        ("users", [a_user("U1")]),
        ("viewing_sessions", [a_play(), a_play()]),
        ("users", [a_user("U2")]),
        ("viewing_sessions", [a_play(user_id="U2")]),
    )
    assert statistics.users.every().plays.tolist() == [2, 1]
    assert statistics.users.ids.to_pylist() == ["U2"]


def test_users_of_one_part_may_come_in_several_batches() -> None:
    statistics = counted(
        ("users", [a_user("U1")]), ("users", [a_user("U2")]), ("viewing_sessions", [a_play()])
    )
    assert statistics.users.every().plays.tolist() == [1, 0]


def test_a_trial_that_ends_is_no_loss_of_a_subscriber() -> None:
    statistics = counted(
        ("users", [a_user("U1"), a_user("U2")]),
        (
            "subscription_events",
            [
                an_event("trial", date(2025, 1, 1), "U1"),
                an_event("cancellation", date(2025, 1, 8), "U1"),
                an_event("start", date(2025, 1, 1), "U2"),
                an_event("cancellation", date(2025, 2, 1), "U2"),
            ],
        ),
    )
    january, february = 55 * 12, 55 * 12 + 1
    assert statistics.subscriptions.started == {january: 1}
    assert statistics.subscriptions.left == {february: 1}


def test_events_count_the_same_when_they_come_in_several_batches() -> None:
    life = [
        an_event("trial", date(2025, 1, 1)),
        an_event("start", date(2025, 1, 8)),
        an_event("renewal", date(2025, 2, 8)),
        an_event("cancellation", date(2025, 3, 8)),
        an_event("return", date(2025, 4, 1)),
    ]
    whole = counted(("users", [a_user()]), ("subscription_events", life))
    split = counted(("users", [a_user()]), *(("subscription_events", [event]) for event in life))
    for statistics in (whole, split):
        history = statistics.users.every()
        assert history.left_at - history.paid_at == [59 * DAY_US]
        assert history.back_at - history.left_at == [24 * DAY_US]
    assert whole.subscriptions.left == split.subscriptions.left


def test_retention_follows_each_cohort_as_far_as_it_is_known() -> None:
    users = [a_user(f"U{number}") for number in range(100)]
    starts = [an_event("start", date(2025, 1, 2), user["user_id"]) for user in users]
    ends = [an_event("cancellation", date(2025, 2, 2), f"U{number}") for number in range(25)]
    ends += [an_event("cancellation", date(2025, 3, 2), f"U{number}") for number in range(25, 40)]
    statistics = counted(("users", users), ("subscription_events", starts + ends))
    overall = figures(statistics, arguments=ARGUMENTS).retention.overall
    assert overall[:4].tolist() == pytest.approx([1.0, 0.75, 0.6, 0.6])
    assert np.isnan(overall[4:]).all()


def test_viewers_who_leave_are_measured_among_those_who_still_wait() -> None:
    by_wait = np.zeros((3, 61), dtype=np.int64)
    played, abandoned = 0, 2
    by_wait[played, :3] = (40, 20, 10)
    by_wait[abandoned, 1:3] = (10, 15)
    left = starting(by_wait).left
    assert left[:3].tolist() == pytest.approx([0.0, 10 / 45, 1 - (35 / 45) * (5 / 20)])


def test_popularity_is_equal_when_all_titles_are_played_alike() -> None:
    alike = Popularity(np.full(10, 0.1))
    assert alike.gini == pytest.approx(0.0)
    assert alike.of_top(0.1) == pytest.approx(0.1)
    assert alike.of_last(0.2) == pytest.approx(0.2)


def test_popularity_knows_when_one_title_takes_all() -> None:
    assert Popularity(np.array([1.0, 0.0, 0.0, 0.0])).gini == pytest.approx(0.75)


def test_decay_counts_plays_by_the_days_since_a_title_was_added() -> None:
    titles = Titles()
    names = [f"C{number}" for number in range(30)]
    titles.add(batch("content", [a_title(name, date(2025, 1, 10)) for name in names]))
    added = (date(2025, 1, 10) - date(1970, 1, 1)).days
    titles.count(pa.array(["C0", "C1", "C1"]), np.array([added, added, added + 3]))
    plays = decay(titles, ARGUMENTS)
    assert plays[[0, 1, 3]].tolist() == pytest.approx([2 / 30, 0.0, 1 / 30])


def test_completion_is_told_apart_by_stalls() -> None:
    plays = [
        a_play(completion_percent="98.00", stall_count=0),
        a_play(completion_percent="3.00", stall_count=0),
        a_play(completion_percent="99.00", stall_count=2),
        a_play(completion_percent=None, stall_count=0),
    ]
    for play in plays:
        play["completion_percent"] = play["completion_percent"] and _decimal(play)
    statistics = counted(("users", [a_user()]), ("viewing_sessions", plays))
    measures = figures(statistics, arguments=ARGUMENTS)
    assert measures.finished_without_stall_share == 0.5
    assert measures.finished_with_stall_share == 1.0
    assert statistics.plays.completion.sum() == 3


def _decimal(play: Row) -> Any:
    from decimal import Decimal

    return Decimal(play["completion_percent"])


@pytest.mark.parametrize(
    ("measured", "verdict"), [(0.05, "in range"), (0.07, "outside"), (nan, "too little data")]
)
def test_a_claim_says_in_words_whether_it_holds(measured: float, verdict: str) -> None:
    assert Claim("churn", "5 %", 0.04, 0.06, measured, "somebody").verdict == verdict


def test_an_axis_ends_on_round_numbers() -> None:
    axis = Axis.linear("plays", 0, 87)
    assert axis.ticks == ((0, "0"), (20, "20"), (40, "40"), (60, "60"), (80, "80"), (100, "100"))
    assert axis.place([0, 50, 100]).tolist() == [0, 0.5, 1]


def test_a_logarithmic_axis_has_a_tick_at_each_power_of_ten() -> None:
    axis = Axis.logarithmic("rank", 1, 5_000)
    assert [text for _, text in axis.ticks] == ["1", "10", "100", "1,000"]
    assert axis.place([1, np.sqrt(5_000), 5_000]).tolist() == pytest.approx([0, 0.5, 1])


def test_a_line_breaks_where_nothing_is_known() -> None:
    chart = Chart(
        Axis.linear("x", 0, 4), Axis.linear("y", 0, 4), [Line([0, 1, 2, 3], [1, nan, 2, 3])]
    )
    path = parsed(draw("title", "description", chart)).find(f".//{SVG}path[@class='line a']")
    assert path is not None
    assert re.sub(r"[^ML]", "", path.attrib["d"]) == "MML"


def test_a_drawing_tells_its_content_to_those_who_do_not_see_it() -> None:
    axis = Axis.linear("x", 0, 4)
    drawing = draw("More & more", "How it grows", Chart(axis, axis, [Bars([0], [1], [2])]))
    root = parsed(standalone(drawing))
    assert root.attrib["role"] == "img"
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == [
        "More & more",
        "How it grows",
    ]


def a_busy_month() -> list[tuple[str, list[Row]]]:
    """Return a platform of 50 users who do much the same."""
    users = [a_user(f"U{number}") for number in range(50)]
    start = datetime(2025, 1, 2, 9, tzinfo=UTC)
    plays = [
        a_play(start + timedelta(hours=7 * number), user_id=f"U{number % 50}", stall_count=0)
        for number in range(400)
    ]
    waits = [
        {"outcome": outcome, "startup_milliseconds": 400 * number, "stall_count": 0}
        for number in range(30)
        for outcome in ("played", "abandoned")
    ]
    events = [an_event("start", date(2024, 1, 1 + n % 28), f"U{n}") for n in range(50)]
    return [
        ("content", [a_title("C1"), a_title("C2")]),
        ("users", users),
        ("viewing_sessions", plays),
        ("playback_attempts", waits),
        ("ratings", [{"stars": stars} for stars in (3, 4, 4, 5)]),
        ("subscription_events", events),
    ]


def page(statistics: Statistics) -> str:
    return statistics.page(arguments=ARGUMENTS, version="1.2.3", rows={"users": 50})


def test_the_page_needs_no_network_and_no_script() -> None:
    text = page(counted(*a_busy_month()))
    addresses = set(re.findall(r"https?://[^\"']+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<script|<link|<img|\bsrc=|url\(|@import", text)


def test_the_page_fits_light_and_dark_and_paper() -> None:
    text = page(counted(*a_busy_month()))
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_every_chart_of_the_page_is_sound_and_named() -> None:
    drawings = re.findall(r"<svg.*?</svg>", page(counted(*a_busy_month())), flags=re.DOTALL)
    assert len(drawings) >= 7
    for drawing in drawings:
        root = parsed(drawing)
        assert root.attrib["aria-label"] == root.findtext(f"{SVG}title")
        assert not re.search(r"\bnan\b|\binf\b", drawing)


def test_the_page_is_the_same_however_the_rows_are_cut_into_batches() -> None:
    whole = counted(*a_busy_month())
    cut = counted(*((table, [row]) for table, rows in a_busy_month() for row in rows))
    assert page(cut) == page(whole)


def test_the_page_says_so_when_there_is_nothing_to_show() -> None:
    text = page(Statistics())
    assert "<svg" not in text
    assert "too little data" in text
    assert isnan(figures(Statistics(), arguments=ARGUMENTS).mean_stars)


def test_the_docs_show_the_measures_of_small() -> None:
    # If this fails, run: python -m tests.pictures generate
    page = (DOCS / "generate.md").read_text(encoding="utf-8")
    assert measures_table(count_small()) in page
