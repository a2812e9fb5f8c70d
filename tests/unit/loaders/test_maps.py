"""Maps: any table of any company becomes one of ours, and a map that says what can't be is told where."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from loaders.contract import check
from loaders.days import Days
from loaders.preview import explain
from loaders.recognise import recognise, recognise_all
from loaders.wanted import wanted
from svp.errors import InputError, UsageError
from tests.unit.loaders.builders import a_user, an_event, write_json_lines

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

RATED = {"rating_date": "3/4/23"}

MAP = """
table = "viewing_sessions"
source = "acme"
date_format = "DD.MM.YYYY"
decimal = ","
thousands = "."
zone = "Europe/Oslo"
delimiter = "~"

[columns]
session_id = "Sitzung"
user_id = "Kunde"
content_id = "Werk"
started_at = "Anfang"
watch_seconds = { column = "Minuten", written = "minutes" }
completion_percent = { column = "Anteil", written = "share" }
"""

ROWS = """\
Sitzung~Kunde~Werk~Anfang~Minuten~Anteil~Gerät
S1~K1~T1~05.04.2024 00:30~1.000,5~0,85~TV
S2~K1~T1~05.04.2024 10:30:15~0,25~~TV
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def stored(folder: Path, said: str, rows: str) -> list[dict[str, Any]]:
    """Return the rows of a file as a map makes them; none of them may be refused."""
    map_file = written(folder, "map.toml", said)
    file = recognise(written(folder, "rows.csv", rows), wanted(map_file=map_file))
    (batch,) = file.batches()
    checked = check(batch, file.kind)
    assert checked.refusals == ()
    return checked.accepted.to_pylist()


def codes(folder: Path, said: str, rows: str) -> list[str]:
    """Return why the rows of a file are refused."""
    map_file = written(folder, "map.toml", said)
    file = recognise(written(folder, "rows.csv", rows), wanted(map_file=map_file))
    (batch,) = file.batches()
    return [refusal.code for refusal in file.judge(batch).refusals]


def test_a_map_says_columns_days_decimals_zone_and_delimiter(tmp_path: Path) -> None:
    first, second = stored(tmp_path, MAP, ROWS)
    assert (first["session_id"], first["user_id"], first["content_id"]) == ("S1", "K1", "T1")
    assert (
        f"{first['started_at']:%Y-%m-%d %H:%M} {first['started_on']}"
        == "2024-04-04 22:30 2024-04-04"
    )
    assert (first["watch_seconds"], f"{first['completion_percent']}") == (60_030, "85.00")
    assert f"{second['started_at']:%H:%M:%S}" == "08:30:15"
    assert (second["watch_seconds"], second["completion_percent"]) == (15, None)


def test_numbers_with_other_signs_are_never_taken_for_ours(tmp_path: Path) -> None:
    bad = ("1.5", "1,000.5", "10.00,5", "1,2,3", "1 000")
    rows = "".join(f"S~K~T~05.04.2024 10:30~{minutes}~~\n" for minutes in bad)
    assert codes(tmp_path, MAP, ROWS.splitlines()[0] + "\n" + rows) == ["not_a_number"] * len(bad)


@pytest.mark.parametrize("written_day", ["03/04/2024", "25.12.2024", "2024/03/04", "3-4-24"])
def test_a_day_in_no_declared_form_refuses_the_file_and_says_what_decides(
    tmp_path: Path, written_day: str
) -> None:
    said = """
    table = "users"
    source = "acme"
    [columns]
    user_id = "id"
    registered_on = "since"
    """
    rows = f"id,since\n1,2024-01-31\n2,{written_day}\n"
    with pytest.raises(
        InputError, match=r"rows.csv, line 3, column since: .* more than one way"
    ) as caught:
        codes(tmp_path, said, rows)
    assert 'date_format = "DD/MM/YYYY"' in caught.value.advice
    (row,) = stored(tmp_path, said, "id,since\n1,2024-01-31\n")
    assert f"{row['registered_on']}" == "2024-01-31"


