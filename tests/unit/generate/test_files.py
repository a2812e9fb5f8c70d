"""A platform on disk: the same bytes each time, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from svp.errors import UsageError
from svp.generate import SCALES, Arguments, estimate, generate, reactions, write
from svp.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from svp.model import Table

LITTLE = Arguments(
    seed=3, users=60, titles=40, start_on=date(2025, 3, 1), days=10, sessions_per_user=6
)


def checksums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A finished folder."""
    write(tmp_path / "platform", **LITTLE.values())
    return tmp_path / "platform"


def test_same_arguments_give_the_same_bytes_in_another_process(
    written: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from svp.generate import write\n"
        "write(Path(sys.argv[1]), seed=3, users=60, titles=40, start_on=date(2025, 3, 1),"
        " days=10, sessions_per_user=6)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    again = tmp_path / "again"
    subprocess.run([sys.executable, "-c", program, str(again)], check=True, env=environment)
    assert checksums(again) == checksums(written)


def test_another_seed_changes_every_table(written: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", **replace(LITTLE, seed=4).values())
    first, other = checksums(written), checksums(tmp_path / "other")
    assert [name for name in first if first[name] == other[name]] == []


def test_a_change_to_one_table_does_not_shift_another(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "RATING_CHANCE", 0.01)
    write(tmp_path / "fewer", **LITTLE.values())
    first, other = checksums(written), checksums(tmp_path / "fewer")
    changed = {name for name in first if first[name] != other[name]}
    assert changed == {"ratings.parquet", "manifest.json"}


def test_more_titles_leave_people_and_subscriptions_as_they_were(
    written: Path, tmp_path: Path
) -> None:
    write(tmp_path / "more", **replace(LITTLE, titles=50).values())
    first, other = checksums(written), checksums(tmp_path / "more")
    for name in ("users.parquet", "subscription_events.parquet"):
        assert first[name] == other[name]


def test_manifest_says_what_the_folder_holds(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    assert manifest["format"] == "svp platform 1"
    assert manifest["arguments"] == {
        "seed": 3,
        "users": 60,
        "titles": 40,
        "start_on": "2025-03-01",
        "days": 10,
        "sessions_per_user": 6,
    }
    found = checksums(written)
    assert list(manifest["tables"]) == [table.name for table in TABLES]
    for table in TABLES:
        entry = manifest["tables"][table.name]
        path = written / entry["file"]
        assert entry["rows"] == pq.read_metadata(path).num_rows
        assert entry["bytes"] == path.stat().st_size
        assert entry["sha256"] == found[path.name]


def test_files_have_the_canonical_columns(written: Path) -> None:
    for table in TABLES:
        assert pq.read_schema(written / f"{table.name}.parquet").equals(table.schema)


def test_repeat_into_the_finished_folder_writes_nothing(written: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in written.iterdir()}
    manifest = write(written, **LITTLE.values())
    assert manifest.was_there
    assert manifest.tables[0].rows == 60
    assert {path: path.stat().st_mtime_ns for path in written.iterdir()} == before


def test_folder_of_another_seed_is_refused_and_left_alone(written: Path) -> None:
    before = checksums(written)
    with pytest.raises(UsageError, match="holds other files"):
        write(written, **replace(LITTLE, seed=4).values())
    assert checksums(written) == before


@pytest.mark.parametrize("damage", ["more", "missing", "changed", "no manifest"])
def test_folder_that_was_changed_is_refused(written: Path, damage: str) -> None:
    if damage == "more":
        (written / "notes.txt").write_text("mine")
    elif damage == "missing":
        (written / "users.parquet").unlink()
    elif damage == "changed":
        (written / "users.parquet").write_bytes(b"PAR1")
    else:
        (written / "manifest.json").write_text("[]")
    with pytest.raises(UsageError, match="holds other files"):
        write(written, **LITTLE.values())


def test_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "platform").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        write(tmp_path / "platform", **LITTLE.values())
    assert (tmp_path / "platform").read_text() == "mine"


def test_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "platform").mkdir()
    write(tmp_path / "platform", **LITTLE.values())
    assert len(list((tmp_path / "platform").iterdir())) == len(TABLES) + 1


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
def test_nothing_is_left_when_the_work_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:

    def interrupted(**arguments: object) -> Iterator[tuple[Table, pa.RecordBatch]]:
        yield next(generate(**LITTLE.values()))
        raise failure

    monkeypatch.setattr("svp.generate.files.generate", interrupted)
    with pytest.raises(failure):
        write(tmp_path / "platform", **LITTLE.values())
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_a_message_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**arguments: object) -> Iterator[tuple[Table, pa.RecordBatch]]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("svp.generate.files.generate", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write(tmp_path / "platform", **LITTLE.values())
    assert list(tmp_path.iterdir()) == []


def test_parents_of_the_folder_are_made(tmp_path: Path) -> None:
    manifest = write(tmp_path / "a" / "b", **LITTLE.values())
    assert not manifest.was_there
    assert (tmp_path / "a" / "b" / "manifest.json").is_file()


def test_one_user_on_one_day_is_a_platform(tmp_path: Path) -> None:
    manifest = write(
        tmp_path / "one",
        seed=0,
        users=1,
        titles=20,
        start_on=date(2024, 2, 29),
        days=1,
        sessions_per_user=0.001,
    )
    rows = {entry.table: entry.rows for entry in manifest.tables}
    assert (rows["users"], rows["content"]) == (1, 20)
    assert rows["viewing_sessions"] == rows["ratings"] == 0
    assert pq.read_table(tmp_path / "one" / "ratings.parquet").num_rows == 0


def test_tiny_takes_about_the_room_that_was_estimated(tmp_path: Path) -> None:
    arguments = SCALES["tiny"].arguments()
    manifest = write(tmp_path / "tiny", **arguments.values())
    for entry, forecast in zip(manifest.tables, estimate(arguments), strict=True):
        assert entry.table == forecast.table
        assert forecast.rows == pytest.approx(entry.rows, rel=0.4)
        assert forecast.bytes == pytest.approx(entry.bytes, rel=0.5)
