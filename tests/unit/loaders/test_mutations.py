"""Files with random damage: each is refused with a reason, or every row of it is accounted for.

``SVP_TEST_MUTATIONS`` sets how many of each kind are tried.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.codes import REFUSALS
from loaders.contract import check
from loaders.recognise import Recognised, recognise, recognise_all
from loaders.wanted import wanted
from svp.errors import InputError
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_subscriber,
    a_user,
    an_event,
    logs_file,
    sessions_file,
    users_file,
    write_csv,
    write_json_lines,
)
from tests.unit.loaders.service_tables import service_tables
from tests.unit.loaders.test_excel import table, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MUTATIONS = int(os.environ.get("SVP_TEST_MUTATIONS", "150"))

BITS = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b",", b";", b"\n", b"\r", b"\\u0000", b"\\ud800", b"NaN", b"-1", b"9" * 20,
    b"2024-02-30", b"[", b"{", b'":', b"\x1b[2J", "Ü".encode(), b" ", b"|", b"true", b"1e9", b"0000-00-00",
)  # fmt: skip


def parquet_file(folder: Path) -> Path:
    path = folder / "users.parquet"
    rows = [{"user_id": f"U{n}", "registered_on": "2024-01-01", "age": str(n)} for n in range(20)]
    names = recognise(users_file(folder)).kind.target.schema.names
    pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path)
    return path


def catalogue_file(folder: Path) -> Path:
    series = {"content_id": "S1", "title": "Dark", "seasons": 1, "episodes_per_season": [8]}
    return a_catalogue(folder, a_movie(), a_movie("M2", genre="a|b"), series=[series])


def nine_tables_file(folder: Path) -> Path:
    path = folder / "sessions.csv"
    service_tables()["viewing_sessions"].to_csv(path, index=False)
    return path


def array_file(folder: Path) -> Path:
    path = folder / "20220401.json"
    path.write_text(json.dumps({"hits": {"hits": [a_box_log(f"AX_{n}") for n in range(9)]}}))
    return path


def packed_file(folder: Path) -> Path:
    path = folder / "users.csv.gz"
    path.write_bytes(gzip.compress(users_file(folder).read_bytes(), mtime=0))
    return path


def archive_file(folder: Path) -> Path:
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(users_file(folder), "a/users.csv")
        archive.write(packed_file(folder), "b/users.csv.gz")
    return path


SEEDS: dict[str, Callable[[Path], Path]] = {
    "users": lambda folder: users_file(folder, *(a_user(f"U{n}") for n in range(9))),
    "sessions": lambda folder: sessions_file(folder, *(a_session(f"S{n}") for n in range(9))),
    "catalogue": catalogue_file,
    "parquet": parquet_file,
    "json lines": lambda folder: write_json_lines(
        folder / "users.jsonl", [a_user(f"U{n}") for n in range(9)]
    ),
    "titles": lambda folder: write_csv(
        folder / "titles.csv", [a_listed_title(f"s{n}") for n in range(9)]
    ),
    "subscribers": lambda folder: write_csv(
        folder / "list.csv", [a_subscriber(f"{n}") for n in range(9)]
    ),
    "events": lambda folder: write_json_lines(
        folder / "events.jsonl", [an_event(f"e{n}", event_properties={"a": n}) for n in range(9)]
    ),
    "nine tables": nine_tables_file,
    "workbook": lambda folder: workbook(folder, a=table(*(a_user(f"U{n}") for n in range(9)))),
    "logs": lambda folder: logs_file(folder, *(a_box_log(f"AX_{n}") for n in range(9))),
    "array": array_file,
    "gzip": packed_file,
    "zip": archive_file,
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return the content with one to four cuts, insertions, replacements or repetitions."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.choice((0, 1, 5, 50)))
        middle = chance.choice((b"", chance.choice(BITS), content[start:end] * 2))
        content = content[:start] + middle + (b"" if chance.random() < 0.05 else content[end:])
    return content


def account(path: Path) -> None:
    """Read and judge a file; every row must be accepted, refused with a storable text, or skipped."""
    for file in recognise_all([path], wanted(zone="Europe/Paris")):
        account_of(file)


def account_of(file: Recognised) -> None:
    for batch in file.batches():
        judged = check(batch, file.kind)
        accounted = judged.accepted.num_rows + len(judged.refusals) + batch.skipped_rows
        assert accounted == batch.read_rows
        judged.accepted.validate(full=True)
        for refusal in judged.refusals:
            assert refusal.code in REFUSALS
            assert b"\x00" not in f"{refusal.row_text}{refusal.value}".encode()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_file_is_refused_or_every_row_is_accounted_for(tmp_path: Path, seed: str) -> None:
    chance = random.Random(seed)
    path = SEEDS[seed](tmp_path)
    content = path.read_bytes()
    account(path)
    for _ in range(MUTATIONS):
        path.write_bytes(damaged(content, chance))
        try:
            account(path)
        except InputError as refused:
            assert path.name in refused.message  # noqa: PT017  (most files are not refused)