@pytest.mark.parametrize(
    ("form", "written_day", "expected"),
    [
        ("DD/MM/YYYY", "03/04/2024", "2024-04-03"),
        ("MM/DD/YYYY", "03/04/2024", "2024-03-04"),
        ("M/D/YY", "3/4/24", "2024-03-04"),
        ("YYYYMMDD", "20240304", "2024-03-04"),
        ("D MONTH YYYY", "4 march 2024", "2024-03-04"),
        ("DD-MON-YYYY", "04-MAR-2024", "2024-03-04"),
        ("MON D YYYY", "Mar  4 2024", "2024-03-04"),
        ("DD/MM/YYYY", "2024-03-04", "2024-03-04"),
        ("YYYY-DD-MM", "2024-03-04", "2024-04-03"),
        ("DD/MM/YYYY", "30/02/2024", "not_a_date"),
        ("DD/MM/YYYY", "13/13/2024", "not_a_date"),
        ("D MONTH YYYY", "4 Brumaire 2024", "not_a_date"),
        ("DD-MON-YYYY", "04-MARCH-2024", "not_a_date"),
        ("DD-MON-YYYY", "04-Mrz-2024", "not_a_date"),
        ("DD.MM.YYYY", "03x04x2024", "not_a_date"),
        ("DD/MM/YYYY", "01/01/9999", "out_of_range"),
    ],
)
def test_a_declared_form_is_the_only_one_beside_the_plain_one(
    tmp_path: Path, form: str, written_day: str, expected: str
) -> None:
    said = f"""
    table = "users"
    source = "acme"
    [columns]
    user_id = "id"
    registered_on = {{ column = "since", date_format = "{form}" }}
    """
    rows = f"id,since\n1,{written_day}\n"
    refused = codes(tmp_path, said, rows)
    assert refused or [f"{row['registered_on']}" for row in stored(tmp_path, said, rows)] == [
        expected
    ]
    assert refused in ([], [expected])


def test_words_and_lists_of_others_become_ours(tmp_path: Path) -> None:
    said = """
    table = "content"
    source = "acme"
    list_separator = "/"
    [columns]
    content_id = "id"
    title = "Werk"
    content_type = "Art"
    genres = "Genre"
    [values.content_type]
    "Spielfilm" = "movie"
    Reihe = "series"
    """
    rows = "id,Werk,Art,Genre\n1,Heat,spielfilm,Krimi/Drama\n2,Dark,Reihe,\n3,Heute,live,\n"
    found = [(row["content_type"], row["genres"]) for row in stored(tmp_path, said, rows)]
    assert found == [("movie", ["Krimi", "Drama"]), ("series", None), ("live", None)]


PARTED = """
table = "viewing_sessions"
source = "acme"
date_format = "DD.MM.YYYY"
decimal = ","
zone = "Europe/Oslo"

[columns]
session_id = "id"
user_id = "who"
content_id = "what"
started_at = { column = "day", time = "time" }
watch_seconds = { column = "length", written = "clock" }
device_type = { constant = "Fernseher" }
quality = { constant = "HD" }

[values.device_type]
"Fernseher" = "Smart TV"
"""

PARTED_HEADER = "id;who;what;day;time;length\n"


def test_a_day_and_a_time_in_columns_of_their_own_lengths_as_clocks_show_them_and_constants(
    tmp_path: Path,
) -> None:
    rows = (
        "1;K;T;05.04.2024; 00:30 ;01:30:05\n"
        "2;K;T;2024-04-05 00:00:00;10:30:15;0:00:59.9\n"
        "3;K;T;05.04.2024;10:30;48:00:00\n"
    )
    found = stored(tmp_path, PARTED, PARTED_HEADER + rows)
    assert [f"{row['started_at']:%d %H:%M:%S} {row['started_on']}" for row in found] == [
        "04 22:30:00 2024-04-04",
        "05 08:30:15 2024-04-05",
        "05 08:30:00 2024-04-05",
    ]
    assert [row["watch_seconds"] for row in found] == [5_405, 59, 172_800]
    assert {(row["device_type"], row["quality"]) for row in found} == {("Smart TV", "HD")}


