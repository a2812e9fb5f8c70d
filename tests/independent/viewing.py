"""What was watched, and what marts of it are to say.

No code of the rooms takes part but the table of zones. Values are not rounded. Customers are named by their code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from svp.core.zones import load_zone
from warehouse.clocks import ZONES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pandas import DataFrame, Index, Series

__all__ = [
    "APPLICATIONS",
    "APP_EVENTS",
    "ATTEMPTS",
    "CATEGORIES",
    "COMPLETE_PERCENT",
    "COMPLETION",
    "NAMES",
    "PLAYS",
    "SEARCHES",
    "SUBSCRIPTIONS",
    "VALID_SECONDS",
    "Viewing",
    "titles_of",
]

CATEGORIES = ("child", "movie", "relax", "sport", "tv", "unknown")
"""In the order that decides between equals."""

TYPES = {
    "kids": "child",
    "sport": "sport",
    "live": "tv",
    "documentary": "relax",
    "movie": "movie",
    "series": "tv",
}
GENRES = {
    "child": {"kids", "children", "family"},
    "sport": {"sport", "sports"},
    "relax": {"documentary", "music", "reality", "lifestyle"},
}
APPLICATIONS = {
    **dict.fromkeys(("CHANNEL", "DSHD", "KPLUS", "KPlus"), "tv"),
    **dict.fromkeys(("MOVIE", "VOD", "VOD_RES", "FIMS", "FIMS_RES"), "movie"),
    **dict.fromkeys(("BHD", "BHD_RES", "DANET"), "movie"),
    "RELAX": "relax",
    "CHILD": "child",
    "SPORT": "sport",
}
SEGMENTS = {"Inactive": 0, "At Risk": 6, "Need Attention": 13, "Valuable": 20, "Loyal": 31}
"""Most active days of each."""

NAMES = {"tv": "TV"} | {name: name.title() for name in CATEGORIES if name != "tv"}
BOX = "Set-top box"
COMPLETE_PERCENT = 90
COMPLETION = ("complete_plays", "known_completion_plays")
VALID_SECONDS = 30
UTC_TIME = "datetime64[us, UTC]"
PLAYS = {
    **dict.fromkeys(("session_id", "user_id", "customer", "country"), "object"),
    **dict.fromkeys(("content_id", "device_type", "quality"), "object"),
    **dict.fromkeys(("started_at", "ended_at"), UTC_TIME),
    "day": "datetime64[us]",
    "watch_seconds": "int64",
    "is_complete": "object",
    "average_bitrate_kbps": "float64",
}
TITLES = dict.fromkeys(("title", "content_type", "release_year", "genres", "category"), "object")
BOXES = {"customer": "object", "day": "datetime64[us]", "seconds": "int64", "category": "object"}
RATINGS = {"content_id": "object", "stars": "int64", "day": "datetime64[us]"}
USERS = {
    **dict.fromkeys(("user_id", "customer", "country"), "object"),
    "registered_on": "datetime64[us]",
}
ATTEMPTS = {
    **dict.fromkeys(("user_id", "session_id", "device_type", "outcome", "error_code"), "object"),
    **dict.fromkeys(("startup_milliseconds", "stall_count", "stall_milliseconds"), "float64"),
    "attempted_at": UTC_TIME,
}
SEARCHES = {
    **dict.fromkeys(("search_id", "user_id", "clicked_content_id"), "object"),
    "result_count": "float64",
    "searched_at": UTC_TIME,
}
SUBSCRIPTIONS = {
    **dict.fromkeys(("subscription_event_id", "user_id", "event_type", "currency"), "object"),
    "amount_minor": "float64",
    "occurred_at": UTC_TIME,
}
APP_EVENTS = {
    **dict.fromkeys(("user_id", "device_id", "session_id", "platform", "country"), "object"),
    "occurred_at": UTC_TIME,
}

DAY = pd.Timedelta(days=1)
MINUTE = pd.Timedelta(minutes=1)


def category_of(content_type: str, genres: Iterable[str], maturity_rating: str | None) -> str:
    """Return the category of a title: children's before sport, television, relaxing, films and series."""
    by_genre = {
        category
        for category, known in GENRES.items()
        if known & {genre.lower() for genre in genres}
    }
    by_type = TYPES.get(content_type)
    if by_type == "child" or "child" in by_genre:
        return "child"
    if str(maturity_rating).lower() in {"tv-y", "tv-y7", "tv-y7-fv"}:
        return "child"
    if by_type == "sport" or "sport" in by_genre:
        return "sport"
    if content_type == "live":
        return "tv"
    return "relax" if by_type == "relax" or "relax" in by_genre else by_type or "unknown"


