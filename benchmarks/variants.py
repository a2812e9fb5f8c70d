"""Clean files of every kind, and their polluted variants."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.fuzzing.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.fuzzing.samples import Sample

    Texts = Sequence[Sequence[str]]
    Pollute = Callable[["CleanFile"], Iterator[bytes]]

__all__ = ["CleanFile", "Variant", "clean_files", "variants_of"]


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A valid file of a kind."""

    kind: str
    name: str
    content: bytes
    header: tuple[str, ...]
    """Of CSV; empty for JSON."""
    rows: tuple[list[str], ...]
    """Of CSV, below the header."""

    @property
    def family(self) -> str:
        """The kinds that it is one of, and its form."""
        return f"{self.kind.split('.')[0]}, {'CSV' if self.header else 'JSON Lines'}"

    @property
    def lines(self) -> list[bytes]:
        """Its lines; of CSV those of the records, which may hold line breaks."""
        if not self.header:
            return self.content.splitlines(keepends=True)
        return [written([row]) for row in (self.header, *self.rows)]

    def write(self, folder: Path) -> Path:
        """Write it into a folder, and return it."""
        path = folder / self.name
        path.write_bytes(self.content)
        return path


@dataclass(frozen=True, slots=True)
class Variant:
    """A polluted file."""

    pollution: str
    reason: str
    """Codes and parts of messages, parted by ``|``, of which a right refusal gives one."""
    name: str
    content: bytes


def clean_files() -> Iterator[CleanFile]:
    """Yield a clean file of every kind in CSV and in JSON."""
    for sample in SAMPLES:
        if sample.format in {"csv", "lines"}:
            yield clean_file(sample)


def clean_file(sample: Sample) -> CleanFile:
    """Return a sample as bytes and, if it is CSV, as its values."""
    with TemporaryDirectory() as folder:
        path = sample.write(Path(folder))
        name, content = path.name, path.read_bytes()
    if sample.format != "csv":
        return CleanFile(sample.name, name, content, (), ())
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return CleanFile(sample.name, name, written([header, *rows]), tuple(header), tuple(rows))


def variants_of(clean: CleanFile) -> Iterator[Variant]:
    """Yield every pollution of a file, at every place at which it can be."""
    only = OF_CSV if clean.header else OF_LINES
    for name, reason, pollute in (*OF_ANY, *only):
        for content in pollute(clean):
            yield Variant(name, reason, f"{clean.name}{ENDINGS.get(name, '')}", content)


