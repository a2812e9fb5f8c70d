"""The catalogue as rows of the tables content and episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.arrays import (
    Columns,
    Flags,
    Floats,
    Integers,
    Values,
    choose_where,
    decimals,
    join,
    labels,
    numbers,
    record_batch,
    text_lists,
    whole_lists,
)
from svp.generate.catalogue import KIDS, LIVE, REVIVAL_HALF_DAYS, SERIES, SPORT
from svp.generate.market import COUNTRIES
from svp.generate.people import GENRES
from svp.generate.randomness import Draws, cumulate
from svp.generate.rows.ids import episode_ids, title_ids
from svp.generate.rows.people import full_names
from svp.generate.words import (
    ADVENTURES,
    ANIMALS,
    APPROACHES,
    COMPETITIONS,
    DESCRIPTION_SHAPES,
    ENDINGS,
    HEROES,
    KIDS_MOODS,
    KIDS_THINGS,
    LEADS,
    MOODS,
    NETWORKS,
    NUMBERS,
    OWN_THINGS,
    PLACES,
    PLURALS,
    SUBJECTS,
    THINGS,
    TITLE_SHAPES,
    TOWNS,
    TROUBLES,
    WAYS,
)
from svp.model import CONTENT, CONTENT_TYPES, EPISODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.words import NamePool

__all__ = ["content", "episodes"]

COUNTRY_NAMES = [country.name for country in COUNTRIES]
COUNTRY_LANGUAGES = [
    "hi" if country.name == "India" else country.locale[:2] for country in COUNTRIES
]
"""ISO 639-1; India's locale has English names."""
ENGLISH = COUNTRY_LANGUAGES.index("en")
OWN_LANGUAGE_SHARE = 0.9
"""Of titles, those in their country's language; the others are in English."""

MATURITY_RATINGS = ("G", "TV-Y7", "PG", "PG-13", "16+", "R", "18+")
MATURITY_SHARES = cumulate(
    (
        (0.45, 0.35, 0.20, 0.00, 0.00, 0.00, 0.00),
        (0.35, 0.00, 0.50, 0.15, 0.00, 0.00, 0.00),
        (0.00, 0.00, 0.25, 0.45, 0.15, 0.15, 0.00),
        (0.00, 0.00, 0.00, 0.30, 0.25, 0.35, 0.10),
        (0.00, 0.00, 0.00, 0.10, 0.30, 0.40, 0.20),
    )
)
"""Cumulative by rating: of kids' titles, then by the harshest of a title's genres."""
GENRE_HARSHNESS = (3, 2, 2, 3, 2, 2, 2, 4, 3, 1, 1, 2, 1, 1, 1, 1)
"""By genre: its row of MATURITY_SHARES."""

RATING_MIDDLE, RATING_SPREAD, RATING_NOISE = 6.5, 1.1, 0.3
"""The catalogue's own rating, 0 to 10: its mean, and what a deviation of quality and of chance make."""
LOWEST_RATING, HIGHEST_RATING = 1.0, 9.8

VIEWS_A_DAY = 80
"""Of the mean title, for the lifetime figure that a source carries along."""

BUDGET_MILLIONS = (14.0, 30.0, 1.5, 6.0, 1.0, 0.0)
"""Median by content type; a channel has none."""
BUDGET_POWER, BUDGET_SIGMA = 0.4, 0.8
"""How a budget goes with popularity, and the deviation of its log about that."""
BUDGET_STEP = 10_000

OWN_THING_WEIGHT = 4
"""How often a word of the genre is taken for a title, against one that any title may have."""
TITLE_THINGS = [THINGS + OWN_THING_WEIGHT * own for own in OWN_THINGS]
"""By genre."""
MOST_CHANNELS = 9
"""Numbers that a channel's name may end in."""
THE_WEIGHT = 150
"""How often an episode is called The Something, against one of MOODS."""

CAST_PLACES = 8
CAST_SIZES = ((3, 9), (3, 9), (1, 2), (3, 7), (0, 1), (0, 1))
"""At least and below, by content type; a documentary has a narrator."""
COUNTRY_PEOPLE = 2_400
"""Actors, and directors, of each country: a whole multiple of CAST_PLACES."""
FAME_POWER = 1.8
"""A person is the number of people times a uniform number to this power: of 300, the first gets 4 % of the parts."""


