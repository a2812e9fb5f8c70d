"""Deliveries that come late, correct, link and rename: after each, the marts are what plain computation makes of what
is there now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd

from svp.model import SUBSCRIPTION_EVENT_TYPES
from tests.independent import APPLICATIONS, NAMES, Viewing, titles_of, wrong_marts
from tests.independent.viewing import ATTEMPTS, PLAYS, SEARCHES, SUBSCRIPTIONS
from tests.integration.warehouse.builders import (
    BoxLog,
    Play,
    Rating,
    SubscriptionEvent,
    Title,
    User,
)
from tests.integration.warehouse.test_quality import an_attempt
from tests.integration.warehouse.test_searches import some_searches
from warehouse.rebuild import verify_rebuild

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Attempt, Platform, Search

USERS = (
    User("u1", "Norway", "Basic", date(2023, 12, 5), "HNH1"),
    User("u2", "Sweden", "Premium", date(2024, 1, 31)),
    User("u3", None, None, date(2024, 2, 1)),
    User("u4", "India", "Basic", date(2023, 12, 31)),
    User("u5", "Vietnam", "Basic", date(2024, 1, 1)),
    User("u6", "Atlantis", "Basic", date(2024, 1, 20)),
    User("u7", "Brazil", "Premium", date(2024, 2, 29), "HNH3"),
    User("u8", "Chile", "Basic", date(2024, 1, 15), "HNH3"),
    User("u9", "Norway", "Basic", date(2024, 3, 1)),
)
"""Of countries with a clock and without; two of one contract; one who is to play before having signed up."""
LINKED = (
    User("u5", "Vietnam", "Basic", date(2024, 1, 1), "HNH2"),
    User("u2", "Sweden", "Premium", date(2024, 1, 31), "HNH1"),
    User("u9", "Norway", "Premium", date(2024, 2, 10)),
)

TITLES = (
    Title("t1", "A film", "movie", ("Drama",), None, 1999),
    Title("t2", "A saga", "series", ("Drama", "Crime"), "TV-MA", 2000),
    Title("t3", "For all", "series", (), "TV-Y7", 2000),
    Title("t4", "The match", "live", ("Sports",)),
    Title("t5", "The sea", "documentary", ("Nature", "Drama"), None, 2024),
    Title("t6", "Another film", "movie", ()),
    Title("t7", "A cartoon", "kids", ("Nature",), None, 1999),
    Title("t8", "A concert", "live", ("Music", "Crime"), None, 2000),
)
"""Two of each year, some without one, or without a genre; of every category."""
RENAMED = (
    Title("t1", "The final", "sport", ("Drama",), None, 1999),
    Title("t2", "A saga", "series", ("Crime", "Family"), "TV-MA", 2000),
    Title("t5", "The sea", "documentary", ("Nature", "Drama"), None, None),
    Title("t6", "Another name", "movie", ()),
)
CUSTOMERS = ("HNH1", "HNH2", "HNH4", None)
BOX_APPLICATIONS = ("CHANNEL", "VOD", "CHILD", "SPORT", "RELAX", "GAME", None)


@dataclass
class World:
    """Everything that was delivered, as it is now."""

    users: dict[str, User] = field(default_factory=dict)
    titles: dict[str, Title] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)
    boxes: list[BoxLog] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    subscriptions: list[SubscriptionEvent] = field(default_factory=list)
    touched: set[date] = field(default_factory=set)

    def take(self, platform: Platform, *plays: Play, **delivery: Any) -> int:
        """Deliver, refresh, and compare every mart; return how many days were exported."""
        platform.load(*plays, **delivery)
        without = delivery.get("without", ())
        former = [self.plays[each.session_id] for each in plays if each.session_id in self.plays]
        self.touched |= {day for each in (*plays, *former, *without) for day in each.days}
        self.plays |= {each.session_id: each for each in plays}
        for each in without:
            del self.plays[each.session_id]
        self.users |= {each.user_id: each for each in delivery.get("users", ())}
        self.titles |= {each.content_id: each for each in delivery.get("titles", ())}
        for name in ("boxes", "ratings", "searches", "attempts", "subscriptions"):
            getattr(self, name).extend(delivery.get(name, ()))
        self.touched |= {each.at.date() for each in self.attempts}
        self.touched |= {each.at.date() for each in self.subscriptions}
        self.touched |= self.told_days
        exported = platform.refresh().days
        compare(platform, self)
        assert platform.refresh().procedures == 0
        return exported

    def customer_of(self, user_id: str) -> str:
        """Return the code of the customer that a user is."""
        return self.users[user_id].contract_code or user_id

    def days_of(self, *user_ids: str) -> set[date]:
        """Return the days on which users played, or their subscriptions had events."""
        days = {
            day for each in self.plays.values() if each.user_id in user_ids for day in each.days
        }
        events = (each for each in self.subscriptions if each.user_id in user_ids)
        return days | {each.at.date() for each in events}

    @property
    def people(self) -> pd.DataFrame:
        """One row per user, with its customer."""
        return pd.DataFrame(
            {
                "user_id": each.user_id,
                "customer": self.customer_of(each.user_id),
                "country": each.country,
                "registered_on": pd.Timestamp(each.registered_on),
            }
            for each in self.users.values()
        )

    @property
    def told(self) -> dict[str, Any]:
        """What was told besides what was watched."""
        attempts = pd.DataFrame(
            {
                **vars(each),
                "session_id": each.play and each.play.session_id,
                "outcome": "played" if each.play else each.outcome,
                "attempted_at": each.at,
            }
            for each in self.attempts
        )
        searches = pd.DataFrame(vars(each) for each in self.searches)
        subscriptions = pd.DataFrame(vars(each) for each in self.subscriptions)
        ours = {"event_id": "subscription_event_id", "at": "occurred_at"}
        return {
            "users": self.people,
            "attempts": attempts.astype(ATTEMPTS),
            "searches": searches.rename(
                columns={"at": "searched_at", "clicked": "clicked_content_id"}
            ).astype(SEARCHES),
            "subscriptions": subscriptions.rename(columns=ours).astype(SUBSCRIPTIONS),
        }

    @property
    def viewing(self) -> Viewing:
        """What was watched and rated."""
        plays = pd.DataFrame(
            {
                "session_id": each.session_id,
                "user_id": each.user_id,
                "customer": self.customer_of(each.user_id),
                "country": self.users[each.user_id].country,
                "content_id": each.content_id,
                "device_type": None if each.device_type == "Unknown" else each.device_type,
                "quality": each.quality,
                "started_at": each.started_at,
                "ended_at": each.ends,
                "day": each.started_on,
                "watch_seconds": each.watch_seconds,
                "is_complete": each.is_complete,
                "average_bitrate_kbps": each.average_bitrate_kbps,
            }
            for each in self.plays.values()
        )
        titles = titles_of(pd.DataFrame(vars(each) for each in self.titles.values()))
        boxes = pd.DataFrame(
            {
                "customer": each.contract_code,
                "day": pd.Timestamp(each.on),
                "seconds": each.watch_seconds,
                "category": APPLICATIONS.get(each.application or "", "unknown"),
            }
            for each in self.boxes
        )
        ratings = pd.DataFrame(
            {"content_id": each.content_id, "stars": each.stars, "day": each.at.date()}
            for each in self.ratings
        ).astype({"day": "datetime64[us]"})
        days = frozenset(map(pd.Timestamp, self.touched))
        return Viewing(plays.astype(PLAYS), titles, boxes, ratings, **self.told, days=days)

    @property
    def told_days(self) -> set[date]:
        """Days of set-top boxes, ratings and searches."""
        days = {line.on for line in self.boxes} | {each.at.date() for each in self.ratings}
        return days | {each.at.date() for each in self.searches}


def compare(platform: Platform, world: World) -> None:
    """Compare every mart with plain computation."""
    viewing = world.viewing
    assert wrong_marts(platform.mart, viewing) == {}
    compare_names(platform, world, viewing)


def compare_names(platform: Platform, world: World, viewing: Viewing) -> None:
    """Compare what marts say of titles and customers besides their figures."""
    categories = dict(platform.mart("category", "category_key", "category"))
    named = {
        (
            each.content_id,
            each.title,
            each.content_type,
            NAMES[viewing.titles["category"][each.content_id]],
        )
        for each in world.titles.values()
    }
    names = ("content_id", "title", "content_type")
    assert set(platform.mart("title", *names, "category")) == named | {("Unknown",) * 4}
    shown = platform.mart("content_performance", *names, "category_key")
    assert {(*row[:-1], categories[row[-1]]) for row in shown} <= named
    tops = set(platform.mart("region_hour", "top_content_id", "top_title"))
    assert tops <= {row[:2] for row in named}
    known = {
        (code, registered.date())
        for code, registered in world.people.groupby("customer")["registered_on"].min().items()
    }
    told = set(platform.mart("customer", "customer_code", "registered_on"))
    assert {row for row in told if row[1]} == known


def days_of(first: date, last: date) -> list[date]:
    """Return the days from one to another."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def some_plays(random: Random, days: Sequence[date], count: int) -> list[Play]:
    """Return plays of any length, some over midnight, some of which little is known."""
    return [a_play(random, random.choice(days)) for _ in range(count)]


