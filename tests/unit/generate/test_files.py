"""A platform on disk: the same bytes each time, whole or not at all, in any format and shape."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import psutil
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from loaders.contract import check
from loaders.recognise import recognise_all
from svp.core.progress import SILENT
from svp.errors import PlatformError, UsageError
from svp.generate import SCALES, Arguments, Order, Part, estimate, write
from svp.generate.output.pool import make_all
from svp.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from svp.core.progress import Task
    from svp.generate.output.formats import FileFormat
    from svp.generate.output.orders import Shape
    from svp.generate.output.shapes import Made

LITTLE = Arguments(
    seed=3, users=60, titles=40, start_on=date(2025, 3, 1), days=10, sessions_per_user=30
)
LITTLE_AS_CODE = "Arguments(seed=3, users=60, titles=40, start_on=date(2025, 3, 1), days=10, sessions_per_user=30)"
LAST_DAY = date(2025, 3, 10)
DIRT = 0.1


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def small_parts(arguments: Arguments) -> tuple[Part, ...]:
    """Return more parts than such a platform would have: ten users each."""
    blocks = [Part(number, 10 * number - 10, 10) for number in range(1, arguments.users // 10 + 1)]
    return (Part(0, 0, 0), *blocks)


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svp.generate.output.pool.parts_of", small_parts)


class Telltale:
    """A progress that does something as soon as the first rows are written."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.said: list[str] = []

    @contextmanager
    def task(self, description: str, *, total: int | None, unit: str) -> Iterator[Task]:
        yield self

    def advance(self, amount: int, *, share: float | None = None) -> None:
        self._act()

    def say(self, line: str) -> None:
        self.said.append(line)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder; look, don't touch."""
    out = tmp_path_factory.mktemp("written") / "platform"
    write(out, LITTLE)
    return out


