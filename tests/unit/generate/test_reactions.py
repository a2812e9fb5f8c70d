"""Ratings and searches that come of given starts and plays, and their rows."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from svp.generate.arguments import Arguments
from svp.generate.arrays import DAY_US, SECOND_US, day_of
from svp.generate.catalogue import LIVE, NO_TITLE, make_catalogue
from svp.generate.market import COUNTRIES
from svp.generate.people import GENRES, make_people
from svp.generate.phrases import PHRASEBOOKS, SPOKEN, TONE_OF_STARS
from svp.generate.randomness import Draws
from svp.generate.reactions import (
    NOTHING_FOUND_SHARE,
    RATING_CHANCE,
    RATING_CHANCE_RISE,
    STAR_SHARES,
    SearchKind,
    Typed,
    rate,
    search,
)
from svp.generate.rows import reactions as rows
from svp.generate.starts import NEVER_WATCHED, Additions, Plays, Starts, Way
from svp.model import CONTENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arrays import Entries, Floats, Integers
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.phrases import Phrasebook

ARGUMENTS = Arguments(
    seed=5, users=1500, titles=150, start_on=date(2025, 1, 1), days=60, sessions_per_user=8
)
START_AT, END_AT = ARGUMENTS.start_day * DAY_US, ARGUMENTS.end_day * DAY_US
NEVER = np.iinfo(np.int64).max
STARTS_PER_USER = 20


@pytest.fixture(scope="module")
def people() -> People:
    return make_people(ARGUMENTS, first_slot=0, slots=ARGUMENTS.users, end_at=END_AT)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return make_catalogue(ARGUMENTS, end_day=ARGUMENTS.end_day)


@pytest.fixture(scope="module")
def starts(people: People, catalogue: Catalogue) -> Starts:
    return some_starts(people, catalogue)


@pytest.fixture(scope="module")
def plays(catalogue: Catalogue, starts: Starts) -> Plays:
    return some_plays(catalogue, starts)


def some_starts(people: People, catalogue: Catalogue) -> Starts:
    """Return starts of everyone at any time of the period, a third of them by a search."""
    user = np.repeat(np.arange(len(people)), STARTS_PER_USER)
    ordinal = np.tile(np.arange(STARTS_PER_USER), len(people))
    draws = people.draws.take(user).under("test", ordinal)
    started_at = START_AT + draws.whole("at", 0, (END_AT - START_AT) // 1000) * 1000
    started_at = started_at[np.lexsort((started_at, user))]
    title = catalogue.choose(
        draws,
        "title",
        taste=people.taste,
        person=user,
        country=people.country[user],
        day=day_of(started_at),
    )
    return Starts(
        draws=draws,
        user=user,
        day=day_of(started_at),
        ordinal=ordinal,
        plan=people.plan[user],
        country=people.country[user],
        device=people.device[user],
        started_at=started_at,
        subscribed_from=np.full(len(user), START_AT),
        subscribed_to=np.full(len(user), NEVER),
        title=title,
        way=np.where(draws.happens("way", 1 / 3), Way.SEARCHED, Way.BROWSED),
    )


def some_plays(
    catalogue: Catalogue, starts: Starts, *, completion: Floats | float | None = None
) -> Plays:
    """Return a play of each start: of two humps, given up early or finished, if not told otherwise."""
    none = np.zeros(len(starts), dtype=np.int64)
    share = starts.draws.hump("share", 0.5, 0.5) if completion is None else completion
    is_live = catalogue.content_type[starts.title] == LIVE
    length = np.where(is_live, 0, catalogue.minutes[starts.title] * 60)
    seconds = np.where(is_live, 600, share * length).astype(np.int64)
    return Plays(
        start=np.arange(len(starts)),
        starts=starts,
        first_episode=none - 1,
        episode_count=none,
        ended_at=starts.started_at + seconds * SECOND_US,
        watch_seconds=seconds,
        length_seconds=length,
        quality=none,
        stall_count=none,
        bitrate_kbps=none,
    )


def only(starts: Starts, *, title: int) -> Starts:
    """Return the first start of each user, as one of a title."""
    first = starts.take(starts.ordinal == 0)
    return replace(first, title=np.full(len(first), title))


def same(left: Entries, right: Entries) -> bool:
    """Tell whether two sets of entries are equal, but for draws."""
    pairs = [(getattr(left, field.name), getattr(right, field.name)) for field in fields(left)]
    return all(
        same(ours, theirs)
        if isinstance(ours, Starts)
        else isinstance(ours, Draws) or np.array_equal(ours, theirs)
        for ours, theirs in pairs
    )


def film(catalogue: Catalogue) -> int:
    return int(np.flatnonzero(catalogue.content_type == 0)[0])


# Ratings


def test_a_user_rates_a_title_once_at_most(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    ratings = rate(people, catalogue, plays, end_at=END_AT)
    pairs = ratings.user * len(catalogue) + ratings.title
    played = plays.starts.user * len(catalogue) + plays.starts.title
    assert len(np.unique(pairs)) == len(pairs)
    assert np.isin(pairs, played).all()
    assert 0.2 < len(ratings) / len(plays) < 0.35


def test_the_first_of_several_ratings_of_a_title_counts(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    starts = replace(starts, title=np.full(len(starts), film(catalogue)))
    plays = some_plays(catalogue, starts)
    once = rate(people, catalogue, plays, end_at=NEVER)
    alone = [
        rate(people, catalogue, plays.take(starts.ordinal == ordinal), end_at=NEVER)
        for ordinal in range(STARTS_PER_USER)
    ]
    user = np.concatenate([ratings.user for ratings in alone])
    rated_at = np.concatenate([ratings.rated_at for ratings in alone])
    first = np.full(len(people), NEVER)
    np.minimum.at(first, user, rated_at)
    assert np.array_equal(once.rated_at, first[first < NEVER])


def test_a_channel_is_never_rated(people: People, catalogue: Catalogue, plays: Plays) -> None:
    assert (catalogue.content_type[plays.starts.title] == LIVE).sum() > 100
    ratings = rate(people, catalogue, plays, end_at=END_AT)
    assert (catalogue.content_type[ratings.title] != LIVE).all()


def test_a_later_end_adds_ratings_and_changes_none(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    middle = (START_AT + END_AT) // 2
    whole = rate(people, catalogue, plays, end_at=END_AT)
    started = plays.take(plays.starts.started_at < middle)
    half = rate(people, catalogue, started, end_at=middle)
    assert same(half, whole.take(whole.rated_at < middle))
    assert 0 < len(half) < len(whole)


def test_users_alone_rate_as_they_do_among_others(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    whole = rate(people, catalogue, plays, end_at=END_AT)
    few = np.arange(300)
    alone = rate(people.take(few), catalogue, plays.take(plays.starts.user < 300), end_at=END_AT)
    assert same(alone, whole.take(whole.user < 300))


def test_ratings_come_after_the_play_and_within_the_subscription(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    first = only(starts, title=film(catalogue))
    left_at = first.started_at + 3600 * SECOND_US
    plays = some_plays(catalogue, replace(first, subscribed_to=left_at), completion=0.3)
    ratings = rate(people, catalogue, plays, end_at=NEVER)
    assert len(ratings) > 100
    assert (ratings.rated_at > plays.ended_at[ratings.user]).all()
    assert (ratings.rated_at < left_at[ratings.user]).all()


@pytest.mark.parametrize(
    ("completion", "expected"),
    # Keenness is uniform from 0 to 2; who would rate more often than always rates always.
    [
        (0.0, RATING_CHANCE),
        (1.0, 1 - 1 / (4 * (RATING_CHANCE + RATING_CHANCE_RISE))),
    ],
)
def test_plays_are_rated_more_the_further_they_went(
    people: People, catalogue: Catalogue, starts: Starts, completion: float, expected: float
) -> None:
    first = only(starts, title=film(catalogue))
    ratings = rate(
        people, catalogue, some_plays(catalogue, first, completion=completion), end_at=NEVER
    )
    four_errors = 4 * np.sqrt(expected * (1 - expected) / len(first))
    assert len(ratings) / len(first) == pytest.approx(expected, abs=four_errors)


def test_stars_peak_at_four(people: People, catalogue: Catalogue, plays: Plays) -> None:
    # Within 0.05: with 150 titles, the quality of the few that are played most moves every share.
    stars = rate(people, catalogue, plays, end_at=END_AT).stars
    shares = np.bincount(stars, minlength=6)[1:] / len(stars)
    assert shares.argmax() == 3
    assert shares == pytest.approx(np.array(STAR_SHARES), abs=0.05)
    assert stars.mean() == pytest.approx(3.58, abs=0.15)


def test_better_titles_and_finished_plays_get_more_stars(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    first = only(starts, title=film(catalogue))

    def mean_stars(quality: float, completion: float) -> float:
        rated = replace(catalogue, quality=np.full(len(catalogue), quality))
        plays = some_plays(rated, first, completion=completion)
        return float(rate(people, rated, plays, end_at=NEVER).stars.mean())

    usual = mean_stars(quality=0.0, completion=0.5)
    assert mean_stars(quality=2.0, completion=0.5) > usual + 0.6
    assert mean_stars(quality=-2.0, completion=0.5) < usual - 0.6
    assert mean_stars(quality=0.0, completion=1.0) > usual + 0.2


def test_some_raters_are_more_lenient_than_others(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    ratings = rate(people, catalogue, plays, end_at=END_AT)

    def mean_by_user(part: Integers) -> Floats:
        user, stars = ratings.user[part], ratings.stars[part]
        count = np.bincount(user, minlength=len(people))
        total = np.bincount(user, stars, minlength=len(people))
        mean: Floats = np.where(count >= 4, total / np.maximum(count, 1), np.nan)
        return mean

    rows = np.arange(len(ratings))
    even, odd = mean_by_user(rows[::2]), mean_by_user(rows[1::2])
    both = ~np.isnan(even) & ~np.isnan(odd)
    assert both.sum() > 100
    assert np.corrcoef(even[both], odd[both])[0, 1] > 0.3


# Reviews


def test_a_review_is_in_a_language_of_the_country_and_fits_the_stars(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    ratings = rate(people, catalogue, plays, end_at=END_AT)
    ratings = ratings.take(np.argsort(ratings.rated_at, kind="stable"))
    reviews = rows.ratings(people, ratings).column("review").to_pylist()
    assert len({PHRASEBOOKS[code].language for code in ratings.language}) == len(PHRASEBOOKS)
    for review, user, language, stars in zip(
        reviews, ratings.user, ratings.language, ratings.stars, strict=True
    ):
        book = PHRASEBOOKS[language]
        assert book.language in SPOKEN[COUNTRIES[people.country[user]].locale]
        assert review is None or review.startswith(book.openings[stars - 1])


def test_reviews_are_written_by_some_and_differ(
    people: People, catalogue: Catalogue, plays: Plays
) -> None:
    ratings = rate(people, catalogue, plays, end_at=END_AT)
    frame = rows.ratings(people, ratings).to_pandas()
    written = frame.dropna(subset="review")
    assert len(written) / len(frame) == pytest.approx(0.07, abs=0.02)
    assert written["user_id"].nunique() < 0.4 * frame["user_id"].nunique()
    assert frame.loc[frame["review"].isna(), "helpful_count"].eq(0).all()
    assert frame["rating_id"].is_unique


def test_most_of_many_reviews_differ(people: People, catalogue: Catalogue, plays: Plays) -> None:
    ratings = rate(people, catalogue, plays, end_at=END_AT)
    some = ratings.take(np.arange(3_000))
    written = replace(some, has_review=np.ones(len(some), dtype=np.bool_))
    reviews = rows.ratings(people, written).column("review").to_pylist()
    assert len(set(reviews)) > 0.85 * len(reviews)
    sentences = [str(review).split(". ") for review in reviews]
    assert all(len(set(each)) == len(each) for each in sentences)


@pytest.mark.parametrize("book", PHRASEBOOKS, ids=lambda book: book.language)
def test_every_phrasebook_is_complete(book: Phrasebook) -> None:
    assert len(book.openings) == len(TONE_OF_STARS)
    assert len(book.reasons) == max(TONE_OF_STARS) + 1
    assert len(book.genre_words) == len(GENRES)
    assert len(book.verdicts) == len(book.reasons)
    phrases = (*book.openings, *book.reasons, *book.verdicts, book.remarks)
    assert all(len(set(each)) == len(each) >= 5 for each in phrases)
    assert len(set(book.vague_queries)) == len(PHRASEBOOKS[0].vague_queries)
    assert not re.search(r"(19|20)\d\d", " ".join(book.vague_queries))
    assert all(query == query.lower() for query in (*book.vague_queries, *book.genre_words))


# The watchlist


def test_a_listed_title_that_was_never_played_has_no_instant_of_it(people: People) -> None:
    added_at = np.array([START_AT + DAY_US, START_AT])
    watched_at = np.array([NEVER_WATCHED, START_AT + SECOND_US])
    additions = Additions(np.array([0, 1]), np.array([6, 7]), added_at, watched_at)
    frame = rows.watchlist(people, additions).to_pandas()
    assert frame["watchlist_id"].tolist() == ["W00000002-000008", "W00000001-000007"]
    assert frame["content_id"].tolist() == ["C000008", "C000007"]
    assert frame["watched_at"].isna().tolist() == [False, True]


# Searches


def test_every_start_by_a_search_has_one_just_before_it(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    played = searches.take(searches.played)
    searched = starts.take(starts.way == Way.SEARCHED)
    assert np.array_equal(played.starts.draws.keys, searched.draws.keys)
    assert np.array_equal(played.title, searched.title)
    seconds = (searched.started_at - played.searched_at) / SECOND_US
    assert (seconds >= 0).all()
    assert (seconds <= 120).all()
    assert np.median(seconds) == pytest.approx(62, abs=3)


def test_other_searches_end_with_another_title_or_without_one(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    browsed = searches.take(searches.kind == SearchKind.BROWSED)
    failed = searches.take(searches.kind == SearchKind.FAILED)
    assert len(browsed) > 500
    assert (browsed.title != NO_TITLE).all()
    assert (browsed.title != browsed.starts.title).all()
    assert (failed.title == NO_TITLE).all()
    four_errors = 4 * np.sqrt(0.25 / len(failed))
    assert (failed.result_count == 0).mean() == pytest.approx(NOTHING_FOUND_SHARE, abs=four_errors)
    assert (searches.take(searches.kind != SearchKind.FAILED).result_count > 0).all()


def test_a_search_is_not_before_its_title_day_subscription_or_the_start_before(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    later = replace(starts, subscribed_from=starts.started_at - 30 * SECOND_US)
    searches = search(people, catalogue, later, end_at=END_AT)
    assert (searches.searched_at >= searches.starts.subscribed_from).all()
    searches = search(people, catalogue, starts, end_at=END_AT)
    clicked = searches.take(searches.title != NO_TITLE)
    assert (day_of(clicked.searched_at) >= catalogue.added_on[clicked.title]).all()
    assert (day_of(searches.searched_at) == day_of(searches.starts.started_at)).all()
    ordinal, user = searches.starts.ordinal, searches.user
    before = starts.started_at[user * STARTS_PER_USER + np.maximum(ordinal - 1, 0)]
    assert (searches.searched_at >= before)[ordinal > 0].all()


def test_a_later_end_adds_searches_and_changes_none(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    middle = START_AT + 30 * DAY_US
    whole = search(people, catalogue, starts, end_at=END_AT)
    half = search(people, catalogue, starts.take(starts.started_at < middle), end_at=middle)
    assert same(half, whole.take(whole.searched_at < middle))
    assert 0 < len(half) < len(whole)


def test_a_title_is_typed_in_every_way(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    searches = searches.take(np.argsort(searches.searched_at, kind="stable"))
    titles = pa.array(["L'Été Volé"] * len(catalogue))
    actors = pa.array(["Zoë Ábel"] * len(catalogue))
    batch = rows.search_queries(people, catalogue, searches, titles, actors)
    texts = np.array(batch.column("query_text").to_pylist())

    def typed(way: int) -> set[str]:
        return set(texts[searches.typed == way])

    assert typed(Typed.NAME) == {"l'été volé"}
    assert typed(Typed.BEGINNING) == {"l'é", "l'ét", "l'été", "l'été v", "l'été volé"}
    assert typed(Typed.PLAIN) == {"l'ete vole"}
    assert {"lété volé", "l''été volé", "l'té volé", "lé'té volé"} <= typed(Typed.MISTYPED)
    assert typed(Typed.ACTOR) == {"zoë ábel"}
    assert typed(Typed.GENRE) <= {word for book in PHRASEBOOKS for word in book.genre_words}
    vague = searches.typed == Typed.VAGUE
    english = vague & (searches.language == 0)
    first, last = (
        np.mean(texts[english] == PHRASEBOOKS[0].vague_queries[rank]) for rank in (0, -1)
    )
    assert first > 0.12
    assert last < 0.03
    assert typed(Typed.VAGUE) <= {query for book in PHRASEBOOKS for query in book.vague_queries}


def test_who_has_no_actor_is_searched_by_name(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    by_actor = searches.take(searches.typed == Typed.ACTOR)
    titles = pa.array(["Harbour TV"] * len(catalogue))
    actors = pa.nulls(len(catalogue), pa.string())
    batch = rows.search_queries(people, catalogue, by_actor, titles, actors)
    assert set(batch.column("query_text").to_pylist()) == {"harbour tv"}


def test_japanese_marks_are_no_accents(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    plain = searches.take(searches.typed == Typed.PLAIN)
    titles = pa.array(["ガラスの港"] * len(catalogue))
    batch = rows.search_queries(people, catalogue, plain, titles, titles)
    assert set(batch.column("query_text").to_pylist()) == {"ガラスの港"}


def test_searches_have_ids_of_their_own_and_filters_that_fit_the_click(
    people: People, catalogue: Catalogue, starts: Starts
) -> None:
    searches = search(people, catalogue, starts, end_at=END_AT)
    names = pa.array(["Silent Harbour"] * len(catalogue))
    frame = rows.search_queries(people, catalogue, searches, names, names).to_pandas()
    assert frame["search_id"].is_unique
    assert frame["search_id"].str.startswith("Q").all()
    filtered = frame.dropna(subset=["filters", "clicked_content_id"])
    assert 0.05 < len(filtered) / len(frame) < 0.25
    title = filtered["clicked_content_id"].str[1:].astype(int).to_numpy() - 1
    wanted = [CONTENT_TYPES[code] for code in catalogue.content_type[title]]
    assert [json.loads(text)["content_type"] for text in filtered["filters"]] == wanted
