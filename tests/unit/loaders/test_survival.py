"""Everything that files are known to have wrong with them comes to its stated end."""

from __future__ import annotations

import bz2
import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from loaders import batches
from loaders.contract import check
from loaders.files import DataFile
from loaders.recognise import recognise
from svp.errors import InputError
from tests.unit.loaders.builders import a_user
from tests.unit.loaders.hostile_files import HEADER, JSON, LOGS, TEXT, USERS, Case, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("case", [*TEXT, *JSON, *LOGS], ids=lambda case: case.name)
def test_a_file_with_something_wrong_comes_to_its_stated_end(tmp_path: Path, case: Case) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    file = DataFile(path, options=case.options)
    if case.message:
        with pytest.raises(InputError) as caught:
            outcome_of(file, case.columns)
        told = f"{caught.value.message}\n{caught.value.advice}"
        assert str(path) in told
        assert case.message in told
        return
    assert outcome_of(file, case.columns) == (case.accepted, case.refused, case.skipped)


def outcome_of(
    file: DataFile, columns: tuple[str, ...]
) -> tuple[tuple[tuple[object, ...], ...], tuple[tuple[int, str], ...], int]:
    """Return the values of accepted rows, line and code of refused ones, and the number of skipped ones."""
    accepted: list[tuple[object, ...]] = []
    refused: list[tuple[int, str]] = []
    skipped = 0
    found = recognise(file)
    for batch in found.batches():
        judged = check(batch, found.kind)
        accepted += [tuple(row[name] for name in columns) for row in judged.accepted.to_pylist()]
        refused += [(refusal.line, refusal.code) for refusal in judged.refusals]
        skipped += batch.skipped_rows
        assert (
            batch.read_rows == judged.accepted.num_rows + len(judged.refusals) + batch.skipped_rows
        )
    return tuple(accepted), tuple(sorted(refused)), skipped


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (USERS.encode(), r"line 4: the row is longer than 4,194,304 characters"),
        (lines(a_user()).encode(), r"line 2: the row is longer than 4,194,304 characters"),
        (b'[{"user_id": "U1"}, {"user_id": "', r"element 2 of the array is longer than 4,194,304"),
        (b'{"movies": [{"title": "', r"is larger than 64 MB"),
    ],
    ids=["CSV", "JSON Lines", "an array", "a catalogue"],
)
def test_a_line_of_200_megabytes_is_refused_and_never_held(
    tmp_path: Path, before: bytes, told: str
) -> None:
    path = tmp_path / "long"
    with path.open("wb") as stream:
        stream.write(before)
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=told):
            outcome_of(DataFile(path), ())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 150 * 1000**2


FORMS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "CSV": lambda rows: (HEADER + "".join(",".join(row.values()) + "\n" for row in rows)).encode(),
    "quoted CSV": lambda rows: (
        HEADER + "".join(",".join(f'"{value}"' for value in row.values()) + "\n" for row in rows)
    ).encode(),
    "JSON Lines": lambda rows: lines(*rows).encode(),
    "an array": lambda rows: json.dumps(rows, indent=1).encode(),
    "an answer": lambda rows: json.dumps({"hits": {"hits": rows}}).encode(),
    "gzip": lambda rows: gzip.compress(lines(*rows).encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_memory_is_the_same_for_ten_times_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 500)
    monkeypatch.setattr(batches, "PARSED_ROWS", 500)
    peaks = []
    for count in (1_000, 10_000):
        path = tmp_path / str(count)
        path.write_bytes(FORMS[form]([a_user(f"U{number}") for number in range(count)]))
        tracemalloc.start()
        assert sum(batch.read_rows for batch in recognise(path).batches()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_the_same_file_under_another_name_is_known_again_and_one_that_grows_is_refused(
    tmp_path: Path,
) -> None:
    for compress in (bytes, gzip.compress, bz2.compress):
        first, second = tmp_path / "users.csv", tmp_path / "export (1).txt"
        for path in (first, second):
            path.write_bytes(compress(USERS.encode()))
        found = recognise(first)
        assert found.content.sha256 == recognise(second).content.sha256
        with first.open("ab") as stream:
            stream.write(compress(b"U3,1,,,2023-01-01,\n"))
        with pytest.raises(InputError, match="changed while it was read"):
            found.refuse_if_changed()