def test_a_day_without_its_time_and_lengths_that_no_clock_shows_are_refused_with_both_values(
    tmp_path: Path,
) -> None:
    rows = (
        "1;K;T;05.04.2024;;01:00:00\n"
        "2;K;T;;10:30;01:00:00\n"
        "3;K;T;05.04.2024;noon;01:00:00\n"
        "4;K;T;05.04.2024;10:30;90:00\n"
        "5;K;T;05.04.2024;10:30;01:60:00\n"
        "6;K;T;05.04.2024;10:30;48:00:01\n"
    )
    map_file = written(tmp_path, "map.toml", PARTED)
    path = written(tmp_path, "rows.csv", PARTED_HEADER + rows)
    file = recognise(path, wanted(map_file=map_file))
    assert file.missing == file.unused == ()
    (batch,) = file.batches()
    assert [(one.column, one.code, one.value) for one in file.judge(batch).refusals] == [
        ("day and time", "missing", "05.04.2024 "),
        ("day and time", "missing", " 10:30"),
        ("day and time", "not_an_instant", "05.04.2024 noon"),
        ("length", "not_a_length", "90:00"),
        ("length", "not_a_length", "01:60:00"),
        ("length", "out_of_range", "48:00:01"),
    ]


def test_times_as_people_write_them_and_lengths_of_minutes_and_seconds(tmp_path: Path) -> None:
    said = PARTED.replace('"clock"', '"mm:ss"').replace("DD.MM.YYYY", "M/D/YYYY")
    rows = "1;K;T;4/5/2024 12:00:00 AM;9:30:05 pm;125:03\n2;K;T;4/5/2024;9:30;1:02:03\n"
    evening, morning = stored(tmp_path, said, PARTED_HEADER + rows)
    assert f"{evening['started_at']:%d %H:%M:%S}" == "05 19:30:05"
    assert f"{morning['started_at']:%d %H:%M:%S}" == "05 07:30:00"
    assert (evening["watch_seconds"], morning["watch_seconds"]) == (7_503, 3_723)


def test_a_file_without_the_time_that_its_map_names_is_refused_or_said_to_lack_it(
    tmp_path: Path,
) -> None:
    said = written(tmp_path, "map.toml", PARTED)
    rows = written(tmp_path, "rows.csv", "id;who;what;day;length\n1;K;T;05.04.2024;01:00:00\n")
    with pytest.raises(InputError) as caught:
        recognise(rows, wanted(map_file=said))
    assert "also needs the column time" in caught.value.advice
    said.write_text(PARTED.replace("[columns]", '[columns]\nstarted_on = "day"'))
    file = recognise(rows, wanted(map_file=said))
    assert file.missing == ("time",)
    (batch,) = file.batches()
    (row,) = file.judge(batch).accepted.to_pylist()
    assert (row["started_at"], f"{row['started_on']}") == (None, "2024-04-05")


@pytest.mark.parametrize(
    ("unit", "told", "expected"),
    [
        ("seconds", "1712345678", "2024-04-05 19:34:38"),
        ("seconds", " 1712345678.25 ", "2024-04-05 19:34:38.250000"),
        ("seconds", "1712345678.", "2024-04-05 19:34:38"),
        ("seconds", "1712345678.1234569", "2024-04-05 19:34:38.123456"),
        ("milliseconds", "1712345678250", "2024-04-05 19:34:38.250000"),
        ("microseconds", "1712345678250001", "2024-04-05 19:34:38.250001"),
        ("seconds", "-2208988800", "1900-01-01 00:00:00"),
        ("seconds", "0", "1970-01-01 00:00:00"),
        ("seconds", "-2208988801", "out_of_range"),
        ("seconds", "1712345678250", "out_of_range"),
        ("seconds", "9" * 40, "out_of_range"),
        ("seconds", "1.7e9", "not_an_instant"),
        ("seconds", "2024-04-05", "not_an_instant"),
    ],
)
def test_instants_may_be_counted_from_1970(
    tmp_path: Path, unit: str, told: str, expected: str
) -> None:
    said = f"""
    table = "viewing_sessions"
    source = "acme"
    decimal = ","
    [columns]
    session_id = "id"
    user_id = "who"
    content_id = "what"
    started_at = {{ column = "at", written = "epoch {unit}" }}
    watch_seconds = "length"
    """
    rows = f"id;who;what;at;length\n1;K;T;{told};5\n"
    if refused := codes(tmp_path, said, rows):
        assert refused == [expected]
    else:
        (row,) = stored(tmp_path, said, rows)
        assert f"{row['started_at']}".removesuffix("+00:00") == expected
        assert f"{row['started_on']}" == expected[:10]


