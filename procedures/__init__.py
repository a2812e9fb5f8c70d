"""MySQL stored procedures and events: one object a file, installed in a stated order.

A file is one CREATE statement without DELIMITER, so that the driver, the ``mysql`` client and the linter
all read it. A procedure may call only those before it.
"""

from __future__ import annotations

__all__ = ["INSTALL_ORDER"]

INSTALL_ORDER = (
    "begin_refresh",
    "end_refresh",
    "fail_refresh",
    "refresh_calendar",
    "classify_titles",
    "link_users",
    "publish_customers",
    "mark_changed_titles",
    "publish_titles",
    "publish_members",
    "classify_applications",
    "publish_box_watch",
    "publish_category_seconds",
    "publish_first_days",
    "publish_watch",
    "publish_playback",
    "publish_ratings",
    "publish_concurrency",
    "publish_searches",
    "publish_attempts",
    "publish_hours",
    "publish_facts",
    "publish_days",
    "refresh_category_seconds",
    "refresh_daily_statistics",
    "refresh_content_performance",
    "summarise_customers",
    "refresh_customer_month",
    "refresh_active_users",
    "refresh_genre_engagement",
    "refresh_format_engagement",
    "refresh_rating_trend",
    "refresh_region_hour",
    "refresh_changed_days",
    "refresh_changed_days_every_day",
    "refresh_changed_days_often",
)
