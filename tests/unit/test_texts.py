"""Files that people write are read alike, whatever wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loaders.wanted import wanted
from svp.core import texts
from svp.core.texts import read_text
from svp.errors import UsageError
from warehouse.mapping_files import read_mapping
from warehouse.rates import read_rates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("mark", [b"", MARK], ids=["bare", "marked"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["Unix", "Windows", "old Mac"])
def test_marks_and_line_ends_make_no_other_text(tmp_path: Path, mark: bytes, end: bytes) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(mark + "à".encode() + end + end + b"b" + end)
    assert read_text(path) == "à\n\nb\n"


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"a\xff", 1, 1),
        (MARK + b"a\xff", 1, 4),
        (b"a\r\nb\rc\n\xff", 4, 7),
        ("é\u2028\n".encode() + b"\xc3\n", 2, 6),
    ],
)
def test_the_first_byte_that_is_no_text_is_told_with_its_line(
    tmp_path: Path, content: bytes, line: int, byte: int
) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=rf"map\.toml, line {line}, byte {byte}: not UTF-8"):
        read_text(path)


@pytest.mark.parametrize(
    "read",
    [lambda path: wanted(map_file=path), read_mapping, read_rates],
    ids=["map", "mapping", "rates"],
)
def test_no_more_is_read_than_anybody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(texts, "MAX_TEXT_BYTES", 3 * 1024**2)
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * 3 * 1024**2 + b"\n")
    with pytest.raises(UsageError, match=r"large\.toml has more than 3 MB"):
        read(path)
