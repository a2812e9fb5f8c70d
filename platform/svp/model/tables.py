"""The tables of a streaming platform, parents before children."""

from __future__ import annotations

import pyarrow as pa

from svp.model.schema import Column, Table

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
]

CONTENT_TYPES = ("movie", "series", "documentary", "kids", "sport", "live")

SUBSCRIPTION_EVENT_TYPES = (
    "trial",
    "start",
    "renewal",
    "upgrade",
    "downgrade",
    "payment_failed",
    "cancellation",
    "return",
)

PLAYBACK_OUTCOMES = ("played", "failed", "abandoned")
"""The first frame was shown; an error came before it; the viewer left before it."""

TEXT = pa.string()
TEXTS = pa.list_(pa.string())
FLAG = pa.bool_()
SMALL = pa.int16()
WHOLE = pa.int32()
BIG = pa.int64()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")

USERS = Table(
    name="users",
    grain="one row per user of the apps",
    key=("user_id",),
    columns=(
        Column("user_id", TEXT, "The source's id, unchanged", required=True),
        Column("full_name", TEXT, "Name as shown"),
        Column("age", SMALL, "Age in years, at registration or as the source says"),
        Column("country", TEXT, "Country of residence, English name"),
        Column("plan", TEXT, "Current subscription plan"),
        Column("registered_on", DAY, "Sign-up day, UTC", required=True),
        Column(
            "contract_code", TEXT, "Set-top-box contract of the household; null when there is none"
        ),
        Column("payment_method", TEXT, "Method of the current subscription"),
        Column("preferred_device", TEXT, "Device used most"),
        Column("is_active", FLAG, "Whether the account is in use"),
        Column("lifetime_watch_hours", pa.decimal128(12, 2), "Hours watched in the account's life"),
    ),
)

CONTENT = Table(
    name="content",
    grain="one row per title: a film, a series, a channel",
    key=("content_id",),
    columns=(
        Column("content_id", TEXT, "The source's id, unchanged", required=True),
        Column("title", TEXT, "Title; not a key, titles repeat", required=True),
        Column("content_type", TEXT, "Kind of title", required=True, values=CONTENT_TYPES),
        Column("genres", TEXTS, "Genres, the main one first; may be empty", required=True),
        Column("release_year", SMALL, "Year of first release"),
        Column("released_on", DAY, "Day of first release here"),
        Column("added_on", DAY, "Day it joined the catalogue"),
        Column("maturity_rating", TEXT, "Age rating as the source writes it"),
        Column("rating_average", pa.decimal128(4, 2), "The catalogue's own average rating"),
        Column("view_count", BIG, "Views in the title's life, a count"),
        Column("production_budget", BIG, "Budget in whole units of the source's currency"),
        Column("language", TEXT, "Original language, ISO 639-1"),
        Column("is_original", FLAG, "Made by the service itself"),
        Column("director", TEXT, "Director"),
        Column("main_actor", TEXT, "First name of the cast"),
        Column("actors", TEXTS, "The cast, the main actor first; may be empty"),
        Column(
            "available_countries", TEXTS, "Countries where it may be played; empty for everywhere"
        ),
        Column("description", TEXT, "One paragraph"),
        Column("duration_minutes", WHOLE, "Length of a title without episodes, minutes"),
        Column("season_count", SMALL, "Number of seasons of a title with episodes"),
        Column(
            "episodes_per_season",
            pa.list_(pa.int16()),
            "Episodes of each season, first season first",
        ),
        Column("average_episode_minutes", WHOLE, "Mean length of an episode, minutes"),
    ),
)

EPISODES = Table(
    name="episodes",
    grain="one row per episode of a title",
    key=("episode_id",),
    columns=(
        Column("episode_id", TEXT, "The source's id, unchanged", required=True),
        Column("content_id", TEXT, "The title it belongs to", required=True, refers_to="content"),
        Column("season_number", SMALL, "Season, from 1; 0 for specials", required=True),
        Column("episode_number", SMALL, "Number within the season, from 1", required=True),
        Column("title", TEXT, "Title of the episode"),
        Column("duration_minutes", WHOLE, "Length, minutes"),
        Column("released_on", DAY, "Day of release"),
    ),
)

