"""The trend of ratings, against plain Python over the ratings that were loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product
from math import ceil
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.integration.warehouse.builders import Rating, Title, User, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Platform

TREND = ("month_start", "release_year", "ratings", "rating_avg", "rating_bayes")
USERS = [User(f"u{n}") for n in range(20)]
TITLES = [Title(f"t{n}", release_year=(None, 1999, 2020)[n % 3]) for n in range(9)]
DECEMBER = datetime(2023, 12, 1, tzinfo=UTC)


def month_of(rating: Rating) -> date:
    """Return the first day of the month in which a rating was given."""
    return rating.at.date().replace(day=1)


def rounded(value: Fraction) -> Decimal:
    """Return an exact value as marts give it."""
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def prior(ratings: Sequence[Rating]) -> tuple[int, Fraction]:
    """Return the 25th percentile of ratings a title, and the mean of all."""
    titles = [rating.content_id for rating in ratings]
    counts = sorted(titles.count(title) for title in set(titles))
    stars = sum(rating.stars for rating in ratings)
    return counts[ceil(len(counts) / 4) - 1], Fraction(stars, len(ratings))


def trend(ratings: Sequence[Rating], titles: Sequence[Title]) -> list[tuple[object, ...]]:
    """Work out every row, months and then years, the unknown one first."""
    years = {title.content_id: title.release_year for title in titles}
    keys = {(month_of(rating), years[rating.content_id]) for rating in ratings}
    rows: list[tuple[object, ...]] = []
    for month, year in sorted(keys, key=lambda key: (key[0], key[1] or 0)):
        group = [
            rating.stars
            for rating in ratings
            if (month_of(rating), years[rating.content_id]) == (month, year)
        ]
        weight, mean = prior([rating for rating in ratings if month_of(rating) <= month])
        bayes = (weight * mean + sum(group)) / (weight + len(group))
        rows.append(
            (month, year, len(group), rounded(Fraction(sum(group), len(group))), rounded(bayes))
        )
    return rows


def some_ratings(random: Random, count: int) -> list[Rating]:
    """Return ratings of four months, of each user and title at most one; some titles have many."""
    weights = [1 + 40 * (title.content_id in {"t1", "t5"}) for title, _ in product(TITLES, USERS)]
    pairs = dict.fromkeys(random.choices(list(product(TITLES, USERS)), weights, k=count))
    return [
        Rating(
            DECEMBER + timedelta(minutes=random.randrange(120 * 1440)),
            user_id=user.user_id,
            content_id=title.content_id,
            stars=random.randint(1, 5),
        )
        for title, user in pairs
    ]


@pytest.fixture
def rated(platform: Platform) -> Platform:
    """A platform of 20 users and 9 titles of three years."""
    platform.load(users=USERS, titles=TITLES)
    return platform


@pytest.fixture
def ratings() -> list[Rating]:
    return some_ratings(Random(5), 90)


def test_trend_of_every_release_year_and_month(rated: Platform, ratings: list[Rating]) -> None:
    rated.load(ratings=ratings)
    rated.refresh()
    expected = trend(ratings, TITLES)
    assert rated.mart("rating_trend", *TREND) == expected
    assert any(bayes != mean for *_, mean, bayes in expected)


def test_late_rating_moves_its_month_and_all_that_follow(
    rated: Platform, ratings: list[Rating]
) -> None:
    late = [
        rating
        for rating in ratings
        if month_of(rating) == date(2024, 1, 1) and rating.content_id == "t1"
    ]
    rated.load(ratings=[rating for rating in ratings if rating not in late])
    rated.refresh()
    rated.execute("UPDATE agg_rating_trend SET refreshed_at = '2000-01-01'")
    rated.load(ratings=late)
    rated.refresh()
    assert rated.mart("rating_trend", *TREND) == trend(ratings, TITLES)
    untouched = "SELECT DISTINCT month_key FROM agg_rating_trend WHERE refreshed_at = '2000-01-01'"
    assert rated.fetch(untouched) == [(20231201,)]


def test_title_of_another_release_year_moves_its_ratings(
    rated: Platform, ratings: list[Rating]
) -> None:
    rated.load(ratings=ratings)
    rated.refresh()
    titles = [replace(TITLES[0], release_year=1950), *TITLES[1:]]
    rated.load(titles=titles)
    rated.refresh()
    assert rated.mart("rating_trend", *TREND) == trend(ratings, titles)


def test_one_rating_is_drawn_halfway_to_itself(platform: Platform) -> None:
    platform.load(ratings=[Rating(at("2024-01-31 23:59"), stars=5)])
    platform.refresh()
    assert platform.mart("rating_trend", *TREND) == [(date(2024, 1, 1), None, 1, 5, 5)]


def test_title_of_another_release_year_moves_the_months_it_was_rated_in(platform: Platform) -> None:
    titles = [Title("t1", release_year=2000), Title("t2", release_year=2010)]
    ratings = [
        Rating(at("2024-01-10 12:00"), content_id="t1"),
        Rating(at("2024-03-10 12:00"), content_id="t2"),
    ]
    platform.load(titles=titles, ratings=ratings)
    platform.refresh()
    platform.load(titles=[Title("t1", release_year=1999)])
    platform.refresh()
    years = platform.mart("rating_trend", "month_start", "release_year")
    assert years == [(date(2024, 1, 1), 1999), (date(2024, 3, 1), 2010)]
