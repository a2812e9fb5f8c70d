"""Rows of ratings, watchlist and search_queries, with the words of reviews and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.arrays import choose_where, join, labels, numbers, record_batch
from svp.generate.catalogue import NO_TITLE
from svp.generate.people import GENRES
from svp.generate.phrases import PHRASEBOOKS, TONE_OF_STARS
from svp.generate.randomness import cumulate
from svp.generate.reactions import MOST_NUMBER
from svp.generate.rows.ids import pair_ids, start_ids, title_ids, user_ids
from svp.generate.starts import NEVER_WATCHED
from svp.model import CONTENT_TYPES, RATINGS, SEARCH_QUERIES, WATCHLIST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.arrays import Columns, Integers, Values
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.reactions import Ratings, Searches
    from svp.generate.starts import Additions

__all__ = ["ratings", "search_queries", "watchlist"]

REVIEW_BITS = (0, 9, 18, 27, 36)
"""Where the bits begin that choose the parts of a review."""
VAGUE_POWER = 0.8
"""By the power of its rank a vague query is typed less than the first one, as by Zipf's law."""
FILTER_EVERY = 7
"""One search in so many sets a filter."""
BEGINNING_LETTERS = (3, 4, 5, 7, 10)
ARTICLE = "^the "
MISTYPED_PLACES = (1, 2, 4)
"""Letters before the mistake."""
COMBINING_MARKS = r"[\x{0300}-\x{036f}]"
"""Accents that follow their letter; Japanese has its marks elsewhere, and keeps them."""
KIND_SUFFIXES = ("", "-2", "-3")
"""Of the ids of searches before one start, by SearchKind."""


def ratings(people: People, rated: Ratings) -> pa.RecordBatch:
    """Return the table ratings, by time."""
    rated = rated.take(np.argsort(rated.rated_at, kind="stable"))
    columns: Columns = {
        "rating_id": pair_ids("R", people, rated.user, rated.title),
        "user_id": user_ids(people, rated.user),
        "content_id": title_ids(rated.title),
        "stars": rated.stars,
        "review": choose_where(rated.has_review, _reviews(rated), None),
        "helpful_count": rated.helpful_count,
        "rated_at": rated.rated_at,
    }
    return record_batch(RATINGS, columns)


def _reviews(rated: Ratings) -> Values:
    """Return two to five sentences in the user's language, such as fit the stars.

    Each part is chosen by bits of its own of the rating's number.
    """
    language, star = rated.language, rated.stars - 1
    of_stars = language * len(TONE_OF_STARS) + star
    of_tone = language * (max(TONE_OF_STARS) + 1) + np.array(TONE_OF_STARS)[star]
    openings = [phrases for book in PHRASEBOOKS for phrases in book.openings]
    reasons = [phrases for book in PHRASEBOOKS for phrases in book.reasons]
    verdicts = [phrases for book in PHRASEBOOKS for phrases in book.verdicts]
    remarks = [book.remarks for book in PHRASEBOOKS]
    gap = labels([book.gap for book in PHRASEBOOKS], language)
    number, first, second, remark, verdict = (rated.phrase >> shift for shift in REVIEW_BITS)
    other = first + 1 + second % (min(map(len, reasons)) - 1)
    return join(
        _phrases(openings, of_stars, number),
        gap,
        _phrases(reasons, of_tone, first),
        _perhaps(second, join(gap, _phrases(reasons, of_tone, other))),
        _perhaps(remark, join(gap, _phrases(remarks, language, remark >> 1))),
        _perhaps(verdict, join(gap, _phrases(verdicts, of_tone, verdict >> 1))),
    )


def _perhaps(number: Integers, sentence: Values) -> Values:
    """Return the sentence where the number is odd, or nothing."""
    told: Values = pc.if_else(pa.array(number % 2 == 1), sentence, "")
    return told


def _phrases(pools: Sequence[Sequence[str]], pool: Integers, number: Integers) -> Values:
    """Return one phrase a row: from the pool given for it, by a number of any size."""
    counts = np.array([len(phrases) for phrases in pools])
    first = np.cumsum(counts) - counts
    flat = [phrase for phrases in pools for phrase in phrases]
    return labels(flat, first[pool] + number % counts[pool])


def watchlist(people: People, additions: Additions) -> pa.RecordBatch:
    """Return the table watchlist, by time."""
    additions = additions.take(np.argsort(additions.added_at, kind="stable"))
    unwatched = additions.watched_at == NEVER_WATCHED
    columns: Columns = {
        "watchlist_id": pair_ids("W", people, additions.user, additions.title),
        "user_id": user_ids(people, additions.user),
        "content_id": title_ids(additions.title),
        "added_at": additions.added_at,
        "watched_at": numbers(additions.watched_at, missing=unwatched),
    }
    return record_batch(WATCHLIST, columns)


