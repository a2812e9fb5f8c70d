"""What ``svp verify`` compares: each measure, and the tables of each store that hold it.

Every table has one query, ``totals_of_<table>``: an extract of PostgreSQL, a pipeline of MongoDB or a query of the
warehouse. It gives one row a day: ``day``, and a column under the name of each measure that the table holds. So a new
measure is an entry here, and a column, or a query, for each table that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MEASURES", "STORES", "Measure", "tables_of"]

STORES = ("PostgreSQL", "MongoDB", "MySQL facts", "MySQL aggregates")
"""In the order in which data goes through them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A total of a day that every table named here must agree on; one table alone is shown, not compared."""

    name: str
    unit: str
    postgresql: tuple[str, ...] = ()
    mongodb: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    mark: str | None = None
    """Changes of this kind reach the warehouse without a day: until they are exported the measure is not compared."""
    is_in_either: bool = False
    """Whether a day is in PostgreSQL or in MongoDB, and not in both."""

    @property
    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """The tables that hold the measure, by store; none for a store that does not."""
        held = (self.postgresql, self.mongodb, self.facts, self.aggregates)
        return dict(zip(STORES, held, strict=True))

    @property
    def is_compared(self) -> bool:
        """More than one table holds it."""
        return sum(map(len, self.tables.values())) > 1


def _category(name: str) -> Measure:
    """Return the seconds of one category, in the apps and on set-top boxes."""
    return Measure(
        f"{name}_seconds",
        "seconds",
        facts=("categorised_watch", "fact_category_seconds"),
        aggregates=("agg_daily_statistics",),
    )


MEASURES = (
    Measure(
        "plays",
        "plays",
        postgresql=("viewing_sessions",),
        mongodb=("viewing_events",),
        facts=("fact_watch", "fact_playback", "fact_hour"),
        aggregates=(
            "agg_daily_statistics",
            "agg_content_performance",
            "agg_format_engagement",
            "agg_region_hour",
        ),
    ),
    Measure(
        "known_completion_plays",
        "plays",
        postgresql=("viewing_sessions",),
        mongodb=("viewing_events",),
        facts=("fact_watch", "fact_playback"),
        aggregates=("agg_daily_statistics", "agg_content_performance", "agg_format_engagement"),
    ),
    Measure(
        "complete_plays",
        "plays",
        postgresql=("viewing_sessions",),
        mongodb=("viewing_events",),
        facts=("fact_watch", "fact_playback"),
        aggregates=("agg_daily_statistics", "agg_content_performance", "agg_format_engagement"),
    ),
    Measure(
        "watch_seconds",
        "seconds in the apps",
        postgresql=("viewing_sessions",),
        mongodb=("viewing_events",),
        facts=("fact_watch", "fact_playback", "fact_hour", "fact_category_seconds"),
        aggregates=(
            "agg_daily_statistics",
            "agg_content_performance",
            "agg_format_engagement",
            "agg_region_hour",
        ),
    ),
    Measure(
        "box_seconds",
        "seconds on set-top boxes",
        postgresql=("box_days",),
        mongodb=("box_logs",),
        facts=("fact_box_watch", "fact_category_seconds"),
        aggregates=("agg_daily_statistics",),
        is_in_either=True,
    ),
    *map(_category, ("child", "movie", "relax", "sport", "tv", "unknown")),
    Measure(
        "app_users",
        "users active in the apps, distinct on each day",
        postgresql=("viewing_sessions",),
        mongodb=("viewing_events",),
    ),
    Measure(
        "app_customers",
        "customers active in the apps, distinct on each day",
        postgresql=("viewing_sessions",),
        facts=("fact_watch", "fact_category_seconds"),
        mark="users",
    ),
    Measure(
        "box_customers",
        "customers active on set-top boxes, distinct on each day",
        postgresql=("box_days",),
        mongodb=("box_logs",),
        facts=("fact_box_watch", "fact_category_seconds"),
        is_in_either=True,
    ),
    Measure(
        "active_customers",
        "customers active anywhere, distinct on each day",
        facts=("fact_category_seconds",),
        aggregates=("agg_daily_statistics",),
    ),
    Measure(
        "new_customers",
        "customers active for the first time",
        facts=("customer_first_day",),
        aggregates=("agg_daily_statistics",),
    ),
    Measure(
        "ratings",
        "ratings",
        postgresql=("ratings",),
        facts=("fact_rating",),
        aggregates=("agg_content_performance",),
    ),
    Measure(
        "stars",
        "stars, summed over ratings",
        postgresql=("ratings",),
        facts=("fact_rating",),
        aggregates=("agg_content_performance",),
    ),
    Measure("searches", "searches", postgresql=("search_queries",), facts=("fact_search",)),
    Measure(
        "clicked_searches",
        "searches of which a result was clicked",
        postgresql=("search_queries",),
        facts=("fact_search",),
    ),
    Measure(
        "attempts",
        "play attempts that players told of",
        postgresql=("playback_attempts",),
        mongodb=("viewing_events",),
        facts=("fact_attempt",),
    ),
    Measure(
        "app_events",
        "events that apps told of",
        mongodb=("app_events",),
        facts=("fact_event_activity",),
    ),
    Measure(
        "subscription_events",
        "changes of subscriptions",
        postgresql=("subscription_events",),
        facts=("fact_subscription_event",),
    ),
    Measure(
        "charged_minor_units",
        "minor units, of all currencies together",
        postgresql=("subscription_events",),
        facts=("fact_subscription_event",),
    ),
)
"""Wide over aggregates of which each row says a day; what spans days is compared by ``svp verify --rebuild``."""


def tables_of(store: str) -> tuple[str, ...]:
    """Return every table of a store that holds a measure: one query each."""
    named = (table for measure in MEASURES for table in measure.tables[store])
    return tuple(dict.fromkeys(named))
