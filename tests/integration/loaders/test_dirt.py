"""An ingest of planted dirt: it finds exactly the rows that the manifest foretells, and stores the clean platform."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from svp.errors import shorten
from svp.generate import KINDS, SCALES, write
from svp.model import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from svp.generate.output.formats import FileFormat
    from tests.integration.loaders.stores import Stores

ARGUMENTS = SCALES["tiny"].arguments()
SHARE = 0.2
DATA = tuple(kind for kind in KINDS if kind != "truth")

READ_BY_THE_DATABASE = {"ended_at", "started_on"}
"""Columns of which quarantine may show the value as PostgreSQL writes it."""

Entry = dict[str, Any]


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """The same platform without dirt."""
    write(tmp_path / "clean", ARGUMENTS, only=DATA, workers=1)
    return tmp_path / "clean"


def planted(folder: Path) -> list[Entry]:
    return list(map(json.loads, (folder / "dirt.jsonl").read_text().splitlines()))


def foretold(entries: list[Entry], verdict: str) -> list[Entry]:
    return [entry for entry in entries if entry["contract"] == verdict]


def refused(stores: Stores, folder: Path) -> set[tuple[Any, ...]]:
    """Return file, line, column and code of every row in quarantine."""
    return {
        (path.removeprefix(f"{folder}/"), *facts)
        for path, *facts in stores.rows(
            "SELECT load.path, quarantine.line, column_name, code"
            " FROM ops.quarantine INNER JOIN ops.load USING (load_id)"
        )
    }


def remarked(stores: Stores) -> set[tuple[str, str, str]]:
    """Return table, key and remarks of every stored row that has any."""
    rows = {
        (table.name, key, ",".join(flags))
        for table in TABLES
        for key, flags in stores.rows(
            f"SELECT {table.key[0]}, quality_flags FROM oltp.{table.name} WHERE quality_flags <> '{{}}'"
        )
    }
    logs = stores.mongodb["box_logs"].find({"quality_flags": {"$ne": []}})
    return rows | {("box_logs", log["log_id"], ",".join(log["quality_flags"])) for log in logs}


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_an_ingest_finds_exactly_the_planted_rows_and_stores_the_clean_platform(
    stores: Stores, clean: Path, tmp_path: Path, file_format: FileFormat
) -> None:
    folder = tmp_path / "dirty"
    write(folder, ARGUMENTS, file_format=file_format, only=DATA, dirt=SHARE, workers=1)
    entries = planted(folder)
    verdicts = Counter(entry["contract"] for entry in entries)

    reports = stores.load(folder)

    assert refused(stores, folder) == {
        (entry["file"], entry["line"], entry["column"], entry["code"])
        for entry in foretold(entries, "reject")
    }
    assert remarked(stores) == {
        (entry["table"], entry["key"], entry["code"]) for entry in foretold(entries, "flag")
    }
    counts = [report.counts for report in reports]
    assert sum(count.rejected_rows for count in counts) == verdicts["reject"]
    assert sum(count.updated_rows for count in counts) == verdicts["updated"]
    repeated = verdicts["unchanged"] + verdicts["normalise"]
    assert sum(count.unchanged_rows for count in counts) == repeated

    again = [report.counts for report in stores.load(clean)]
    assert sum(count.unchanged_rows for count in again) > 0
    assert all(
        count.loaded_rows == count.updated_rows == count.rejected_rows == 0 for count in again
    )
    stored_rows = sum(count.loaded_rows for count in counts)
    assert stored_rows == clean_rows(clean) + verdicts["flag"] + verdicts["accept"]


def clean_rows(clean: Path) -> int:
    """Return how many rows the clean platform has, the truth aside."""
    files = json.loads((clean / "manifest.json").read_text())["files"]
    return sum(entry["rows"] for entry in files if entry["table"])


def test_quarantine_shows_the_value_that_was_planted(stores: Stores, tmp_path: Path) -> None:
    folder = tmp_path / "dirty"
    write(folder, ARGUMENTS, file_format="csv", only=DATA, dirt=SHARE, workers=1)
    stores.load(folder)
    values = {
        (path.removeprefix(f"{folder}/"), line): value
        for path, line, value in stores.rows(
            "SELECT load.path, line, value FROM ops.quarantine INNER JOIN ops.load USING (load_id)"
        )
    }
    differing = [
        (entry, values[entry["file"], entry["line"]])
        for entry in foretold(planted(folder), "reject")
        if entry["column"] not in READ_BY_THE_DATABASE
        and values[entry["file"], entry["line"]]
        != (None if entry["value"] is None else shorten(entry["value"]))
    ]
    assert differing == []
