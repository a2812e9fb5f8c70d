"""The numbers of the generator as rows of the canonical tables: ids, texts, dates, decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.arrays import (
    DAY_US,
    Columns,
    Flags,
    Floats,
    Integers,
    Values,
    choose_where,
    day_number,
    day_of,
    decimals,
    identifiers,
    join,
    labels,
    numbers,
    record_batch,
    text_lists,
    whole_lists,
)
from svp.generate.catalogue import GENRES, KIDS, LIVE, NO_TITLE, SERIES
from svp.generate.market import COUNTRIES, DEVICES, PAYMENT_METHODS, PLANS, QUALITIES
from svp.generate.randomness import pick, stream
from svp.generate.subscriptions import NO_AMOUNT, NO_PLAN
from svp.generate.viewing import COMPLETE_SHARE, watch_episodes
from svp.generate.words import (
    LANGUAGE_SHARES,
    LANGUAGES,
    LEADS,
    PLACES,
    TITLE_FIRST,
    TITLE_SECOND,
    TITLE_SHAPES,
    TROUBLES,
)
from svp.model import (
    CONTENT,
    CONTENT_TYPES,
    EPISODE_VIEWING,
    EPISODES,
    SUBSCRIPTION_EVENT_TYPES,
    SUBSCRIPTION_EVENTS,
    USERS,
    VIEWING_SESSIONS,
)

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.subscriptions import Subscribed, SubscriptionEvents
    from svp.generate.viewing import Plays
    from svp.generate.words import NamePool

__all__ = [
    "content",
    "episode_viewing",
    "episodes",
    "titles",
    "viewing_sessions",
]

COUNTRY_NAMES = [country.name for country in COUNTRIES]
DEVICE_NAMES = [device.name for device in DEVICES]

ADULT_RATINGS = ("PG", "PG-13", "R", "16+", "18+")
CHILD_RATINGS = ("G", "PG", "TV-Y7")
RATING_MIDDLE, RATING_SPREAD = 6.5, 1.1
"""The catalogue's own rating, 0 to 10."""
VIEWS_A_DAY = 400_000
"""Of a whole catalogue, for the lifetime figure that a source carries along."""


def user_ids(user: Integers) -> Values:
    """Return users' ids by position."""
    return identifiers("U", user, digits=7)


def title_ids(title: Integers) -> Values:
    """Return titles' ids by position."""
    return identifiers("C", title, digits=6)






def _full_names(country: Integers, name: Integers, pools: tuple[NamePool, ...]) -> Values:
    pairs = zip(country.tolist(), *name.T.tolist(), strict=True)
    names = [pools[code].full_name(first, second) for code, first, second in pairs]
    return pa.array(names, pa.string())


def titles(arguments: Arguments, catalogue: Catalogue) -> Values:
    """Return the titles' names; they repeat, as real ones do."""
    random = stream(arguments.seed, "titles")
    first, second, shape = random.integers(0, 2**31, size=(3, len(catalogue))).tolist()
    kinds = [CONTENT_TYPES[code] for code in catalogue.content_type.tolist()]
    return pa.array(map(_title, kinds, shape, first, second), pa.string())


def _title(content_type: str, shape: int, first: int, second: int) -> str:
    shapes = TITLE_SHAPES[content_type]
    return shapes[shape % len(shapes)].format(
        first=TITLE_FIRST[first % len(TITLE_FIRST)], second=TITLE_SECOND[second % len(TITLE_SECOND)]
    )


def content(
    arguments: Arguments, catalogue: Catalogue, names: tuple[NamePool, ...]
) -> pa.RecordBatch:
    """Return the table content."""
    random = stream(arguments.seed, "content_texts")
    count = len(catalogue)
    is_series, is_live = catalogue.content_type == SERIES, catalogue.content_type == LIVE
    release_day = catalogue.released_on.astype("datetime64[D]")
    rating = np.clip(RATING_MIDDLE + RATING_SPREAD * catalogue.quality, 1, 9.8)
    people = random.integers(0, 2**31, size=(2, count, 2))
    nationality = pick(random, [country.share for country in COUNTRIES], count)
    columns: Columns = {
        "content_id": title_ids(np.arange(count)),
        "title": titles(arguments, catalogue),
        "content_type": labels(CONTENT_TYPES, catalogue.content_type),
        "genres": text_lists(GENRES, catalogue.genres),
        "release_year": release_day.astype("datetime64[Y]").astype(np.int64) + 1970,
        "released_on": catalogue.released_on,
        "added_on": catalogue.added_on,
        "maturity_rating": _maturity_ratings(random, catalogue),
        "rating_average": decimals(rating, precision=4, scale=2),
        "view_count": _lifetime_views(arguments, catalogue),
        "production_budget": numbers(_budgets(random, count), missing=is_live),
        "language": labels(LANGUAGES, pick(random, LANGUAGE_SHARES, count)),
        "is_original": catalogue.is_original,
        "director": choose_where(~is_live, _full_names(nationality, people[0], names), None),
        "main_actor": choose_where(~is_live, _full_names(nationality, people[1], names), None),
        "available_countries": text_lists(COUNTRY_NAMES, _limited_countries(catalogue)),
        "description": _descriptions(random, count),
        "duration_minutes": numbers(catalogue.minutes, missing=is_series | is_live),
        **_series_columns(catalogue, is_series),
    }
    return record_batch(CONTENT, columns)