def test_a_day_may_be_counted_from_1970_and_a_country_be_a_code_beside_a_decimal_comma(
    tmp_path: Path,
) -> None:
    said = """
    table = "users"
    source = "acme"
    decimal = ","
    [columns]
    user_id = "id"
    registered_on = { column = "since", written = "epoch milliseconds" }
    country = { column = "from", written = "code" }
    """
    (row,) = stored(tmp_path, said, "id;since;from\n1;1712345678250;no\n")
    assert (f"{row['registered_on']}", row["country"]) == ("2024-04-05", "Norway")


def test_a_column_that_is_the_same_in_every_row_is_explained_and_needs_none_in_the_file(
    tmp_path: Path,
) -> None:
    said = """
    table = "content"
    source = "acme"
    [columns]
    content_id = "id"
    title = "name"
    content_type = { constant = "movie" }
    """
    map_file = written(tmp_path, "map.toml", said)
    file = recognise(written(tmp_path, "rows.csv", "id,name\n1,Heat\n"), wanted(map_file=map_file))
    told = explain(file)
    assert [row["content_type"] for row in told.rows] == ["movie"]
    assert [(one.name, one.parser.meaning, is_there) for one, is_there in told.fields][-1] == (
        "",
        "always movie",
        True,
    )


def test_times_that_clocks_showed_twice_or_never_are_refused(tmp_path: Path) -> None:
    times = ("31.03.2024 02:30", "27.10.2024 02:30")
    rows = "".join(f"S~K~T~{time}~1~~\n" for time in times)
    assert codes(tmp_path, MAP, ROWS.splitlines()[0] + "\n" + rows) == ["ambiguous_time"] * 2


def test_a_file_without_a_column_of_the_map_is_refused(tmp_path: Path) -> None:
    said = written(tmp_path, "map.toml", MAP)
    rows = written(tmp_path, "rows.csv", "Sitzung~Kunde\n1~2\n")
    with pytest.raises(InputError, match=r"rows.csv is not map.viewing_sessions") as caught:
        recognise(rows, wanted(map_file=said))
    assert "also needs the column Anfang, Minuten, Werk" in caught.value.advice


COLUMNS = '[columns]\nuser_id = "id"\nregistered_on = "since"\n'
TITLES = """table = "content"
source = "a"
[columns]
content_id = "i"
title = "t"
content_type = "k"
"""
BARE = 'table = "viewing_sessions"\nsource = "a"\n[columns]\n'
PLAYS = """table = "viewing_sessions"
source = "a"
[columns]
session_id = "i"
user_id = "u"
content_id = "c"
watch_seconds = "s"
"""
USERS = 'table = "users"\nsource = "acme"\n'


