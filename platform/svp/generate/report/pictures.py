"""The charts of the page, each under a title that says what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.market import COUNTRIES, DEVICES
from svp.generate.report.charts import Axis, Bars, Chart, Dots, Line, Note, Rule, draw
from svp.generate.report.counting import COMPLETION_BINS, DECAY_DAYS, MINUTE_EDGES
from svp.generate.report.figures import percent as as_percent
from svp.generate.report.figures import share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from svp.generate.arrays import Floats, Integers
    from svp.generate.report.charts import Mark
    from svp.generate.report.figures import Activity, Figures
    from svp.generate.report.statistics import Statistics

__all__ = ["Picture", "pictures"]

EPOCH = date(1970, 1, 1)
HOURS = [f"{hour:02}" for hour in range(24)]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOVIELENS_STARS = (0.056, 0.108, 0.261, 0.349, 0.226)
"""Shares of 1 to 5 stars in MovieLens 1M."""
WIDE = 1_340
"""Of drawings across the page, so that their text is as large as that of others."""
HOLIDAY_SHARE = 0.4
"""Of users: a day that is a holiday for so many is marked."""
DAILY_TICKS = 120
"""Days up to which the weeks have ticks, not the months."""
LONGEST_WAIT_SECONDS = 15
LATER_DAYS = (50, 60)
"""After a title was added, the days with which its first week is compared."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with what it says."""

    name: str
    title: str
    """The finding."""
    caption: str
    """How to read it."""
    drawing: str
    is_wide: bool = False


def pictures(counted: Statistics, measures: Figures) -> Iterator[Picture]:
    """Yield the charts for which there are enough data."""
    makers: tuple[Callable[[Statistics, Figures], Picture | None], ...] = (
        _hours,
        _every_day,
        _weekdays,
        _activity,
        _popularity,
        _decay,
        _completion,
        _lengths,
        _starting,
        _stars,
        _retention,
        _bridge,
    )
    for make in makers:
        picture = make(counted, measures)
        if picture is not None:
            yield picture


def _picture(
    name: str, title: str, caption: str, *charts: Chart, columns: int = 1, is_wide: bool = False
) -> Picture:
    drawing = draw(title, caption, *charts, columns=columns, width=WIDE if is_wide else None)
    return Picture(name, title, caption, drawing, is_wide)


def _hours(counted: Statistics, _: Figures) -> Picture | None:
    by_hour = counted.plays.by_hour
    if not by_hour.sum():
        return None
    charts = [
        _hours_of_device(device.name, plays)
        for device, plays in zip(DEVICES, by_hour, strict=True)
        if plays.sum()
    ]
    best = int(by_hour.sum(axis=(0, 1)).argmax())
    title = f"Most people watch at {best}:00, and each kind of device has hours of its own"
    caption = "Plays by the hour on the viewer's own clock, per kind of device: weekdays solid, weekends dashed."
    return _picture("hours", title, caption, *charts, columns=len(charts), is_wide=True)


def _hours_of_device(name: str, plays: Integers) -> Chart:
    percent = 100 * plays / np.maximum(plays.sum(axis=1, keepdims=True), 1)
    hour = np.arange(24) + 0.5
    ticks = tuple((float(hour), f"{hour:02}") for hour in range(0, 25, 6))
    return Chart(
        Axis("local hour", 0, 24, ticks),
        Axis.linear("share of the day's plays", 0, max(float(percent.max()), 10), suffix=" %"),
        [Line(hour, percent[1], "b"), Line(hour, percent[0], "a")],
        title=name,
    )


def _every_day(_: Statistics, measures: Figures) -> Picture | None:
    days = measures.days
    if not days.plays.sum():
        return None
    number = days.first_day + np.arange(len(days.plays))
    dates = [EPOCH + timedelta(days=day) for day in number.tolist()]
    free = np.array([_is_holiday(day) for day in dates])
    marks: list[Mark] = [Line(number, days.plays, "d"), Line(number, days.weekly_mean, "a")]
    caption = "Plays by the viewer's local day, without the first and the last, and the mean of seven days."
    if free.any():
        marks.append(Dots(number[free], days.plays[free], "b", "holiday"))
        caption += f" Ringed are fixed holidays of at least {as_percent(HOLIDAY_SHARE)} of users."
    title = f"Every week has its rhythm: {days.plays.sum():,} plays in {len(dates):,} days"
    y = Axis.linear("plays", 0, float(days.plays.max()))
    chart = Chart(_dates(dates), y, marks, right=60)
    return _picture("days", title, caption, chart, is_wide=True)


