"""The catalogue: what comes when, what is chosen, and that a later end changes nothing before it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from itertools import chain, combinations
from string import Formatter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from svp.generate.arguments import Arguments
from svp.generate.catalogue import (
    DOCUMENTARY,
    GENRE_DECAY_DAYS,
    LIVE,
    MOVIE,
    NEW_TITLE_BOOSTS,
    NO_TITLE,
    SEASON_BOOST,
    SERIES,
    SPORT,
    Catalogue,
    make_catalogue,
)
from svp.generate.market import COUNTRIES
from svp.generate.people import GENRE_APPEAL, GENRES
from svp.generate.randomness import Draws, cumulate
from svp.generate.rows.catalogue import CAST_SIZES, content, episodes
from svp.generate.words import (
    ANIMALS,
    COMPETITIONS,
    HEROES,
    KIDS_MOODS,
    KIDS_THINGS,
    MOODS,
    NETWORKS,
    NUMBERS,
    OWN_THINGS,
    PLURALS,
    THINGS,
    TITLE_SHAPES,
    TOWNS,
    WAYS,
    NamePool,
    make_name_pools,
)
from svp.model import CONTENT_TYPES

if TYPE_CHECKING:
    from svp.generate.arrays import Floats, Integers

DAYS = 180
ANY_TASTE = cumulate([GENRE_APPEAL])
UNITED_STATES = 0
CHILD_RATINGS = {"G", "TV-Y7", "PG"}


def arguments_of(titles: int) -> Arguments:
    return Arguments(
        seed=1, users=100, titles=titles, start_on=date(2025, 1, 1), days=DAYS, sessions_per_user=8
    )


def catalogue_of(titles: int) -> Catalogue:
    arguments = arguments_of(titles)
    return make_catalogue(arguments, end_day=arguments.end_day)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_of(5_000)


@pytest.fixture(scope="module")
def pools() -> tuple[NamePool, ...]:
    return make_name_pools(1)


@pytest.fixture(scope="module")
def rows(catalogue: Catalogue, pools: tuple[NamePool, ...]) -> pd.DataFrame:
    return content(arguments_of(5_000), catalogue, pools).to_pandas()


def choose(
    catalogue: Catalogue, count: int, *, days: int = DAYS
) -> tuple[Integers, Integers, Integers]:
    """Return titles, days and countries of choices spread over the first days of the period."""
    draws = Draws.of(2, "rows", np.arange(count))
    start = arguments_of(20).start_day
    day = draws.whole("day", start, start + days)
    country = draws.pick("country", [market.share for market in COUNTRIES])
    nobody = np.zeros(count, dtype=np.int64)
    title = catalogue.choose(
        draws, "choice", taste=ANY_TASTE, person=nobody, country=country, day=day
    )
    return title, day, country


def weights_on(catalogue: Catalogue, day: int) -> Floats:
    """Return every title's weight on a day, summed over its premieres and revivals one by one."""
    decay_days = GENRE_DECAY_DAYS[catalogue.genres[:, 0]]

    def left(since: Integers, decay: Floats) -> Floats:
        return np.where(since >= 0, np.exp(-np.maximum(since, 0) / decay), 0.0)

    weight = catalogue.standing_weight.copy()
    boost = np.array(NEW_TITLE_BOOSTS)[catalogue.content_type] * catalogue.popularity
    weight += boost * left(day - catalogue.added_on, decay_days)
    parts = catalogue.episodes
    late = parts.released_on > catalogue.added_on[parts.title]
    bursts = SEASON_BOOST / parts.season_length * catalogue.popularity[parts.title] * late
    bursts *= left(day - parts.released_on, decay_days[parts.title])
    weight += np.bincount(parts.title, bursts, minlength=len(catalogue))
    revivals = catalogue.revivals()
    back = revivals.weight * left(day - revivals.day, decay_days[revivals.title])
    weight += np.bincount(revivals.title, back, minlength=len(catalogue))
    return np.where(catalogue.added_on <= day, weight, 0.0)


def gini(plays: Integers) -> float:
    ranked = np.sort(plays)
    count = len(ranked)
    return float(2 * (np.arange(1, count + 1) * ranked).sum() / (count * ranked.sum()) - 1)