@pytest.mark.parametrize(
    ("said", "place", "told"),
    [
        ("table = \n", (1, 9), "Invalid value"),
        ('source = "acme"\n', (1, 1), "the map names no table"),
        ('source = "acme"\ntable = "user"\n', (2, 1), "there is no table 'user'"),
        ('table = "users"\n' + COLUMNS, (1, 1), "the map names no source"),
        (f'table = "users"\nsource = "a:b"\n{COLUMNS}', (2, 1), "source 'a:b' is not a usable name"),
        (f'tablex = "users"\n{USERS}{COLUMNS}', (1, 1), "a map has no tablex"),
        (f'{USERS}decimal = ",,"\n{COLUMNS}', (3, 1), "decimal is not one character"),
        (f'{USERS}decimal = 7\n{COLUMNS}', (3, 1), "decimal is not text"),
        (f'{USERS}decimal = ","\nthousands = ","\n{COLUMNS}', (4, 1), "are the same sign"),
        (f'{USERS}zone = "Mars/Base"\n{COLUMNS}', (3, 1), "there is no time zone 'Mars/Base'"),
        (f'{USERS}zone = "../x"\n{COLUMNS}', (3, 1), "there is no time zone '../x'"),
        (f'{USERS}date_format = "DD/MM"\n{COLUMNS}', (3, 1), "'DD/MM' doesn't say how a day is written"),
        (f"{USERS}{COLUMNS}ages = 7\n", (6, 1), "a map has no columns.ages"),
        (f"{USERS}{COLUMNS}age = 7\n", (6, 1), "age names no column of the file"),
        (
            f'{USERS}{COLUMNS}  age = {{ column = "a", written = "months" }}\n',
            (6, 25),
            "age can't be written as 'months'",
        ),
        (
            f'{USERS}{COLUMNS}age = {{ column = "a", written = ["months"] }}\n',
            (6, 23),
            "age can't be written as ",
        ),
        (f'{USERS}{COLUMNS}age = {{ columnx = "a" }}\n', (6, 9), "a map has no columns.age.columnx"),
        (f'{USERS}[columns]\nuser_id = "id"\n', (3, 2), "table users also needs registered_on"),
        (f'{USERS}columns = "id"\n', (3, 1), "columns is not a section"),
        (
            f"{TITLES}[values.content_type]\nFilm = 'film'\n",
            (8, 1),
            "content_type is never 'film'",
        ),
        (f'{USERS}{COLUMNS}age = {{ constant = 7 }}\n', (6, 9), "constant is not text"),
        (f'{USERS}{COLUMNS}age = {{ constant = "" }}\n', (6, 9), "'': a value that the row can't do without"),
        (
            f'{USERS}{COLUMNS}age = {{ constant = "old" }}\n',
            (6, 9),
            "'old': the value is not a number",
        ),
        (
            f'{USERS}[columns]\nuser_id = "i"\nregistered_on = {{ constant = "3/4/2024" }}\n',
            (5, 19),
            "'3/4/2024': may be read in more than one way",
        ),
        (
            f'{USERS}{COLUMNS}age = {{ column = "a", constant = "7" }}\n',
            (6, 23),
            "a constant stands in no column",
        ),
        (
            f'{USERS}{COLUMNS}age = {{ column = "a", time = "b" }}\n',
            (6, 23),
            "age has no time in a column of its own",
        ),
        (f'{PLAYS}started_at = {{ column = "a", time = 7 }}\n', (8, 30), "time names no column"),
        (
            f'{PLAYS}started_at = {{ column = "a", time = "b", written = "epoch seconds" }}\n',
            (8, 30),
            "started_at has no time in a column of its own",
        ),
        (
            f'{PLAYS}started_at = {{ column = "a", written = "epoch" }}\n',
            (8, 30),
            "started_at can't be written as 'epoch'",
        ),
        (
            f'{BARE}device_type = {{ columns = ["a", "b"], joined = "-" }}\n',
            (4, 1),
            "device_type is no id",
        ),
        (
            f'{BARE}content_id = {{ columns = ["a"], joined = "-" }}\n',
            (4, 16),
            "columns are not two columns of the file or more",
        ),
        (
            f'{BARE}content_id = {{ columns = ["a", ""], joined = "-" }}\n',
            (4, 16),
            "columns are not two columns of the file or more",
        ),
        (
            f'{BARE}content_id = {{ columns = ["a", "b"] }}\n',
            (4, 1),
            "joined is not one sign",
        ),
        (
            f'{BARE}content_id = {{ columns = ["a", "b"], joined = "--" }}\n',
            (4, 38),
            "joined is not one sign",
        ),
        (
            f'{BARE}content_id = {{ columns = ["a", "b"], joined = "-", written = "code" }}\n',
            (4, 52),
            "a map has no columns.content_id.written",
        ),
        (
            f'{BARE}completion_percent = {{ start = "a", end = "b" }}\n',
            (4, 1),
            "completion_percent is no length in seconds",
        ),
        (
            f'{BARE}watch_seconds = {{ start = "a" }}\n',
            (4, 1),
            "start and end are not two columns of the file",
        ),
        (
            f'{BARE}watch_seconds = {{ start = "a", end = "b", column = "c" }}\n',
            (4, 43),
            "a map has no columns.watch_seconds.column",
        ),
        (
            f'{BARE}watch_seconds = {{ start = "a", end = "b", written = "clock" }}\n',
            (4, 43),
            "an instant can't be written as 'clock'",
        ),
        ('kind = "events.events"\nkeep = ["slug"]\n', (2, 1), "keep is not a list of properties"),
        ('kind = "events.events"\nsource = "x"\n', (2, 1), "a map has no source"),
        ('kind = "relational.user"\n', (1, 1), "there is no kind 'relational.user'"),
        ('kind = "relational.users"\nkeep = []\n', (2, 1), "a map has no keep"),
        ('kind = "relational.users"\ndate_format = "soon"\n', (2, 1), "'soon' doesn't say how"),
    ],
)  # fmt: skip
def test_a_fault_of_a_map_is_told_with_its_line_and_column(
    tmp_path: Path, said: str, place: tuple[int, int], told: str
) -> None:
    path = written(tmp_path, "map.toml", said)
    with pytest.raises(UsageError) as caught:
        wanted(map_file=path)
    assert caught.value.message.startswith(f"{path}, line {place[0]}, column {place[1]}: ")
    assert told in caught.value.message
    assert caught.value.advice


