"""Users, titles, plays, other events and box logs, put into PostgreSQL and MongoDB as a complete load leaves them.

A test names only what matters to it. Loaders are not used: what they would write is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bson import Int64

from svp.core.mongodb import open_database
from svp.core.postgres import transaction
from warehouse.connections import execute as run
from warehouse.connections import fetch as ask
from warehouse.connections import open_warehouse
from warehouse.export import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from svp.core.mongodb import Document
    from svp.core.postgres import Cursor
    from svp.settings import Settings
    from warehouse.export import RefreshResult

SOURCE = "demo"
NUMBERS = count(1)
HASH = str(UUID(int=0))
LOGS = {"refresh_log", "export_log", "clock"}


@dataclass(frozen=True)
class User:
    user_id: str = "u1"
    country: str | None = "Norway"
    plan: str | None = "Basic"
    registered_on: date = date(2024, 1, 1)
    contract_code: str | None = None


@dataclass(frozen=True)
class Title:
    content_id: str = "t1"
    title: str = "A film"
    content_type: str = "movie"
    genres: Sequence[str] = ("Drama",)
    maturity_rating: str | None = None
    release_year: int | None = None


@dataclass(frozen=True)
class Play:
    """A play of a day, or one with a time: then the day, and the part after midnight, follow from it."""

    on: date | datetime
    user_id: str = "u1"
    content_id: str = "t1"
    watch_seconds: int = 600
    is_complete: bool | None = False
    device_type: str | None = "TV"
    quality: str | None = "HD"
    ends: datetime | None = None
    average_bitrate_kbps: int | None = None
    session_id: str = field(default_factory=lambda: f"s{next(NUMBERS):06d}")

    @property
    def started_on(self) -> date:
        return self.on.date() if isinstance(self.on, datetime) else self.on

    @property
    def started_at(self) -> datetime | None:
        return self.on if isinstance(self.on, datetime) else None

    @property
    def next_day_seconds(self) -> int:
        if self.started_at is None or self.ends is None:
            return 0
        midnight = datetime.combine(self.started_on + timedelta(days=1), time(), UTC)
        if self.ends <= midnight:
            return 0
        wall = self.ends - self.started_at
        before = (midnight - self.started_at).total_seconds() * self.watch_seconds
        return self.watch_seconds - int(before // wall.total_seconds())

    @property
    def days(self) -> list[date]:
        return [
            self.started_on + timedelta(days=n) for n in range(2 if self.next_day_seconds else 1)
        ]


@dataclass(frozen=True)
class Rating:
    at: datetime
    user_id: str = "u1"
    content_id: str = "t1"
    stars: int = 4


@dataclass(frozen=True)
class Search:
    at: datetime
    user_id: str = "u1"
    result_count: int | None = 5
    clicked: str | None = None
    search_id: str = field(default_factory=lambda: f"q{next(NUMBERS):06d}")


@dataclass(frozen=True)
class Attempt:
    """A try to play: one that became a play names it, any other its outcome."""

    at: datetime
    play: Play | None = None
    user_id: str = "u1"
    outcome: str = "failed"
    device_type: str | None = "TV"
    startup_milliseconds: int | None = None
    stall_count: int | None = None
    stall_milliseconds: int | None = None
    error_code: str | None = None
    attempt_id: str = field(default_factory=lambda: f"a{next(NUMBERS):06d}")


@dataclass(frozen=True)
class SubscriptionEvent:
    """An event of a user's subscription; a later one of the same id takes its place."""

    at: datetime
    event_type: str = "start"
    amount_minor: int | None = None
    currency: str | None = "USD"
    user_id: str = "u1"
    plan: str | None = "Basic"
    event_id: str = field(default_factory=lambda: f"e{next(NUMBERS):06d}")


Event = Rating | Search | Attempt | SubscriptionEvent


@dataclass(frozen=True)
class BoxLog:
    """A line of a set-top box's log; a later one of the same id takes its place."""

    on: date
    contract_code: str | None = "HNH1"
    application: str | None = "CHANNEL"
    watch_seconds: int = 600
    quality_flags: Sequence[str] = ()
    log_id: str = field(default_factory=lambda: f"AX_{next(NUMBERS):06d}")


@dataclass(frozen=True)
class AppEvent:
    """An event of an analytics export; a later one of the same id takes its place."""

    at: datetime
    user_id: str | None = "u1"
    session_id: str | None = "1"
    platform: str | None = "Web"
    country: str | None = "Norway"
    anonymous_id: str | None = None
    event_id: str = field(default_factory=lambda: f"e{next(NUMBERS):06d}")