def a_play(random: Random, day: date) -> Play:
    """Return a play of a day; a third of those with a time begin in the last hours before midnight."""
    hour = random.choice((random.randrange(24), random.randrange(24), 23))
    begins = datetime.combine(day, time(hour), UTC) + timedelta(seconds=random.randrange(3600))
    length, watch_seconds = random.choice(
        ((10, 0), (1800, 0), (40, 1), (40, 29), (1800, 30), (1800, 900), (10_800, 10_800))
    )
    has_time, has_end = random.random() < 0.8, random.random() < 0.9
    return Play(
        begins if has_time else day,
        user_id=random.choice(USERS).user_id,
        content_id=random.choice(TITLES).content_id,
        watch_seconds=watch_seconds,
        is_complete=random.choice((True, False, None)),
        device_type=random.choice(("TV", "Mobile", "Unknown", None)),
        quality=random.choice(("HD", "SD", None)),
        ends=begins + timedelta(seconds=length) if has_time and has_end else None,
    )


def some_boxes(random: Random, days: Sequence[date], count: int) -> list[BoxLog]:
    """Return lines of set-top boxes, of contracts with and without users, and of none."""
    return [
        BoxLog(
            random.choice(days),
            random.choice(CUSTOMERS),
            random.choice(BOX_APPLICATIONS),
            random.choice((1, 29, 600, 600, 80_000)),
        )
        for _ in range(count)
    ]