SPANS = """
table = "viewing_sessions"
source = "acme"
date_format = "M/D/YYYY"
zone = "Europe/Oslo"

[columns]
session_id = { columns = ["who", "box", "from"], joined = "|" }
user_id = "who"
content_id = "what"
started_at = "from"
ended_at = "to"
watch_seconds = { start = "from", end = "to" }
"""

SPANS_HEADER = "who,box,what,from,to\n"


def test_a_length_is_told_by_its_two_instants_and_an_id_by_several_columns(tmp_path: Path) -> None:
    rows = (
        "K1, B-1 ,T1,3/31/2024 1:30:00 AM,3/31/2024 3:30:00 AM\n"
        "K2,B1,T1,4/5/2024 9:30:00.9 PM,4/5/2024 9:31:00 PM\n"
        "K2,B1,T1,4/5/2024 21:31,4/7/2024 21:31\n"
    )
    found = stored(tmp_path, SPANS, SPANS_HEADER + rows)
    assert [row["watch_seconds"] for row in found] == [3_600, 59, 172_800]
    assert [row["session_id"] for row in found] == [
        "K1|B-1|3/31/2024 1:30:00 AM",
        "K2|B1|4/5/2024 9:30:00.9 PM",
        "K2|B1|4/5/2024 21:31",
    ]
    assert (
        f"{found[0]['started_at']:%d %H:%M} {found[0]['ended_at']:%d %H:%M}" == "31 00:30 31 01:30"
    )


def test_rows_without_a_part_of_their_id_or_with_turned_instants_are_refused(
    tmp_path: Path,
) -> None:
    rows = (
        "K1,,T1,4/5/2024 9:30,4/5/2024 9:31\n"
        "K1,B1,T1,4/5/2024 9:30:00,4/5/2024 9:29:59.5\n"
        "K1,B1,T1,4/5/2024 9:30,4/7/2024 9:30:01\n"
        "K1,B1,T1,4/5/2024 9:30,\n"
        "K1,B1,T1,4/5/2024 9:30,later\n"
    )
    path = written(tmp_path, "rows.csv", SPANS_HEADER + rows)
    file = recognise(path, wanted(map_file=written(tmp_path, "map.toml", SPANS)))
    assert file.missing == file.unused == ()
    (batch,) = file.batches()
    refusals = file.judge(batch).refusals
    assert [(one.column, one.code) for one in refusals] == [
        ("who and box and from", "missing"),
        ("from and to", "ends_before_start"),
        ("from and to", "out_of_range"),
        ("from and to", "missing"),
        ("to", "not_an_instant"),
    ]
    assert refusals[0].value == "K1  4/5/2024 9:30"
    assert refusals[1].value == "4/5/2024 9:30:00 4/5/2024 9:29:59.5"
    assert [one.natural_id for one in refusals] == [
        None,
        *["K1|B1|4/5/2024 9:30:00"],
        *["K1|B1|4/5/2024 9:30"] * 3,
    ]


def test_an_id_whose_columns_have_the_sign_between_them_refuses_the_file(tmp_path: Path) -> None:
    rows = "K1,B1,T1,4/5/2024 9:30,4/5/2024 9:31\nK1,B|1,T1,4/5/2024 9:30,4/5/2024 9:31\n"
    with pytest.raises(
        InputError, match=r"line 3, column who and box and from: K1 B\|1 .* has the sign"
    ) as caught:
        codes(tmp_path, SPANS, SPANS_HEADER + rows)
    assert "another sign" in caught.value.advice


