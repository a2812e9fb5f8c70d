"""What each parser makes of text: a value, nothing, or a fault; in the middle of good rows and alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from loaders import parsers

if TYPE_CHECKING:
    from loaders.parsers import Parser

TEXT = parsers.text(max_characters=5)
PROSE = parsers.prose(max_characters=9)
ID = parsers.identifier(max_characters=5)
WHOLE = parsers.whole(0, 150, pa.int16())
BIG = parsers.whole(0, 2**63 - 1, pa.int64())
DECIMAL = parsers.decimal(-100, 100, pa.decimal128(7, 2))
SECONDS = parsers.minutes_as_seconds(2_880)
DAY = parsers.day()
INSTANT = parsers.instant()
TRUTH = parsers.truth()
CHOICE = parsers.choice({"movies": "movie", "series": "series"})
CURRENCY = parsers.currency()
WORDS = parsers.list_of_words()
NUMBERS = parsers.list_of_numbers()
JSON = parsers.json_text(max_characters=60)

COMMAS = parsers.list_of_words(",")
LOCAL = parsers.instant(zone="Europe/Paris")
LOCAL_DAY = parsers.day_of(LOCAL)
MIDNIGHT = parsers.midnight_of(DAY)
AMERICAN = parsers.day("M/D/YY")
AMERICAN_INSTANT = parsers.instant("M/D/YY")
NAMED = parsers.day("MONTH D, YYYY")
MINUTES = parsers.counted("min", parsers.whole(1, 2_880, pa.int32()), units=("min", "season"))
CLOCK, MINUTES_AND_SECONDS, HOURS_AND_MINUTES = (
    parsers.clock_as_seconds(172_800, pair=pair) for pair in ("", "mm:ss", "hh:mm")
)
MONEY = parsers.amount()
SHARE = parsers.share_as_percent()
NUMBER_ID = parsers.number_id()
COUNTRY = parsers.country()
SESSION = parsers.session()
AGE_RATING = parsers.age_rating(max_characters=20)
FIRST = parsers.first_of(",", max_characters=20)

DEEP = "[" * 100_000


def outcome(parser: Parser, value: str | None) -> object:
    """Return the value, or the code of the first fault."""
    parsed = parser.parse(pa.array([value], pa.string()))
    return next((code for code, rows in parsed.faults if rows[0]), parsed.values[0].as_py())


@pytest.mark.parametrize(
    ("parser", "text", "expected"),
    [
        (TEXT, " a b ", "a b"),
        (TEXT, "\t\n", None),
        (TEXT, "Ünï→5", "Ünï→5"),
        (TEXT, "123456", "too_long"),
        (TEXT, "a\x00b", "nul_character"),
        (TEXT, "'; --", "'; --"),
        (TEXT, "a\x0c\x0bb", "a b"),
        (TEXT, "a\r\nb", "a b"),
        (TEXT, "a\x7f\x9fb", "a b"),
        (TEXT, "\x1b", None),
        (TEXT, "\x00", "nul_character"),
        (PROSE, "a\t\r\nb\x0cc", "a\t\r\nb c"),
        (PROSE, "a\x00b", "nul_character"),
        (ID, " U\xa01 ", "U\xa01"),
        (ID, "U1\n", "U1"),
        *((ID, f"U{control}1", "control_character") for control in "\t\n\x0b\x0c\x1f\x7f\x85\x9f"),
        (ID, "U\x001", "nul_character"),
        (ID, "U12345", "too_long"),
        (WHOLE, "12", 12),
        (WHOLE, " +012.000 ", 12),
        (WHOLE, "-0", 0),
        (WHOLE, "0" * 40 + "7", 7),
        (WHOLE, "12.", 12),
        (WHOLE, "12.5", "not_a_number"),
        (WHOLE, "1e2", "not_a_number"),
        (WHOLE, "1,2", "not_a_number"),
        (WHOLE, "٣", "not_a_number"),
        (WHOLE, "0x1F", "not_a_number"),
        (WHOLE, "-1", "out_of_range"),
        (WHOLE, "151", "out_of_range"),
        (WHOLE, str(2**63), "out_of_range"),
        (WHOLE, "9" * 5_000, "out_of_range"),
        (WHOLE, "true", "not_a_number"),
        (BIG, "999999999999999999", 10**18 - 1),
        (DECIMAL, "18.8", Decimal("18.80")),
        (DECIMAL, ".5", Decimal("0.50")),
        (DECIMAL, "5.", Decimal("5.00")),
        (DECIMAL, "0.125", Decimal("0.12")),
        (DECIMAL, "58.300000000000004", Decimal("58.30")),
        (DECIMAL, "0." + "1" * 60, Decimal("0.11")),
        (DECIMAL, "-100.004", Decimal("-100.00")),
        (DECIMAL, "-100.01", "out_of_range"),
        (DECIMAL, "9" * 16, "out_of_range"),
        (DECIMAL, "12,5", "not_a_number"),
        (DECIMAL, ".", "not_a_number"),
        (DECIMAL, "Infinity", "not_a_number"),
        (SECONDS, "9", 540),
        (SECONDS, "0.99", 59),
        (SECONDS, "2880", 172_800),
        (SECONDS, "2880.1", "out_of_range"),
        (SECONDS, "-1", "out_of_range"),
        (DAY, "2024-02-29", date(2024, 2, 29)),
        (DAY, "2023-02-29", "not_a_date"),
        (DAY, "2024-02-30", "not_a_date"),
        (DAY, "0000-00-00", "not_a_date"),
        (DAY, "0000-01-01", "out_of_range"),
        (DAY, "9999-12-31", "out_of_range"),
        (DAY, "1899-12-31", "out_of_range"),
        (DAY, "31.12.2024", "not_a_date"),
        (DAY, "12/31/2024", "not_a_date"),
        (DAY, "2024-1-5", "not_a_date"),
        (DAY, "2024-01-05 10:00:00", "not_a_date"),
        (DAY, "2024-01-05 00:00:00.000000001", "not_a_date"),
        (DAY, "2024-01-05 00:00:00Z", "not_a_date"),
        (INSTANT, "2024-01-31T20:15:00Z", datetime(2024, 1, 31, 20, 15, tzinfo=UTC)),
        (INSTANT, "2024-01-31 20:15:00+05:30", datetime(2024, 1, 31, 14, 45, tzinfo=UTC)),
        (INSTANT, "2024-01-31 20:15:00-0030", datetime(2024, 1, 31, 20, 45, tzinfo=UTC)),
        (
            INSTANT,
            "2024-01-31T20:15:00.1234569Z",
            datetime(2024, 1, 31, 20, 15, 0, 123_456, tzinfo=UTC),
        ),
        (INSTANT, "2024-01-31T20:15:00", "no_zone"),
        (INSTANT, "2024-02-30T20:15:00Z", "not_an_instant"),
        (INSTANT, "2024-01-31T24:00:00Z", "not_an_instant"),
        (INSTANT, "2024-01-31T23:59:60Z", "not_an_instant"),
        (INSTANT, "2024-01-31T20:15:00+99:99", "not_an_instant"),
        (INSTANT, "1706732100", "not_an_instant"),
        (INSTANT, "0001-01-01T00:00:00+10:00", "out_of_range"),
        (INSTANT, "9999-12-31T23:00:00-10:00", "out_of_range"),
        (LOCAL, "2024-03-31 03:30:00", datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),
        (LOCAL, "2024-03-31 02:30:00", "ambiguous_time"),
        (LOCAL, "2024-10-27 02:30:00", "ambiguous_time"),
        (LOCAL, "2024-01-31 20:15", datetime(2024, 1, 31, 19, 15, tzinfo=UTC)),
        (LOCAL, "2024-01-31T20:15:00Z", datetime(2024, 1, 31, 20, 15, tzinfo=UTC)),
        (LOCAL, "2024-02-30 20:15:00", "not_an_instant"),
        (LOCAL, "1899-12-31 20:15:00", "out_of_range"),
        (LOCAL, "2024-01-31 9:30", datetime(2024, 1, 31, 8, 30, tzinfo=UTC)),
        (LOCAL, "2024-01-31 9:30:05.25", datetime(2024, 1, 31, 8, 30, 5, 250_000, tzinfo=UTC)),
        (LOCAL, "2024-01-31  09:30 PM", datetime(2024, 1, 31, 20, 30, tzinfo=UTC)),
        (LOCAL, "2024-01-31T9:30:05 am", datetime(2024, 1, 31, 8, 30, 5, tzinfo=UTC)),
        (LOCAL, "2024-01-31 9:30:05\u202fp.m.", datetime(2024, 1, 31, 20, 30, 5, tzinfo=UTC)),
        (LOCAL, "2024-01-31 12:05AM", datetime(2024, 1, 30, 23, 5, tzinfo=UTC)),
        (LOCAL, "2024-01-31 12:05 PM", datetime(2024, 1, 31, 11, 5, tzinfo=UTC)),
        (LOCAL, "2024-03-31 2:30 AM", "ambiguous_time"),
        (LOCAL, "2024-01-31 13:30 PM", "not_an_instant"),
        (LOCAL, "2024-01-31 00:30 AM", "not_an_instant"),
        (LOCAL, "2024-01-31 24:30", "not_an_instant"),
        (LOCAL, "2024-01-31 009:30", "not_an_instant"),
        (LOCAL, "2024-01-31 9:3", "not_an_instant"),
        (LOCAL, "2024-01-31 9:60 PM", "not_an_instant"),
        (LOCAL, "2024-01-31 9 PM", "not_an_instant"),
        (INSTANT, "2024-01-31 9:30 PM+02:00", datetime(2024, 1, 31, 19, 30, tzinfo=UTC)),
        (INSTANT, "2024-01-31 09:30:00+00", datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
        (
            INSTANT,
            "2024-01-31 09:30:00.5 UTC",
            datetime(2024, 1, 31, 9, 30, 0, 500_000, tzinfo=UTC),
        ),
        (INSTANT, "2024-01-31 09:30:00 +0200", datetime(2024, 1, 31, 7, 30, tzinfo=UTC)),
        (INSTANT, "2024-01-31 09:30:00 CET", "not_an_instant"),
        (INSTANT, "2024-01-31 9:30 PM", "no_zone"),
        (INSTANT, "3/1/2024 9:30:00 PM", "ambiguous_date"),
        (INSTANT, "3/14/2024 9:30:00 PM", "not_an_instant"),
        (LOCAL_DAY, "2024-03-01 00:30:00", date(2024, 2, 29)),
        (MIDNIGHT, "2024-03-01", datetime(2024, 3, 1, tzinfo=UTC)),
        (AMERICAN, "9/5/21", date(2021, 9, 5)),
        (AMERICAN, "2021-09-05", date(2021, 9, 5)),
        (AMERICAN, "13/5/21", "exchanged_date"),
        (AMERICAN, "13/5/21 10:00", "exchanged_date"),
        (AMERICAN, "9/5/21 10:00", "not_a_date"),
        (AMERICAN, "9/5/21 0:00", date(2021, 9, 5)),
        (AMERICAN, "9/5/21 12:00:00 AM", date(2021, 9, 5)),
        (AMERICAN, "9/5/21 12:00:00 PM", "not_a_date"),
        (AMERICAN, "13/5/21 12:00:00 AM", "exchanged_date"),
        (AMERICAN, "13/13/21", "not_a_date"),
        (AMERICAN, "30/2/21", "not_a_date"),
        (AMERICAN, "9/5/2021", "not_a_date"),
        (AMERICAN_INSTANT, "13/5/21 10:00Z", "exchanged_date"),
        (AMERICAN_INSTANT, "9/5/21 9:30 PM Z", datetime(2021, 9, 5, 21, 30, tzinfo=UTC)),
        (AMERICAN_INSTANT, "13/5/21 9:30 PM Z", "exchanged_date"),
        (AMERICAN_INSTANT, "9/5/21 25:00Z", "not_an_instant"),
        (AMERICAN_INSTANT, "9/5/21", "not_an_instant"),
        (NAMED, "September 5, 2021", date(2021, 9, 5)),
        (NAMED, "Sept 5, 2021", "not_a_date"),
        (MINUTES, "90 min", 90),
        (MINUTES, "90 Mins", 90),
        (MINUTES, "2 Seasons", None),
        (MINUTES, "90", "not_a_length"),
        (MINUTES, "90 h", "not_a_length"),
        (MINUTES, "0 min", "out_of_range"),
        (CLOCK, "1:02:03.9", 3_723),
        (CLOCK, "12:34", "not_a_length"),
        (MINUTES_AND_SECONDS, "12:34", 754),
        (MINUTES_AND_SECONDS, "125:03.9", 7_503),
        (MINUTES_AND_SECONDS, "1:02:03", 3_723),
        (MINUTES_AND_SECONDS, "0:125:03", "not_a_length"),
        (MINUTES_AND_SECONDS, "12:60", "not_a_length"),
        (MINUTES_AND_SECONDS, "12", "not_a_length"),
        (MINUTES_AND_SECONDS, "-12:34", "not_a_length"),
        (MINUTES_AND_SECONDS, "2880:01", "out_of_range"),
        (HOURS_AND_MINUTES, "12:34", 45_240),
        (HOURS_AND_MINUTES, "1:02:03", 3_723),
        (HOURS_AND_MINUTES, "1:60", "not_a_length"),
        (HOURS_AND_MINUTES, "12:34.5", "not_a_length"),
        (SHARE, "0.855", Decimal("85.50")),
        (SHARE, "1", Decimal("100.00")),
        (SHARE, "0.12345", Decimal("12.34")),
        (MONEY, "9.99", 999),
        (MONEY, "10", 1000),
        (MONEY, "0.010", 1),
        (MONEY, "9.999", "not_a_number"),
        (MONEY, "-1", "not_a_number"),
        (NUMBER_ID, "123.0", "123"),
        (NUMBER_ID, "0012", "0012"),
        (NUMBER_ID, "1.5", "not_a_number"),
        (NUMBER_ID, "U1", "not_a_number"),
        (NUMBER_ID, "9" * 101, "too_long"),
        (COUNTRY, "uk", "United Kingdom"),
        (COUNTRY, "FRA", "France"),
        (COUNTRY, "united states", "United States"),
        (COUNTRY, "Atlantis", "not_a_country"),
        (SESSION, "1737160306717", "1737160306717"),
        (SESSION, "-1", None),
        (SESSION, "-2", "not_a_number"),
        (AGE_RATING, "AGES_18_", "AGES_18_"),
        (AGE_RATING, "74 min", "shifted_row"),
        (FIRST, " Ann Lee , Bo Ray", "Ann Lee"),
        (TRUTH, "TRUE", True),
        (TRUTH, "0", False),
        (TRUTH, "perhaps", "not_a_truth_value"),
        (CHOICE, "Movies", "movie"),
        (CHOICE, "cartoons", "not_a_choice"),
        (CURRENCY, "eur", "EUR"),
        (CURRENCY, "Euro", "not_a_currency"),
        (WORDS, '["Drama", " Drama", "", "Crime"]', ["Drama", "Crime"]),
        (WORDS, "Drama|Crime| Drama", ["Drama", "Crime"]),
        (WORDS, "[]", []),
        (WORDS, '["Film\\u000cNoir", "Film Noir", "\\u0007"]', ["Film Noir"]),
        (WORDS, "['FRA', 'USA']", ["FRA", "USA"]),
        (WORDS, "['it\\'s', \"a 'b'\", 'x\\u00fc\\x41\\n']", ["it's", "a 'b'", "xüA"]),
        (WORDS, "['a' 'b']", "not_a_list"),
        (WORDS, "['a', None]", "not_a_list"),
        (WORDS, "[b'a']", "not_a_list"),
        (WORDS, "('a', 'b')", ["('a', 'b')"]),
        (WORDS, "['\\N{BULLET}']", "not_a_list"),
        (WORDS, "['\\Uffffffff']", "not_a_list"),
        (WORDS, "[__import__('os').system('true')]", "not_a_list"),
        (WORDS, "['a'] * 999999999", "not_a_list"),
        (WORDS, "[" * 100_000 + "'a'", "not_a_list"),
        (WORDS, "{'a': 1}", "not_a_list"),
        (COMMAS, "Ann Lee, Bo Ray,, Ann Lee", ["Ann Lee", "Bo Ray"]),
        (WORDS, "[1]", "not_a_list"),
        (WORDS, '["a"', "not_a_list"),
        (WORDS, DEEP, "not_a_list"),
        (WORDS, '["\\u0000"]', "nul_character"),
        (WORDS, '["\\ud800"]', "not_text"),
        (WORDS, f'["{"a" * 101}"]', "too_long"),
        (WORDS, "|".join(map(str, range(1_001))), "too_long"),
        (NUMBERS, "[8, 10]", [8, 10]),
        (NUMBERS, "[8.5]", "not_a_list"),
        (NUMBERS, "[true]", "not_a_list"),
        (NUMBERS, "8|10", "not_a_list"),
        (NUMBERS, "[-1]", "out_of_range"),
        (NUMBERS, f"[{2**63}]", "out_of_range"),
        (NUMBERS, "[1" + "0" * 5_000 + "]", "not_a_list"),
        (JSON, '{"genre": "Drama"}', '{"genre": "Drama"}'),
        (JSON, "{'a': [1.5, None], 'b': True}", '{ "a" : [ 1.5 , null ] , "b" : true }'),
        (JSON, "{'a': nan}", '{ "a" : null }'),
        (JSON, "{'a': inf}", "not_json"),
        (JSON, "{1: 2}", "not_json"),
        (JSON, "{'a': datetime.date(2024, 1, 1)}", "not_json"),
        (JSON, "{genre: 1}", "not_json"),
        (JSON, '{"a": NaN}', "not_json"),
        (JSON, "1e999", "not_json"),
        (JSON, '"\\u0000"', "not_json"),
        (JSON, '"\\ud800"', "not_json"),
        (JSON, DEEP, "too_long"),
    ],
)
def test_parser_reads_exactly_or_says_why_not(parser: Parser, text: str, expected: object) -> None:
    assert outcome(parser, text) == expected


def test_an_instant_whose_zone_is_declared_is_not_read_in_another() -> None:
    assert INSTANT.in_zone is not None
    assert LOCAL.in_zone is LOCAL_DAY.in_zone is None
    assert outcome(INSTANT.in_zone("Europe/Paris"), "2024-01-31 20:15:00") == datetime(
        2024, 1, 31, 19, 15, tzinfo=UTC
    )


PARSERS = [
    TEXT, PROSE, ID, WHOLE, DECIMAL, SECONDS, DAY, INSTANT, TRUTH, CHOICE, CURRENCY, WORDS, NUMBERS, JSON,
    LOCAL, AMERICAN, MINUTES, CLOCK, MINUTES_AND_SECONDS, MONEY, NUMBER_ID, COUNTRY, SESSION, AGE_RATING, FIRST, COMMAS,
]  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.meaning)
@pytest.mark.parametrize("word", [None, *parsers.NULL_WORDS, "  ", " NaN "])
def test_words_for_nothing_stay_null_and_are_no_fault(parser: Parser, word: str | None) -> None:
    assert outcome(parser, word) is None


@pytest.mark.parametrize(
    ("parser", "good", "bad"),
    [
        (WHOLE, "1", "x"),
        (DECIMAL, "1", "x"),
        (DAY, "2024-01-01", "2024-02-30"),
        (INSTANT, "2024-01-01T00:00:00Z", "2024-02-30T00:00:00Z"),
        (WORDS, "a", "[1]"),
        (JSON, "1", "{"),
    ],
)
def test_a_fault_leaves_the_rows_around_it_alone(parser: Parser, good: str, bad: str) -> None:
    alone = parser.parse(pa.array([good])).values[0].as_py()
    parsed = parser.parse(pa.array([good, bad, None, good]))
    assert [parsed.values[row].as_py() for row in (0, 2, 3)] == [alone, None, alone]
    faulty = [list(rows.nonzero()[0]) for _, rows in parsed.faults if rows.any()]
    assert faulty == [[1]]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.meaning)
def test_no_rows_are_no_values(parser: Parser) -> None:
    assert len(parser.parse(pa.array([], pa.string())).values) == 0


def test_times_in_several_ways_are_read_each_in_its_row() -> None:
    times = ["09:30", "9:30", None, "9:30 PM", "noon", "21:30:00", "-"]
    written = [None if time is None else f"2024-01-31 {time}" for time in times]
    parsed = LOCAL.parse(pa.array(written))
    shown = [moment and f"{moment:%H:%M}" for moment in parsed.values.to_pylist()]
    assert shown == ["08:30", "08:30", None, "20:30", None, "20:30", None]
    assert [code for code, rows in parsed.faults if rows.any()] == ["not_an_instant"]
    assert [list(rows.nonzero()[0]) for _, rows in parsed.faults if rows.any()] == [[4, 6]]


@pytest.mark.parametrize("time", ["", " 00:00", "T00:00:00", " 00:00:00.000000000"])
def test_a_midnight_without_a_zone_is_its_day(time: str) -> None:
    parsed = DAY.parse(pa.array([f"2024-01-05{time}", None]))
    assert parsed.values.to_pylist() == [date(2024, 1, 5), None]
    assert not any(rows.any() for _, rows in parsed.faults)