def test_same_arguments_give_the_same_bytes_in_another_process(
    written: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from svp.generate import Arguments, write\n"
        f"write(Path(sys.argv[1]), {LITTLE_AS_CODE})\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    again = tmp_path / "again"
    subprocess.run([sys.executable, "-c", program, str(again)], check=True, env=environment)
    assert checksums(again) == checksums(written)


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_any_number_of_workers_gives_the_same_bytes(
    tmp_path: Path, file_format: FileFormat
) -> None:
    for workers in (1, 3):
        out = tmp_path / str(workers)
        write(out, LITTLE, file_format=file_format, dirt=DIRT, report=True, workers=workers)
    assert checksums(tmp_path / "1") == checksums(tmp_path / "3")


def test_rows_never_depend_on_the_parts(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("svp.generate.output.pool.parts_of", small_parts)
    write(tmp_path / "parts", LITTLE, workers=1)
    for table in TABLES:
        name = f"{table.name}.parquet"
        (key,) = table.key
        whole, parted = (pq.read_table(folder / name) for folder in (written, tmp_path / "parts"))
        assert whole.sort_by(key).equals(parted.sort_by(key)), name


def test_another_seed_changes_every_table(written: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", replace(LITTLE, seed=4))
    first, other = checksums(written), checksums(tmp_path / "other")
    assert [table.name for table in TABLES if _same(first, other, table.name)] == []


def _same(first: dict[str, str], other: dict[str, str], table: str) -> bool:
    return first[f"{table}.parquet"] == other[f"{table}.parquet"]


def test_manifest_says_what_the_folder_holds(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    assert manifest["format"] == "svp platform 2"
    assert manifest["arguments"] == {
        "seed": 3,
        "users": 60,
        "titles": 40,
        "start_on": "2025-03-01",
        "days": 10,
        "sessions_per_user": 30,
        "shape": "platform",
        "file_format": "parquet",
        "only": [],
        "from_on": None,
        "dirt": 0.0,
        "report": False,
    }
    files = {file["path"]: file for file in manifest["files"]}
    found = checksums(written)
    assert set(files) | {"manifest.json"} == set(found)
    for path, file in files.items():
        assert file["sha256"] == found[path]
        assert file["bytes"] == (written / path).stat().st_size
    rows = {table.name: pq.read_metadata(written / f"{table.name}.parquet") for table in TABLES}
    tables = manifest["tables"]
    assert {name: metadata.num_rows for name, metadata in rows.items()} == {
        name: tables[name] for name in rows
    }


def test_truth_stands_beside_the_data(written: Path) -> None:
    users = pq.read_table(written / "truth" / "users.parquet")
    assert users["user_id"].to_pylist() == _column(written, "users", "user_id")
    titles = pq.read_table(written / "truth" / "titles.parquet")
    assert titles["content_id"].to_pylist() == _column(written, "content", "content_id")
    assert json.loads((written / "truth" / "parameters.json").read_text())["parameters"]


def _column(folder: Path, table: str, column: str) -> list[object]:
    return list(pq.read_table(folder / f"{table}.parquet")[column].to_pylist())


def test_files_have_the_canonical_columns(written: Path) -> None:
    for table in TABLES:
        assert pq.read_schema(written / f"{table.name}.parquet").equals(table.schema)


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_an_ingest_reads_the_same_rows_from_any_format(
    written: Path, tmp_path: Path, file_format: FileFormat
) -> None:
    tables = [table.name for table in TABLES]
    write(tmp_path / "text", LITTLE, file_format=file_format, only=tables)
    expected, found = accepted(written), accepted(tmp_path / "text")
    for table in tables:
        assert found[table].equals(expected[table]), table


def accepted(folder: Path) -> dict[str, pa.Table]:
    """Return the rows that the contract takes, by table; it refuses none."""
    rows: dict[str, list[pa.RecordBatch]] = {}
    for file in recognise_all([folder]):
        for batch in file.batches():
            checked = check(batch, file.kind)
            assert [*batch.refusals, *checked.refusals] == []
            wanted = file.kind.target.schema.names
            rows.setdefault(file.kind.target.name, []).append(checked.accepted.select(wanted))
    return {name: pa.Table.from_batches(batches) for name, batches in rows.items()}


def test_from_leaves_out_what_was_before_and_nothing_else(written: Path, tmp_path: Path) -> None:
    write(tmp_path / "last", LITTLE, from_on=LAST_DAY)
    times = {
        "viewing_sessions": "started_at",
        "playback_attempts": "attempted_at",
        "ratings": "rated_at",
        "watchlist": "added_at",
        "subscription_events": "occurred_at",
        "search_queries": "searched_at",
    }
    for table in ("users", "content", "episodes", "devices"):
        assert _same(checksums(written), checksums(tmp_path / "last"), table)
    for table, time in times.items():
        whole, last = (
            pq.read_table(folder / f"{table}.parquet").to_pylist()
            for folder in (written, tmp_path / "last")
        )
        assert last == [row for row in whole if row[time].date() >= LAST_DAY], table
    days = {path.name for path in (tmp_path / "last").glob("iptv/*")}
    assert days <= {"20250310.json"}


def test_tomorrow_follows_what_there_is_today(written: Path, tmp_path: Path) -> None:
    tomorrow = LAST_DAY + timedelta(days=1)
    write(tmp_path / "next", replace(LITTLE, days=11), from_on=tomorrow)
    name, key = "viewing_sessions.parquet", "session_id"
    added = set(pq.read_table(tmp_path / "next" / name)[key].to_pylist())
    write(tmp_path / "both", replace(LITTLE, days=11))
    both = set(pq.read_table(tmp_path / "both" / name)[key].to_pylist())
    assert both == added | set(pq.read_table(written / name)[key].to_pylist())


def test_only_some_kinds_are_written_as_they_are_in_the_whole(
    written: Path, tmp_path: Path
) -> None:
    write(tmp_path / "some", LITTLE, only=["search_queries", "users", "truth"])
    found = checksums(tmp_path / "some")
    tables = {"users.parquet", "search_queries.parquet"}
    truth = {"truth/users.parquet", "truth/titles.parquet", "truth/parameters.json"}
    assert set(found) == tables | truth | {"manifest.json"}
    assert all(found[name] == checksums(written)[name] for name in tables | truth)


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_dirt_is_planted_where_its_manifest_says(tmp_path: Path, file_format: FileFormat) -> None:
    out = tmp_path / "dirty"
    write(out, LITTLE, file_format=file_format, dirt=DIRT)
    notes = [json.loads(line) for line in (out / "dirt.jsonl").read_text().splitlines()]
    assert {note["file"] for note in notes} >= {f"users.{file_format}", f"ratings.{file_format}"}
    for note in notes:
        key = note["key"] or ""
        in_file = json.dumps(key).strip('"') if ".json" in note["file"] else key
        assert in_file in line_of(out / note["file"], note["line"])


def line_of(path: Path, number: int) -> str:
    """Return a line of text, or the values of a row of Parquet, counted from 1."""
    if path.suffix == ".parquet":
        (row,) = pq.read_table(path).slice(number - 1, 1).to_pylist()
        return " ".join(map(str, row.values()))
    with path.open(encoding="utf-8", newline="") as file:
        return list(file)[number - 1]


def test_report_shows_the_platform(tmp_path: Path) -> None:
    write(tmp_path / "shown", LITTLE, only=["users"], report=True)
    page = (tmp_path / "shown" / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert {path.name for path in (tmp_path / "shown").iterdir()} == {
        "users.parquet",
        "report.html",
        "manifest.json",
    }


def test_relational_set_has_its_shape_and_no_row_that_a_contract_refuses(
    written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "relational"
    manifest = write(out, LITTLE, shape="relational")
    users = (out / "users.csv").read_text().splitlines()
    assert users[0] == (
        "user_id,age,country,subscription_type,registration_date,total_watch_time_hours"
    )
    sessions = pacsv.read_csv(out / "viewing_sessions.csv")
    assert sessions.column_names == [
        "session_id",
        "user_id",
        "content_id",
        "watch_date",
        "watch_duration_minutes",
        "completion_percentage",
        "device_type",
        "quality_level",
    ]
    content = json.loads((out / "content.json").read_text())
    assert [title["content_id"] for title in content["movies"]][:2] == ["M001", "M002"]
    assert content["series"][0]["content_id"] == "S001"
    assert len(accepted(out)["viewing_sessions"]) == manifest.tables["viewing_sessions"]
    whole = pq.read_table(written / "viewing_sessions.parquet")
    live = {
        title["content_id"]
        for title in pq.read_table(written / "content.parquet").to_pylist()
        if title["content_type"] == "live"
    }
    assert sessions.num_rows == sum(key not in live for key in whole["content_id"].to_pylist())
    assert len(set(sessions["session_id"].to_pylist())) == sessions.num_rows


def test_everyone_of_the_relational_set_has_a_plan(written: Path, tmp_path: Path) -> None:
    write(tmp_path / "relational", LITTLE, shape="relational")
    plans = pacsv.read_csv(tmp_path / "relational" / "users.csv")["subscription_type"].to_pylist()
    now = _column(written, "users", "plan")
    assert None in now
    assert set(plans) <= {"Basic", "Standard", "Premium"}
    assert [plan for plan in now if plan] == [
        plan for plan, held in zip(plans, now, strict=True) if held
    ]


def test_boxes_of_everyone_are_one_file_a_day(tmp_path: Path) -> None:
    out = tmp_path / "boxes"
    manifest = write(out, LITTLE, shape="iptv", from_on=date(2025, 3, 9))
    assert {path.name for path in out.iterdir()} == {
        "20250309.json",
        "20250310.json",
        "manifest.json",
    }
    hits = [json.loads(line) for line in (out / "20250309.json").read_text().splitlines()]
    assert set(hits[0]) == {"_index", "_type", "_id", "_score", "_source"}
    assert sum(file.rows for file in manifest.files) == manifest.tables["box_logs"]


def test_repeat_into_the_finished_folder_writes_nothing(written: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in written.rglob("*")}
    manifest = write(written, LITTLE)
    assert manifest.was_there
    assert manifest.tables["users"] >= 60
    assert {path: path.stat().st_mtime_ns for path in written.rglob("*")} == before


@pytest.mark.parametrize(
    "order",
    [
        Order(replace(LITTLE, seed=4)),
        Order(LITTLE, file_format="csv"),
        Order(LITTLE, only=("users",)),
        Order(LITTLE, dirt=DIRT),
        Order(LITTLE, report=True),
    ],
    ids=["seed", "format", "only", "dirt", "report"],
)
def test_folder_of_another_order_is_refused_and_left_alone(written: Path, order: Order) -> None:
    before = checksums(written)
    with pytest.raises(UsageError, match="holds other files"):
        write(
            written,
            order.arguments,
            file_format=order.file_format,
            only=order.only,
            dirt=order.dirt,
            report=order.report,
        )
    assert checksums(written) == before


@pytest.mark.parametrize("damage", ["more", "missing", "changed", "no manifest"])
def test_folder_that_was_changed_is_refused(tmp_path: Path, damage: str) -> None:
    out = tmp_path / "platform"
    write(out, LITTLE, only=["users", "truth"])
    if damage == "more":
        (out / "truth" / "notes.txt").write_text("mine")
    elif damage == "missing":
        (out / "users.parquet").unlink()
    elif damage == "changed":
        (out / "users.parquet").write_bytes(b"PAR1")
    else:
        (out / "manifest.json").write_text("[]")
    with pytest.raises(UsageError, match="holds other files"):
        write(out, LITTLE, only=["users", "truth"])


def test_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "platform").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        write(tmp_path / "platform", LITTLE)
    assert (tmp_path / "platform").read_text() == "mine"


def test_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "platform").mkdir()
    write(tmp_path / "platform", LITTLE, only=["users"])
    assert len(list((tmp_path / "platform").iterdir())) == 2


def test_folder_that_nobody_can_make_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be written: File name too long"):
        write(tmp_path / ("n" * 300), LITTLE, workers=1)


def test_parents_of_the_folder_are_made(tmp_path: Path) -> None:
    manifest = write(tmp_path / "a" / "b", LITTLE, only=["users"])
    assert not manifest.was_there
    assert (tmp_path / "a" / "b" / "manifest.json").is_file()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
def test_nothing_is_left_when_the_work_is_interrupted(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    def fail() -> None:
        raise failure

    with pytest.raises(failure):
        write(tmp_path / "platform", LITTLE, progress=Telltale(fail))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_a_message_and_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match="No space left on device"):
        write(tmp_path / "platform", LITTLE, progress=Telltale(fail))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_small_parts")
def test_worker_that_dies_is_a_message_and_leaves_nothing(tmp_path: Path) -> None:
    def kill_workers() -> None:
        for child in workers_of(psutil.Process()):
            child.kill()

    with pytest.raises(PlatformError, match="a worker process ended") as caught:
        write(tmp_path / "platform", LITTLE, workers=2, progress=Telltale(kill_workers))
    assert "--workers" in caught.value.advice
    assert caught.value.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]


KILLED = f"""
import sys, os, signal
from datetime import date
from pathlib import Path
import psutil
from svp.generate import Arguments, write
from svp.generate.output import pool
from tests.unit.generate.test_files import Telltale, small_parts, workers_of

def die():
    print(*(child.pid for child in workers_of(psutil.Process())), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

pool.parts_of = small_parts
write(Path(sys.argv[1]), {LITTLE_AS_CODE}, workers=2, progress=Telltale(die))
"""


def test_killed_run_leaves_no_process_and_the_next_one_clears_up(
    written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "platform"
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(out)], check=False, capture_output=True, text=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert [path.name for path in tmp_path.iterdir()] != []
    assert not out.exists()
    workers = [
        psutil.Process(int(pid)) for pid in ended.stdout.split() if psutil.pid_exists(int(pid))
    ]
    assert psutil.wait_procs(workers, timeout=20)[1] == []
    write(out, LITTLE)
    assert [path.name for path in tmp_path.iterdir()] == ["platform"]
    assert checksums(out) == checksums(written)


def test_leftovers_of_a_run_that_still_works_stay(tmp_path: Path) -> None:
    busy = tmp_path / f".platform.{os.getppid()}.partial"
    busy.mkdir()
    write(tmp_path / "platform", LITTLE, only=["users"])
    assert busy.is_dir()


@pytest.mark.parametrize("is_same", [True, False])
def test_of_two_runs_at_once_one_wins_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_same: bool
) -> None:
    out, winner = tmp_path / "platform", LITTLE if is_same else replace(LITTLE, seed=4)
    program = (
        "import sys; from datetime import date; from pathlib import Path; from dataclasses import replace\n"
        "from svp.generate import Arguments, write\n"
        f"write(Path(sys.argv[1]), replace({LITTLE_AS_CODE}, seed={winner.seed}), only=['users'])\n"
    )

    def overtaken(order: Order, *, workers: int | None) -> Iterator[Made]:
        yield from make_all(order, workers=workers)
        subprocess.run([sys.executable, "-c", program, str(out)], check=True)

    monkeypatch.setattr("svp.generate.output.files.make_all", overtaken)
    progress = Telltale(lambda: None)
    if is_same:
        assert write(out, LITTLE, only=["users"], progress=progress).was_there
        assert "another run wrote" in progress.said[0]
    else:
        with pytest.raises(UsageError, match="holds other files"):
            write(out, LITTLE, only=["users"], progress=progress)
    assert [path.name for path in tmp_path.iterdir()] == ["platform"]
    assert json.loads((out / "manifest.json").read_text())["arguments"]["seed"] == winner.seed


def test_no_workers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 workers"):
        write(tmp_path / "platform", LITTLE, workers=0, progress=SILENT)
    assert list(tmp_path.iterdir()) == []


def test_one_user_on_one_day_is_a_platform(tmp_path: Path) -> None:
    one = Arguments(
        0, users=1, titles=20, start_on=date(2024, 2, 29), days=1, sessions_per_user=0.001
    )
    manifest = write(tmp_path / "one", one, report=True)
    assert (manifest.tables["users"], manifest.tables["content"]) == (1, 20)
    assert manifest.tables["viewing_sessions"] == manifest.tables["ratings"] == 0
    assert pq.read_table(tmp_path / "one" / "ratings.parquet").num_rows == 0


@pytest.mark.parametrize("shape", ["platform", "relational", "iptv"])
@pytest.mark.parametrize("scale", ["tiny", "small"])
def test_sizes_are_about_what_was_estimated(tmp_path: Path, scale: str, shape: Shape) -> None:
    arguments = SCALES[scale].arguments()
    order = Order(arguments, shape=shape)
    manifest = write(tmp_path / "made", arguments, shape=shape)
    found: dict[str, list[int]] = {}
    for file in manifest.files:
        sizes = found.setdefault(file.table or "truth", [0, 0])
        sizes[0] += file.rows
        sizes[1] += file.bytes
    for forecast in estimate(order):
        if scale == "tiny" and forecast.kind in {"box_logs", "truth"}:
            continue  # a handful of households; the parameters outweigh the rows
        rows, size = found[forecast.kind]
        assert forecast.rows == pytest.approx(rows, rel=1 / 3), forecast.kind
        assert forecast.bytes == pytest.approx(size, rel=1 / 3), forecast.kind


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_bytes_of_text_are_about_what_was_estimated(
    tmp_path: Path, file_format: FileFormat
) -> None:
    arguments = SCALES["tiny"].arguments()
    manifest = write(tmp_path / "made", arguments, file_format=file_format)
    found = {file.table: file.bytes / file.rows for file in manifest.files if file.table}
    for forecast in estimate(Order(arguments, file_format=file_format)):
        if forecast.kind in found:
            a_row = forecast.bytes / forecast.rows
            assert a_row == pytest.approx(found[forecast.kind], rel=1 / 3), forecast.kind