DEVICES = Table(
    name="devices",
    grain="one row per device of a user",
    key=("device_id",),
    columns=(
        Column("device_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Whose device", required=True, refers_to="users"),
        Column("device_type", TEXT, "Kind of device", required=True),
        Column("platform", TEXT, "Operating system or app"),
        Column("added_on", DAY, "Day it signed in first, UTC"),
    ),
)

VIEWING_SESSIONS = Table(
    name="viewing_sessions",
    grain="one row per play: a session whose first frame was shown",
    key=("session_id",),
    columns=(
        Column("session_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Who watched", required=True, refers_to="users"),
        Column("content_id", TEXT, "What was watched", required=True, refers_to="content"),
        Column("started_on", DAY, "Day the play started, UTC", required=True),
        Column("started_at", INSTANT, "Instant of the start; null when the source has a date only"),
        Column("ended_at", INSTANT, "Instant of the end; null when the source has none"),
        Column(
            "watch_seconds",
            WHOLE,
            "Playing time, seconds, without stalls and pauses",
            required=True,
        ),
        Column(
            "completion_percent", pa.decimal128(7, 2), "Completion as the source gives it, percent"
        ),
        Column("device_type", TEXT, "Kind of device"),
        Column("quality", TEXT, "Picture quality: SD, HD, 4K"),
        Column("platform", TEXT, "Operating system or app"),
        Column("stall_count", WHOLE, "Interruptions for buffering, a count"),
        Column("average_bitrate_kbps", WHOLE, "Mean bit rate, kilobits a second"),
    ),
)

EPISODE_VIEWING = Table(
    name="episode_viewing",
    grain="one row per episode watched in a session",
    key=("episode_viewing_id",),
    columns=(
        Column("episode_viewing_id", TEXT, "The source's id, unchanged", required=True),
        Column("session_id", TEXT, "The play", required=True, refers_to="viewing_sessions"),
        Column("episode_id", TEXT, "The episode", required=True, refers_to="episodes"),
        Column("watch_seconds", WHOLE, "Playing time of the episode, seconds", required=True),
        Column("is_complete", FLAG, "Played at least 90 %"),
    ),
)

PLAYBACK_ATTEMPTS = Table(
    name="playback_attempts",
    grain="one row per time a viewer pressed play, whether or not a frame was shown",
    key=("attempt_id",),
    columns=(
        Column("attempt_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Who pressed play", required=True, refers_to="users"),
        Column("content_id", TEXT, "What was to be played", required=True, refers_to="content"),
        Column(
            "session_id",
            TEXT,
            "The play it became; null when no frame was shown",
            refers_to="viewing_sessions",
        ),
        Column("device_id", TEXT, "On which device", refers_to="devices"),
        Column("attempted_at", INSTANT, "Instant at which play was pressed", required=True),
        Column("outcome", TEXT, "How it began", required=True, values=PLAYBACK_OUTCOMES),
        Column(
            "startup_milliseconds",
            WHOLE,
            "From pressing play to the first frame, the error or the exit, milliseconds",
        ),
        Column("stall_count", WHOLE, "Interruptions for buffering, a count"),
        Column("stall_milliseconds", WHOLE, "Time stalled after the first frame, milliseconds"),
        Column("bitrate_change_count", WHOLE, "Changes of bit rate, a count"),
        Column("error_code", TEXT, "The player's error; null when there was none"),
    ),
)

RATINGS = Table(
    name="ratings",
    grain="one row per user and title rated",
    key=("rating_id",),
    columns=(
        Column("rating_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Who rated", required=True, refers_to="users"),
        Column("content_id", TEXT, "What was rated", required=True, refers_to="content"),
        Column("stars", SMALL, "1 to 5", required=True),
        Column("review", TEXT, "Text of the review"),
        Column("helpful_count", WHOLE, "Others who found it helpful, a count"),
        Column("rated_at", INSTANT, "Instant of the rating", required=True),
    ),
)