def test_a_length_of_two_counted_instants_and_instants_in_a_zone_that_is_said(
    tmp_path: Path,
) -> None:
    said = SPANS.replace('end = "to" }', 'end = "to", written = "epoch milliseconds" }').replace(
        'started_at = "from"\nended_at = "to"',
        'started_on = { column = "from", written = "epoch milliseconds" }',
    )
    (row,) = stored(tmp_path, said, SPANS_HEADER + "K,B,T,1712345678250,1712345738249\n")
    assert row["watch_seconds"] == 59
    zoneless = written(tmp_path, "map.toml", SPANS.replace('zone = "Europe/Oslo"', ""))
    path = written(tmp_path, "rows.csv", SPANS_HEADER + "K,B,T,3/31/2024 1:30,3/31/2024 3:30\n")
    (batch,) = (file := recognise(path, wanted(map_file=zoneless, zone="Europe/Oslo"))).batches()
    (found,) = file.judge(batch).accepted.to_pylist()
    assert found["watch_seconds"] == 3_600


def test_explain_shows_what_a_length_and_an_id_are_made_of(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.csv", SPANS_HEADER + "K,B,T,4/5/2024 9:30,4/5/2024 9:31\n")
    file = recognise(path, wanted(map_file=written(tmp_path, "map.toml", SPANS)))
    told = {
        field.to: (field.name, field.parser.meaning)
        for field, is_there in explain(file).fields
        if is_there
    }
    assert told["session_id"] == (
        "who and box and from",
        "id, up to 100 characters, of 3 columns with | between them",
    )
    assert told["watch_seconds"][0] == "from and to"
    assert told["watch_seconds"][1].startswith(
        "length from one instant to another, in seconds rounded down"
    )


PIECES = (
    '"',
    "'",
    "=",
    "[",
    "]",
    "{",
    "}",
    "\n",
    ".",
    ",",
    "7",
    "true",
    "columns",
    "\x00",
    "é",
    "#",
    '""',
    "[[",
)


def test_a_damaged_map_is_told_or_still_a_map(tmp_path: Path) -> None:
    chance = random.Random(5)
    for _ in range(600):
        text = MAP
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text))
            end = start + chance.choice((0, 1, 8))
            text = text[:start] + chance.choice(PIECES) + text[end:]
        try:
            wanted(map_file=written(tmp_path, "map.toml", text))
        except UsageError as error:
            assert re.search(r"map.toml, line \d+, column \d+: ", error.message)  # noqa: PT017  (many are maps)


