"""Ids are a source's own: the same ones of another source are other users, customers and titles.

Staging is filled by hand, with what an export of two sources would leave there.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

from svp.core.postgres import connect
from svp.core.sqlfiles import read_sql
from warehouse.sources import MAKE_KEYS, add_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Platform

JAN_1, FEB_1, MAR_1 = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
EVER = date(9999, 12, 31)
BOX = ("set-top box", "HNH1")

TITLES = ("source", "content_id", "title", "content_type")
TITLE_GENRES = ("source", "content_id", "genre")
CUSTOMERS = ("source", "customer_code", "country", "plan", "registered_on", "known_on")
USERS = ("source", "user_id", "customer_source", "customer_code")
RATINGS = ("day", "title_source", "content_id", "ratings", "stars")
EVENTS = ("day", *USERS, "event_number", "event_type")

GENRES = (
    "SELECT source, genre FROM bridge_title_genre INNER JOIN dim_title USING (title_key)"
    " INNER JOIN dim_genre USING (genre_key) ORDER BY source, genre"
)
NAMES = "SELECT source, title, content_type FROM dim_title WHERE title_key > 0 ORDER BY source"
PEOPLE = (
    "SELECT source, dim_country.country, dim_plan.plan, registered_on FROM dim_customer"
    " INNER JOIN dim_country USING (country_key) INNER JOIN dim_plan USING (plan_key)"
    " WHERE customer_key > 0 ORDER BY source"
)
LIVED = (
    "SELECT source, dim_country.country, valid_from, valid_to FROM country_history"
    " INNER JOIN dim_customer USING (customer_key)"
    " INNER JOIN dim_country ON country_history.country_key = dim_country.country_key"
    " ORDER BY source, valid_from"
)
LINKS = (
    "SELECT customer_user.source, dim_customer.source FROM customer_user"
    " INNER JOIN dim_customer USING (customer_key) ORDER BY 1"
)


def stage(platform: Platform, table: str, columns: Sequence[str], *rows: tuple[Any, ...]) -> None:
    """Put rows into a staging table in place of those that are there."""
    platform.execute(f"DELETE FROM {table}")
    places = ", ".join(["%s"] * len(columns))
    for row in rows:
        platform.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", row)


def publish_titles(platform: Platform, genres: Sequence[tuple[str, str]], **names: str) -> None:
    """Publish the title t1 of sources, with names by source and genres of each."""
    titles = [(source, "t1", name, "movie") for source, name in names.items()]
    stage(platform, "stg_title", TITLES, *titles)
    stage(platform, "stg_title_genre", TITLE_GENRES, *((of, "t1", genre) for of, genre in genres))
    platform.execute("CALL publish_titles(1)")


def publish_customers(
    platform: Platform, *people: tuple[str, str | None, str | None, date, date]
) -> None:
    """Publish the user u1 of sources: each with country, plan, day of sign-up and the day that it became known."""
    stage(platform, "stg_customer", CUSTOMERS, *((of, "u1", *rest) for of, *rest in people))
    stage(platform, "stg_customer_user", USERS, *((of, "u1", of, "u1") for of, *_ in people))
    platform.execute("CALL publish_customers(1)")


def test_title_has_name_and_genres_of_its_own_source(empty_platform: Platform) -> None:
    both = [("east", "Drama"), ("west", "Drama"), ("west", "Crime")]
    publish_titles(empty_platform, both, east="A film", west="Another")
    assert empty_platform.fetch(GENRES) == [("east", "Drama"), ("west", "Crime"), ("west", "Drama")]
    # What the other source still says is no reason to keep a genre, nor to add one.
    changed = [("east", "Family"), ("west", "Drama")]
    publish_titles(empty_platform, changed, east="A new name", west="Another")
    assert empty_platform.fetch(GENRES) == [("east", "Family"), ("west", "Drama")]
    names = [("east", "A new name", "movie"), ("west", "Another", "movie")]
    assert empty_platform.fetch(NAMES) == names


def test_customer_has_country_plan_and_history_of_its_own_source(empty_platform: Platform) -> None:
    west = ("west", "Sweden", "Premium", FEB_1, FEB_1)
    publish_customers(empty_platform, ("east", "Norway", "Basic", JAN_1, JAN_1), west)
    publish_customers(empty_platform, ("east", "Denmark", "Basic", JAN_1, MAR_1), west)
    assert empty_platform.fetch(PEOPLE) == [
        ("east", "Denmark", "Basic", JAN_1),
        ("west", "Sweden", "Premium", FEB_1),
    ]
    assert empty_platform.fetch(LIVED) == [
        ("east", "Norway", JAN_1, MAR_1),
        ("east", "Denmark", MAR_1, EVER),
        ("west", "Sweden", FEB_1, EVER),
    ]
    assert empty_platform.fetch(LINKS) == [("east", "east"), ("west", "west")]


def test_source_that_comes_later_adds_its_own_members(empty_platform: Platform) -> None:
    for sources in (["east"], ["east", "west"]):
        publish_titles(empty_platform, [], **dict.fromkeys(sources, "A film"))
        people = [(source, "Norway", "Basic", JAN_1, JAN_1) for source in sources]
        publish_customers(empty_platform, *people)
        events = [(JAN_1, source, "u1", source, "u1", 1, "start") for source in sources]
        stage(empty_platform, "stg_subscription_event", EVENTS, *events)
        empty_platform.execute("CALL publish_subscription_members()")
        for table in ("dim_title", "dim_customer", "dim_subscription"):
            of_sources = f"SELECT source FROM {table} WHERE source IN ('east', 'west') ORDER BY 1"
            assert empty_platform.fetch(of_sources) == [(source,) for source in sources]


def test_plan_and_currency_that_only_an_event_names_are_added(empty_platform: Platform) -> None:
    told = ("east", "u1", "east", "u1")
    events = [(JAN_1, *told, number, "start", "Gold", "XTS") for number in (1, 2)]
    stage(empty_platform, "stg_subscription_event", (*EVENTS, "plan", "currency"), *events)
    for _ in range(2):
        empty_platform.execute("CALL publish_subscription_members()")
    plans = "SELECT plan FROM dim_plan WHERE plan_key > 0"
    assert empty_platform.fetch(plans) == [("Gold",)]
    currencies = "SELECT minor_units, is_reported FROM dim_currency WHERE currency = 'XTS'"
    assert empty_platform.fetch(currencies) == [(100, "No")]


def test_genre_of_a_title_that_nobody_told_is_left_out(empty_platform: Platform) -> None:
    publish_titles(empty_platform, [("east", "Drama"), ("west", "Crime")], east="A film")
    assert empty_platform.fetch(GENRES) == [("east", "Drama")]


def test_customer_whom_only_an_event_names_is_unknown_in_all_else(empty_platform: Platform) -> None:
    event = (JAN_1, "east", "u1", "east", "u1", 1, "start")
    stage(empty_platform, "stg_subscription_event", EVENTS, event)
    empty_platform.execute("CALL publish_subscription_members()")
    assert empty_platform.fetch(PEOPLE) == [("east", "Unknown", "Unknown", None)]


def test_users_of_two_sources_with_one_id_become_one_customer_by_their_contract(
    empty_platform: Platform,
) -> None:
    people = [(source, code, None, None, JAN_1, JAN_1) for source, code in (("east", "u1"), BOX)]
    stage(empty_platform, "stg_customer", CUSTOMERS, *people)
    for customer in (("east", "u1"), BOX):
        users = [("west", "u1", *BOX), ("east", "u1", *customer)]
        stage(empty_platform, "stg_customer_user", USERS, *users)
        empty_platform.execute("CALL publish_customers(1)")
        assert empty_platform.fetch(LINKS) == [("east", customer[0]), ("west", BOX[0])]


def test_title_that_is_told_no_more_keeps_its_genres(empty_platform: Platform) -> None:
    both = [("east", "Drama"), ("west", "Crime")]
    publish_titles(empty_platform, both, east="A film", west="Another")
    publish_titles(empty_platform, both[1:], west="Another")
    assert empty_platform.fetch(GENRES) == both
    stage(empty_platform, "stg_title", TITLES, ("east", "t2", "A third", "movie"))
    empty_platform.execute("CALL publish_titles(1)")
    assert empty_platform.fetch(GENRES) == both


def test_customer_without_country_and_plan_is_unknown_there(empty_platform: Platform) -> None:
    for country, plan in ((None, None), ("Norway", "Basic"), (None, None)):
        publish_customers(empty_platform, ("east", country, plan, JAN_1, JAN_1))
        expected = ("east", country or "Unknown", plan or "Unknown", JAN_1)
        assert empty_platform.fetch(PEOPLE) == [expected]


def test_each_move_ends_the_stretch_before_it_and_no_other(empty_platform: Platform) -> None:
    for country, known_on in (("Norway", JAN_1), ("Denmark", FEB_1), ("Sweden", MAR_1)):
        publish_customers(empty_platform, ("east", country, "Basic", JAN_1, known_on))
    assert empty_platform.fetch(LIVED) == [
        ("east", "Norway", JAN_1, FEB_1),
        ("east", "Denmark", FEB_1, MAR_1),
        ("east", "Sweden", MAR_1, EVER),
    ]


def test_move_of_the_day_that_the_former_one_began_corrects_it(empty_platform: Platform) -> None:
    for country, known_on in (
        ("Norway", JAN_1),
        ("Denmark", JAN_1),
        ("Sweden", FEB_1),
        ("Chile", FEB_1),
    ):
        publish_customers(empty_platform, ("east", country, "Basic", JAN_1, known_on))
    assert empty_platform.fetch(LIVED) == [
        ("east", "Denmark", JAN_1, FEB_1),
        ("east", "Chile", FEB_1, EVER),
    ]


def test_customer_of_the_same_source_stays_where_another_moves(empty_platform: Platform) -> None:
    for country in ("Norway", "Sweden"):
        people = [
            ("east", "u1", country, "Basic", JAN_1, FEB_1 if country == "Sweden" else JAN_1),
            ("east", "u2", "Denmark", "Basic", JAN_1, MAR_1),
        ]
        stage(empty_platform, "stg_customer", CUSTOMERS, *people)
        empty_platform.execute("CALL publish_customers(1)")
    lived = "SELECT customer_code, country, valid_from FROM {}.country_history ORDER BY 1, 3"
    mart = empty_platform.settings.workspace.mart_database
    assert empty_platform.fetch(lived.format(mart)) == [
        ("u1", "Norway", JAN_1),
        ("u1", "Sweden", FEB_1),
        ("u2", "Denmark", JAN_1),
    ]


def test_customer_whom_only_plays_name_is_unknown_in_all_else(empty_platform: Platform) -> None:
    publish_customers(empty_platform, ("east", "Norway", "Basic", JAN_1, JAN_1))
    stage(
        empty_platform,
        "stg_member",
        ("dimension", "source", "member_name"),
        ("customer", "west", "x1"),
    )
    empty_platform.execute("CALL publish_members()")
    assert empty_platform.fetch(PEOPLE) == [
        ("east", "Norway", "Basic", JAN_1),
        ("west", "Unknown", "Unknown", None),
    ]


def test_rated_title_is_the_one_of_its_own_source(empty_platform: Platform) -> None:
    empty_platform.execute("CALL refresh_calendar(%s, %s)", (JAN_1, JAN_1))
    ratings = [(JAN_1, source, "t1", 1, stars) for source, stars in (("east", 2), ("west", 5))]
    for staged in (ratings[:1], ratings):
        stage(empty_platform, "stg_rating", RATINGS, *staged)
        empty_platform.execute("CALL publish_ratings(20240101, 20240101)")
    stars_of = "SELECT source, ratings, stars FROM fact_rating INNER JOIN dim_title USING (title_key) ORDER BY 1"
    assert empty_platform.fetch(stars_of) == [("east", 1, 2), ("west", 1, 5)]


def test_titles_that_only_a_space_tells_apart_share_their_ratings(empty_platform: Platform) -> None:
    empty_platform.execute("CALL refresh_calendar(%s, %s)", (JAN_1, JAN_1))
    ratings = [(JAN_1, "east", "t1", 2, 6), (JAN_1, "east", "t1 ", 3, 5)]
    stage(empty_platform, "stg_rating", RATINGS, *ratings)
    empty_platform.execute("CALL publish_ratings(20240101, 20240101)")
    assert empty_platform.fetch("SELECT ratings, stars FROM fact_rating") == [(5, 11)]


def test_title_that_only_plays_or_ratings_name_is_unknown_in_all_else(
    empty_platform: Platform,
) -> None:
    empty_platform.execute("CALL refresh_calendar(%s, %s)", (JAN_1, JAN_1))
    stage(empty_platform, "stg_rating", RATINGS, (JAN_1, "east", "t1", 1, 5))
    empty_platform.execute("CALL publish_ratings(20240101, 20240101)")
    members = ("dimension", "source", "member_name")
    stage(empty_platform, "stg_member", members, ("title", "west", "t1"))
    empty_platform.execute("CALL publish_members()")
    titles = "SELECT title, content_type, category_key, category FROM dim_title WHERE title_key > 0"
    assert empty_platform.fetch(titles) == [("t1", "Unknown", 0, "Unknown")] * 2


def test_members_that_only_plays_name_are_added_for_their_own_source(
    empty_platform: Platform,
) -> None:
    columns = ("dimension", "source", "member_name")
    for source in ("east", "west"):
        members = [(dimension, source, "x1") for dimension in ("customer", "title")]
        stage(empty_platform, "stg_member", columns, *members)
        for _ in range(2):
            empty_platform.execute("CALL publish_members()")
    codes = "SELECT source, customer_code FROM dim_customer WHERE customer_key > 0 ORDER BY 1"
    ids = "SELECT source, content_id FROM dim_title WHERE title_key > 0 ORDER BY 1"
    for members_of in (codes, ids):
        assert empty_platform.fetch(members_of) == [("east", "x1"), ("west", "x1")]


def test_applications_that_only_a_space_tells_apart_are_one(empty_platform: Platform) -> None:
    columns = ("dimension", "member_key", "member_name")
    members = [("application", 0, "GAME"), ("application", 1, "GAME "), ("application", 2, "VOD")]
    stage(empty_platform, "stg_member", columns, *members)
    for _ in range(2):
        empty_platform.execute("CALL publish_members()")
    found = "SELECT application FROM dim_application WHERE application_key > 0 ORDER BY 1"
    assert empty_platform.fetch(found) == [("GAME",), ("VOD",)]
    ((keys,),) = empty_platform.fetch(read_sql("warehouse.queries", "listed_member_keys"))
    one, same, other = keys.split(",")
    assert one == same != other


def test_lists_of_keys_are_in_the_order_of_the_numbers_that_members_were_given(
    empty_platform: Platform,
) -> None:
    columns = ("dimension", "member_key", "member_name")
    members = [("application", number, f"A{number}") for number in (20_001, 3, 10_000, 9, 9_999)]
    stage(empty_platform, "stg_member", columns, *members)
    empty_platform.execute("CALL publish_members()")
    lists = empty_platform.fetch(read_sql("warehouse.queries", "listed_member_keys"))
    names = dict(empty_platform.fetch("SELECT application_key, application FROM dim_application"))
    assert [[names[int(key)] for key in listed.split(",")] for (listed,) in lists] == [
        ["A3", "A9", "A9999"],
        ["A10000"],
        ["A20001"],
    ]


def test_extracts_are_given_the_key_of_each_member_whether_it_came_in_a_list_or_by_name(
    empty_platform: Platform,
) -> None:
    columns = ("dimension", "member_key", "source", "member_name")
    users = [("customer", key, "east", name) for key, name in ((20_001, "b"), (3, "a"), (9, "a"))]
    others = [("title", 7, "east", "t1"), ("device", None, None, "TV\t,\\")]
    stage(empty_platform, "stg_member", columns, *users, *others)
    empty_platform.execute("CALL publish_members()")
    customers = dict(empty_platform.fetch("SELECT customer_code, customer_key FROM dim_customer"))
    ((title,),) = empty_platform.fetch("SELECT title_key FROM dim_title WHERE title_key > 0")
    ((device,),) = empty_platform.fetch("SELECT device_key FROM dim_device WHERE device_key > 0")
    settings = empty_platform.settings
    source = connect(settings.url("postgres"), settings.workspace.postgres_database)
    with closing(source), source.cursor() as cursor:
        cursor.execute(MAKE_KEYS)
        add_keys(cursor, empty_platform.fetch(read_sql("warehouse.queries", "member_keys")))
        cursor.execute("SELECT * FROM pg_temp.warehouse_key ORDER BY dimension, member_key")
        assert cursor.fetchall() == [
            ("customer", 3, None, customers["a"]),
            ("customer", 9, None, customers["a"]),
            ("customer", 20_001, None, customers["b"]),
            ("device", None, "TV\t,\\", device),
            ("title", 7, None, title),
        ]


def test_ids_that_only_a_space_tells_apart_are_one_member(empty_platform: Platform) -> None:
    columns = ("dimension", "source", "member_name")
    members = [(of, "east", name) for of in ("customer", "title") for name in ("x1", "x1 ")]
    stage(empty_platform, "stg_member", columns, *members)
    empty_platform.execute("CALL publish_members()")
    for table in ("dim_customer", "dim_title"):
        assert empty_platform.fetch(f"SELECT count(*) FROM {table} WHERE source = 'east'") == [(1,)]