def content(
    arguments: Arguments, catalogue: Catalogue, names: tuple[NamePool, ...]
) -> pa.RecordBatch:
    """Return the table content, as it is when the catalogue ends."""
    draws = catalogue.draws
    is_live = catalogue.content_type == LIVE
    without_length = is_live | (catalogue.content_type == SERIES)
    limited = catalogue.in_country & ~catalogue.in_country.all(axis=1, keepdims=True)
    columns: Columns = {
        "content_id": title_ids(np.arange(len(catalogue))),
        "title": _titles(catalogue),
        "content_type": labels(CONTENT_TYPES, catalogue.content_type),
        "genres": text_lists(GENRES, catalogue.genres),
        "release_year": _years(catalogue.released_on),
        "released_on": catalogue.released_on,
        "added_on": catalogue.added_on,
        "maturity_rating": _maturity_ratings(catalogue),
        "rating_average": decimals(_rating_averages(catalogue), precision=4, scale=2),
        "view_count": _lifetime_views(catalogue),
        "production_budget": numbers(_budgets(catalogue), missing=is_live),
        "language": _languages(draws, catalogue.production_country),
        "is_original": catalogue.is_original,
        **_people_columns(arguments.seed, catalogue, names),
        "available_countries": text_lists(COUNTRY_NAMES, limited),
        "description": _descriptions(catalogue),
        "duration_minutes": numbers(catalogue.minutes, missing=without_length),
        **_series_columns(catalogue),
    }
    return record_batch(CONTENT, columns)


def _titles(catalogue: Catalogue) -> Values:
    """Return the titles' names; a few repeat, as real ones do."""
    draws, genre = catalogue.draws, catalogue.genres[:, 0]
    words = _shared_words(draws) | {
        **_two_words(draws, "mood", MOODS),
        **_two_words(draws, "hero", HEROES),
        **_two_things(draws, genre),
        "things": _words(draws, "things", PLURALS),
        "number": _words(draws, "number", NUMBERS),
        "way": _words(draws, "way", WAYS),
        "own": _genre_words(draws, "own", OWN_THINGS, genre),
        "kids_thing": _words(draws, "kids thing", KIDS_THINGS),
        "year": pa.array(_years(catalogue.added_on)),
        "network": _words(draws, "network", NETWORKS),
        "genre": labels(GENRES, genre),
        "channel": pa.array(draws.whole("channel", 1, MOST_CHANNELS + 1)),
    }
    return _fill(_shapes(catalogue, "title shape", TITLE_SHAPES), words)


def _descriptions(catalogue: Catalogue) -> Values:
    """Return a sentence or two a title, about what its genre is about, with the animal or the town of its name."""
    draws, genre = catalogue.draws, catalogue.genres[:, 0]
    shared = _shared_words(draws)
    lower_case = {slot: pc.utf8_lower(shared[slot]) for slot in ("animal", "kids_mood")}
    words = {
        **shared,
        **lower_case,
        "lead": _words(draws, "lead", LEADS),
        "trouble": _genre_words(draws, "trouble", TROUBLES, genre),
        "adventure": _words(draws, "adventure", ADVENTURES),
        "place": _words(draws, "place", PLACES),
        "ending": _words(draws, "ending", ENDINGS),
        "subject": labels(SUBJECTS, genre),
        "approach": _words(draws, "approach", APPROACHES),
    }
    return _fill(_shapes(catalogue, "description shape", DESCRIPTION_SHAPES), words)


def _shared_words(draws: Draws) -> dict[str, Values]:
    """Return the words that a title's name and its description have in common."""
    return {
        **_two_words(draws, "town", TOWNS),
        **_two_words(draws, "animal", ANIMALS),
        "kids_mood": _words(draws, "kids mood", KIDS_MOODS),
        "competition": _words(draws, "competition", COMPETITIONS),
    }


def _shapes(catalogue: Catalogue, purpose: str, of_types: Sequence[Sequence[str]]) -> list[str]:
    """Return a shape for each title, one of its content type."""
    number = catalogue.draws.whole(purpose, 0, 2**31).tolist()
    shapes = [of_types[code] for code in catalogue.content_type.tolist()]
    return [of[each % len(of)] for of, each in zip(shapes, number, strict=True)]