def search_queries(
    people: People, catalogue: Catalogue, searches: Searches, titles: Values, actors: Values
) -> pa.RecordBatch:
    """Return the table search_queries, by time.

    Args:
        people: of the block.
        catalogue: of the platform.
        searches: of the block.
        titles: the titles' names.
        actors: the name of each title's main actor; null where it has none.
    """
    searches = searches.take(np.argsort(searches.searched_at, kind="stable"))
    title = searches.title
    ids = start_ids("Q", people, searches.starts)
    columns: Columns = {
        "search_id": join(ids, labels(KIND_SUFFIXES, searches.kind)),
        "user_id": user_ids(people, searches.user),
        "query_text": _query_texts(catalogue, searches, titles, actors),
        "result_count": searches.result_count,
        "clicked_content_id": choose_where(title != NO_TITLE, title_ids(title), None),
        "filters": _filters(catalogue, searches),
        "searched_at": searches.searched_at,
    }
    return record_batch(SEARCH_QUERIES, columns)


def _query_texts(
    catalogue: Catalogue, searches: Searches, titles: Values, actors: Values
) -> Values:
    """Return what was typed, in lower case; one way of typing after the other, in the order of Typed."""
    wanted = np.maximum(searches.wanted, 0)
    name = pc.utf8_lower(labels(titles, wanted))
    actor = pc.utf8_lower(labels(actors, wanted))
    genre_words = [book.genre_words for book in PHRASEBOOKS]
    genre = searches.language * len(GENRES) + catalogue.genres[wanted, 0]
    return _pick(
        searches.typed,
        name,
        _beginning(name, searches.words),
        _plain(name),
        _mistyped(name, searches.words),
        pc.coalesce(actor, name),
        labels([word for words in genre_words for word in words], genre),
        _vague(searches.language, searches.words),
    )


def _vague(language: Integers, number: Integers) -> Values:
    """Return what people type who have no title in mind."""
    queries = [query for book in PHRASEBOOKS for query in book.vague_queries]
    count = len(queries) // len(PHRASEBOOKS)
    shares = cumulate([rank**-VAGUE_POWER for rank in range(1, count + 1)])
    rank = np.searchsorted(shares, number / MOST_NUMBER, side="right")
    return labels(queries, language * count + rank)


def _pick(choice: Integers, *texts: Values) -> Values:
    """Return one of several texts a row: the one whose position is given for it."""
    picked: Values = pc.choose(pa.array(choice, pa.int64()), *texts)
    return picked


def _beginning(name: Values, number: Integers) -> Values:
    """Return the first letters without an article, as many as a number chooses."""
    name = pc.replace_substring_regex(name, ARTICLE, "")
    cuts = [pc.utf8_slice_codeunits(name, 0, letters) for letters in BEGINNING_LETTERS]
    return pc.utf8_rtrim_whitespace(_pick(number % len(cuts), *cuts))


def _plain(name: Values) -> Values:
    """Return the name without accents."""
    apart = _normalize(name, "NFD")
    return _normalize(pc.replace_substring_regex(apart, COMBINING_MARKS, ""), "NFC")


def _normalize(texts: Values, form: Literal["NFC", "NFD"]) -> Values:
    normal: Values = pc.call_function("utf8_normalize", [texts], pc.Utf8NormalizeOptions(form))
    return normal


def _mistyped(name: Values, number: Integers) -> Values:
    """Return the name with a letter left out, doubled, or swapped with the next, as a number chooses."""
    cut = pc.utf8_slice_codeunits
    wrong = []
    for place in MISTYPED_PLACES:
        before, letter = cut(name, 0, place), cut(name, place, place + 1)
        following, rest = cut(name, place + 1, place + 2), cut(name, place + 2)
        wrong += [
            join(before, following, rest),
            join(before, letter, letter, following, rest),
            join(before, following, letter, rest),
        ]
    return pc.utf8_trim_whitespace(_pick(number % len(wrong), *wrong))


def _filters(catalogue: Catalogue, searches: Searches) -> Values:
    """Return the filters that were set, such as fit what was wanted; null for most searches."""
    choices = [f'{{"content_type":"{content_type}"}}' for content_type in CONTENT_TYPES]
    unset = searches.words // 100 % FILTER_EVERY != 0
    any_type = searches.words // 1000 % len(choices)
    wanted = catalogue.content_type[searches.wanted]
    content_type = np.where(searches.wanted == NO_TITLE, any_type, wanted)
    return labels(choices, content_type, missing=unset)
