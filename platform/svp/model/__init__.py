"""The tables, once: what readers and the generator hand to loaders, column by column."""

from __future__ import annotations

from svp.model.schema import Column, Table
from svp.model.tables import (
    APP_EVENTS,
    BOX_LOGS,
    CONTENT,
    CONTENT_TYPES,
    DEVICES,
    EPISODE_VIEWING,
    EPISODES,
    PLAYBACK_ATTEMPTS,
    PLAYBACK_OUTCOMES,
    RATINGS,
    SEARCH_QUERIES,
    SUBSCRIPTION_EVENT_TYPES,
    SUBSCRIPTION_EVENTS,
    TABLES,
    TABLES_BY_NAME,
    USERS,
    VIEWING_SESSIONS,
    WATCHLIST,
)

__all__ = [
    "APP_EVENTS",
    "BOX_LOGS",
    "CONTENT",
    "CONTENT_TYPES",
    "DEVICES",
    "EPISODES",
    "EPISODE_VIEWING",
    "PLAYBACK_ATTEMPTS",
    "PLAYBACK_OUTCOMES",
    "RATINGS",
    "SEARCH_QUERIES",
    "SUBSCRIPTION_EVENTS",
    "SUBSCRIPTION_EVENT_TYPES",
    "TABLES",
    "TABLES_BY_NAME",
    "USERS",
    "VIEWING_SESSIONS",
    "WATCHLIST",
    "Column",
    "Table",
]