def test_a_map_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        wanted(map_file=tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_bytes(b"table = \xff")
    with pytest.raises(UsageError, match="byte 8: not UTF-8"):
        wanted(map_file=path)


def test_a_kind_that_is_said_is_the_only_one(tmp_path: Path) -> None:
    rows = written(tmp_path, "rows.csv", "user_id,registration_date,registered_on\n1,2024-01-01,\n")
    assert recognise(rows, wanted(kind="platform.users")).kind.name == "platform.users"
    assert recognise(rows, wanted(kind="relational.users")).kind.name == "relational.users"
    with pytest.raises(
        InputError, match=r"rows.csv is not platform.content; its columns are user_id"
    ):
        recognise(rows, wanted(kind="platform.content"))
    with pytest.raises(
        UsageError, match=r"no kind 'relational.user'\ndid you mean relational.users\?"
    ):
        wanted(kind="relational.user")
    with pytest.raises(UsageError, match="can't be given together"):
        wanted(kind="relational.users", map_file=rows)


def test_a_zone_that_does_not_exist_is_told() -> None:
    with pytest.raises(UsageError, match="there is no time zone 'Nowhere'"):
        wanted(zone="Nowhere")


def test_a_file_of_a_map_may_begin_with_a_day_that_is_left_out(tmp_path: Path) -> None:
    said = wanted(map_file=written(tmp_path, "map.toml", MAP))
    path = written(tmp_path, "20240405.csv", ROWS)
    (file,) = recognise_all([path], said, days=Days(last=date(2024, 4, 1)))
    assert file.kind.name == "map.viewing_sessions"


def test_an_instant_whose_day_fits_only_exchanged_refuses_the_file(tmp_path: Path) -> None:
    rows = ROWS.splitlines()[0] + "\nS~K~T~04.13.2024 10:30~1~~\n"
    with pytest.raises(InputError, match=r"rows\.csv, line 2, .*day and month exchanged") as caught:
        codes(tmp_path, MAP, rows)
    assert "correct that day" in caught.value.advice


@pytest.mark.parametrize("time", ["9:60", "25:00", "noon"])
def test_a_fault_in_the_time_alone_leaves_no_other_day_in_doubt(tmp_path: Path, time: str) -> None:
    rows = ROWS.splitlines()[0] + f"\nS~K~T~05.04.2024 {time}~1~~\n"
    assert codes(tmp_path, MAP, rows) == ["not_an_instant"]


def test_explaining_names_the_file_whose_days_are_ambiguous(tmp_path: Path) -> None:
    said = """
    table = "users"
    source = "acme"
    [columns]
    user_id = "id"
    registered_on = "since"
    """
    map_file = written(tmp_path, "map.toml", said)
    path = written(tmp_path, "rows.csv", "id,since\n1,03/04/2024\n")
    with pytest.raises(InputError, match=r"rows\.csv, line 2, column since: .* more than one way"):
        explain(recognise(path, wanted(map_file=map_file)))


def test_the_first_line_of_an_ambiguous_day_is_named_however_its_line_was_read(
    tmp_path: Path,
) -> None:
    said = """
    table = "users"
    source = "acme"
    [columns]
    user_id = "id"
    registered_on = "since"
    """
    days = ["2024-01-31"] * 4 + ["03/04/2024"] * 3
    lines = [f'{{"id":"{row}","since":"{day}"}}' for row, day in enumerate(days)]
    lines[1::3] = [f'{{"since":"{day}","id":"{row}"}}' for row, day in [*enumerate(days)][1::3]]
    map_file = written(tmp_path, "map.toml", said)
    file = recognise(written(tmp_path, "rows.jsonl", "\n".join(lines)), wanted(map_file=map_file))
    (batch,) = file.batches()
    assert batch.lines.to_pylist() == [1, 3, 4, 6, 7, 2, 5]
    with pytest.raises(InputError, match=r"rows\.jsonl, line 5, column since: 03/04/2024 may"):
        file.judge(batch)


@pytest.mark.parametrize(
    ("kind", "rows", "form", "column", "day"),
    [
        (
            "relational.users",
            [a_user(registration_date="03/04/2023")],
            "DD/MM/YYYY",
            "registered_on",
            date(2023, 4, 3),
        ),
        (
            "analytics.ratings",
            [{"rating_id": "1", "user_id": "1", "content_id": "1", "rating": "4"} | RATED],
            "M/D/YY",
            "rated_at",
            datetime(2023, 3, 4, tzinfo=UTC),
        ),
        (
            "events.events",
            [an_event(event_time="03.04.2023 10:30")],
            "DD.MM.YYYY",
            "occurred_at",
            datetime(2023, 4, 3, 10, 30, tzinfo=UTC),
        ),
    ],
    ids=["a day", "a midnight", "an instant"],
)
def test_a_map_says_how_files_of_a_built_in_kind_write_days(
    tmp_path: Path,
    kind: str,
    rows: list[dict[str, object]],
    form: str,
    column: str,
    *,
    day: object,
) -> None:
    map_file = written(tmp_path, "days.toml", f'kind = "{kind}"\ndate_format = "{form}"\n')
    path = write_json_lines(tmp_path / "rows.jsonl", rows)
    with pytest.raises(InputError, match="may be read in more than one way") as caught:
        list(recognise(path).judged())
    assert f'kind = "{kind}" and date_format' in caught.value.advice
    file = recognise(path, wanted(map_file=map_file))
    ((_, judged),) = file.judged()
    assert file.kind.name == kind
    assert judged.rows.column(column).to_pylist() == [day]


def test_a_zone_holds_beside_the_days_of_a_built_in_kind(tmp_path: Path) -> None:
    text = 'kind = "service.viewing_sessions"\ndate_format = "DD/MM/YYYY"\n'
    row = {"id": "1", "user_id": "1", "content_id": "1", "duration_seconds": "60"}
    row |= {"session_start": "03/04/2023 00:30:00"}
    path = write_json_lines(tmp_path / "rows.jsonl", [row])
    said = wanted(map_file=written(tmp_path, "days.toml", text), zone="Europe/Paris")
    ((_, judged),) = recognise(path, said).judged()
    (read,) = judged.rows.to_pylist()
    assert read["started_on"] == date(2023, 4, 2)
    assert read["started_at"] == datetime(2023, 4, 2, 22, 30, tzinfo=UTC)