def _two_things(draws: Draws, genre: Integers) -> dict[str, Values]:
    """Return two different things for each row, the second one such as any title may be about."""
    first = draws.whole("thing", 0, len(TITLE_THINGS[0]))
    second = (first + draws.whole("thing2", 1, len(THINGS))) % len(THINGS)
    return {
        "thing": _genre_words(draws, "thing", TITLE_THINGS, genre),
        "thing2": labels(THINGS, second),
    }


def _words(draws: Draws, slot: str, pool: Sequence[str]) -> Values:
    return labels(pool, draws.whole(slot, 0, len(pool)))


def _two_words(draws: Draws, slot: str, pool: Sequence[str]) -> dict[str, Values]:
    """Return two different words of a pool for each row, the second one under the slot's name and a 2."""
    first = draws.whole(slot, 0, len(pool))
    second = (first + draws.whole(f"{slot}2", 1, len(pool))) % len(pool)
    return {slot: labels(pool, first), f"{slot}2": labels(pool, second)}


def _genre_words(
    draws: Draws, slot: str, pools: Sequence[Sequence[str]], genre: Integers
) -> Values:
    """Return a word for each row from its genre's pool; the pools are equally long."""
    size = len(pools[0])
    every_word = [word for pool in pools for word in pool]
    return labels(every_word, genre * size + draws.whole(slot, 0, size))


def _fill(shapes: Sequence[str], words: dict[str, Values]) -> Values:
    """Return each shape with the row's words in the places of the braces."""
    rows = zip(*(column.to_pylist() for column in words.values()), strict=True)
    filled = (
        shape.format(**dict(zip(words, row, strict=True)))
        for shape, row in zip(shapes, rows, strict=True)
    )
    return pa.array(filled, pa.string())


def _years(day: Integers) -> Integers:
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _maturity_ratings(catalogue: Catalogue) -> Values:
    """Return ratings as the harshest of a title's genres asks; kids' titles are for kids."""
    harshness = np.array((*GENRE_HARSHNESS, 0))[catalogue.genres].max(axis=1)
    row = np.where(catalogue.content_type == KIDS, 0, harshness)
    rating = catalogue.draws.pick_from_rows("maturity", MATURITY_SHARES, row)
    return labels(MATURITY_RATINGS, rating)


def _rating_averages(catalogue: Catalogue) -> Floats:
    noise = RATING_NOISE * catalogue.draws.normal("rating")
    rating = RATING_MIDDLE + RATING_SPREAD * catalogue.quality + noise
    return np.clip(rating, LOWEST_RATING, HIGHEST_RATING)


def _lifetime_views(catalogue: Catalogue) -> Integers:
    """Return views since a title was added, by the weight that it has in the mean on each day since then."""
    age_days, decay_days = catalogue.end_day - catalogue.added_on, catalogue.decay_days
    when_new = catalogue.new_title_weight * decay_days * -np.expm1(-age_days / decay_days)
    ageing_days = REVIVAL_HALF_DAYS * np.log1p(age_days / REVIVAL_HALF_DAYS)
    revived_days = np.where(catalogue.content_type == LIVE, age_days, ageing_days)
    revived = catalogue.revival_weight * revived_days
    views: Floats = VIEWS_A_DAY * (catalogue.standing_weight * age_days + revived + when_new)
    return views.astype(np.int64)


def _budgets(catalogue: Catalogue) -> Integers:
    """Return log-normal budgets in steps of BUDGET_STEP, larger for what is more popular."""
    median = np.array(BUDGET_MILLIONS)[catalogue.content_type] * 1e6
    noise = np.exp(BUDGET_SIGMA * catalogue.draws.normal("budget"))
    steps = median * catalogue.popularity**BUDGET_POWER * noise / BUDGET_STEP
    return np.maximum(steps.astype(np.int64), 1) * BUDGET_STEP


def _languages(draws: Draws, production_country: Integers) -> Values:
    is_own = draws.happens("own language", OWN_LANGUAGE_SHARE)
    return labels(COUNTRY_LANGUAGES, np.where(is_own, production_country, ENGLISH))