def _series_columns(catalogue: Catalogue, is_series: Flags) -> Columns:
    """Return the columns that only titles with episodes have."""
    of_episode = catalogue.episodes
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


def _maturity_ratings(random: np.random.Generator, catalogue: Catalogue) -> Values:
    adult = labels(ADULT_RATINGS, random.integers(0, len(ADULT_RATINGS), len(catalogue)))
    child = labels(CHILD_RATINGS, random.integers(0, len(CHILD_RATINGS), len(catalogue)))
    return choose_where(catalogue.content_type == KIDS, child, adult)


def _lifetime_views(arguments: Arguments, catalogue: Catalogue) -> Integers:
    """Return views since a title was added, by its popularity when no longer new."""
    end = day_number(arguments.start_on) + arguments.days
    share = catalogue.popularity / catalogue.popularity.sum()
    views: Floats = share * VIEWS_A_DAY * (end - catalogue.added_on)
    return views.astype(np.int64)


def _budgets(random: np.random.Generator, count: int) -> Integers:
    """Return log-normal budgets around 9 million, in full ten thousands."""
    millions = random.lognormal(np.log(9), 1.1, count)
    return np.maximum((millions * 100).astype(np.int64), 1) * 10_000


def _limited_countries(catalogue: Catalogue) -> Flags:
    """Return the countries of titles that are not out everywhere; none means everywhere."""
    return catalogue.in_country & ~catalogue.in_country.all(axis=1, keepdims=True)


def _descriptions(random: np.random.Generator, count: int) -> Values:
    """Return one sentence a title: who, what, where."""
    lead, trouble, place = (
        labels(phrases, random.integers(0, len(phrases), count))
        for phrases in (LEADS, TROUBLES, PLACES)
    )
    return join(lead, " ", trouble, " ", place, ".")


def episodes(catalogue: Catalogue) -> pa.RecordBatch:
    """Return the table episodes."""
    of_episode = catalogue.episodes
    number = pa.array(of_episode.number).cast(pa.string())
    columns: Columns = {
        "episode_id": episode_ids(catalogue, np.arange(len(of_episode))),
        "content_id": title_ids(of_episode.title),
        "season_number": of_episode.season,
        "episode_number": of_episode.number,
        "title": join("Episode ", number),
        "duration_minutes": of_episode.minutes,
        "released_on": of_episode.released_on,
    }
    return record_batch(EPISODES, columns)


def episode_ids(catalogue: Catalogue, episode: Integers) -> Values:
    """Return ids such as C000012-S01-E03, by position."""
    of_episode = catalogue.episodes.take(episode)
    season = identifiers("-S", of_episode.season - 1, digits=2)
    number = identifiers("-E", of_episode.number - 1, digits=2)
    return join(title_ids(of_episode.title), season, number)


def play_ids(play: Integers) -> Values:
    """Return ids of plays by position."""
    return identifiers("V", play, digits=9)


def viewing_sessions(plays: Plays) -> pa.RecordBatch:
    """Return the table viewing_sessions."""
    starts = plays.starts
    platforms = [name for device in DEVICES for name in device.platforms]
    is_live = plays.length_seconds == 0
    percent = np.where(is_live, 0.0, plays.completion * 100)
    columns: Columns = {
        "session_id": play_ids(np.arange(len(plays))),
        "user_id": user_ids(starts.user),
        "content_id": title_ids(plays.title),
        "started_on": day_of(starts.started_at),
        "started_at": starts.started_at,
        "ended_at": plays.ended_at,
        "watch_seconds": plays.watch_seconds,
        "completion_percent": decimals(percent, precision=7, scale=2, missing=is_live),
        "device_type": labels(DEVICE_NAMES, starts.device),
        "quality": labels(QUALITIES, plays.quality),
        "platform": labels(platforms, 2 * starts.device + ~plays.is_usual_platform),
        "stall_count": plays.stall_count,
        "average_bitrate_kbps": plays.bitrate_kbps,
    }
    return record_batch(VIEWING_SESSIONS, columns)


def episode_viewing(plays: Plays, catalogue: Catalogue) -> pa.RecordBatch:
    """Return the table episode_viewing."""
    views = watch_episodes(plays, catalogue)
    columns: Columns = {
        "episode_viewing_id": identifiers("P", np.arange(len(views)), digits=9),
        "session_id": play_ids(views.play),
        "episode_id": episode_ids(catalogue, views.episode),
        "watch_seconds": views.watch_seconds,
        "is_complete": views.watch_seconds >= COMPLETE_SHARE * views.length_seconds,
    }
    return record_batch(EPISODE_VIEWING, columns)