def _is_holiday(day: date) -> bool:
    has_it = [country.share for country in COUNTRIES if (day.month, day.day) in country.holidays]
    return sum(has_it) >= HOLIDAY_SHARE


def _dates(dates: Sequence[date]) -> Axis:
    """Return an axis of days, with ticks at Mondays or at the first of months."""
    low, high = ((day - EPOCH).days for day in (dates[0], dates[-1]))
    is_short = len(dates) <= DAILY_TICKS
    marked = [day for day in dates if (day.weekday() == 0 if is_short else day.day == 1)]
    step = max(len(marked) // 12, 1)
    form = "%d %b" if is_short else "%b %Y"
    ticks = tuple((float((day - EPOCH).days), day.strftime(form)) for day in marked[::step])
    return Axis("local day", low, max(high, low + 1), ticks)


def _weekdays(_: Statistics, measures: Figures) -> Picture | None:
    factors = measures.days.weekdays
    if not np.isfinite(factors).all():
        return None
    best, worst = int(factors.argmax()), int(factors.argmin())
    times = factors[best] / factors[worst]
    title = f"A {WEEKDAYS[best]} has {times:.2f} times the plays of a {WEEKDAYS[worst]}"
    place = np.arange(7)
    bars = Bars(place - 0.35, place + 0.35, factors, texts=[f"{factor:.2f}" for factor in factors])
    chart = Chart(
        Axis.named("local day of the week", [name[:3] for name in WEEKDAYS]),
        Axis.linear("plays against the mean day", 0, 1.2),
        [bars],
    )
    return _picture("weekdays", title, "Plays of a mean Monday to a mean Sunday.", chart)


def _activity(_: Statistics, measures: Figures) -> Picture | None:
    activity = measures.activity
    if not activity.sigma > 0:
        return None
    heavy = share(
        float(activity.monthly[-len(activity.monthly) // 10 :].sum()), float(activity.monthly.sum())
    )
    title = f"Activity is log-normal, sigma {activity.sigma:.2f}: the busiest tenth makes {as_percent(heavy)} of plays"
    caption = (
        "Users subscribed during the whole period by plays in 30 days, and the log-normal curve through the middle "
        "and the upper tenth. Those without a play are not shown."
    )
    edges = _activity_edges(activity)
    doublings = np.log2(edges[1:] / edges[:-1])
    percent = 100 * np.histogram(activity.monthly, edges)[0] / len(activity.monthly) / doublings
    middles = np.geomspace(edges[0], edges[-1], 60)
    curve = np.exp(-0.5 * (np.log(middles / activity.median) / activity.sigma) ** 2)
    curve *= 100 * np.log(2) / activity.sigma / np.sqrt(2 * np.pi)
    ticks = [(4.0**power, f"{4.0**power:g}") for power in range(-3, 8)]
    shown = tuple(tick for tick in ticks if edges[0] <= tick[0] <= edges[-1])
    chart = Chart(
        Axis("plays in 30 days", edges[0], edges[-1], shown, is_log=True),
        Axis.linear(
            "share of users in a doubling", 0, float(max(percent.max(), curve.max())), suffix=" %"
        ),
        [Bars(edges[:-1], edges[1:], percent, "d"), Line(middles, curve, "b", "log-normal", 36)],
    )
    return _picture("activity", title, caption, chart)


def _activity_edges(activity: Activity) -> Floats:
    """Return bins of two to a doubling, each around whole numbers of plays, as plays in 30 days."""
    most = max(float(activity.monthly[-1]) * activity.days / 30, 64.0)
    plays = np.unique(np.rint(np.geomspace(1, most, 2 * int(np.log2(most)))))
    edges: Floats = (plays - 0.5) * 30 / activity.days
    return edges


def _popularity(_: Statistics, measures: Figures) -> Picture | None:
    popularity = measures.popularity
    shares = 100 * popularity.shares[popularity.shares > 0]
    if not len(shares):
        return None
    top = popularity.of_top(0.1)
    title = f"A tenth of the titles has {as_percent(top)} of the plays; Gini {popularity.gini:.2f}"
    caption = "Each title's share of all plays by its rank; both scales are logarithmic."
    rank = np.arange(1, len(shares) + 1)
    shown = np.unique(np.geomspace(1, len(shares), 200).astype(np.int64)) - 1
    tenth = max(len(popularity.shares) // 10, 1)
    chart = Chart(
        Axis.logarithmic("rank of the title", 1, max(len(shares), 10)),
        Axis.logarithmic(
            "share of plays", max(float(shares[-1]), 1e-4), float(shares[0]) * 1.5, suffix=" %"
        ),
        [Rule(tenth, "← top tenth"), Line(rank[shown], shares[shown])],
    )
    return _picture("popularity", title, caption, chart)


def _decay(_: Statistics, measures: Figures) -> Picture | None:
    plays = measures.decay
    known = np.isfinite(plays)
    if not known[: LATER_DAYS[1]].all():
        return None
    early, late = plays[:7].mean(), plays[slice(*LATER_DAYS)].mean()
    if not late:
        return None
    title = f"A new title has {early / late:.1f} times as many plays in its first week as two months later"
    caption = "Plays a day of a title by days since it joined the catalogue, mean of those added in the period."
    chart = Chart(
        Axis.linear("days since the title was added", 0, DECAY_DAYS, step=15),
        Axis.linear("plays a day and title", 0, float(plays[known].max())),
        [Line(np.arange(DECAY_DAYS + 1), plays)],
    )
    return _picture("decay", title, caption, chart)


def _completion(counted: Statistics, measures: Figures) -> Picture | None:
    counts = counted.plays.completion
    if not counts.sum():
        return None
    percent = 100 * counts / counts.sum()
    early = percent[: COMPLETION_BINS // 10].sum()
    title = f"Two humps: {early:.0f} % give up in the first tenth, {as_percent(measures.finished_share)} see the end"
    caption = "Plays by the share of the title, or of the episodes begun, that was watched; live channels have none."
    step = 100 / COMPLETION_BINS
    start = np.arange(COMPLETION_BINS) * step
    chart = Chart(
        Axis.linear("watched", 0, 100, suffix=" %"),
        Axis.linear("share of plays", 0, float(percent.max()), suffix=" %"),
        [Bars(start, start + step, percent)],
    )
    return _picture("completion", title, caption, chart)


def _lengths(counted: Statistics, measures: Figures) -> Picture | None:
    counts = counted.plays.minutes
    if not counts.sum():
        return None
    percent = 100 * counts[1:] / counts.sum()
    title = f"{as_percent(measures.over_in_ten_minutes_share)} of plays are over in ten minutes"
    caption = "Plays by minutes watched; the scale is logarithmic."
    edges = MINUTE_EDGES[1:]
    ticks = tuple(
        (float(value), f"{value:g}") for value in (0.5, 1, 2, 5, 10, 20, 45, 90, 180, 360)
    )
    chart = Chart(
        Axis("minutes watched", edges[0], edges[-1], ticks, is_log=True),
        Axis.linear("share of plays", 0, float(percent.max()), suffix=" %"),
        [Bars(edges[:-1], edges[1:], percent), Rule(10, "ten minutes")],
    )
    return _picture("lengths", title, caption, chart)


def _starting(_: Statistics, measures: Figures) -> Picture | None:
    starting = measures.starting
    if not starting.attempts.sum():
        return None
    shown = int(np.searchsorted(starting.seconds, LONGEST_WAIT_SECONDS))
    seconds, percent = starting.seconds[:shown], 100 * starting.attempts / starting.attempts.sum()
    lost = as_percent(starting.leave_a_second, digits=1)
    title = f"From 2 seconds on, each second of waiting loses {lost} of viewers"
    caption = (
        "Left: attempts by the time to the first frame, the error or the exit. Right: viewers who would have left by "
        "then, and 5.8 % a second (Krishnan and Sitaraman 2012)."
    )
    waiting = Chart(
        Axis.linear("seconds until it began", 0, LONGEST_WAIT_SECONDS),
        Axis.linear("share of attempts", 0, float(percent[:shown].max()), suffix=" %"),
        [Bars(seconds, seconds + 0.5, percent[:shown])],
        title="How long it takes",
    )
    known = starting.waiting[:shown] >= 30  # noqa: PLR2004  (fewer say little)
    left = np.where(known, 100 * starting.left[:shown], np.nan)
    claimed = 5.8 * np.maximum(seconds - 2, 0)
    leaving = Chart(
        Axis.linear("seconds of waiting", 0, LONGEST_WAIT_SECONDS),
        Axis.linear("would have left", 0, 80, suffix=" %"),
        [
            Line(seconds, claimed, "b", "5.8 % a second", name_at=-5, anchor="end"),
            Line(seconds + 0.5, left, "a"),
        ],
        title="Who leaves",
    )
    return _picture("starting", title, caption, waiting, leaving, columns=2)


def _stars(counted: Statistics, measures: Figures) -> Picture | None:
    counts = counted.ratings.by_stars
    if not counts.sum():
        return None
    percent = 100 * counts / counts.sum()
    best = int(percent.argmax()) + 1
    title = f"{best} stars are given most; the mean is {measures.mean_stars:.2f}"
    place = np.arange(5)
    texts = [f"{value:.1f} %" for value in percent]
    chart = Chart(
        Axis.named("stars", ["1", "2", "3", "4", "5"]),
        Axis.linear("share of ratings", 0, 40, suffix=" %"),
        [
            Bars(place - 0.35, place + 0.35, percent, "d", texts),
            Dots(place + 0.2, 100 * np.array(MOVIELENS_STARS), "b"),
        ],
    )
    return _picture("stars", title, "Ratings by stars; the rings are those of MovieLens 1M.", chart)


def _retention(_: Statistics, measures: Figures) -> Picture | None:
    retention = measures.retention
    known = np.flatnonzero(np.isfinite(retention.overall))
    if len(known) < 3:  # noqa: PLR2004  (two months make no curve)
        return None
    last = min(int(known[-1]), 12)
    title = f"{as_percent(retention.overall[last])} are still subscribed {last} months after they first paid"
    caption = (
        "Subscribers who have not left since their first paid start, by months since. Thin: cohorts of one month. "
        "The ring is what Antenna reports for 12 months. Those who return do not count."
    )
    months = np.arange(len(retention.overall))
    cohorts = [Line(months, 100 * cohort, "faint") for cohort in retention.cohorts]
    chart = Chart(
        Axis.linear("months since the first paid start", 0, float(months[-1]), step=3),
        Axis.linear("still subscribed", 0, 100, suffix=" %"),
        [*cohorts, Line(months, 100 * retention.overall, "a"), Dots([12], [45], "b", "45 %")],
    )
    return _picture("retention", title, caption, chart)


def _bridge(_: Statistics, measures: Figures) -> Picture | None:
    bridge = measures.bridge
    if not bridge.started.sum():
        return None
    gross, net = (as_percent(churn, digits=1) for churn in (bridge.gross_churn, bridge.net_churn))
    title = f"Each month {gross} leave; less those who return it is {net}"
    caption = (
        "Above the line paid subscribers won by month, first starts and returns; below it those who left. "
        "The last month may not be whole."
    )
    place = np.arange(len(bridge.months))
    names = [_month_name(month) for month in bridge.months.tolist()]
    came = bridge.started + bridge.returned
    low, high = -float(bridge.left.max()), float(came.max())
    left, right = place - 0.4, place + 0.4
    marks: list[Mark] = [
        Bars(left, right, came, "c"),
        Bars(left, right, bridge.started, "d"),
        Bars(left, right, -bridge.left, "b"),
        Note(0, high * 0.95, f"{int(bridge.subscribers[-1]):,} subscribers at the end"),
        *_bridge_names(bridge.started, bridge.returned, bridge.left),
    ]
    every = max(len(names) // 6, 1)
    chart = Chart(
        Axis.named("month, UTC", names, every=every),
        Axis.linear("subscribers", low, high),
        marks,
        right=64,
    )
    return _picture("bridge", title, caption, chart)


def _bridge_names(started: Integers, returned: Integers, left: Integers) -> list[Mark]:
    """Return the names of the bars beside those of the last month but one."""
    row = max(len(started) - 2, 0)
    end = len(started) - 0.4
    return [
        Note(end, float(started[row]) / 2, "started"),
        Note(end, float(started[row] + returned[row] / 2), "returned"),
        Note(end, -float(left[row]) / 2, "left"),
    ]


def _month_name(month: int) -> str:
    return date(1970 + month // 12, month % 12 + 1, 1).strftime("%b %Y")