def test_a_later_end_appends_titles_and_changes_none() -> None:
    arguments = arguments_of(2_000)
    early_end = arguments.start_day + 40
    early = make_catalogue(arguments, end_day=early_end)
    late = make_catalogue(arguments, end_day=early_end + 61)
    assert len(late) > len(early)
    assert (late.added_on[len(early) :] >= early_end).all()
    assert np.array_equal(early.draws.keys, late.draws.keys[: len(early)])
    for field in fields(Catalogue):
        of_early = getattr(early, field.name)
        if isinstance(of_early, np.ndarray) and field.name != "first_episode":
            assert np.array_equal(of_early, getattr(late, field.name)[: len(early)]), field.name
    known = (late.episodes.released_on < early_end) & (late.episodes.title < len(early))
    parts = late.episodes.take(known)
    for field in fields(parts):
        assert np.array_equal(getattr(early.episodes, field.name), getattr(parts, field.name))


def test_a_later_end_changes_no_row_but_what_tells_the_end(pools: tuple[NamePool, ...]) -> None:
    arguments = arguments_of(500)
    early = make_catalogue(arguments, end_day=arguments.start_day + 40)
    late = make_catalogue(arguments, end_day=arguments.start_day + 101)
    first, second = (content(arguments, each, pools).to_pandas() for each in (early, late))
    of_the_end = ["view_count", "season_count", "episodes_per_season", "average_episode_minutes"]
    pd.testing.assert_frame_equal(
        first.drop(columns=of_the_end), second.drop(columns=of_the_end).head(len(first))
    )
    known = episodes(early).to_pandas()
    later = episodes(late).to_pandas().set_index("episode_id")
    pd.testing.assert_frame_equal(known.set_index("episode_id"), later.loc[known["episode_id"]])


def test_a_later_end_changes_no_choice() -> None:
    arguments = arguments_of(2_000)
    early, _, _ = choose(
        make_catalogue(arguments, end_day=arguments.start_day + 40), 50_000, days=40
    )
    late, _, _ = choose(
        make_catalogue(arguments, end_day=arguments.start_day + 900), 50_000, days=40
    )
    assert np.array_equal(early, late)


def test_as_many_titles_as_asked_for_are_there_on_the_first_day(catalogue: Catalogue) -> None:
    assert (catalogue.added_on < arguments_of(5_000).start_day).sum() == 5_000
    # A 65th of them comes in each 28 days: in 180 days they are 6 whole months and 12 days.
    assert len(catalogue) - 5_000 == pytest.approx(5_000 / 65 * 180 / 28, abs=40)


def test_the_smallest_catalogue_has_each_type() -> None:
    assert set(catalogue_of(20).content_type.tolist()) == set(range(len(CONTENT_TYPES)))


def test_most_films_come_on_fridays_and_most_events_on_weekends(catalogue: Catalogue) -> None:
    weekday = (catalogue.added_on + 3) % 7
    assert (weekday[catalogue.content_type == MOVIE] == 4).mean() == pytest.approx(0.54, abs=0.05)
    assert (weekday[catalogue.content_type == SPORT] >= 5).mean() == pytest.approx(0.66, abs=0.14)


def test_nothing_is_chosen_before_it_is_added_or_where_it_may_not_be_played(
    catalogue: Catalogue,
) -> None:
    title, day, country = choose(catalogue, 200_000)
    assert (title != NO_TITLE).all()
    assert (catalogue.added_on[title] <= day).all()
    assert catalogue.in_country[title, country].all()
    assert (catalogue.added_on[title] == day).any()


def test_the_only_title_of_a_country_is_chosen_and_none_before_it_came() -> None:
    whole = catalogue_of(200)
    only = int(np.argmax(whole.added_on > arguments_of(200).start_day))
    in_country = np.zeros_like(whole.in_country)
    in_country[only, UNITED_STATES] = True
    title, day, country = choose(replace(whole, in_country=in_country), 2_000)
    is_there = (country == UNITED_STATES) & (day >= whole.added_on[only])
    assert 0 < is_there.sum() < (country == UNITED_STATES).sum()
    assert np.array_equal(title, np.where(is_there, only, NO_TITLE))


def test_nothing_is_chosen_before_the_first_title_came(catalogue: Catalogue) -> None:
    draws = Draws.of(1, "rows", np.arange(3))
    nobody = np.zeros(3, dtype=np.int64)
    day = np.array([0, catalogue.first_day - 1, catalogue.added_on[0] - 1])
    title = catalogue.choose(draws, "x", taste=ANY_TASTE, person=nobody, country=nobody, day=day)
    assert title.tolist() == [NO_TITLE] * 3


def test_a_day_after_the_end_is_refused(catalogue: Catalogue) -> None:
    draws, nobody = Draws.of(1, "rows", np.arange(1)), np.zeros(1, dtype=np.int64)
    day = np.array([catalogue.end_day])
    with pytest.raises(ValueError, match="invalid entry"):
        catalogue.choose(draws, "x", taste=ANY_TASTE, person=nobody, country=nobody, day=day)