def _people_columns(seed: int, catalogue: Catalogue, pools: tuple[NamePool, ...]) -> Columns:
    """Return who directs and who plays; events and channels have neither."""
    cast = _cast(catalogue)
    actors, position = np.unique(cast, return_inverse=True)
    actor_names = _person_names(seed, "actors", np.maximum(actors, 0), pools)
    cast_names = np.where(cast < 0, -1, position.reshape(cast.shape))
    people = _famous(catalogue.draws, "director", COUNTRY_PEOPLE)
    director = catalogue.production_country * COUNTRY_PEOPLE + people
    director_names = _person_names(seed, "directors", director, pools)
    undirected = np.isin(catalogue.content_type, (SPORT, LIVE))
    return {
        "director": choose_where(~undirected, director_names, None),
        "main_actor": labels(actor_names, cast_names[:, 0], missing=cast_names[:, 0] < 0),
        "actors": text_lists(list(map(str, actor_names)), cast_names),
    }


def _cast(catalogue: Catalogue) -> Integers:
    """Return the numbers of up to CAST_PLACES different actors of a title's country, -1 for none.

    Each place takes from an own part of the actors, so that nobody plays twice; who has which part turns.
    """
    draws = catalogue.draws
    low, high = np.array(CAST_SIZES)[catalogue.content_type].T
    size = draws.whole("cast size", low, high)
    turn = draws.whole("cast turn", 0, CAST_PLACES)
    cast = [
        CAST_PLACES * _famous(draws, f"actor {place}", COUNTRY_PEOPLE // CAST_PLACES)
        + (place + turn) % CAST_PLACES
        for place in range(CAST_PLACES)
    ]
    first = catalogue.production_country * COUNTRY_PEOPLE
    actor = first[:, np.newaxis] + np.stack(cast, axis=1)
    return np.where(np.arange(CAST_PLACES) < size[:, np.newaxis], actor, -1)


def _famous(draws: Draws, purpose: str, people: int) -> Integers:
    """Return one of so many people for each row, the first ones most often."""
    return (people * draws.uniform(purpose) ** FAME_POWER).astype(np.int64)


def _person_names(seed: int, role: str, number: Integers, pools: tuple[NamePool, ...]) -> Values:
    """Return the names of numbered people, each country's after the other's."""
    draws = Draws.of(seed, role, number)
    name = np.stack([draws.whole(f"{part} name", 0, 2**31) for part in ("given", "family")], axis=1)
    return full_names(number // COUNTRY_PEOPLE, name, pools)


def _series_columns(catalogue: Catalogue) -> Columns:
    """Return the columns that only titles with episodes have, of the episodes that are out."""
    of_episode = catalogue.episodes
    is_series: Flags = catalogue.content_type == SERIES
    first_of_season = of_episode.number == 1
    seasons = np.bincount(of_episode.title[first_of_season], minlength=len(catalogue))
    lengths = np.diff(np.append(np.flatnonzero(first_of_season), len(of_episode)))
    minutes = np.bincount(of_episode.title, of_episode.minutes, minlength=len(catalogue))
    average = np.rint(minutes / np.maximum(np.diff(catalogue.first_episode), 1)).astype(np.int64)
    return {
        "season_count": numbers(seasons, missing=~is_series),
        "episodes_per_season": whole_lists(lengths, seasons),
        "average_episode_minutes": numbers(average, missing=~is_series),
    }


def episodes(catalogue: Catalogue) -> pa.RecordBatch:
    """Return the table episodes: those that are out when the catalogue ends."""
    of_episode = catalogue.episodes
    columns: Columns = {
        "episode_id": episode_ids(catalogue, np.arange(len(of_episode))),
        "content_id": title_ids(of_episode.title),
        "season_number": of_episode.season,
        "episode_number": of_episode.number,
        "title": _episode_titles(catalogue),
        "duration_minutes": of_episode.minutes,
        "released_on": of_episode.released_on,
    }
    return record_batch(EPISODES, columns)


def _episode_titles(catalogue: Catalogue) -> Values:
    """Return what an episode is called: The Ferry, or Crooked Ferry."""
    of_episode = catalogue.episodes
    own = catalogue.draws.take(of_episode.title).under("episode title", of_episode.season)
    own = own.under("number", of_episode.number)
    beginning = labels(("The", *MOODS), own.pick("beginning", [THE_WEIGHT, *[1] * len(MOODS)]))
    thing = _genre_words(own, "thing", TITLE_THINGS, catalogue.genres[of_episode.title, 0])
    return join(beginning, " ", thing)
