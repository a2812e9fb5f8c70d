"""A stranger's mistakes: a message that says what, which and what next; the documented exit code; no traceback."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

import nosql.schema
from svp.core.postgres import transaction
from tests.end_to_end.conftest import SVP, Run, environment_of
from tests.ready import copy_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from svp.settings import Settings

HEADER = "user_id,age,country,subscription_type,registration_date,total_watch_time_hours\n"


@pytest.fixture
def ready(svp: Run, settings: Settings, original: Settings) -> Run:
    """The command, on a workspace whose PostgreSQL and MongoDB schemas are there."""
    copy_postgres(original, settings)
    nosql.schema.install(settings)
    return svp


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "the first line is blank"),
        ("wrong.csv", b"alpha,beta\n1,2\n", "its columns are alpha, beta"),
        (
            "renamed.csv",
            HEADER.replace("age", "ages").encode() + b"U1,2,M,B,2024-01-01,1\n",
            "has no column age",
        ),
        ("cut.csv", HEADER.encode() + b'U1,20,"Mexi', "line 2"),
        ("cut.json", b'{"movies": [{"content_id": "M001", "tit', "line 1, column"),
        ("array.json", b"[1, 2, 3]", "its columns are none"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        ("cut.parquet", b"PAR1\x15\x04\x15\x00", "not a whole Parquet file"),
        ("packed.csv", gzip.compress(HEADER.encode())[:-9], "is cut off or damaged"),
    ],
)
def test_broken_file_is_refused_with_a_message(
    ready: Run, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = ready("ingest", path, exit_code=4)
    assert str(path) in done.stderr
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 2, "what to do next is missing"


def test_folder_without_anything_known_is_refused(ready: Run, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.doc").write_text("Dear all", encoding="utf-8")
    assert "holds no file that svp understands" in ready("ingest", folder, exit_code=4).stderr


def test_a_letter_beside_data_is_named_and_does_not_stop_it(ready: Run, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "README.txt").write_text("Dear all,\nhere they are\n", encoding="utf-8")
    (folder / "people").write_text(f"{HEADER}LETTER1,20,Mexico,Basic,2024-01-01,1.5\n")
    told = json.loads(ready("ingest", folder, "--json").stdout)
    assert [file["loaded_rows"] for file in told["files"]] == [1]
    assert [file["path"] for file in told["left_out"]] == [str(folder / "README.txt")]
    assert f"left out: {folder / 'README.txt'} is of no kind" in ready("ingest", folder).stderr


def test_missing_path_is_refused(ready: Run, tmp_path: Path) -> None:
    assert "does not exist" in ready("ingest", tmp_path / "nowhere", exit_code=4).stderr


def test_bad_row_is_quarantined_and_the_rest_is_loaded(ready: Run, tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    rows = "U1,20,Mexico,Basic,2024-01-01,1.5\nU2,twenty,Mexico,Basic,2024-01-01,1.5\n"
    path.write_text(HEADER + rows, encoding="utf-8")
    report = json.loads(ready("ingest", path, "--json").stdout)["files"][0]
    assert (report["loaded_rows"], report["rejected_rows"]) == (1, 1)
    refused = json.loads(ready("quarantine", "list", "--json").stdout)["rows"]
    assert [(row["line"], row["column_name"], row["code"], row["value"]) for row in refused] == [
        (3, "age", "not_a_number", "twenty")
    ]


def test_strict_ingest_tells_of_quarantined_rows_by_its_exit_code(
    ready: Run, tmp_path: Path
) -> None:
    path = tmp_path / "users.csv"
    path.write_text(HEADER + "U2,twenty,Mexico,Basic,2024-01-01,1.5\n", encoding="utf-8")
    assert "1 rows are in quarantine" in ready("ingest", path, "--strict", exit_code=5).stderr


def test_workspace_without_schemas_is_told_to_run_init(svp: Run, tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(HEADER + "U1,20,Mexico,Basic,2024-01-01,1.5\n", encoding="utf-8")
    assert "svp init" in svp("ingest", path, exit_code=8).stderr


@pytest.mark.parametrize(
    ("variable", "url", "command"),
    [
        ("SVP_POSTGRES_URL", "postgresql://svp:secret@127.0.0.1:1/", ["loads", "list"]),
        (
            "SVP_MONGO_URL",
            "mongodb://svp:secret@127.0.0.1:1/?serverSelectionTimeoutMS=500",
            ["nosql", "run"],
        ),
        ("SVP_MYSQL_URL", "mysql://svp:secret@127.0.0.1:1/", ["mart", "show", "daily_statistics"]),
    ],
)
def test_absent_server_is_named_without_its_password(
    settings: Settings, tmp_path: Path, variable: str, url: str, command: list[str]
) -> None:
    done = subprocess.run(
        [SVP, *command],
        check=False,
        cwd=tmp_path,
        env={**environment_of(settings), variable: url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stderr
    assert "127.0.0.1:1" in done.stderr
    assert "svp up" in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_no_server_at_all_is_a_settings_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [SVP, "loads", "list"],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "SVP_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "svp up" in done.stderr


def test_unknown_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "svp.toml").write_text('colour = "blue"\n', encoding="utf-8")
    done = subprocess.run(
        [SVP, "loads", "list"], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "colour" in done.stderr


@pytest.mark.parametrize(
    "command", [("loads", "list"), ("quarantine", "list"), ("init",), ("verify",)]
)
def test_newer_schema_is_refused(ready: Run, settings: Settings, command: tuple[str, ...]) -> None:
    newer = (
        "INSERT INTO ops.schema_migration (number, name, checksum) VALUES (9999, '9999_later', '')"
    )
    with transaction(settings.postgres_url, settings.workspace.postgres_database) as connection:
        connection.cursor().execute(newer)
    assert "newer than this program" in ready(*command, exit_code=8).stderr