@pytest.mark.parametrize("genre", ["Drama", "Sport"])
def test_titles_are_chosen_by_their_weight_of_the_day(catalogue: Catalogue, genre: str) -> None:
    count, day, code = 200_000, arguments_of(20).start_day + 150, GENRES.index(genre)
    fits = (catalogue.genres[:, 0] == code) & catalogue.in_country[:, UNITED_STATES]
    weights = weights_on(catalogue, day) * fits
    expected = weights / weights.sum()
    taste = cumulate(np.eye(len(GENRES))[[code]] + 1e-12)
    draws, nobody = Draws.of(3, "rows", np.arange(count)), np.zeros(count, dtype=np.int64)
    title = catalogue.choose(
        draws, "x", taste=taste, person=nobody, country=nobody, day=np.full(count, day)
    )
    shares = np.bincount(title, minlength=len(catalogue)) / count
    # Some 700 titles are looked at, so five standard errors each; revivals before the last 9 months are left out.
    tolerance = 5 * np.sqrt(expected * (1 - expected) / count) + 1e-5
    assert (np.abs(shares - expected) <= tolerance).all()


def test_genres_are_chosen_by_taste(catalogue: Catalogue) -> None:
    title, _, _ = choose(catalogue, 200_000)
    shares = np.bincount(catalogue.genres[title, 0], minlength=len(GENRES)) / len(title)
    assert shares == pytest.approx(np.diff(ANY_TASTE[0], prepend=0), abs=4 * 0.5 / np.sqrt(200_000))


