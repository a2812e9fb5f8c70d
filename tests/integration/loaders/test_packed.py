"""Compressed files, archives and arrays in both stores: the same as without, once, or nothing at all."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from loaders.folders import STANDARD_INPUT, standard_input_kept
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.errors import InputError
from tests.integration.loaders.stores import Stores, documents
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from pathlib import Path


def gzipped(path: Path, name: str) -> Path:
    packed = path.with_name(name)
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return packed


def test_an_archive_of_a_delivery_is_loaded_and_known_again_in_any_wrapping(
    stores: Stores, tmp_path: Path
) -> None:
    users = users_file(tmp_path)
    sessions = gzipped(sessions_file(tmp_path), "sessions.csv.gz")
    archive = tmp_path / "delivery.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (sessions, users, a_catalogue(tmp_path)):
            packed.write(path, f"april/{path.name}")
    assert [report.outcome for report in stores.load(archive)] == ["loaded"] * 3
    assert stores.rows("SELECT path FROM ops.load ORDER BY load_id") == [
        (f"{archive}/april/{name}",) for name in ("users.csv", "content.json", "sessions.csv.gz")
    ]
    assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 1
    again = stores.load(archive, users, sessions)
    assert {report.outcome for report in again} == {"already loaded"}
    (packed_again,) = stores.load(gzipped(users, "users.gz"))
    assert (packed_again.outcome, packed_again.counts.unchanged_rows) == ("loaded", 1)


def test_standard_input_is_loaded_and_known_again_as_a_file(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = gzipped(users_file(tmp_path), "users.csv.gz")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    with standard_input_kept([STANDARD_INPUT]) as given:
        (report,) = ingest(stores.settings, recognise_all(given))
    assert (str(report.path), report.counts.loaded_rows) == ("standard input", 1)
    (report,) = stores.load(path)
    assert report.outcome == "already loaded"


@pytest.mark.parametrize("rows", [3, 60_000], ids=["one batch", "two batches"])
def test_a_file_that_is_cut_off_leaves_nothing_and_is_loaded_when_it_is_whole(
    stores: Stores, tmp_path: Path, rows: int
) -> None:
    plain = users_file(tmp_path, *(a_user(f"U{number}") for number in range(rows)))
    path = gzipped(plain, "users.csv.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-6])
    with pytest.raises(InputError, match="is cut off or damaged"):
        stores.load(path)
    assert stores.one("SELECT count(*) FROM oltp.users") == 0
    path.write_bytes(whole)
    (report,) = stores.load(path)
    assert (report.outcome, report.counts.loaded_rows) == ("loaded", rows)


def test_logs_cut_off_count_for_nothing_and_are_taken_over_when_they_are_whole(
    stores: Stores, tmp_path: Path
) -> None:
    logs = logs_file(tmp_path, *(a_box_log(f"AX_{number}") for number in range(60_000)))
    path = gzipped(logs, "20220401.json.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-6])
    with pytest.raises(InputError, match="is cut off or damaged"):
        stores.load(path)
    assert stores.one("SELECT count(*) FROM ops.load WHERE state = 'complete'") == 0
    path.write_bytes(whole)
    (report,) = stores.load(path)
    assert (report.counts.loaded_rows, report.counts.updated_rows) == (60_000, 0)
    assert stores.mongodb["box_logs"].count_documents({}) == 60_000


def test_logs_are_the_same_documents_as_lines_an_array_or_an_answer(
    stores: Stores, tmp_path: Path
) -> None:
    logs = [a_box_log("AX_1"), a_box_log("AX_2", Contract=None), a_box_log("AX_3", AppName="X")]
    as_lines = logs_file(tmp_path, *logs, name="20220401.json")
    (report,) = stores.load(as_lines)
    expected = documents(stores)["box_logs"]
    assert report.counts.loaded_rows == len(expected) == 3
    for number, content in enumerate((logs, {"took": 1, "hits": {"total": 3, "hits": logs}})):
        path = tmp_path / f"20220401 ({number}).json"
        path.write_text(json.dumps(content, indent=1))
        (report,) = stores.load(path)
        assert report.counts.unchanged_rows == 3
    assert documents(stores)["box_logs"] == expected


def test_a_broken_element_is_in_quarantine_with_its_number_and_text(
    stores: Stores, tmp_path: Path
) -> None:
    path = tmp_path / "users.json"
    good, broken = json.dumps(a_user()), '{"user_id": "U2", "age": 1.1.1}'
    path.write_text(f"[{good}, {broken}, {good.replace('U1', 'U3')}]")
    stores.load(path)
    assert stores.rows("SELECT line, code, row_text FROM ops.quarantine") == [
        (2, "not_json", broken)
    ]
    assert stores.rows("SELECT user_id FROM oltp.users ORDER BY 1") == [("U1",), ("U3",)]


def test_sessions_in_another_encoding_wait_until_it_is_said(stores: Stores, tmp_path: Path) -> None:
    path = sessions_file(tmp_path, a_session(), a_session("S2", device_type="Télé"))
    path.write_bytes(path.read_text().encode("cp1252"))
    stores.load(path)
    assert stores.rows("SELECT line, code FROM ops.quarantine WHERE code = 'not_text'") == [
        (3, "not_text")
    ]
