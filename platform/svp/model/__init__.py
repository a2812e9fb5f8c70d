"""The tables, once: what readers and the generator hand to loaders, column by column."""

from __future__ import annotations

from svp.model.schema import Column, Table
from svp.model.tables import (
    CONTENT,
    CONTENT_TYPES,
    EPISODE_VIEWING,
    EPISODES,
    RATINGS,
    SEARCH_QUERIES,
    SUBSCRIPTION_EVENT_TYPES,
    SUBSCRIPTION_EVENTS,
    TABLES,
    USERS,
    VIEWING_SESSIONS,
    WATCHLIST,
)

__all__ = [
    "CONTENT",
    "CONTENT_TYPES",
    "EPISODES",
    "EPISODE_VIEWING",
    "RATINGS",
    "SEARCH_QUERIES",
    "SUBSCRIPTION_EVENTS",
    "SUBSCRIPTION_EVENT_TYPES",
    "TABLES",
    "USERS",
    "VIEWING_SESSIONS",
    "WATCHLIST",
    "Column",
    "Table",
]