@pytest.mark.parametrize(
    ("titles", "expected_gini", "top_tenth"), [(4_000, 0.66, 0.51), (10_000, 0.79, 0.69)]
)
def test_popularity_is_concentrated_like_a_catalogue_of_the_size(
    titles: int, expected_gini: float, top_tenth: float
) -> None:
    # Claimed: Gini 0.63 at 4,000 titles and 0.80 at 10,000; 60 % for the top tenth; 0.8 % for the top
    # title and less than 1 % for the lowest fifth, both of 18,000.
    made = catalogue_of(titles)
    title, _, _ = choose(made, 400_000)
    plays = np.sort(np.bincount(title, minlength=len(made)))[::-1]
    assert gini(plays) == pytest.approx(expected_gini, abs=0.03)
    assert plays[: len(made) // 10].sum() / plays.sum() == pytest.approx(top_tenth, abs=0.04)
    assert 0.003 < plays[0] / plays.sum() < 0.015
    assert plays[-len(made) // 5 :].sum() / plays.sum() < 0.015


def test_a_tenth_of_the_channels_has_most_of_their_viewers() -> None:
    # Claimed from memory: 80 %.
    made = catalogue_of(12_000)
    title, _, _ = choose(made, 400_000)
    plays = np.bincount(title, minlength=len(made))[made.content_type == LIVE]
    ranked = np.sort(plays)[::-1]
    assert ranked[: len(ranked) // 10].sum() / ranked.sum() == pytest.approx(0.8, abs=0.1)


def test_good_titles_and_originals_are_more_popular(catalogue: Catalogue) -> None:
    popularity = np.log(catalogue.popularity)
    assert np.corrcoef(catalogue.quality, popularity)[0, 1] == pytest.approx(0.2, abs=0.06)
    of_originals, of_others = (
        popularity[catalogue.is_original == original].mean() for original in (True, False)
    )
    assert of_originals > of_others + 0.1


def test_new_titles_are_chosen_most_in_their_first_weeks(catalogue: Catalogue) -> None:
    start = arguments_of(20).start_day
    title, day, _ = choose(catalogue, 400_000)
    usual = np.isin(catalogue.content_type, (MOVIE, DOCUMENTARY))
    new = usual & (catalogue.added_on >= start) & (catalogue.added_on < start + 100)
    age_days = (day - catalogue.added_on[title])[new[title]]
    ratio = (age_days < 14).sum() / ((age_days >= 60) & (age_days < 74)).sum()
    # Weight 0.05 + 6·e^(-age/25) and revivals, which set in: mean over days 0 to 13 is 4.8, over 60 to 73 is 1.2.
    assert ratio == pytest.approx(4.0, abs=0.6)


def test_a_season_brings_its_series_back(catalogue: Catalogue) -> None:
    start = arguments_of(20).start_day
    parts = catalogue.episodes
    frame = pd.DataFrame({"title": parts.title, "season": parts.season, "day": parts.released_on})
    seasons = frame.groupby(["title", "season"])["day"].agg(["min", "max"]).reset_index("title")
    at_once = seasons[seasons["min"] == seasons["max"]]
    late = at_once["min"] > catalogue.added_on[at_once["title"]] + 100
    released = at_once[late & at_once["min"].between(start + 20, start + DAYS - 20)]
    released_on = np.full(len(catalogue), -1_000)
    released_on[released["title"]] = released["min"]
    title, day, _ = choose(catalogue, 1_000_000)
    since = day - released_on[title]
    before, after = ((since >= low) & (since < low + 14) for low in (-14, 0))
    # Some two years old: its revivals are 0.4 in the mean, the first 14 days of a season 1.5 on top.
    assert before.sum() > 1_000
    assert after.sum() / before.sum() == pytest.approx(4.6, abs=0.5)


def test_most_plays_are_of_titles_that_have_not_been_there_for_two_years(
    catalogue: Catalogue,
) -> None:
    title, day, _ = choose(catalogue, 200_000)
    age_days = day - catalogue.added_on[title]
    assert (age_days > 730).mean() == pytest.approx(0.40, abs=0.05)
    # Of the titles it is 60 %: each is watched less, the older it is.
    assert (arguments_of(20).start_day - catalogue.added_on > 730).mean() > 0.5


def test_weeks_of_an_old_title_differ_from_one_another(catalogue: Catalogue) -> None:
    start = arguments_of(20).start_day
    is_old = np.isin(catalogue.content_type, (MOVIE, DOCUMENTARY)) & (
        catalogue.added_on < start - 730
    )
    is_old &= catalogue.genres[:, 0] != GENRES.index("Sport")
    weekly = [weights_on(catalogue, day)[is_old] for day in range(start, start + DAYS, 7)]
    deviation = np.log(weekly).std(axis=0)
    assert np.median(deviation) == pytest.approx(0.42, abs=0.08)


@pytest.mark.parametrize("shapes", TITLE_SHAPES)
def test_no_name_can_have_a_word_twice(shapes: tuple[str, ...]) -> None:
    # Two words of one pool are drawn apart.
    pools = {
        "mood": MOODS, "town": TOWNS, "hero": HEROES, "animal": ANIMALS, "number": NUMBERS, "way": WAYS,
        "things": PLURALS, "thing": (*THINGS, *chain(*OWN_THINGS)), "own": tuple(chain(*OWN_THINGS)),
        "kids_mood": KIDS_MOODS, "kids_thing": KIDS_THINGS, "competition": COMPETITIONS,
        "network": NETWORKS, "genre": GENRES, "year": (), "channel": (),
    }  # fmt: skip
    for shape in shapes:
        slots = {name.rstrip("2") for _, name, _, _ in Formatter().parse(shape) if name}
        words = [
            {word.lower() for phrase in pools[slot] for word in phrase.split()} for slot in slots
        ]
        literal = re.sub(r"{\w+}", "", shape).lower()
        words.append(set(re.findall(r"\w+", literal)) - {"and", "of", "the", "a"})
        for one, other in combinations(words, 2):
            assert one & other == set(), shape


def test_words_of_pools_come_once_each() -> None:
    for pool in (MOODS, THINGS, PLURALS, TOWNS, HEROES, ANIMALS, WAYS, KIDS_MOODS, NETWORKS):
        assert len(set(pool)) == len(pool)
    assert not set(THINGS) & set(chain(*OWN_THINGS))


def test_hardly_anyone_watches_an_event_of_last_month(catalogue: Catalogue) -> None:
    title, day, _ = choose(catalogue, 400_000)
    start = arguments_of(20).start_day
    sport = (catalogue.content_type == SPORT) & (catalogue.added_on >= start)
    age_days = (day - catalogue.added_on[title])[sport[title]]
    assert len(age_days) > 1_000
    assert (age_days < 10).mean() > 0.9


def test_episodes_out_grow_with_the_days(catalogue: Catalogue) -> None:
    parts = catalogue.episodes
    series = np.flatnonzero(catalogue.content_type == SERIES)
    last = catalogue.first_episode[series + 1] - 1
    day = parts.released_on[last]
    count = np.diff(catalogue.first_episode)[series]
    assert np.array_equal(catalogue.episodes_out(series, day), count)
    first_day = catalogue.released_on[series]
    assert (catalogue.episodes_out(series, first_day - 1) == 0).all()
    assert (catalogue.episodes_out(series, catalogue.added_on[series]) >= 1).all()
    films = np.flatnonzero(catalogue.content_type == MOVIE)
    assert (catalogue.episodes_out(films, np.full(len(films), catalogue.end_day)) == 0).all()


def test_seasons_come_at_once_or_week_by_week(catalogue: Catalogue) -> None:
    parts = catalogue.episodes
    begins = parts.released_on - 7 * (parts.number - 1)
    weekly = pd.Series(begins).groupby([parts.title, parts.season]).nunique() == 1
    at_once = pd.Series(parts.released_on).groupby([parts.title, parts.season]).nunique() == 1
    assert (weekly | at_once).all()
    longer = pd.Series(parts.number).groupby([parts.title, parts.season]).max() > 1
    assert weekly[longer].mean() == pytest.approx(0.35, abs=0.05)


@pytest.mark.parametrize("titles", [5_000, 12_000])
def test_few_titles_have_the_same_name(titles: int, pools: tuple[NamePool, ...]) -> None:
    made = content(arguments_of(titles), catalogue_of(titles), pools).to_pandas()
    assert made["title"].duplicated().mean() <= 0.02


def test_horror_is_never_for_children_and_kids_titles_always_are(rows: pd.DataFrame) -> None:
    is_kids = rows["content_type"] == "kids"
    is_horror = rows["genres"].map(lambda genres: "Horror" in genres)
    assert not rows.loc[is_horror, "maturity_rating"].isin(CHILD_RATINGS).any()
    assert rows.loc[is_kids, "maturity_rating"].isin(CHILD_RATINGS).all()
    assert (is_horror.sum(), is_kids.sum()) > (100, 100)


def test_casts_are_different_actors_of_which_the_main_one_is_first(rows: pd.DataFrame) -> None:
    for kind, (low, high) in zip(CONTENT_TYPES, CAST_SIZES, strict=True):
        sizes = rows.loc[rows["content_type"] == kind, "actors"].map(len)
        assert (sizes.min(), sizes.max()) == (low, high - 1)
    first = rows["actors"].map(lambda cast: cast[0] if len(cast) else None)
    assert first.isna().equals(rows["main_actor"].isna())
    assert (first.dropna() == rows["main_actor"].dropna()).all()
    undirected = rows["content_type"].isin(["sport", "live"])
    assert undirected.equals(rows["director"].isna())


def test_some_actors_are_in_many_titles_and_most_in_few(rows: pd.DataFrame) -> None:
    titles = rows["actors"].explode().value_counts()
    assert titles.iloc[0] > 20
    assert titles.median() <= 2


def test_figures_of_a_title_fit_one_another(catalogue: Catalogue, rows: pd.DataFrame) -> None:
    made = rows["production_budget"].notna().to_numpy()
    assert (~made == (catalogue.content_type == LIVE)).all()
    budget = np.log(rows.loc[made, "production_budget"].astype(float))
    assert np.corrcoef(budget, np.log(catalogue.popularity[made]))[0, 1] > 0.2
    rating = rows["rating_average"].astype(float)
    assert np.corrcoef(rating, catalogue.quality)[0, 1] > 0.9
    assert rating.between(1, 10).all()
    usual = catalogue.content_type == MOVIE
    views_a_day = rows["view_count"] / (catalogue.end_day - catalogue.added_on)
    ranks = pd.DataFrame({"views": views_a_day, "popularity": catalogue.popularity})[usual]
    assert ranks.rank().corr().loc["views", "popularity"] > 0.9


def test_days_and_countries_of_a_title_fit_one_another(
    catalogue: Catalogue, rows: pd.DataFrame
) -> None:
    assert (catalogue.released_on <= catalogue.added_on).all()
    assert (catalogue.released_on == catalogue.added_on)[catalogue.is_original].all()
    everywhere = pd.Series(catalogue.in_country.all(axis=1))
    assert everywhere[catalogue.is_original].all()
    assert everywhere[~catalogue.is_original].mean() == pytest.approx(0.7, abs=0.04)
    assert catalogue.in_country[np.arange(len(catalogue)), catalogue.production_country].all()
    at_home = rows["language"].to_numpy()[catalogue.production_country == 8]
    assert (at_home == "ja").mean() == pytest.approx(0.9, abs=0.07)
    assert (rows["available_countries"].map(len) == 0).equals(everywhere)


def test_seasons_of_a_row_are_those_that_are_out(catalogue: Catalogue, rows: pd.DataFrame) -> None:
    out = episodes(catalogue).to_pandas()
    lengths = out.groupby(["content_id", "season_number"]).size().groupby("content_id").agg(list)
    series = rows[rows["content_type"] == "series"].set_index("content_id")
    assert series["episodes_per_season"].map(list).to_dict() == lengths.to_dict()
    assert (series["season_count"] == lengths.map(len)[series.index]).all()
    assert series["duration_minutes"].isna().all()
    assert pd.to_datetime(out["released_on"]).max() < pd.Timestamp("2025-06-30")
