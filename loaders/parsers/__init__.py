"""From the text of a column to values of a type: one function per type, each of which returns a parser."""

from __future__ import annotations

from loaders.parsers.base import CUT, NULL_WORDS, Parsed, Parser
from loaders.parsers.lists import json_text, list_of_numbers, list_of_words
from loaders.parsers.moments import (
    day,
    day_of,
    instant,
    is_day_with_year_last,
    is_form,
    midnight_of,
)
from loaders.parsers.numbers import (
    amount,
    counted,
    decimal,
    localised,
    minutes_as_seconds,
    number_id,
    scaled,
    share_as_percent,
    whole,
)
from loaders.parsers.properties import kept_properties, left_out_properties
from loaders.parsers.words import (
    age_rating,
    choice,
    country,
    currency,
    first_of,
    identifier,
    prose,
    session,
    text,
    truth,
    without,
)

__all__ = [
    "CUT",
    "NULL_WORDS",
    "Parsed",
    "Parser",
    "age_rating",
    "amount",
    "choice",
    "counted",
    "country",
    "currency",
    "day",
    "day_of",
    "decimal",
    "first_of",
    "identifier",
    "instant",
    "is_day_with_year_last",
    "is_form",
    "json_text",
    "kept_properties",
    "left_out_properties",
    "list_of_numbers",
    "list_of_words",
    "localised",
    "midnight_of",
    "minutes_as_seconds",
    "number_id",
    "prose",
    "scaled",
    "session",
    "share_as_percent",
    "text",
    "truth",
    "whole",
    "without",
]
