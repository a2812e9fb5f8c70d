"""Public catalogues: what several services list of their titles, all in the columns that one of them began with."""

from __future__ import annotations

import pyarrow as pa

from loaders.canonical import MAX_LENGTH_MINUTES, MAX_NAME_CHARACTERS, field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import age_rating, choice, counted, day, first_of, list_of_words, whole
from svp.model import CONTENT

__all__ = ["TITLES"]

TYPES = {"Movie": "movie", "TV Show": "series"}
UNITS = ("min", "season")

CAST = ("cast", "principal_cast")
"""One column, by the names that the services give it."""

TITLES = Kind(
    name="catalogue.titles",
    source="catalogue",
    target=CONTENT,
    fields=(
        field(CONTENT, "content_id", column="show_id"),
        field(CONTENT, "title"),
        Field("type", "content_type", choice(TYPES), required=True),
        Field("listed_in", "genres", list_of_words(",")),
        field(CONTENT, "director"),
        *(Field(name, "actors", list_of_words(",")) for name in CAST),
        *(
            Field(name, "main_actor", first_of(",", max_characters=MAX_NAME_CHARACTERS))
            for name in CAST
        ),
        Field("date_added", "added_on", day("MONTH D, YYYY")),
        field(CONTENT, "release_year"),
        Field("rating", "maturity_rating", age_rating(max_characters=MAX_NAME_CHARACTERS)),
        Field(
            "duration",
            "duration_minutes",
            counted("min", whole(1, MAX_LENGTH_MINUTES, pa.int32()), units=UNITS),
        ),
        Field(
            "duration", "season_count", counted("season", whole(1, 1_000, pa.int16()), units=UNITS)
        ),
        field(CONTENT, "description"),
    ),
    flags=flags_of(CONTENT),
    unused=frozenset({"country"}),
    telling=frozenset({"listed_in", "duration"}),
    is_shared=True,
    about=(
        "The catalogues of streaming services as they are published: one table, the same columns whichever "
        "service it is. The services number their titles alike (`s1`, `s2`, …), so a second catalogue needs "
        "`--source` with the name of its service. A row whose `rating` is a length (`74 min`) is shifted and goes to "
        "quarantine: nothing says which of its columns moved. `country` is where a title was made; no mart asks it."
    ),
)