class Platform:
    """One workspace with all three stores."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._url = settings.url("postgres")
        self._database = settings.workspace.postgres_database

    def load(
        self,
        *plays: Play,
        users: Iterable[User] = (),
        titles: Iterable[Title] = (),
        ratings: Iterable[Rating] = (),
        searches: Iterable[Search] = (),
        attempts: Iterable[Attempt] = (),
        boxes: Iterable[BoxLog] = (),
        app_events: Iterable[AppEvent] = (),
        subscriptions: Iterable[SubscriptionEvent] = (),
        without: Iterable[Play] = (),
        is_complete: bool = True,
    ) -> int:
        """Load everything that is given, replacing what has the same id; return the load.

        One that is not complete stands in the ledger as if it had been interrupted between the stores.
        """
        users, titles, without, boxes = list(users), list(titles), list(without), list(boxes)
        app_events, attempts = list(app_events), list(attempts)
        events: list[Event] = [*ratings, *searches, *attempts, *subscriptions]
        with transaction(self._url, self._database) as connection, connection.cursor() as cursor:
            load_id = open_load(cursor)
            for user in users:
                put_user(cursor, user, load_id)
            for title in titles:
                put_title(cursor, title, load_id)
            touched = {day for play in (*plays, *without) for day in play.days}
            touched |= {each.at.date() for each in (*events, *app_events)}
            touched |= {line.on for line in boxes} | days_before(cursor, plays, events)
            for play in plays:
                put_play(cursor, play, load_id)
            take_away(cursor, without)
            for event in events:
                put_event(cursor, event, load_id)
            for day in touched:
                cursor.execute("INSERT INTO ops.load_day VALUES (%s, %s)", (load_id, day))
        documents = {
            "viewing_events": [
                *(a_document(play, load_id) for play in plays),
                *(an_attempt_document(attempt, load_id) for attempt in attempts),
            ],
            "box_logs": [a_box_document(line, load_id) for line in boxes],
            "app_events": [an_event_document(event, load_id) for event in app_events],
        }
        if without or any(documents.values()):
            self.put_documents(documents, without)
        if is_complete:
            marks = [mark for mark, things in (("users", users), ("titles", titles)) if things]
            self.complete(load_id, marks)
        return load_id

    def complete(self, load_id: int, marks: Sequence[str] = ()) -> None:
        """Do what a loader does last: raise versions and set the load complete."""
        with transaction(self._url, self._database) as connection, connection.cursor() as cursor:
            cursor.execute(RAISE_DAYS, (load_id,))
            for mark in marks:
                cursor.execute(RAISE_MARK, (mark,))
            cursor.execute(
                "UPDATE ops.load SET state = 'complete', ended_at = clock_timestamp() WHERE load_id = %s",
                (load_id,),
            )

    def put_documents(
        self, documents: Mapping[str, Iterable[Document]], without: Iterable[Play] = ()
    ) -> None:
        """Put documents into their collections in place of those of the same ids, and take plays away."""
        with open_database(
            self.settings.url("mongo"), self.settings.workspace.mongo_database
        ) as database:
            for collection, given in documents.items():
                for document in given:
                    key = {"_id": document["_id"]}
                    database[collection].replace_one(key, document, upsert=True)
            for play in without:
                database["viewing_events"].delete_one({"_id": f"{SOURCE}:{play.session_id}"})

    def refresh(self) -> RefreshResult:
        return refresh(self.settings)

    def postgres(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run a statement in PostgreSQL."""
        with transaction(self._url, self._database) as connection, connection.cursor() as cursor:
            cursor.execute(statement, tuple(values))

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement in the warehouse."""
        with open_warehouse(self.settings) as connection:
            run(connection, statement, values)

    def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return rows of the warehouse."""
        with open_warehouse(self.settings) as connection:
            return ask(connection, query, values)

    def mart(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return columns of a mart, in order."""
        chosen = ", ".join(columns)
        view = f"{self.settings.workspace.mart_database}.{name}"
        return self.fetch(f"SELECT {chosen} FROM {view} ORDER BY {chosen}")

    def aggregates(self) -> int:
        """Return how many calls the last day of January takes: category seconds are kept as it is published, and the
        30 days that see it are of two months.
        """
        ((count,),) = self.fetch(
            "SELECT count(*) FROM aggregate_definition WHERE aggregate_name <> 'category_seconds'"
        )
        return int(count) + 1

    def snapshot(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return every row of the warehouse but those of logs and staging."""
        tables = self.fetch(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = schema() AND table_type = 'BASE TABLE'"
        )
        kept = [name for (name,) in tables if not name.startswith("stg_") and name not in LOGS]
        with open_warehouse(self.settings) as connection:
            return {
                name: sorted(ask(connection, f"SELECT * FROM {name}"), key=repr) for name in kept
            }


RAISE_DAYS = """
INSERT INTO ops.day_version (day, version)
SELECT day, nextval('ops.version') FROM ops.load_day WHERE load_id = %s
ON CONFLICT (day) DO UPDATE SET version = excluded.version, changed_at = clock_timestamp()
"""

RAISE_MARK = """
INSERT INTO ops.mark (mark, version) VALUES (%s, nextval('ops.version'))
ON CONFLICT (mark) DO UPDATE SET version = excluded.version, changed_at = clock_timestamp()
"""

PUT_USER = """
INSERT INTO oltp.users (
    source, user_id, country, plan, registered_on, contract_code, row_hash, load_id
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (source, user_id) DO UPDATE
SET country = excluded.country, plan = excluded.plan, registered_on = excluded.registered_on,
    contract_code = excluded.contract_code, load_id = excluded.load_id
"""

PUT_TITLE = """
INSERT INTO oltp.content (
    source, content_id, title, content_type, maturity_rating, release_year, row_hash, load_id
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (source, content_id) DO UPDATE
SET title = excluded.title, content_type = excluded.content_type,
    release_year = excluded.release_year, maturity_rating = excluded.maturity_rating, load_id = excluded.load_id
RETURNING content_key
"""

PUT_PLAY = """
INSERT INTO oltp.viewing_sessions (
    source, session_id, user_key, content_key, started_on, started_at, ended_at, watch_seconds,
    next_day_seconds, is_complete, completion_source, device_type, quality, average_bitrate_kbps,
    row_hash, load_id
)
SELECT
    %s, %s, users.user_key, content.content_key, %s, %s, %s, %s, %s, %s, 'source', %s, %s, %s, %s, %s
FROM oltp.users CROSS JOIN oltp.content
WHERE users.user_id = %s AND content.content_id = %s
ON CONFLICT (source, session_id) DO UPDATE
SET user_key = excluded.user_key, content_key = excluded.content_key,
    started_on = excluded.started_on, started_at = excluded.started_at,
    ended_at = excluded.ended_at, watch_seconds = excluded.watch_seconds,
    next_day_seconds = excluded.next_day_seconds, is_complete = excluded.is_complete,
    device_type = excluded.device_type, quality = excluded.quality, load_id = excluded.load_id
"""

PUT_RATING = """
INSERT INTO oltp.ratings (source, rating_id, user_key, content_key, stars, rated_at, row_hash, load_id)
SELECT %s, %s, users.user_key, content.content_key, %s, %s, %s, %s
FROM oltp.users CROSS JOIN oltp.content
WHERE users.user_id = %s AND content.content_id = %s
"""

PUT_SEARCH = """
INSERT INTO oltp.search_queries (
    source, search_id, user_key, query_text, result_count, clicked_content_key, searched_at, row_hash, load_id
)
SELECT %s, %s, users.user_key, 'a film', %s, content.content_key, %s, %s, %s
FROM oltp.users LEFT JOIN oltp.content ON content.content_id = %s
WHERE users.user_id = %s
"""

PUT_DEVICE = """
INSERT INTO oltp.devices (source, device_id, user_key, device_type, row_hash, load_id)
SELECT %s, %s, users.user_key, %s, %s, %s FROM oltp.users WHERE users.user_id = %s
ON CONFLICT DO NOTHING
"""

PUT_ATTEMPT = """
INSERT INTO oltp.playback_attempts (
    source, attempt_id, user_key, content_key, session_key, device_key, attempted_at, outcome,
    startup_milliseconds, stall_count, stall_milliseconds, error_code, row_hash, load_id
)
SELECT
    %s, %s, users.user_key, content.content_key, viewing_sessions.session_key, devices.device_key, %s, %s,
    %s, %s, %s, %s, %s, %s
FROM oltp.users
INNER JOIN oltp.content ON content.content_id = 't1'
LEFT JOIN oltp.viewing_sessions ON viewing_sessions.session_id = %s
LEFT JOIN oltp.devices ON devices.device_id = %s
WHERE users.user_id = %s
"""


PUT_SUBSCRIPTION_EVENT = """
INSERT INTO oltp.subscription_events (
    source, subscription_event_id, user_key, event_type, new_plan, amount_minor, currency, occurred_at, row_hash,
    load_id
)
SELECT %s, %s, users.user_key, %s, %s, %s, %s, %s, %s, %s FROM oltp.users WHERE users.user_id = %s
ON CONFLICT (source, subscription_event_id) DO UPDATE
SET user_key = excluded.user_key, event_type = excluded.event_type, new_plan = excluded.new_plan,
    amount_minor = excluded.amount_minor, currency = excluded.currency, occurred_at = excluded.occurred_at,
    load_id = excluded.load_id
"""


def open_load(cursor: Cursor) -> int:
    cursor.execute(
        "INSERT INTO ops.load (kind, target, source, path, content_sha256, file_bytes, state)"
        " VALUES ('test', 'test', %s, 'test', %s, 0, 'mongo_done') RETURNING load_id",
        (SOURCE, f"{next(NUMBERS)}"),
    )
    ((load_id,),) = cursor.fetchall()
    return int(load_id)


def put_user(cursor: Cursor, user: User, load_id: int) -> None:
    values = (user.user_id, user.country, user.plan, user.registered_on, user.contract_code)
    cursor.execute(PUT_USER, (SOURCE, *values, HASH, load_id))


def put_title(cursor: Cursor, title: Title, load_id: int) -> None:
    attributes = (title.content_type, title.maturity_rating, title.release_year)
    values = (title.content_id, title.title, *attributes)
    cursor.execute(PUT_TITLE, (SOURCE, *values, HASH, load_id))
    ((content_key,),) = cursor.fetchall()
    cursor.execute("DELETE FROM oltp.content_genres WHERE content_key = %s", (content_key,))
    for position, genre in enumerate(title.genres, start=1):
        cursor.execute(
            "INSERT INTO oltp.genres (genre) VALUES (%s) ON CONFLICT DO NOTHING", (genre,)
        )
        cursor.execute(
            "INSERT INTO oltp.content_genres"
            " SELECT %s, genre_key, %s FROM oltp.genres WHERE genre = %s",
            (content_key, position, genre),
        )


def take_away(cursor: Cursor, plays: Iterable[Play]) -> None:
    """Delete the rows of some plays."""
    for play in plays:
        cursor.execute(
            "DELETE FROM oltp.viewing_sessions WHERE session_id = %s", (play.session_id,)
        )


def days_before(cursor: Cursor, plays: Iterable[Play], events: Iterable[Event]) -> set[date]:
    """Return the days of what these replace."""
    stored = {day for play in plays for day in stored_days(cursor, play)}
    return stored | {day for each in events for day in replaced_days(cursor, each)}


def stored_days(cursor: Cursor, play: Play) -> list[date]:
    """Return the days of the row that a play replaces."""
    cursor.execute(
        "SELECT started_on, next_day_seconds > 0 FROM oltp.viewing_sessions WHERE session_id = %s",
        (play.session_id,),
    )
    return [
        started_on + timedelta(days=n)
        for started_on, has_next in cursor.fetchall()
        for n in range(2 if has_next else 1)
    ]


def put_play(cursor: Cursor, play: Play, load_id: int) -> None:
    times = (play.started_on, play.started_at, play.ends)
    figures = (play.watch_seconds, play.next_day_seconds, play.is_complete)
    names = (play.device_type, play.quality, play.average_bitrate_kbps)
    values = (SOURCE, play.session_id, *times, *figures, *names, HASH, load_id)
    cursor.execute(PUT_PLAY, (*values, play.user_id, play.content_id))


def put_event(cursor: Cursor, event: Event, load_id: int) -> None:
    match event:
        case Rating():
            put_rating(cursor, event, load_id)
        case Search():
            put_search(cursor, event, load_id)
        case Attempt():
            put_attempt(cursor, event, load_id)
        case SubscriptionEvent():
            put_subscription_event(cursor, event, load_id)


def put_rating(cursor: Cursor, rating: Rating, load_id: int) -> None:
    values = (SOURCE, f"r{next(NUMBERS)}", rating.stars, rating.at, HASH, load_id)
    cursor.execute(PUT_RATING, (*values, rating.user_id, rating.content_id))


def put_search(cursor: Cursor, search: Search, load_id: int) -> None:
    values = (SOURCE, search.search_id, search.result_count, search.at, HASH, load_id)
    cursor.execute(PUT_SEARCH, (*values, search.clicked, search.user_id))


def put_attempt(cursor: Cursor, attempt: Attempt, load_id: int) -> None:
    outcome = "played" if attempt.play else attempt.outcome
    stalls = (attempt.stall_count, attempt.stall_milliseconds)
    told = (outcome, attempt.startup_milliseconds, *stalls, attempt.error_code)
    values = (SOURCE, attempt.attempt_id, attempt.at, *told, HASH, load_id)
    session_id = attempt.play.session_id if attempt.play else None
    device_id = f"{attempt.user_id} {attempt.device_type}" if attempt.device_type else None
    if device_id:
        device = (SOURCE, device_id, attempt.device_type, HASH, load_id)
        cursor.execute(PUT_DEVICE, (*device, attempt.user_id))
    cursor.execute(PUT_ATTEMPT, (*values, session_id, device_id, attempt.user_id))


def replaced_days(cursor: Cursor, event: Event) -> list[date]:
    """Return the day of the row that an event replaces; only those of subscriptions are corrected."""
    if not isinstance(event, SubscriptionEvent):
        return []
    cursor.execute(
        "SELECT cast(occurred_at AT TIME ZONE 'UTC' AS date) FROM oltp.subscription_events"
        " WHERE subscription_event_id = %s",
        (event.event_id,),
    )
    return [day for (day,) in cursor.fetchall()]


def put_subscription_event(cursor: Cursor, event: SubscriptionEvent, load_id: int) -> None:
    currency = None if event.amount_minor is None else event.currency
    told = (event.event_type, event.plan, event.amount_minor, currency, event.at)
    values = (SOURCE, event.event_id, *told, HASH, load_id)
    cursor.execute(PUT_SUBSCRIPTION_EVENT, (*values, event.user_id))


def a_document(play: Play, load_id: int) -> Document:
    """Return the viewing event of a play."""
    seconds = [play.watch_seconds - play.next_day_seconds, play.next_day_seconds]
    times = {"started_at": play.started_at, "ended_at": play.ends, "is_complete": play.is_complete}
    return {
        "_id": f"{SOURCE}:{play.session_id}",
        "source": SOURCE,
        "session_id": play.session_id,
        "user_ref": f"{SOURCE}:{play.user_id}",
        "title_ref": f"{SOURCE}:{play.content_id}",
        "started_on": midnight(play.started_on),
        "first_frame_at": play.started_at or midnight(play.started_on),
        "watch_seconds": play.watch_seconds,
        "days": [
            {"on": midnight(day), "watch_seconds": part}
            for day, part in zip(play.days, seconds, strict=False)
        ],
        "device": {} if play.device_type is None else {"type": play.device_type},
        "stream": {} if play.quality is None else {"quality": play.quality},
        "load_id": Int64(load_id),
        **{name: value for name, value in times.items() if value is not None},
    }


def an_attempt_document(attempt: Attempt, load_id: int) -> Document:
    """Return the viewing event of an attempt: that of its play, if it became one."""
    outcome = "played" if attempt.play else attempt.outcome
    player = {"attempt_id": attempt.attempt_id, "outcome": outcome}
    if attempt.play:
        return a_document(attempt.play, load_id) | {"player": player}
    day = midnight(attempt.at.date())
    return {
        "_id": f"{SOURCE}:{attempt.attempt_id}",
        "source": SOURCE,
        "session_id": attempt.attempt_id,
        "user_ref": f"{SOURCE}:{attempt.user_id}",
        "title_ref": f"{SOURCE}:t1",
        "started_on": day,
        "started_at": attempt.at,
        "first_frame_at": None,
        "watch_seconds": 0,
        "days": [{"on": day, "watch_seconds": 0}],
        "device": {},
        "stream": {},
        "player": player,
        "load_id": Int64(load_id),
    }


def a_box_document(line: BoxLog, load_id: int) -> Document:
    """Return the document of a line."""
    return {
        "_id": f"{SOURCE}:{line.on}:{line.log_id}",
        "source": SOURCE,
        "day": midnight(line.on),
        "log_id": line.log_id,
        "contract_code": line.contract_code,
        "watch_seconds": line.watch_seconds,
        "quality_flags": list(line.quality_flags),
        "load_id": Int64(load_id),
        **({} if line.application is None else {"application": line.application}),
    }


def an_event_document(event: AppEvent, load_id: int) -> Document:
    """Return the document of an event."""
    told = {
        "user_ref": event.user_id and f"{SOURCE}:{event.user_id}",
        "anonymous_id": event.anonymous_id,
        "session_id": event.session_id,
        "platform": event.platform,
        "country": event.country,
    }
    return {
        "_id": f"{SOURCE}:{event.event_id}",
        "source": SOURCE,
        "event_id": event.event_id,
        "event_name": "page_view",
        "occurred_at": event.at,
        "day": midnight(event.at.date()),
        "quality_flags": [],
        "load_id": Int64(load_id),
        **{name: value for name, value in told.items() if value is not None},
    }


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def at(text: str) -> datetime:
    """Return an instant, as at("2024-01-31 23:50")."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
