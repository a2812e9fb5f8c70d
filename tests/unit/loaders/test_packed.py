"""Compressed files and archives: the same rows as without, and nothing of one that is damaged or a trap."""

from __future__ import annotations

import bz2
import gzip
import io
import tracemalloc
import zipfile
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from loaders import files, packed
from loaders.contract import check
from loaders.files import DataFile, Options, fingerprint
from loaders.folders import list_files
from loaders.packed import Limits
from loaders.readers import csv
from loaders.recognise import recognise, recognise_all
from svp.errors import InputError
from svp.model import USERS
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_user,
    logs_file,
    own_table,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from loaders.recognise import Recognised


def zstd(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": zstd,
    "gz in parts": lambda content: gzip.compress(content[:50]) + gzip.compress(content[50:]),
    "bz2 in parts": lambda content: bz2.compress(content[:50]) + bz2.compress(content[50:]),
    "zst in parts": lambda content: zstd(content[:50]) + zstd(content[50:]),
    "gz, padded": lambda content: gzip.compress(content) + b"\0" * 512,
    "gz in zst in bz2": lambda content: bz2.compress(zstd(gzip.compress(content))),
}


def a_zip(path: Path, members: Mapping[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@contextmanager
def at_most_megabytes(megabytes: int) -> Iterator[None]:
    """Fail if what runs inside holds more memory at a time."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1000**2


def rows_of(file: Recognised) -> list[dict[str, object]]:
    return [row for batch in file.batches() for row in check(batch, file.kind).accepted.to_pylist()]


@pytest.mark.parametrize("way", PACK)
@pytest.mark.parametrize("kind", ["csv", "lines", "catalogue", "array", "parquet"])
def test_a_compressed_file_gives_the_rows_that_are_in_it(
    tmp_path: Path, way: str, kind: str
) -> None:
    plain = {
        "csv": lambda: users_file(tmp_path, a_user(), a_user("U2")),
        "lines": lambda: logs_file(tmp_path, a_box_log(), a_box_log("AX_2")),
        "catalogue": lambda: a_catalogue(tmp_path),
        "array": lambda: array_file(tmp_path),
        "parquet": lambda: own_table(
            tmp_path, USERS, {"user_id": "U1", "registered_on": date(2024, 1, 1)}
        ),
    }[kind]()
    compressed = tmp_path / f"{plain.stem}.any"
    compressed.write_bytes(PACK[way](plain.read_bytes()))
    found, expected = recognise(compressed), recognise(plain)
    assert (found.kind.name, found.day) == (expected.kind.name, expected.day)
    assert rows_of(found) == rows_of(expected) != []


def array_file(folder: Path) -> Path:
    path = logs_file(folder, a_box_log(), a_box_log("AX_2"))
    path.write_text("[" + ",".join(path.read_text().splitlines()) + "]")
    return path


def test_an_archive_is_looked_through_as_a_folder_is(tmp_path: Path) -> None:
    users = users_file(tmp_path).read_bytes()
    path = a_zip(
        tmp_path / "delivery.bin",
        {
            "b/20220402.json.gz": gzip.compress(logs_file(tmp_path).read_bytes()),
            "users.csv": users,
            "a/viewing.CSV": sessions_file(tmp_path).read_bytes(),
            "a/": b"",
            "a/.hidden.csv": b"x",
            "__MACOSX/a/._users.csv": b"\0\1",
            "readme.md": b"Dear all",
            "manifest.json": b"{}",
        },
    )
    found = recognise_all([path])
    names = [file.path.relative_to(path).as_posix() for file in found]
    assert names == ["users.csv", "a/viewing.CSV", "b/20220402.json.gz"]
    assert [str(file.day) for file in found] == ["None", "None", "2022-04-02"]
    assert [len(rows_of(file)) for file in found] == [1, 1, 1]
    unpacked = tmp_path / "unpacked.csv"
    unpacked.write_bytes(users)
    assert found[0].content.sha256 == fingerprint(DataFile(unpacked)).sha256


def test_a_manifest_of_generated_data_counts_in_an_archive_too(tmp_path: Path) -> None:
    users = users_file(tmp_path).read_bytes()
    manifest = (
        b'{"format": "svp platform 2", "files": [{"path": "truth/users.csv", "table": null}]}'
    )
    members: dict[str | zipfile.ZipInfo, bytes] = {
        "made/manifest.json": manifest,
        "made/truth/users.csv": users,
        "made/u.csv": users,
    }
    path = a_zip(tmp_path / "a.zip", members)
    assert [file.path.name for file in list_files([path]).files] == ["u.csv"]


@pytest.mark.parametrize("way", ["gz", "bz2", "zst", "gz in parts"])
def test_a_file_that_is_cut_off_anywhere_is_refused_whole(tmp_path: Path, way: str) -> None:
    plain = users_file(tmp_path, *(a_user(f"U{number}") for number in range(200)))
    content = PACK[way](plain.read_bytes())
    path = tmp_path / "users.csv.packed"
    for size in range(20, len(content), max(1, len(content) // 50)):
        path.write_bytes(content[:size])
        with pytest.raises(InputError, match=r"users\.csv\.packed is cut off or damaged: "):
            rows_of(recognise(path))


@pytest.mark.parametrize("way", ["gz", "bz2"])
def test_a_wrong_checksum_refuses_the_file_whole(tmp_path: Path, way: str) -> None:
    path = users_file(tmp_path)
    content = bytearray(PACK[way](path.read_bytes()))
    content[{"gz": -8, "bz2": 10}[way]] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"is cut off or damaged: .*(CRC|[Ii]nvalid)"):
        rows_of(recognise(path))


def test_a_damaged_archive_or_member_is_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "a.zip", {"users.csv": users_file(tmp_path).read_bytes()})
    content = path.read_bytes()
    path.write_bytes(content[:-30])
    with pytest.raises(InputError, match="is cut off or damaged: File is not a zip file"):
        recognise_all([path])
    crc = content.index(b"PK\x01\x02") + 16
    path.write_bytes(content[:crc] + b"\0\0\0\0" + content[crc + 4 :])
    with pytest.raises(InputError, match=r"a\.zip/users\.csv is cut off or damaged: Bad CRC-32"):
        recognise_all([path])


def a_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("../users.csv", r"path leads out of it: \.\./users\.csv"),
        ("a/../../users.csv", "path leads out of it"),
        ("..\\users.csv", "path leads out of it"),
        ("/etc/users.csv", "path leads out of it: /etc/users.csv"),
        ("C:\\users.csv", "path leads out of it"),
        (a_link("users.csv"), r"a member that is a link: users\.csv"),
    ],
)
def test_an_archive_that_leads_out_of_itself_is_refused(
    tmp_path: Path, member: str | zipfile.ZipInfo, told: str
) -> None:
    path = a_zip(tmp_path / "a.zip", {"good.csv": b"a", member: b"/etc/passwd"})
    with pytest.raises(InputError, match=told):
        recognise_all([path])


def test_an_archive_without_data_encrypted_or_with_a_name_twice_is_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "a.zip", {"readme.md": b"Dear all"})
    with pytest.raises(InputError, match=r"holds no file that svp understands; it has 1 file\n"):
        recognise_all([path])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.csv", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("users.csv", b"2")
    with pytest.raises(InputError, match=r"two members named users\.csv"):
        recognise_all([path])
    content = bytearray(a_zip(path, {"users.csv": b"1"}).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"users\.csv is encrypted"):
        recognise_all([path])


def test_an_archive_in_an_archive_and_one_layer_too_many_are_refused(tmp_path: Path) -> None:
    inner = a_zip(tmp_path / "inner.zip", {"users.csv": users_file(tmp_path).read_bytes()})
    outer = a_zip(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes()})
    with pytest.raises(
        InputError, match=r"outer\.zip/inner\.zip is an Office document, or an archive"
    ):
        recognise_all([outer])
    content = b"a,b\n"
    for _ in range(4):
        content = gzip.compress(content)
    path = tmp_path / "deep.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is compressed more than 3 times"):
        recognise_all([path])


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "HARMLESS_BYTES", 100_000)
    bomb = b"user_id,registration_date\n" + (b" " * 999 + b"\n") * 50_000
    options = Options(limits=Limits(ratio=20))
    path = tmp_path / "bomb"
    for content in (gzip.compress(bomb), bz2.compress(bomb), zstd(gzip.compress(bomb))):
        path.write_bytes(content)
        (file,) = list_files([path], options).files
        with (
            at_most_megabytes(20),
            pytest.raises(InputError, match=r"bomb unpacks to more than [0-9,]+ bytes") as caught,
        ):
            rows_of(recognise(file))
        assert "max_unpacked_ratio" in caught.value.advice
    a_zip(path, {"users.csv": bomb})
    with pytest.raises(InputError, match=r"bomb unpacks to more than"):
        recognise_all([path], options=options)


def test_limits_are_a_matter_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "HARMLESS_BYTES", 1_000)
    monkeypatch.setattr(packed, "GIGABYTE", 100_000)
    path = tmp_path / "users.csv.gz"
    path.write_bytes(gzip.compress(users_file(tmp_path).read_bytes() + b"\n" * 50_000))
    with pytest.raises(InputError, match="unpacks to more than"):
        rows_of(recognise(path))
    for limits, is_refused in ((Limits(1, 1_000), False), (Limits(0, 1_000), True)):
        (file,) = list_files([path], Options(limits=limits)).files
        if is_refused:
            with pytest.raises(InputError, match="unpacks to more than 0 bytes"):
                recognise(file)
        else:
            assert len(rows_of(recognise(file))) == 1


def test_a_compressed_file_that_grows_is_refused_and_another_name_changes_nothing(
    tmp_path: Path,
) -> None:
    content = gzip.compress(users_file(tmp_path).read_bytes(), mtime=0)
    first, second = tmp_path / "a.gz", tmp_path / "b"
    first.write_bytes(content)
    second.write_bytes(content)
    found = recognise(first)
    assert found.content.sha256 == recognise(second).content.sha256
    assert found.content.file_bytes == len(content)
    found.refuse_if_changed()
    with first.open("ab") as stream:
        stream.write(gzip.compress(b"U2,,,,2023-01-01,\n"))
    with pytest.raises(InputError, match="changed while it was read"):
        found.refuse_if_changed()


def test_reading_tells_how_much_of_the_bytes_given_is_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "READ_BYTES", 4_096)
    monkeypatch.setattr(files, "READ_BYTES", 4_096)
    monkeypatch.setattr(csv, "READ_BYTES", 16_384)
    plain = users_file(tmp_path, *(a_user(f"U{number}") for number in range(5_000)))
    path = tmp_path / "users.csv.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    archive = a_zip(tmp_path / "a.zip", {"users.csv": plain.read_bytes()})
    for found in (recognise(plain), recognise(path), *recognise_all([archive])):
        shares = [found.share_read for _ in found.batches()]
        assert 0 < shares[0] < (1.1 if found.path == path else 0.5)
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_unpacking_holds_no_more_than_a_few_blocks(tmp_path: Path) -> None:
    for way in ("gz", "bz2", "zst"):
        path = tmp_path / way
        path.write_bytes(PACK[way](b"0123456789abcdef" * 500_000))
        with at_most_megabytes(10), DataFile(path).open() as stream:
            assert sum(iter(lambda: len(stream.read(packed.READ_BYTES)), 0)) == 8_000_000


def test_text_that_begins_like_a_compressed_file_is_text(tmp_path: Path) -> None:
    path = tmp_path / "BZh.csv"
    path.write_bytes(b"BZh9s,b\n1,2\n")
    with DataFile(path).open() as stream:
        assert stream.read() == b"BZh9s,b\n1,2\n"
    assert io.BytesIO(path.read_bytes()).read(3) == b"BZh"
