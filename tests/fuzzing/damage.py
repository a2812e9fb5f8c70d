"""Changes of a file's bytes, lines, fields, structure, encoding and compression, drawn at random.

Each takes the bytes and a source of chance, and returns other bytes. What a change needs (lines, columns, JSON) may be
gone after the one before it: then it changes bytes instead.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.fuzzing.samples import Format

    Change = Callable[[bytes, Random], bytes]

__all__ = ["damaged", "repacked"]

WRITTEN_AT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z")

BITS = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\\", b"\\u0000", b"\\ud800",
    b"NaN", b"-1", b"9" * 20, b"[", b"{", b"]", b"}", b'":', b"\x1b[2J", "Ü".encode(), "\u2028".encode(), b" ", b"|",
    b"true", b"null", b"1e9", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x1f\x8b",
)  # fmt: skip

VALUES = (
    "", " ", "NULL", "N/A", "-", "NaN", "nan", "None", "\\N", "0", "-1", "1.0", "0.85", "101", "1e400", "9" * 19,
    "9" * 400, "9223372036854775808", "-0", "+1", "1,5", "1.234,5", "0x10", "١٢", "1_000", "0000-00-00", "2024-02-30",
    "9999-12-31", "0001-01-01", "31.12.2024", "12/31/24", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z",
    "2024-03-31 02:30:00", "true", "TRUE", "yes", "U1", "U1 ", "u1", "Ü", "e\u0301", "\u202eabc", "\x1b[31mred\x07",
    "\x00", "a\x00b", "\ud800", "=1+1", "@SUM(A1)", "'; DROP TABLE users; --", '{"$gt": ""}', "$where",
    "<script>alert(1)</script>", "a|b", "['a', \"b\"]", "[1, 2", '["a", ["b"]]', "{}", "line\nbreak", "tab\there", '"',
    '""', "a,b;c", "x" * 70_000,
)  # fmt: skip

DEPTH = 10_000


def damaged(content: bytes, form: Format, chance: Random) -> bytes:
    """Return the content with one to three changes, and now and then packed."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = _changed(content, chance.choice(CHANGES[form]), chance)
    while chance.random() < 0.1:
        content = _changed(content, chance.choice(PACKINGS), chance)
    return content


def _changed(content: bytes, change: Change, chance: Random) -> bytes:
    try:
        return change(content, chance)
    except Exception:  # each library has its own for what is damaged
        return some_bytes(content, chance)


def some_bytes(content: bytes, chance: Random) -> bytes:
    """Cut, insert, replace or repeat some bytes."""
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + chance.choice((0, 1, 5, 50)))
    middle = chance.choice((b"", chance.choice(BITS), content[start:end] * 2))
    return content[:start] + middle + content[end:]


def end_cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def bit_turned(content: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(content))
    return (
        content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    )


