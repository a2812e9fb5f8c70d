"""From the text of a column to values of a type: one function per type, each of which returns a parser."""

from __future__ import annotations

from loaders.parsers.base import NULL_WORDS, Parsed, Parser
from loaders.parsers.lists import json_text, list_of_numbers, list_of_words
from loaders.parsers.moments import (
    EPOCH_UNITS,
    day,
    day_and_time,
    day_of,
    epoch,
    instant,
    is_form,
    midnight_of,
)
from loaders.parsers.numbers import (
    amount,
    clock_as_seconds,
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
    constant,
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
    "EPOCH_UNITS",
    "NULL_WORDS",
    "Parsed",
    "Parser",
    "age_rating",
    "amount",
    "choice",
    "clock_as_seconds",
    "constant",
    "counted",
    "country",
    "currency",
    "day",
    "day_and_time",
    "day_of",
    "decimal",
    "epoch",
    "first_of",
    "identifier",
    "instant",
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
