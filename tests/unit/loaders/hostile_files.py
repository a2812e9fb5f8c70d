"""Files with everything wrong that files are known to have: one case, one outcome.

An outcome is what the contract makes of the rows, before any store: those accepted, and for each refused one its line
and code; or the refusal of the whole file, by its message.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
from dataclasses import dataclass, field

import pyarrow as pa

from loaders.files import Options
from tests.unit.loaders.builders import a_box_log, a_movie, a_user

__all__ = ["HEADER", "JSON", "LOGS", "TEXT", "USERS", "Case", "lines"]

HEADER = "user_id,age,country,subscription_type,registration_date,total_watch_time_hours\n"
ANA = "U1,30,Perú,Basic,2023-01-01,12.5\n"
BEN = "U2,40,Chile,Premium,2023-02-01,7\n"
USERS = HEADER + ANA + BEN
BAD = b"U3,50,\xff,Basic,2023-01-01,1\n"


@dataclass(frozen=True)
class Case:
    """One thing that is wrong with a file, and what becomes of it."""

    name: str
    content: bytes | str
    accepted: tuple[tuple[object, ...], ...] = ()
    """Values of ``columns``, row by row."""
    refused: tuple[tuple[int, str], ...] = ()
    """Line, or number of the element, and code."""
    skipped: int = 0
    message: str = ""
    """Of a file that is refused whole; a part of it and of the advice."""
    columns: tuple[str, ...] = ("user_id", "country")
    file: str = "users.csv"
    options: Options = field(default_factory=Options)


BOTH = (("U1", "Perú"), ("U2", "Chile"))
FIRST = BOTH[:1]


def packed(damage: slice, *, flipped: int | None = None) -> bytes:
    """Return the users compressed, cut to a part, or with one bit of a byte turned."""
    content = bytearray(gzip.compress(USERS.encode(), mtime=0))
    if flipped is not None:
        content[flipped] ^= 1
    return bytes(content[damage])


def zstandard(text: str) -> bytes:
    """Return a text as one frame."""
    return bytes(pa.compress(text.encode(), "zstd", asbytes=True))


TEXT = [
    Case("a byte order mark", codecs.BOM_UTF8 + USERS.encode(), BOTH),
    Case("UTF-16", USERS.encode("utf-16"), BOTH),
    Case("UTF-16 without a mark", USERS.encode("utf-16-le"), message="say the --encoding"),
    Case(
        "UTF-16 without a mark, said",
        USERS.encode("utf-16-le"),
        BOTH,
        options=Options(encoding="utf-16-le"),
    ),
    Case("cp1252 accents", USERS.encode("cp1252"), BOTH[1:], ((2, "not_text"),)),
    Case("cp1252 accents, said", USERS.encode("cp1252"), BOTH, options=Options(encoding="cp1252")),
    Case(
        "cp1252 accents in the header",
        USERS.replace("country", "país").encode("cp1252"),
        message="line 1: the text is not UTF-8",
    ),
    Case("invalid bytes", USERS.encode() + BAD, BOTH, ((4, "not_text"),)),
    Case(
        "invalid bytes, and nothing else beyond ASCII",
        (HEADER + BEN).encode() + BAD,
        BOTH[1:],
        ((3, "not_text"),),
    ),
    Case(
        "invalid bytes, UTF-8 said",
        (HEADER + BEN).encode() + BAD,
        BOTH[1:],
        ((3, "not_text"),),
        options=Options(encoding="utf-8"),
    ),
    Case("NUL", HEADER + ANA + BEN.replace("Chile", "Chi\0le"), FIRST, ((3, "nul_character"),)),
    Case("CRLF", USERS.replace("\n", "\r\n"), BOTH),
    Case("CR alone", USERS.replace("\n", "\r"), BOTH),
    Case("semicolons", USERS.replace(",", ";"), BOTH),
    Case(
        "semicolons and a decimal comma",
        USERS.replace(",", ";").replace("12.5", "12,5"),
        BOTH[1:],
        ((2, "not_a_number"),),
    ),
    Case(
        "a quoted line break",
        HEADER + ANA.replace("Perú", '"Pe\nrú"') + BEN,
        (("U1", "Pe rú"), ("U2", "Chile")),
    ),
    Case(
        "ragged rows",
        HEADER + "U8,1\n" + ANA + "U9,1,a,b,2023-01-01,1,2\n",
        FIRST,
        ((2, "wrong_width"), (4, "wrong_width")),
    ),
    Case("a shifted row", HEADER + ANA + "U2,Chile,40,Premium,2023-02-01,7\n", FIRST, ((3, "not_a_number"),)),
    Case("a header repeated in the middle", HEADER + ANA + HEADER + BEN, BOTH, skipped=1),
    Case("no header", ANA + BEN, message="its columns are U1, 30, Perú"),
    Case("a header with a name twice", USERS.replace("age", "country"), message="names 'country' more than once"),
    Case(
        "a header in another order",
        "registration_date,country,user_id\n2023-01-01,Perú,U1\n",
        FIRST,
    ),
    Case("an empty file", b"", message="is empty"),
    Case("a header only", HEADER),
    Case("a header only, its line not ended", HEADER.rstrip()),
    Case("the last line cut off", USERS[:-20], FIRST, ((3, "wrong_width"),)),
    Case("the last line cut off in quotes", HEADER + ANA + 'U2,40,"Chi', message="line 3: a quoted field begins here"),
    Case("gzip that is cut off", packed(slice(0, -12)), message="is cut off or damaged"),
    Case("gzip with a wrong checksum", packed(slice(None), flipped=-8), message="CRC check failed"),
    Case("gzip with something behind it", packed(slice(None)) + b"junk", message="is cut off or damaged"),
    Case("bzip2 that is cut off", bz2.compress(USERS.encode())[:-5], message="is cut off or damaged"),
    Case("zstd that is cut off", zstandard(USERS)[:-20], message="is cut off or damaged"),
    Case("zstd without its last byte", zstandard(USERS)[:-1], message="is cut off or damaged"),
    Case("zstd with something behind it", zstandard(USERS) + b"junk", message="is cut off or damaged"),
    Case("zstd in two frames", zstandard(HEADER + ANA) + zstandard(BEN), BOTH),
    Case("gzip under any name", gzip.compress(USERS.encode()), BOTH, file="users.txt"),
]  # fmt: skip


def lines(*rows: object) -> str:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)


def catalogue(*movies: object, **groups: object) -> str:
    return json.dumps({"movies": list(movies), **groups})


TITLES = ("content_id", "genres")
CHILE = (("U1", "Chile"),)
HEAT = ("M1", ["Crime"])
DEEP = "[" * 10_000 + "]" * 10_000
MONGO_USER = {
    "_id": {"$oid": "65b2"},
    "user_id": "U1",
    "age": {"$numberInt": "30"},
    "country": "Perú",
    "registration_date": "2023-01-01",
    "total_watch_time_hours": {"$numberDecimal": "12.50"},
}

JSON = [
    Case(
        "_id for content_id",
        catalogue({"_id": "M1", "title": "Heat", "genre": []}),
        message="nearest is relational.content, which also needs the column content_id",
    ),
    Case("MongoDB's extended JSON", lines(MONGO_USER), FIRST),
    Case(
        "an operator of MongoDB for a value",
        lines({**a_user(), "country": {"$gt": ""}}),
        (("U1", '{"$gt": ""}'),),
    ),
    Case("a genre as a word", catalogue(a_movie(genre="Crime")), (HEAT,), columns=TITLES),
    Case("genres parted by |", catalogue(a_movie(genre="Crime|War")), (("M1", ["Crime", "War"]),), columns=TITLES),
    Case("no genre", catalogue(a_movie(genre=[]), a_movie("M2", genre="")), (("M1", []), ("M2", None)), columns=TITLES),
    Case("a genre repeated", catalogue(a_movie(genre=["Crime", "Crime"])), (HEAT,), columns=TITLES),
    Case(
        "seasons that are not the list of episodes",
        catalogue(series=[{"content_id": "S1", "title": "x", "seasons": 2, "episodes_per_season": [8]}]),
        (("S1", 2, [8], "season_count_differs"),),
        columns=("content_id", "season_count", "episodes_per_season", "quality_flags"),
    ),
    Case(
        "a group of documentaries",
        catalogue(a_movie(), documentaries=[a_movie("D1")]),
        (("M1", "movie"), ("D1", "documentary")),
        columns=("content_id", "content_type"),
    ),
    Case(
        "a group that nobody knows",
        catalogue(a_movie(), clips=[a_movie("C1")]),
        (HEAT,),
        ((2, "not_a_choice"),),
        columns=TITLES,
    ),
    Case(
        "keys with a point, a dollar and NUL",
        lines({**a_user(), "a.b": 1, "$set": {"age": 1}, "n\0": 2}),
        CHILE,
    ),
    Case("a depth of 10,000 in a line", lines(a_user(), f'{{"user_id": {DEEP}}}'), CHILE, ((2, "not_json"),)),
    Case("a depth of 10,000 in an array", f"[{json.dumps(a_user())}, {DEEP}]", CHILE, ((2, "not_json"),)),
    Case("a depth of 10,000 in a catalogue", f'{{"movies": [{DEEP}]}}', message="nests deeper than any catalogue"),
    Case("a key twice in a line", lines(a_user(), '{"age": 1, "age": 2}'), CHILE, ((2, "repeated_key"),)),
    Case(
        "a key twice in a catalogue",
        '{"movies": [{"content_id": "M1", "title": "x", "title": "y"}, {"content_id": "M2", "title": "z"}]}',
        (("M2", None),),
        ((1, "repeated_key"),),
        columns=TITLES,
    ),
    Case(
        "NaN and Infinity",
        lines(
            json.dumps(a_user()).replace('"30"', "NaN"),
            json.dumps(a_user("U2")).replace('"30"', "Infinity"),
        ),
        (("U1", None),),
        ((2, "not_a_number"),),
        columns=("user_id", "age"),
    ),
    Case("the last line cut off", lines(a_user(), a_user("U2"))[:-9], CHILE, ((2, "not_json"),)),
    Case("an array cut off", json.dumps([a_user(), a_user("U2")])[:-9], message="element 2 of the array is cut off"),
    Case("a catalogue cut off", catalogue(a_movie())[:-9], message="the file is cut off"),
    Case("an empty array", "[]", message="is an array without elements"),
]  # fmt: skip

LOG_COLUMNS = ("log_id", "contract_code", "watch_seconds", "quality_flags")
LOG = (("AX_1", "HNH123456", 254, ""),)
HITS = {"took": 3, "_shards": {"total": 1}, "hits": {"total": 1, "hits": [a_box_log()]}}

LOGS = [
    Case("a copy's name", lines(a_box_log()), LOG, file="20220401 (1).json", columns=LOG_COLUMNS),
    Case("no day in the name", lines(a_box_log()), message="its name doesn't tell which", file="logs.json"),
    Case("the whole file one array", json.dumps([a_box_log()]), LOG, file="20220401.json", columns=LOG_COLUMNS),
    Case("the array over lines", json.dumps([a_box_log()], indent=2), LOG, file="20220401.json", columns=LOG_COLUMNS),
    Case("an envelope of hits", json.dumps(HITS), LOG, file="20220401.json", columns=LOG_COLUMNS),
    Case("an envelope over lines", json.dumps(HITS, indent=2), LOG, file="20220401.json", columns=LOG_COLUMNS),
    Case("an envelope cut off", json.dumps(HITS)[:-2], message="is cut off behind its array", file="20220401.json"),
]  # fmt: skip