def blocks_swapped(content: bytes, chance: Random) -> bytes:
    a, b, c = sorted(chance.randrange(len(content) + 1) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


BYTES = (some_bytes, some_bytes, end_cut, bit_turned, blocks_swapped)


def line_gone(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def line_again(content: bytes, chance: Random) -> bytes:
    """Repeat a line, as the header, somewhere."""
    lines = content.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), lines[chance.choice((0, -1, len(lines) // 2))])
    return b"".join(lines)


def lines_shuffled(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def line_inserted(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    other = chance.choice(
        (b"\n", b" \n", b",,,\n", b"# comment\n", b"\x00\n", b'"\n', b"x" * 200_000 + b"\n")
    )
    lines.insert(chance.randrange(len(lines) + 1), other)
    return b"".join(lines)


def lines_joined(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    lines[place] = lines[place].rstrip(b"\r\n")
    return b"".join(lines)


def line_ends(content: bytes, chance: Random) -> bytes:
    """Give every line another end, or each its own."""
    ends = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n", "\u2028".encode(), b"\x0b", b"\x85")
    one, is_mixed = chance.choice(ends), chance.random() < 0.3
    return b"".join(
        line + (chance.choice(ends) if is_mixed else one) for line in content.splitlines()
    )


LINES = (line_gone, line_again, lines_shuffled, line_inserted, lines_joined, line_ends)


def read_rows(content: bytes) -> list[list[str]]:
    """Return the fields of CSV, read leniently; at least one row.

    Raises:
        ValueError: there is none.
    """
    text = content.decode("utf-8", "surrogateescape")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not any(rows):
        message = "no row"
        raise ValueError(message)
    return rows


def written(rows: list[list[str]], **dialect: Any) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def value_changed(content: bytes, chance: Random) -> bytes:
    rows = read_rows(content)
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(VALUES)
    return written(rows)


def column_changed(content: bytes, chance: Random) -> bytes:
    """Give a whole column one value, below its header."""
    rows = read_rows(content)
    place, value = chance.randrange(len(rows[0])), chance.choice(VALUES)
    for row in rows[1:]:
        row[place] = value
    return written(rows)


def field_gone(content: bytes, chance: Random) -> bytes:
    rows = read_rows(content)
    row = chance.choice(rows)
    del row[chance.randrange(len(row))]
    return written(rows)


def field_added(content: bytes, chance: Random) -> bytes:
    rows = read_rows(content)
    row = chance.choice(rows)
    row.insert(chance.randrange(len(row) + 1), chance.choice(VALUES))
    return written(rows)


def column_moved(content: bytes, chance: Random) -> bytes:
    """Take a column out of every row, and put it elsewhere, twice, or nowhere."""
    rows = read_rows(content)
    place, times = chance.randrange(len(rows[0])), chance.choice((0, 1, 2))
    return written([[*row[:place], *row[place + 1 :], *[row[place]] * times] for row in rows])


def column_renamed(content: bytes, chance: Random) -> bytes:
    rows = read_rows(content)
    place = chance.randrange(len(rows[0]))
    name = rows[0][place]
    rows[0][place] = chance.choice(
        (name.upper(), f" {name} ", name[:-1], f"{name}s", chance.choice(rows[0]), *VALUES)
    )
    return written(rows)


def dialect_changed(content: bytes, chance: Random) -> bytes:
    return written(
        read_rows(content),
        delimiter=chance.choice(",;\t|: "),
        quotechar=chance.choice("\"'"),
        quoting=chance.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC)),
        doublequote=chance.random() < 0.5,
        escapechar="\\",
    )


FIELDS = (
    value_changed, value_changed, value_changed, column_changed, field_gone, field_added, column_moved, column_renamed,
    dialect_changed,
)  # fmt: skip

JSON_VALUES: tuple[Any, ...] = (
    *VALUES, None, True, 0, -1, 2**63, 2**70, 1.5, 1e308, float("nan"), float("inf"), [], {}, [None], [[["a"]]],
    {"$oid": "x"}, {"$numberLong": "12"}, {"$numberLong": "x"}, {"$date": "soon"}, {"$date": {"$numberLong": "9" * 20}},
    {"a.b": 1, "$set": 2, "": 3, "n\0": 4}, {"_id": 1},
)  # fmt: skip


def node_changed(content: bytes, chance: Random) -> bytes:
    """Change one value of a document, however deep: replace, wrap, drop or repeat it."""
    document = json.loads(content)
    holder, key = place_in(document, chance)
    if holder is None:
        document = chance.choice((*JSON_VALUES, [document], {"hits": {"hits": document}}))
    else:
        change_at(holder, key, chance)
    return json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def place_in(document: Any, chance: Random) -> tuple[Any, Any]:
    """Return a container in a document and a key of it; None for the document itself."""
    holder, key, here = None, None, document
    while isinstance(here, dict | list) and here and chance.random() < 0.9:
        holder = here
        key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
        here = here[key]
    return holder, key


def change_at(holder: Any, key: Any, chance: Random) -> None:
    fate = chance.randrange(6)
    if fate == 0:
        del holder[key]
    elif fate == 1:
        holder[key] = chance.choice(([holder[key]], {"$value": holder[key]}, str(holder[key])))
    elif fate == 2 and isinstance(holder, dict):
        holder[chance.choice((f"{key} ", key.upper(), key[:-1], *VALUES))] = holder.pop(key)
    else:
        holder[key] = chance.choice(JSON_VALUES)


def line_node_changed(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    lines[place] = node_changed(lines[place], chance) + b"\n"
    return b"".join(lines)


def stranger_inserted(content: bytes, chance: Random) -> bytes:
    """Put in a line, or one in the place of another, that names no column that is wanted."""
    lines = content.splitlines(keepends=True)
    place, value = chance.randrange(len(lines)), chance.choice(JSON_VALUES)
    inside = chance.choice(({}, {"other": value}, {"": value, "n\0": value}))
    stranger = chance.choice((inside, {"_source": inside}, {"_id": "X1", "_source": inside}))
    line = json.dumps(stranger).encode() + b"\n"
    lines[place : place + chance.choice((0, 1))] = [line] * chance.choice((1, 1, 20))
    return b"".join(lines)


def key_repeated(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", "surrogateescape")
    places = [n for n, character in enumerate(text) if character == "{"]
    place, name = chance.choice(places) + 1, chance.choice(text.split('"')[1:20:2])
    value = json.dumps(chance.choice(JSON_VALUES))
    return f"{text[:place]}{json.dumps(name)}: {value}, {text[place:]}".encode(
        "utf-8", "surrogateescape"
    )


def deepened(content: bytes, chance: Random) -> bytes:
    place = content.index(b":", chance.randrange(len(content))) + 1
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    deep = opening * DEPTH + b"1" + closing * chance.choice((DEPTH, DEPTH - 1))
    return content[:place] + deep + b"," + content[place:]


def lines_as_array(content: bytes, chance: Random) -> bytes:
    rows = [json.loads(line) for line in content.splitlines()]
    whole = chance.choice((rows, {"hits": {"hits": rows}}, {"rows": rows}, [rows]))
    return json.dumps(whole, indent=chance.choice((None, 1))).encode()


def written_anew(content: bytes, chance: Random) -> bytes:
    """Write the same document in another way: spaces, escapes, the order of keys."""
    options: dict[str, Any] = {
        "indent": chance.choice((None, 2)),
        "sort_keys": chance.random() < 0.5,
        "separators": chance.choice((None, (",", ":"), (" , ", " : "))),
    }
    return json.dumps(json.loads(content), **options).encode()


def encoded(content: bytes, chance: Random) -> bytes:
    """Write the text in another encoding, with a mark or without."""
    text = content.decode("utf-8")
    name = chance.choice(
        ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp437", "utf-7")
    )
    mark = chance.choice((b"", b"", codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE))
    return mark + text.encode(name, "replace")


def half_encoded(content: bytes, chance: Random) -> bytes:
    """Write only the end in another encoding; an accent shows where."""
    place = chance.randrange(len(content) + 1)
    head, tail = content[:place], content[place:].decode("utf-8", "replace")
    return head + f"é{tail}".encode(chance.choice(("cp1252", "utf-16-le", "utf-8")), "replace")


def twice_encoded(content: bytes, _: Random) -> bytes:
    return content.decode("latin-1").encode()


ENCODINGS = (encoded, half_encoded, twice_encoded)


def gzipped(content: bytes, chance: Random) -> bytes:
    return gzip.compress(content, mtime=0) * chance.choice((1, 1, 1, 2))


def bzipped(content: bytes, _: Random) -> bytes:
    return bz2.compress(content)


def zstandard(content: bytes, _: Random) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


def zipped(content: bytes, chance: Random) -> bytes:
    names = (
        "a.csv",
        "a/b.json",
        "20220401.json",
        "../out.csv",
        "/etc/x.csv",
        "a\\b.csv",
        "\x1b.csv",
        ".hidden.csv",
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(
        stream, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as archive:
        for name in chance.sample(names, chance.choice((1, 1, 2))):
            archive.writestr(
                zipfile.ZipInfo(name), chance.choice((content, content, gzipped(content, chance)))
            )
    return stream.getvalue()


PACKINGS = (gzipped, bzipped, zstandard, zipped, some_bytes, end_cut, bit_turned)


def table_changed(content: bytes, chance: Random) -> bytes:
    """Change a column of Parquet: its type, name or place, or leave it out."""
    table = pq.read_table(pa.BufferReader(content))
    place = chance.randrange(table.num_columns)
    name, column = table.column_names[place], table.column(place)
    rest = table.remove_column(place)
    others: tuple[tuple[str, Any], ...] = (
        (
            name,
            pa.array(
                [chance.choice(VALUES[:-1]).replace("\ud800", "") for _ in range(len(column))]
            ),
        ),
        (
            name,
            pa.array([chance.choice((None, 2**40, -1, 0)) for _ in range(len(column))], pa.int64()),
        ),
        (name, pa.array([chance.choice((None, 1.5, float("nan"))) for _ in range(len(column))])),
        (name, pa.array([{"a": [n]} for n in range(len(column))])),
        (name, pa.nulls(len(column))),
        (name, pa.array([b"\xff\x00"] * len(column))),
        (name, pa.array(["x"] * len(column)).dictionary_encode()),
        (chance.choice((name.upper(), f"{name} ", chance.choice(table.column_names))), column),
    )
    changed = chance.choice((rest, *(rest.append_column(*other) for other in others)))
    stream = io.BytesIO()
    pq.write_table(changed, stream, compression=chance.choice(("none", "zstd", "gzip")))
    return stream.getvalue()


def cells_changed(content: bytes, chance: Random) -> bytes:
    """Change some cells of a workbook."""
    book = load_workbook(io.BytesIO(content))
    for _ in range(chance.randint(1, 4)):
        sheet = chance.choice(book.worksheets)
        cell = sheet.cell(
            chance.randint(1, sheet.max_row + 1), chance.randint(1, sheet.max_column + 1)
        )
        value = chance.choice((*VALUES[:-1], None, True, 1e300, 45_000.5, "=1/0", "=A1"))
        cell.value = (
            value if not isinstance(value, str) else "".join(filter(str.isprintable, value))
        )
    stream = io.BytesIO()
    book.save(stream)
    return repacked(stream.getvalue())


def part_changed(content: bytes, chance: Random) -> bytes:
    """Change bytes of a part of a workbook, which stays a whole archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        chosen = chance.choice(given.namelist())
    return repacked(content, {chosen: lambda part: some_bytes(part, chance)})


def repacked(
    content: bytes, changes: Mapping[str, Callable[[bytes], bytes]] | None = None
) -> bytes:
    """Return a workbook with parts changed, and without the time at which it was written."""
    untimed = {"docProps/core.xml": lambda part: WRITTEN_AT.sub(b"2024-01-01T00:00:00Z", part)}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(stream, "w") as packed:
        for name in given.namelist():
            part = given.read(name)
            for change in (untimed, changes or {}):
                part = change[name](part) if name in change else part
            packed.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


CHANGES: dict[Format, tuple[Change, ...]] = {
    "csv": (*BYTES, *LINES, *FIELDS, *FIELDS, *ENCODINGS),
    "lines": (
        *BYTES, *LINES, *[line_node_changed] * 8, *[stranger_inserted] * 2, key_repeated, deepened, lines_as_array,
        *ENCODINGS,
    ),
    "document": (*BYTES, *[node_changed] * 8, key_repeated, deepened, written_anew, *ENCODINGS),
    "parquet": (*BYTES, *[table_changed] * 5),
    "workbook": (*BYTES, *[cells_changed] * 3, *[part_changed] * 3),
}  # fmt: skip
