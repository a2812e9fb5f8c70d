"""``svp ingest`` of something that is no delivery: exit code 4, what and which and what next, no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from svp.cli import main

USERS = b"user_id,age,registration_date\nU1,30,2024-01-01\n"

CONTENTS = {
    "empty": b"",
    "blank": b"\n\n\n",
    "another header": b"name,born\nAda,1815\n",
    "the header twice": b"user_id,user_id,registration_date\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
    "a program": b"\x7fELF\x02\x01\x01\x00\x00",
    "an archive": b"PK\x03\x04\x14\x00\x00",
    "compressed": b"\x1f\x8b\x08\x00\x00",
    "UTF-16 without a mark": USERS.decode().encode("utf-16-le"),
    "terminal commands": b"\x1b]0;owned\x07,b\n",
    "cut JSON": b'{"movies": [{"content_id": "M1", "tit',
    "deep JSON": b'{"movies": ' + b"[" * 100_000,
    "JSON lines": b'{"a": 1}\n{"a": 2}\n',
    "a JSON array": b"[1, 2]",
    "cut Parquet": b"PAR1\x15\x04",
    "a line without end": b"x" * 5_000_000,
}


def ingest(*paths: Path) -> int | str | None:
    with pytest.raises(SystemExit) as left:
        main(["ingest", *map(str, paths)])
    return left.value.code


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_that_is_no_delivery_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / "delivery.csv"
    path.write_bytes(CONTENTS[name])
    assert ingest(path) == 4
    told = capsys.readouterr()
    message, advice = told.err.splitlines()
    assert message.startswith(f"svp: {path}")
    assert advice.strip()
    assert "\x1b" not in told.err
    assert told.out == ""


def test_one_unknown_file_that_was_named_stops_the_run_before_anything_is_asked_of_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "users.csv").write_bytes(USERS)
    (tmp_path / "notes.txt").write_text("to do: everything\n")
    assert ingest(*sorted(tmp_path.iterdir())) == 4
    assert "notes.txt is of no kind that svp understands" in capsys.readouterr().err


def test_a_folder_without_data_and_a_path_that_is_nothing_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    os.mkfifo(tmp_path / "pipe")
    assert ingest(tmp_path) == 4
    assert "holds no file that svp understands; it has 2 files" in capsys.readouterr().err
    assert ingest(tmp_path / "pipe") == 4
    assert "is not a regular file" in capsys.readouterr().err
    assert ingest(tmp_path / "nothing") == 4
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.lexists("/proc/self/mem"), reason="no file that can't be read")
def test_a_file_that_fails_while_it_is_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("/proc/self/mem")
    assert ingest(path) == 4
    assert f"svp: {path} can't be read: Input/output error" in capsys.readouterr().err


RATINGS = "id,user_id,content_id,rating,rating_date\n1,1,1,5,2024-03-02 10:00:00\n"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ((), 2, "is service.ratings, whose instants name no zone"),
        (("--zone", "Mars"), 2, "there is no time zone 'Mars'"),
        (("--kind", "service.rating"), 2, "did you mean service.ratings?"),
        (("--kind", "relational.users"), 4, "is not relational.users; its columns are id"),
        (("--map", "none.toml"), 2, "none.toml can't be read: No such file or directory"),
        (("--map", "none.toml", "--kind", "service.ratings"), 2, "can't be given together"),
    ],
)
def test_what_is_said_of_a_file_must_fit_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(RATINGS)
    with pytest.raises(SystemExit) as left:
        main(["ingest", str(path), *options])
    assert (left.value.code, told in capsys.readouterr().err) == (code, True)