WATCHLIST = Table(
    name="watchlist",
    grain="one row per user and title put on the list",
    key=("watchlist_id",),
    columns=(
        Column("watchlist_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Whose list", required=True, refers_to="users"),
        Column("content_id", TEXT, "What was put on it", required=True, refers_to="content"),
        Column("added_at", INSTANT, "Instant it was added", required=True),
        Column("watched_at", INSTANT, "Instant it was played first; null if not yet"),
    ),
)

SUBSCRIPTION_EVENTS = Table(
    name="subscription_events",
    grain="one row per change of a subscription",
    key=("subscription_event_id",),
    columns=(
        Column("subscription_event_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Whose subscription", required=True, refers_to="users"),
        Column("event_type", TEXT, "What happened", required=True, values=SUBSCRIPTION_EVENT_TYPES),
        Column("previous_plan", TEXT, "Plan before; null at the start"),
        Column("new_plan", TEXT, "Plan after; null at the end"),
        Column("amount_minor", BIG, "Money charged, minor units of the currency"),
        Column("currency", TEXT, "ISO 4217; null exactly when no money moved"),
        Column("occurred_at", INSTANT, "Instant of the event", required=True),
    ),
)

SEARCH_QUERIES = Table(
    name="search_queries",
    grain="one row per search",
    key=("search_id",),
    columns=(
        Column("search_id", TEXT, "The source's id, unchanged", required=True),
        Column("user_id", TEXT, "Who searched", required=True, refers_to="users"),
        Column("query_text", TEXT, "What was typed", required=True),
        Column("result_count", WHOLE, "Titles found, a count"),
        Column(
            "clicked_content_id", TEXT, "Title that was clicked; null for none", refers_to="content"
        ),
        Column("filters", TEXT, "Filters that were set, a JSON object as text"),
        Column("searched_at", INSTANT, "Instant of the search", required=True),
    ),
)

BOX_LOGS = Table(
    name="box_logs",
    grain="one row per line of a set-top-box log; the day is the file's",
    key=("log_id",),
    columns=(
        Column("log_id", TEXT, "The source's id, unique within the day", required=True),
        Column("contract_code", TEXT, "Contract of the household as logged; may name none"),
        Column("mac", TEXT, "Address of the box as logged; may be several"),
        Column("application", TEXT, "What was on: a channel list, a film store, a game"),
        Column("watch_seconds", WHOLE, "Time it was on that day, seconds", required=True),
    ),
)
"""Documents in MongoDB only, therefore none of ``TABLES``."""

APP_EVENTS = Table(
    name="app_events",
    grain="one row per event that an app or a site told an analytics service",
    key=("event_id",),
    columns=(
        Column("event_id", TEXT, "The source's id, unchanged", required=True),
        Column("event_name", TEXT, "What happened; null where the source lost it"),
        Column("occurred_at", INSTANT, "Instant of the event", required=True),
        Column("user_id", TEXT, "Who used the app; null for nobody who is named"),
        Column("anonymous_id", TEXT, "The device's id"),
        Column("session_id", TEXT, "The source's session; null outside one"),
        Column("platform", TEXT, "Web, or the operating system of the app"),
        Column("country", TEXT, "Country of the device, English name"),
        Column(
            "event_properties", TEXT, "What is kept of the event's own properties, a JSON object"
        ),
        Column("user_properties", TEXT, "What is kept of the user's properties, a JSON object"),
        Column("event_properties_left_out", WHOLE, "The event's properties not kept, a count"),
        Column("user_properties_left_out", WHOLE, "The user's properties not kept, a count"),
    ),
)
"""Documents in MongoDB only, therefore none of ``TABLES``."""

TABLES = (
    USERS,
    CONTENT,
    EPISODES,
    DEVICES,
    VIEWING_SESSIONS,
    EPISODE_VIEWING,
    PLAYBACK_ATTEMPTS,
    RATINGS,
    WATCHLIST,
    SUBSCRIPTION_EVENTS,
    SEARCH_QUERIES,
)
"""In the order to load them: whatever a table refers to comes before it."""

TABLES_BY_NAME = {table.name: table for table in TABLES}