def written(rows: Texts, **dialect: Any) -> bytes:
    """Return CSV."""
    stream = io.StringIO(newline="")
    csv.writer(stream, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return stream.getvalue().encode()


def in_dialect(**dialect: Any) -> Pollute:
    """Return the pollution that writes the same values in another dialect."""
    return lambda clean: iter([written([clean.header, *clean.rows], **dialect)])


def in_encoding(name: str) -> Pollute:
    """Return the pollution that writes the same text in another encoding, where it can be."""

    def pollute(clean: CleanFile) -> Iterator[bytes]:
        try:
            yield clean.content.decode().encode(name)
        except UnicodeEncodeError:
            return

    return pollute


def each_line(change: Callable[[bytes], bytes], *, first: int = 1) -> Pollute:
    """Return the pollution that changes one record, for every one from the ``first`` on."""

    def pollute(clean: CleanFile) -> Iterator[bytes]:
        lines = clean.lines
        for place in range(first, len(lines)):
            yield b"".join((*lines[:place], change(lines[place]), *lines[place + 1 :]))

    return pollute


def each_field(change: Callable[[list[str], int], list[str]]) -> Pollute:
    """Return the pollution that changes one field of one row, for every one."""

    def pollute(clean: CleanFile) -> Iterator[bytes]:
        for place, row in enumerate(clean.rows):
            for field in range(len(row)):
                changed = [*clean.rows[:place], change(row, field), *clean.rows[place + 1 :]]
                yield written([clean.header, *changed])

    return pollute


def each_column(change: Callable[[Sequence[str], int], list[str]]) -> Pollute:
    """Return the pollution that changes every row and the header alike, for every column."""

    def pollute(clean: CleanFile) -> Iterator[bytes]:
        for place in range(len(clean.header)):
            yield written([change(row, place) for row in (clean.header, *clean.rows)])

    return pollute


def whole(change: Callable[[CleanFile], bytes]) -> Pollute:
    """Return the pollution that there is once in a file."""
    return lambda clean: iter([change(clean)])


def cut_off(clean: CleanFile) -> Iterator[bytes]:
    """Yield the file without its end, cut at up to ``CUTS`` places of the last record that leave no whole one."""
    last = clean.lines[-1]
    longest = len(written([clean.rows[-1][:-1]])) if clean.header else last.rindex(b"}") + 1
    start = len(clean.content) - len(last)
    for end in range(start + 1, start + longest, max(1, longest // CUTS)):
        yield clean.content[:end]


def zipped(clean: CleanFile) -> bytes:
    """Return the file in an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(clean.name), clean.content)
    return stream.getvalue()


def header_repeated(clean: CleanFile) -> Iterator[bytes]:
    header, *rows = clean.lines
    for place in range(1, len(rows) + 1):
        yield b"".join((header, *rows[:place], header, *rows[place:]))


def in_capitals(clean: CleanFile) -> Iterator[bytes]:
    yield written([[name.upper() for name in clean.header], *clean.rows])


def with_a_name_twice(clean: CleanFile) -> Iterator[bytes]:
    """Yield the file with each column under the name of the one before it."""
    for place in range(1, len(clean.header)):
        header = [*clean.header[:place], clean.header[place - 1], *clean.header[place + 1 :]]
        yield written([header, *clean.rows])


def moved_to_the_end(one: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != key} | {key: one[key]}


def without_a_character(line: bytes) -> bytes:
    return line[:-1]


def with_byte(byte: bytes) -> Callable[[bytes], bytes]:
    """Return the change that puts a byte into the first value of a record."""
    return lambda line: line[:1] + byte + line[1:]


def as_objects(clean: CleanFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in clean.lines]


def as_lines(objects: Sequence[Any], **how: Any) -> bytes:
    return "".join(json.dumps(one, **how) + "\n" for one in objects).encode()


def each_key(change: Callable[[dict[str, Any], str], dict[str, Any]]) -> Pollute:
    """Return the pollution that changes every object alike, for every key."""

    def pollute(clean: CleanFile) -> Iterator[bytes]:
        objects = as_objects(clean)
        for key in objects[0]:
            yield as_lines([change(one, key) for one in objects])

    return pollute


def repeated_key(line: bytes) -> bytes:
    """Give an object's first key a second value."""
    key = line.split(b'"')[1]
    return line.replace(b"{", b'{"' + key + b'": "other", ', 1)


CUTS = 20

ENDINGS = {"gzip": ".gz", "gzip, cut off": ".gz", "bzip2": ".bz2", "zip": ".zip"}
"""Of names, by which others know that a file is packed."""

WIDTH = "wrong_width"
QUOTES = "bad_quotes|quoted field begins|wrong_width"
ENCODING = "not_text|not UTF-8|not text|encoding"
NOT_KNOWN = "not a header|of no known kind|its columns are|no column|nearest is|names|blank|renamed"
JSON = "one JSON value after another|not_json|not JSON|not_an_object|cut off"

OF_ANY: tuple[tuple[str, str, Pollute], ...] = (
    ("byte order mark", ENCODING, in_encoding("utf-8-sig")),
    ("UTF-16", ENCODING, in_encoding("utf-16")),
    ("UTF-32", ENCODING, in_encoding("utf-32")),
    ("CRLF", QUOTES, each_line(lambda line: line[:-1] + b"\r\n")),
    ("CRLF in all lines", QUOTES, whole(lambda clean: b"".join(line[:-1] + b"\r\n" for line in clean.lines))),
    ("no line end at the end", QUOTES, whole(lambda clean: clean.content[:-1])),
    ("blank line", WIDTH, each_line(lambda line: b"\n" + line)),
    ("gzip", "", whole(lambda clean: gzip.compress(clean.content, mtime=0))),
    ("bzip2", "", whole(lambda clean: bz2.compress(clean.content))),
    ("zip", "", whole(zipped)),
    ("gzip, cut off", "cut off or damaged", whole(lambda clean: gzip.compress(clean.content, mtime=0)[:-9])),
    ("cut off in the last record", f"{WIDTH}|{QUOTES}|{JSON}|not_text", cut_off),
    ("a byte that is no text", ENCODING, each_line(with_byte(b"\xff"))),
    ("NUL", "nul_character|control_character|not_json|not_a_number|NUL", each_line(with_byte(b"\0"))),
)  # fmt: skip

OF_CSV: tuple[tuple[str, str, Pollute], ...] = (
    ("CR in all lines, all quoted", QUOTES, in_dialect(lineterminator="\r", quoting=csv.QUOTE_ALL)),
    ("semicolons", WIDTH, in_dialect(delimiter=";")),
    ("tabs", WIDTH, in_dialect(delimiter="\t")),
    ("bars", WIDTH, in_dialect(delimiter="|")),
    ("spaces for delimiters", NOT_KNOWN, in_dialect(delimiter=" ")),
    ("all quoted", QUOTES, in_dialect(quoting=csv.QUOTE_ALL)),
    ("single quotes", f"{QUOTES}|{NOT_KNOWN}", in_dialect(quotechar="'", quoting=csv.QUOTE_ALL)),
    ("quotes escaped by a backslash", QUOTES, in_dialect(doublequote=False, escapechar="\\")),
    ("a column moved to the end", "", each_column(lambda row, at: [*row[:at], *row[at + 1 :], row[at]])),
    ("a column that nobody knows", "", each_column(lambda row, at: [*row[:at], "new", *row[at:]])),
    ("header repeated", "", header_repeated),
    ("header gone", NOT_KNOWN, whole(lambda clean: written(clean.rows))),
    ("header in capitals", NOT_KNOWN, in_capitals),
    ("a name twice in the header", NOT_KNOWN, with_a_name_twice),
    ("a title above the header", NOT_KNOWN, whole(lambda clean: b"Export of today\n" + clean.content)),
    ("a note below the rows", WIDTH, whole(lambda clean: clean.content + b"End of export\n")),
    ("a field less", WIDTH, each_field(lambda row, at: [*row[:at], *row[at + 1 :]])),
    ("a field more", WIDTH, each_field(lambda row, at: [*row[:at], "x", *row[at:]])),
    ("a quote that never ends", QUOTES, each_line(lambda line: b'"' + line.replace(b'"', b""))),
    ("a line end lost", QUOTES, each_line(without_a_character)),
)  # fmt: skip

OF_LINES: tuple[tuple[str, str, Pollute], ...] = (
    ("an array", "", whole(lambda clean: json.dumps(as_objects(clean)).encode())),
    ("an array over lines", "", whole(lambda clean: json.dumps(as_objects(clean), indent=2).encode())),
    ("hits of a search", "", whole(lambda clean: json.dumps({"hits": {"hits": as_objects(clean)}}).encode())),
    ("no spaces", "", whole(lambda clean: as_lines(as_objects(clean), separators=(",", ":")))),
    ("escaped letters", "", whole(lambda clean: as_lines(as_objects(clean), ensure_ascii=True))),
    ("keys in another order", "", each_key(moved_to_the_end)),
    ("a key that nobody knows", "", each_key(lambda one, key: {f"{key} new": 1, **one})),
    ("a comma behind each object", JSON, whole(lambda clean: clean.content.replace(b"\n", b",\n"))),
    ("a line that is no JSON", JSON, each_line(lambda line: b"End of export\n" + line)),
    ("a brace lost", JSON, each_line(lambda line: line.rstrip()[:-1] + b"\n")),
    ("a key twice", "repeated_key", each_line(repeated_key)),
    ("two objects on a line", JSON, each_line(without_a_character, first=0)),
)  # fmt: skip
