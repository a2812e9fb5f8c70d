"""What aggregates and dimensions carry of other dimensions, to spare reports a join, is what those say now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.integration.warehouse.builders import Play, Rating, Title, User, at
from warehouse.rebuild import verify_rebuild

if TYPE_CHECKING:
    from tests.integration.warehouse.builders import Platform

DAYS = date(2024, 1, 31), date(2024, 2, 1)
STAYING, MOVING = Title("stays", "Stays"), Title("moves", "Was")
RENAMED = Title("moves", "Is", content_type="sport")


@pytest.fixture
def two(platform: Platform) -> Platform:
    """Two customers who play two titles on two days of two months, and rate one of them on a day without plays."""
    platform.load(
        *(
            Play(on, user_id=user_id, content_id=title.content_id)
            for on in DAYS
            for user_id, title in (("u1", MOVING), ("u1", STAYING), ("u2", MOVING))
        ),
        users=[User("u1", country="Norway"), User("u2", country="Norway")],
        titles=[STAYING, MOVING],
        ratings=[Rating(at("2024-02-02 10:00"), content_id="moves")],
    )
    platform.refresh()
    return platform


def countries_of(platform: Platform, mart: str, day: str) -> set[tuple[object, ...]]:
    """Return customers with the countries that a mart has of them, by day."""
    countries = {key: name for name, key in platform.mart("country", "country", "country_key")}
    rows = platform.mart(mart, day, "customer_code", "country_key")
    return {(on, code, countries[key]) for on, code, key in rows}


def test_title_with_another_name_and_type_has_them_in_marts_at_once(two: Platform) -> None:
    two.load(titles=[RENAMED])
    two.refresh()
    assert set(
        two.mart("content_performance", "stat_date", "content_id", "title", "content_type")
    ) == {
        *((on, "stays", "Stays", "movie") for on in DAYS),
        *((on, "moves", "Is", "sport") for on in (*DAYS, date(2024, 2, 2))),
    }
    top = set(two.mart("region_hour", "stat_date", "top_content_id", "top_title"))
    assert top == {(on, "moves", "Is") for on in DAYS}
    assert verify_rebuild(two.settings).differences == ()


def test_title_with_another_type_alone_has_it_in_marts_at_once(two: Platform) -> None:
    two.load(titles=[Title("moves", "Was", content_type="sport")])
    two.refresh()
    types = set(two.mart("content_performance", "content_id", "title", "content_type"))
    assert types == {("stays", "Stays", "movie"), ("moves", "Was", "sport")}


def test_each_top_title_of_an_hour_has_its_own_name(platform: Platform) -> None:
    titles = [Title(f"t{number}", f"Film {number}") for number in range(1, 5)]
    platform.load(
        *(
            Play(at(f"2024-01-31 1{number}:00"), content_id=title.content_id)
            for number, title in enumerate(titles)
        ),
        titles=titles,
    )
    platform.refresh()
    platform.load(titles=[Title("t2", "A new name")])
    platform.refresh()
    names = ["Film 1", "A new name", "Film 3", "Film 4"]
    assert platform.mart("region_hour", "local_hour", "top_title") == list(
        zip(range(11, 15), names, strict=True)
    )


def test_title_of_another_category_has_it_in_marts_at_once(two: Platform) -> None:
    two.load(titles=[RENAMED])
    two.refresh()
    keys = dict(two.mart("category", "category", "category_key"))
    assert set(two.mart("content_performance", "content_id", "category_key")) == {
        ("stays", keys["Movie"]),
        ("moves", keys["Sport"]),
    }
    titles = set(two.mart("title", "content_id", "category", "category_key"))
    assert {("stays", "Movie", keys["Movie"]), ("moves", "Sport", keys["Sport"])} <= titles


def test_customer_who_moved_has_the_new_country_in_all_months(two: Platform) -> None:
    two.load(users=[User("u1", country="Sweden", plan="Premium"), User("u2", country=None)])
    assert two.refresh().procedures == 0
    months = {date(2024, 1, 1), date(2024, 2, 1)}
    assert countries_of(two, "customer_360", "month_start") == {
        (month, *pair) for month in months for pair in (("u1", "Sweden"), ("u2", "Unknown"))
    }
    ends = {date(2024, 1, 31), date(2024, 2, 2)}
    known = (("u1", "Sweden"), ("u2", "Unknown"), ("u3", "Norway"))
    assert countries_of(two, "churn_signals", "as_of_date") == {
        (end, *pair) for end in ends for pair in known
    }
    customers = set(two.mart("customer", "customer_code", "country", "plan"))
    assert {("u1", "Sweden", "Premium"), ("u2", "Unknown", "Basic")} <= customers
    assert verify_rebuild(two.settings).differences == ()


def test_customers_who_stay_keep_their_country_where_others_exchange_theirs(two: Platform) -> None:
    lived = {"u4": "Denmark", "u5": "Chile", "u6": "Denmark", "u7": "Chile"}
    two.load(
        *(Play(DAYS[-1], user_id=user) for user in lived),
        users=[User(user, country=country) for user, country in lived.items()],
    )
    two.refresh()
    two.load(users=[User("u4", country="Chile"), User("u5", country="Denmark")])
    assert two.refresh().procedures == 0
    known = {**dict.fromkeys(("u1", "u2"), "Norway"), **lived, "u4": "Chile", "u5": "Denmark"}
    end = max(two.mart("churn_signals", "as_of_date"))[0]
    expected = {(end, *pair) for pair in (*known.items(), ("u3", "Norway"))}
    found = countries_of(two, "churn_signals", "as_of_date")
    assert {row for row in found if row[0] == end} == expected
    found = countries_of(two, "customer_360", "month_start")
    assert {row[1:] for row in found if row[0] == date(2024, 2, 1)} == set(known.items())
