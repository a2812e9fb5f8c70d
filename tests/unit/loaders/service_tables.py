"""The nine tables of a generated streaming platform, a few rows each, to be written by pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["service_tables"]

NAN = float("nan")

USERS = {
    "id": [1, 2],
    "email": ["a@example.org", "b@example.org"],
    "username": ["a", "b"],
    "country": ["FRA", "USA"],
    "age_group": ["18-24", "55+"],
    "subscription_plan": ["basic", "premium"],
    "subscription_start": ["2024-01-05", "2024-02-01"],
    "created_at": ["2024-03-01 00:00:00"] * 2,
    "is_active": [True, False],
    "payment_method": ["card", None],
    "device_preference": ["tv", "phone"],
}

CONTENT = {
    "id": [1, 2],
    "title": ["Heat", "Dark"],
    "content_type": ["original", "tv_show"],
    "genre": ["Crime", "Drama"],
    "release_year": [2020.0, NAN],
    "duration_minutes": [100, 50],
    "imdb_rating": [7.5, NAN],
    "content_rating": ["R", None],
    "is_original": [True, False],
    "added_date": ["2024-01-01", None],
    "available_countries": [["FRA", "USA"], []],
    "tags": [["a"], None],
}

EPISODES = {
    "id": [7],
    "tv_show_id": [2],
    "season_number": [1],
    "episode_number": [1],
    "title": ["One"],
    "duration_minutes": [50],
}

VIEWING_SESSIONS = {
    "id": [1, 2],
    "user_id": [1, 2],
    "content_id": [1, 2],
    "session_start": ["2024-03-01 00:30:00", "2024-07-01 20:00:00.250000"],
    "session_end": ["2024-03-01 00:55:00", None],
    "duration_seconds": [1200, 60],
    "platform": ["web", "smart_tv"],
    "device_type": ["desktop", "tv"],
    "quality": ["HD", "Full HD"],
    "completion_rate": [20.0, NAN],
    "buffering_count": [1.0, NAN],
    "avg_bitrate": [5200.0, NAN],
    "city": ["Lyon", "Ohio"],
    "ip_address": ["203.0.113.7", "203.0.113.8"],
}

EPISODE_VIEWING = {
    "id": [1],
    "viewing_session_id": [2],
    "episode_id": [7],
    "duration_watched": [60],
}

RATINGS = {
    "id": [1],
    "user_id": [1],
    "content_id": [1],
    "rating": [5],
    "rating_date": ["2024-03-02 10:00:00"],
    "review_text": ["fine"],
    "helpful_count": [0],
}

WATCHLIST = {
    "id": [1],
    "user_id": [1],
    "content_id": [2],
    "added_date": ["2024-03-02 10:00:00"],
    "watched": [False],
    "watched_date": [None],
}

SUBSCRIPTION_EVENTS = {
    "id": [1, 2],
    "user_id": [1, 1],
    "event_type": ["subscription_start", "cancellation"],
    "event_date": ["2024-01-05 08:00:00", "2024-05-01 08:00:00"],
    "previous_plan": [None, "basic"],
    "new_plan": ["basic", None],
    "amount": [9.99, NAN],
    "currency": ["USD", "USD"],
}

SEARCH_QUERIES = {
    "id": [1, 2],
    "user_id": [1.0, 2.0],
    "query_text": ["crime", "x"],
    "search_date": ["2024-03-02 10:00:00", "2024-03-03 10:00:00"],
    "results_count": [3.0, NAN],
    "clicked_content_id": [1.0, NAN],
    "search_filters": [{"genre": "Drama", "years": [2020, None], "it's": True}, None],
}

COLUMNS: dict[str, dict[str, Any]] = {
    "users": USERS,
    "content": CONTENT,
    "episodes": EPISODES,
    "viewing_sessions": VIEWING_SESSIONS,
    "episode_viewing": EPISODE_VIEWING,
    "ratings": RATINGS,
    "watchlist": WATCHLIST,
    "subscription_events": SUBSCRIPTION_EVENTS,
    "search_queries": SEARCH_QUERIES,
}
"""Values by table and column; a column with a gap makes its whole numbers 123.0."""


def service_tables() -> dict[str, pd.DataFrame]:
    """Return tables whose rows refer to one another."""
    return {name: pd.DataFrame(columns) for name, columns in COLUMNS.items()}