def some_ratings(
    random: Random, days: Sequence[date], pairs: Sequence[tuple[User, Title]]
) -> list[Rating]:
    """Return a rating of each pair, of few stars, so that means differ."""
    return [
        Rating(
            datetime.combine(random.choice(days), time(random.randrange(24)), UTC),
            user_id=user.user_id,
            content_id=title.content_id,
            stars=random.choice((1, 2, 5)),
        )
        for user, title in pairs
    ]


def some_subscriptions(random: Random, days: Sequence[date], count: int) -> list[SubscriptionEvent]:
    """Return events of subscriptions in which anything may follow anything."""
    events = []
    for _ in range(count):
        kind = random.choice((*SUBSCRIPTION_EVENT_TYPES, "renewal", "start"))
        is_paid = kind in {"start", "renewal", "upgrade", "return"}
        events.append(
            SubscriptionEvent(
                datetime.combine(random.choice(days), time(random.randrange(3)), UTC),
                kind,
                random.choice((500, 900, 1250)) if is_paid else None,
                user_id=random.choice(USERS).user_id,
                plan=None if kind == "cancellation" else random.choice(("Basic", "Premium")),
            )
        )
    return events


def test_marts_are_those_of_what_is_there_after_each_delivery(platform: Platform) -> None:
    random, world = Random(5), World()
    pairs = random.sample(list(product(USERS, TITLES)), 38)
    winter = days_of(date(2024, 1, 15), date(2024, 2, 5))
    attempts = [an_attempt(random) for _ in range(12)]
    world.take(
        platform,
        *(each.play for each in attempts if each.play),
        *some_plays(random, winter, 70),
        users=USERS,
        titles=TITLES,
        boxes=some_boxes(random, winter, 30),
        ratings=some_ratings(random, winter, pairs[:20]),
        searches=some_searches(random, 20),
        attempts=attempts,
        subscriptions=some_subscriptions(random, winter, 25),
    )
    attempted = {each.play.session_id for each in attempts if each.play}
    corrected = [each for key, each in world.plays.items() if key not in attempted]
    late = days_of(date(2023, 12, 20), date(2024, 1, 18))
    world.take(
        platform,
        *some_plays(random, late, 40),
        *corrections(random, corrected[:12], winter),
        boxes=some_boxes(random, late, 15),
        ratings=some_ratings(random, late, pairs[20:30]),
        subscriptions=some_subscriptions(random, late, 10),
    )
    leap = days_of(date(2024, 2, 27), date(2024, 3, 2))
    world.take(
        platform,
        *(newest := some_plays(random, leap, 25)),
        boxes=some_boxes(random, leap[:2], 8),
        ratings=some_ratings(random, leap[:3], pairs[30:]),
        subscriptions=some_subscriptions(random, leap, 8),
    )
    assert world.take(platform, users=LINKED, titles=RENAMED) == len(world.days_of("u2", "u5"))
    last = [each for each in newest if each.started_on.month == 3]
    world.take(
        platform, *corrections(random, corrected[12:24], late), without=[*last, *corrected[24:30]]
    )
    assert verify_rebuild(platform.settings).differences == ()


def corrections(random: Random, plays: Sequence[Play], days: Sequence[date]) -> list[Play]:
    """Return what plays are after all; half of them were on another day."""
    return [
        replace(
            a_play(random, random.choice((each.started_on, random.choice(days)))),
            session_id=each.session_id,
        )
        for each in plays
    ]