def titles_of(content: DataFrame) -> DataFrame:
    """Return titles by their id, with a set of genres and the category of each."""
    titles = content.set_index("content_id")
    ratings = titles.get("maturity_rating", pd.Series(index=titles.index, dtype=object))
    titles["category"] = [
        category_of(kind, genres, rating)
        for kind, genres, rating in zip(
            titles["content_type"], titles["genres"], ratings, strict=True
        )
    ]
    return titles


def empty(columns: Mapping[str, str]) -> DataFrame:
    """Return no rows of some columns."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


@dataclass(frozen=True)
class Viewing:
    """Everything that was watched, and told: what each mart is computed from.

    ``plays``: session_id, user_id, customer, country, content_id, day (datetime64), started_at and ended_at (UTC, or
    NaT where only the day is known), watch_seconds, is_complete (True, False or None), device_type, quality,
    average_bitrate_kbps.
    ``boxes``: customer (None for no contract), day, seconds, category.
    ``ratings``: content_id, stars, day.
    ``app_events``: user_id, device_id, session_id, platform and country, None for unknown, and occurred_at (UTC).
    ``users``, ``attempts``, ``searches``, ``subscriptions``: as files have them, users with their customer.
    ``rates``: what a minor unit of each currency is in dollar cents.
    ``days``: those that the marts know, even where nothing is left of what was watched.
    """

    plays: DataFrame = field(default_factory=partial(empty, PLAYS))
    titles: DataFrame = field(default_factory=partial(empty, TITLES))
    boxes: DataFrame = field(default_factory=partial(empty, BOXES))
    ratings: DataFrame = field(default_factory=partial(empty, RATINGS))
    users: DataFrame = field(default_factory=partial(empty, USERS))
    attempts: DataFrame = field(default_factory=partial(empty, ATTEMPTS))
    searches: DataFrame = field(default_factory=partial(empty, SEARCHES))
    subscriptions: DataFrame = field(default_factory=partial(empty, SUBSCRIPTIONS))
    app_events: DataFrame = field(default_factory=partial(empty, APP_EVENTS))
    rates: Mapping[str, Fraction] = field(default_factory=lambda: {"USD": Fraction(1)})
    days: frozenset[pd.Timestamp] = frozenset()

    @cached_property
    def customers(self) -> DataFrame:
        """Return country and day of sign-up of each customer; of several users, those of who signed up first."""
        users = self.users.sort_values(["registered_on", "user_id"])
        first = users.drop_duplicates("customer").set_index("customer")
        return first[["country", "registered_on"]]

    @cached_property
    def known_from(self) -> Series[pd.Timestamp]:
        """Return the day from which each customer is known: that of sign-up, or of the first record before it."""
        seen = self.watched.dropna(subset="customer").groupby("customer")["day"].min()
        every = pd.concat([self.customers["registered_on"].dropna(), seen])
        known: Series[pd.Timestamp] = every.groupby(level=0).min().rename_axis("customer")
        return known

    def countries_of(self, customers: Index[Any]) -> list[str]:
        """Return the country of each customer."""
        return self.customers["country"].reindex(customers).fillna("Unknown").to_list()

    @cached_property
    def tried(self) -> DataFrame:
        """Return attempts with the day on which they count, and the play that they became as ``of_play`` columns."""
        kept = ["day", "device_type", "watch_seconds", "average_bitrate_kbps"]
        plays = self.plays.set_index("session_id")[kept].add_prefix("of_play_")
        tried = self.attempts.join(plays, on="session_id")
        own = tried["attempted_at"].dt.tz_localize(None).dt.floor("D")
        return tried.assign(day=tried["of_play_day"].fillna(own))

    @cached_property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first and the last day with events."""
        times = (self.searches["searched_at"], self.app_events["occurred_at"])
        days = (each["day"] for each in (self.parts, self.boxes, self.ratings, self.tried))
        every = pd.concat([*days, *(each.dt.tz_localize(None).dt.floor("D") for each in times)])
        return every.min(), every.max()

    @cached_property
    def parts(self) -> DataFrame:
        """Return plays cut at midnight: ``seconds`` on each day, ``plays`` on the day they started."""
        plays = self.plays.assign(
            is_start=True, seconds=self.plays["watch_seconds"].astype("int64")
        )
        midnight = (plays["day"] + DAY).dt.tz_localize("UTC")
        later = plays[plays["ended_at"] > midnight]
        before = microseconds(midnight[later.index] - later["started_at"])
        whole = microseconds(later["ended_at"] - later["started_at"])
        plays.loc[later.index, "seconds"] = later["watch_seconds"] * before // whole
        rest = later["watch_seconds"] - plays["seconds"][later.index]
        later = later.assign(day=later["day"] + DAY, seconds=rest, is_start=False)
        return pd.concat([plays, later[rest > 0]], ignore_index=True)

    @cached_property
    def watched(self) -> DataFrame:
        """Return seconds by customer, day and category, of apps and boxes."""
        kept = ["customer", "day", "seconds", "category", "device_type"]
        apps = self.parts.join(self.titles["category"], on="content_id")[kept]
        boxes = self.boxes.assign(device_type=BOX)[kept]
        both = pd.concat([apps.assign(is_app=True), boxes.assign(is_app=False)])
        return both.assign(month=both["day"].dt.to_period("M").dt.to_timestamp())

    @cached_property
    def active(self) -> DataFrame:
        """Return the days on which each customer was active."""
        month = self.seconds["day"].dt.to_period("M").dt.to_timestamp()
        return self.seconds[["customer", "day"]].assign(month=month)

    @cached_property
    def seconds(self) -> DataFrame:
        """Return the seconds of each customer on each day on which it was active."""
        watched = self.watched[self.watched["customer"].notna()]
        by_day = watched.groupby(["customer", "day"])["seconds"].sum().reset_index()
        return by_day[by_day["seconds"] > 0]

    @cached_property
    def played(self) -> DataFrame:
        """Return plays, and as such the seconds of each customer on each day on set-top boxes, if there are any."""
        boxes = self.boxes.groupby(["customer", "day"])["seconds"].sum().reset_index()
        boxes = boxes[boxes["seconds"] > 0].rename(columns={"seconds": "watch_seconds"})
        return pd.concat([self.plays[["customer", "day", "watch_seconds"]], boxes])

    def counted(self, keys: list[str], parts: DataFrame | None = None) -> DataFrame:
        """Return plays, complete plays, hours and viewers by some keys."""
        parts = self.parts if parts is None else parts
        starts = parts[parts["is_start"]]
        known = starts[starts["is_complete"].notna()]
        counted = pd.DataFrame(index=parts.groupby(keys).size().index)
        counted["plays"] = starts.groupby(keys).size()
        counted["valid_plays"] = (
            starts[starts["watch_seconds"] >= VALID_SECONDS].groupby(keys).size()
        )
        counted["complete_plays"] = (
            known["is_complete"].astype(int).groupby([known[key] for key in keys]).sum()
        )
        counted["known_completion_plays"] = known.groupby(keys).size()
        counted["seconds"] = parts.groupby(keys)["seconds"].sum()
        viewers = parts[parts["seconds"] > 0].groupby(keys)["customer"].nunique()
        counted["unique_viewers"] = viewers
        counted = counted.fillna(0).astype(int)
        counted["completion_rate"] = (
            100 * counted["complete_plays"] / counted["known_completion_plays"].replace(0, np.nan)
        )
        counted["watch_hours"] = counted["seconds"] / 3600
        return counted

    def daily_statistics(self) -> DataFrame:
        """By day."""
        of_apps = self.counted(["day"])
        days = pd.DataFrame(index=self.watched.groupby("day").size().index)
        for column in ("plays", "valid_plays", *COMPLETION):
            days[column] = of_apps[column]
        days["active_customers"] = self.active.groupby("day").size()
        days["new_customers"] = self.active.groupby("customer")["day"].min().value_counts()
        seconds = self.watched.pivot_table(
            index="day", columns="category", values="seconds", aggfunc="sum"
        )
        for category in CATEGORIES:
            days[f"{category}_hours"] = seconds.get(category, pd.Series(dtype=float)) / 3600
        for name, is_app in {"app_hours": True, "set_top_box_hours": False}.items():
            chosen = self.watched[self.watched["is_app"] == is_app]
            days[name] = chosen.groupby("day")["seconds"].sum() / 3600
        days["watch_hours"] = self.watched.groupby("day")["seconds"].sum() / 3600
        days = days.fillna(0)
        known = days["known_completion_plays"].replace(0, np.nan)
        days["completion_rate"] = 100 * days["complete_plays"] / known
        viewers = days["active_customers"].replace(0, np.nan)
        days["avg_watch_minutes_per_customer"] = 60 * days["watch_hours"] / viewers
        return days.join(self.peaks())

    def peaks(self) -> DataFrame:
        """By day: most streams on a minute mark, and the earliest such minute."""
        timed = self.plays.dropna(subset=["started_at", "ended_at"])
        opens = timed["started_at"].dt.ceil("min").dt.tz_localize(None)
        closes = timed["ended_at"].dt.ceil("min").dt.tz_localize(None)
        changes = pd.concat([opens.value_counts(), -closes.value_counts()]).groupby(level=0).sum()
        if changes.empty:
            return pd.DataFrame(columns=["peak_concurrent_streams", "peak_minute_at"])
        minutes = pd.date_range(changes.index.min().floor("D"), changes.index.max(), freq=MINUTE)
        streams = changes.reindex(minutes, fill_value=0).cumsum()
        by_day = streams.groupby(streams.index.floor("D"))
        peaks = pd.DataFrame(
            {"peak_concurrent_streams": by_day.max(), "peak_minute_at": by_day.idxmax()}
        )
        peaks = peaks[peaks["peak_concurrent_streams"] > 0]
        silent = timed["day"][~timed["day"].isin(peaks.index)].unique()
        none = pd.DataFrame({"peak_concurrent_streams": 0, "peak_minute_at": pd.NaT}, index=silent)
        return pd.concat([peaks, none]).rename_axis("day")

    def active_users(self) -> DataFrame:
        """By day, if anybody was in its 30: customers active on it, in the 7 and in the 30 days that end with it."""
        days = pd.Index(sorted({*self.watched["day"], *self.days}), name="day")
        seen = self.active.groupby("day")["customer"].agg(set)

        def within(length: int) -> list[int]:
            return [
                len(set().union(*seen[(seen.index > day - length * DAY) & (seen.index <= day)]))
                for day in days
            ]

        users = pd.DataFrame({"dau": within(1), "wau": within(7), "mau": within(30)}, index=days)
        users = users[users["mau"] > 0]
        return users.assign(stickiness=100 * users["dau"] / users["mau"].replace(0, np.nan))

    def customer_360(self) -> DataFrame:
        """By customer and month with any record."""
        return self.months

    @cached_property
    def months(self) -> DataFrame:
        """Return what each customer watched in each month."""
        keys = ["customer", "month"]
        known = self.watched[self.watched["customer"].notna()]
        months = known.pivot_table(
            index=keys, columns="category", values="seconds", aggfunc="sum", fill_value=0
        )
        months = months.reindex(columns=list(CATEGORIES), fill_value=0)
        months["total"] = months.sum(axis=1)
        rows = months.to_dict("records")
        months["most_watched"] = list(map(most_watched, rows))
        months["taste"] = list(map(taste, rows))
        active_days = self.active.groupby(keys).size()
        months["active_days"] = active_days.reindex(months.index, fill_value=0)
        months["days_in_period"] = pd.DatetimeIndex(
            months.index.get_level_values("month")
        ).days_in_month
        months["activeness"] = 100 * months["active_days"] / months["days_in_period"]
        months["segment"] = [
            next(name for name, most in SEGMENTS.items() if days <= most)
            for days in months["active_days"]
        ]
        devices = known[known["device_type"].notna()]
        counts = devices.groupby(keys)["device_type"].nunique()
        months["device_count"] = counts.reindex(months.index, fill_value=0)
        months["country"] = self.countries_of(months.index.get_level_values("customer"))
        return months.rename(columns={name: f"{name}_seconds" for name in (*CATEGORIES, "total")})

    def customer_360_classic(self) -> DataFrame:
        """The same, of contracts: of set-top boxes, and of users who have one."""
        linked = self.users["customer"][self.users["customer"] != self.users["user_id"]]
        months = self.customer_360()
        contracts = {*linked, *self.boxes["customer"]}
        return months[months.index.isin(contracts, level="customer")]

    def summaries(self, by: list[str]) -> DataFrame:
        """By month and something of customers: how many, their share of the month, and their hours."""
        months = self.customer_360().reset_index()
        months["tv_only"] = np.where(months["taste"] == "TV", "Yes", "No")
        groups = months.groupby(["month", *by], dropna=False)
        summed = pd.DataFrame(
            {"customers": groups.size(), "total_hours": groups["total_seconds"].sum() / 3600}
        )
        summed["share"] = (
            100 * summed["customers"] / summed.groupby("month")["customers"].transform("sum")
        )
        for period, parts in {"month": 1, "week": 4, "day": 28}.items():
            average = summed["total_hours"] / summed["customers"] / parts
            summed[f"avg_hours_per_customer_{period}"] = average
        return summed

    def content_performance(self) -> DataFrame:
        """By title and day on which it was played or rated."""
        keys = ["content_id", "day"]
        rated = self.ratings.groupby(keys)["stars"].agg(["size", "mean", "sum"])
        made = self.counted(keys).join(rated, how="outer")
        counts = ["plays", "unique_viewers", "watch_hours", "size", "sum", *COMPLETION]
        made[counts] = made[counts].fillna(0)
        made["avg_view_minutes"] = 60 * made["watch_hours"] / made["plays"].replace(0, np.nan)
        made = made.join(self.titles[["title", "content_type", "category"]], on="content_id")
        made["category"] = made["category"].map(NAMES)
        names = {"size": "rating_count", "mean": "rating_avg", "sum": "rating_stars"}
        return made.rename(columns=names)

    def genre_engagement(self) -> DataFrame:
        """By genre and day; a title counts in each of its genres."""
        genres = self.titles["genres"].map(lambda names: list(dict.fromkeys(names)) or ["Unknown"])
        exploded = self.parts.join(genres.rename("genre"), on="content_id").explode("genre")
        return self.counted(["genre", "day"], exploded)

    def format_engagement(self) -> DataFrame:
        """By content type and day."""
        return self.counted(
            ["content_type", "day"], self.parts.join(self.titles["content_type"], on="content_id")
        )

    def device_quality(self) -> DataFrame:
        """By day, device and picture quality."""
        named = self.parts.fillna({"device_type": "Unknown", "quality": "Unknown"})
        return self.counted(["day", "device_type", "quality"], named)

    def region_hour(self) -> DataFrame:
        """By country, local hour and day; what is played after midnight goes with the hour of midnight."""
        parts = self.parts.assign(country=self.parts["country"].fillna("Unknown"))
        at = parts["started_at"].where(parts["is_start"], parts["day"].dt.tz_localize("UTC"))
        parts["local_hour"] = local_hours(parts["country"], at).fillna(-1)
        keys = ["country", "local_hour", "day"]
        counted = self.counted(keys, parts)
        of_titles = self.counted([*keys, "content_id"], parts).reset_index()
        best = of_titles.sort_values(
            ["seconds", "plays", "content_id"], ascending=[False, False, True]
        )
        counted["top_content_id"] = best.groupby(keys)["content_id"].first()
        counted["top_title"] = counted["top_content_id"].map(self.titles["title"])
        return counted.rename(index={-1: np.nan}, level="local_hour")

    def rating_trend(self) -> DataFrame:
        """By release year and month of rating."""
        rated = self.ratings.join(self.titles["release_year"], on="content_id")
        rated["month"] = rated["day"].dt.to_period("M").dt.to_timestamp()
        groups = rated.groupby(["release_year", "month"], dropna=False)["stars"]
        trend = pd.DataFrame(
            {"ratings": groups.size(), "rating_avg": groups.mean(), "rating_stars": groups.sum()}
        )
        typical, mean = {}, {}
        for month in rated["month"].unique():
            until = rated[rated["month"] <= month]
            counts = np.sort(until.groupby("content_id").size().to_numpy())
            typical[month] = counts[int(np.ceil(0.25 * len(counts))) - 1]
            mean[month] = until["stars"].mean()
        months = trend.index.get_level_values("month")
        weight = pd.Series([typical[month] for month in months], trend.index, dtype=float)
        prior = pd.Series([mean[month] for month in months], trend.index, dtype=float)
        above = weight * prior + trend["rating_stars"]
        trend["rating_bayes"] = above / (weight + trend["ratings"])
        return trend


def microseconds(durations: Series[pd.Timedelta]) -> Series[Any]:
    """Return durations as numbers."""
    return pd.Series(durations.to_numpy("timedelta64[us]").astype("int64"), durations.index)


def most_watched(seconds: Mapping[Any, int]) -> str | None:
    """Return the category with most seconds; of equals the first."""
    if not seconds["total"]:
        return None
    return NAMES[max(CATEGORIES, key=lambda category: seconds[category])]


def taste(seconds: Mapping[Any, int]) -> str | None:
    """Return the categories with seconds, in their order."""
    return "-".join(NAMES[name] for name in CATEGORIES if seconds[name] > 0) or None


def local_hours(country: Series[str], at: Series[pd.Timestamp]) -> Series[float]:
    """Return the hour on the clocks of a country; NaN without a clock or a time."""
    known = at.notna() & country.isin(list(ZONES))
    parts = [
        of_country.dt.tz_convert(load_zone(ZONES[str(name)])).dt.hour
        for name, of_country in at[known].groupby(country[known])
    ]
    return pd.concat(parts).reindex(at.index).astype(float) if parts else at.map(lambda _: np.nan)
