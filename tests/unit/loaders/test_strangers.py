"""What of a folder or an archive is no delivery: left out and named, while what is a damaged delivery stops the run."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from loaders.folders import UNFINISHED_ENDINGS
from loaders.recognise import recognise_all, recognise_delivery
from loaders.wanted import wanted
from svp.cli import main
from svp.errors import InputError
from tests.unit.loaders.builders import (
    a_user,
    an_event,
    logs_file,
    sessions_file,
    users_file,
    write_json_lines,
)
from tests.unit.loaders.test_excel import table, workbook

if TYPE_CHECKING:
    from pathlib import Path

USERS = b"user_id,age,country,registration_date\nU1,30,Chile,2024-01-01\n"

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"


def packed(*members: str) -> bytes:
    """Return an archive of empty files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member in members:
            archive.writestr(member, "")
    return stream.getvalue()


STRANGERS = {
    "README.txt": b"Dear all,\nhere are the users, users and sessions of May.\n",
    "read me": "\nF\u00fcr Kunden\n".encode("latin-1"),
    "columns.md": b"| user_id | who |\n|---|---|\n| registration_date | when |\n",
    "quoted.txt": b'"Users" of May, "as sent\nto you\n',
    "names.txt": b"a,a\n",
    "picture.png": PICTURE,
    "users.csv": PICTURE,
    "program": b"\x7fELF\x02\x01\x01\x00\x00",
    "_SUCCESS": b"",
    "page.html": b"<!DOCTYPE html>\n<title>Users</title>\n",
    "packed.md.gz": gzip.compress(b"Dear all\n"),
    "tool.ini": b"[tool]\nname = users\n",
    "config.json": b'{"title": "users", "type": "object", "properties": {}, "required": []}',
    "letter.rtf": b"{\\rtf1\\ansi Dear all}",
    "none.json": b"[]",
    "places.json": b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}',
    "genres.csv": b"id,name\n1,Drama\n",
    "survey.csv": b"user_id,how,why,when\nU1,1,2,3\n",
    "a line.txt": b"x" * 5_000_000,
    "letter.docx": packed("[Content_Types].xml", "word/document.xml"),
    "letter.odt": packed("mimetype", "content.xml"),
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("is_archive", [False, True])
def test_a_stranger_in_a_folder_is_named_and_does_not_stop_the_others(
    tmp_path: Path, name: str, *, is_archive: bool
) -> None:
    given = a_delivery(
        tmp_path, {name: STRANGERS[name], "data/people": USERS}, is_archive=is_archive
    )
    found = recognise_delivery([given])
    assert [file.path for file in found.files] == [given / "data" / "people"]
    (left_out,) = found.left_out
    assert left_out.path == given / name
    assert str(given / name) in left_out.reason
    assert left_out.reason.isprintable()
    with pytest.raises(InputError, match="holds no file that svp understands; it has 1 file\n"):
        recognise_all([a_delivery(tmp_path / "b", {name: STRANGERS[name]}, is_archive=is_archive)])


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_that_was_named_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(STRANGERS[name])
    with pytest.raises(InputError) as caught:
        recognise_all([users_file(tmp_path, name="people.csv"), path])
    assert str(path) in caught.value.message
    assert caught.value.advice


FAULTS = {
    "a column renamed": USERS.replace(b"age", b"ages"),
    "a needed column renamed": USERS.replace(b"user_id", b"customer"),
    "a needed column lost": b"user_id,age,country\nU1,30,Chile\n",
    "a column twice": USERS.replace(b"age", b"user_id"),
    "a header that is no UTF-8": USERS.replace(b"age", b"\xe2ge"),
    "a blank line first": b"\n" + USERS,
    "UTF-16 without a mark": USERS.decode().encode("utf-16-le"),
    "a cut catalogue": b'{"movies": [{"content_id": "M1", "tit',
    "a catalogue with a total": b'{"movies": [], "total": 0}',
    "arrays of another name": b'{"films": [{"content_id": "1", "title": "x"}]}',
    "a cut array": json.dumps([a_user()]).encode()[:-20],
    "a cut compressed file": gzip.compress(USERS)[:-9],
    "a cut compressed start": gzip.compress(USERS)[:12],
    "cut Parquet": b"PAR1\x15\x04",
    "a cut archive": packed("users.csv")[:-10],
}


@pytest.mark.parametrize("what", FAULTS)
def test_data_with_a_fault_stops_the_run_in_a_folder_too(tmp_path: Path, what: str) -> None:
    given = a_delivery(tmp_path, {"faulty": FAULTS[what], "users.csv": USERS})
    with pytest.raises(InputError, match="faulty"):
        recognise_delivery([given])


def test_a_file_of_one_column_less_than_its_kind_or_map_is_no_stranger(tmp_path: Path) -> None:
    event = an_event()
    for lost, name in (("uuid", "events.ndjson"), ("event_time", "more.ndjson")):
        row = {column: value for column, value in event.items() if column != lost}
        folder = tmp_path / lost
        folder.mkdir()
        users_file(folder)
        write_json_lines(folder / name, [row])
        with pytest.raises(InputError, match=rf"{name} is of no kind"):
            recognise_delivery([folder])
    map_file = tmp_path / "map.toml"
    map_file.write_text(
        'table = "viewing_sessions"\nsource = "acme"\n[columns]\nuser_id = "who"\ncontent_id = "what"\n'
        'session_id = "play"\nstarted_on = "day"\nwatch_seconds = "secs"\n'
    )
    others = ",".join(f"c{number}" for number in range(10))
    folder = tmp_path / "mapped"
    folder.mkdir()
    (folder / "d1.csv").write_text(
        f"who,what,play,day,secs,{others}\n" + "1,2,3,2024-01-01,5" + ",x" * 10
    )
    (folder / "d2.csv").write_text(
        f"who,what,play,day,seconds,{others}\n" + "1,2,4,2024-01-01,5" + ",x" * 10
    )
    (folder / "readme.txt").write_text("Dear all\n")
    with pytest.raises(InputError, match=r"d2\.csv is not map"):
        recognise_delivery([folder], wanted(map_file=map_file))
    (folder / "d2.csv").unlink()
    found = recognise_delivery([folder], wanted(map_file=map_file))
    assert (len(found.files), len(found.left_out)) == (1, 1)


@pytest.mark.parametrize("mark", ["20220401.ok", "20220401.done", "20220401.json.done"])
@pytest.mark.parametrize("content", [b"", b"\n"])
def test_a_file_that_marks_a_day_as_done_is_left_out(
    tmp_path: Path, mark: str, content: bytes
) -> None:
    logs_file(tmp_path, name="20220401.json")
    (tmp_path / mark).write_bytes(content)
    found = recognise_delivery([tmp_path])
    assert [each.path.name for each in found.left_out] == [mark]


@pytest.mark.parametrize("content", [b"", b"[{", b'{"_id": "A'])
def test_a_day_that_is_empty_or_cut_off_is_missed(tmp_path: Path, content: bytes) -> None:
    logs_file(tmp_path, name="20220401.json")
    (tmp_path / "20220402.json").write_bytes(content)
    with pytest.raises(InputError, match=r"20220402\.json"):
        recognise_delivery([tmp_path])
    (tmp_path / "20220402.json").write_bytes(PICTURE)
    assert len(recognise_delivery([tmp_path]).left_out) == 1
    (tmp_path / "20220402.json").write_bytes(content)
    with pytest.raises(InputError, match=r"holds no file that svp understands; it has 2 files"):
        recognise_delivery([tmp_path], wanted(kind="relational.users"))


def test_an_archive_in_an_archive_may_hold_data_and_stops_the_run(tmp_path: Path) -> None:
    given = a_delivery(
        tmp_path, {"users.csv": USERS, "more.zip": packed("users.csv")}, is_archive=True
    )
    with pytest.raises(InputError, match=r"more\.zip is an Office document, or an archive"):
        recognise_delivery([given])


def test_what_no_ending_tells_is_loaded(tmp_path: Path) -> None:
    contents = {
        "users": USERS,
        "SESSIONS.DAT": sessions_file(tmp_path).read_bytes(),
        "out/20220401.log.1": gzip.compress(logs_file(tmp_path).read_bytes()),
    }
    given = a_delivery(tmp_path / "given", contents)
    (tmp_path / "given" / "more").write_bytes(
        a_delivery(tmp_path / "archive", {"again.x": USERS}, is_archive=True).read_bytes()
    )
    found = recognise_delivery([given, given.parent])
    assert found.left_out == ()
    assert {
        file.path.relative_to(given.parent).as_posix(): file.kind.name for file in found.files
    } == {
        "folder/users": "relational.users",
        "more/again.x": "relational.users",
        "folder/SESSIONS.DAT": "relational.viewing_sessions",
        "folder/out/20220401.log.1": "iptv.logs",
    }


def test_what_is_hidden_or_a_marker_is_not_looked_into(tmp_path: Path) -> None:
    manifest = {"format": "svp platform 2", "files": []}
    given = a_delivery(
        tmp_path / ".hidden above",
        {
            "users.csv": USERS,
            ".DS_Store": PICTURE,
            ".git/HEAD": USERS,
            "__MACOSX/users.csv": PICTURE,
            "manifest.json": json.dumps(manifest).encode(),
        },
    )
    found = recognise_delivery([given])
    assert [file.path.name for file in found.files] == ["users.csv"]
    assert found.left_out == ()
    (given / "manifest.json").write_text("{}")
    assert [one.path.name for one in recognise_delivery([given]).left_out] == ["manifest.json"]


@pytest.mark.parametrize("ending", UNFINISHED_ENDINGS)
@pytest.mark.parametrize("is_archive", [False, True])
def test_what_is_still_being_written_is_named_and_loaded_only_by_its_name(
    tmp_path: Path, ending: str, *, is_archive: bool
) -> None:
    name = f"sessions{ending}"
    sessions = sessions_file(tmp_path).read_bytes()
    given = a_delivery(
        tmp_path / "given", {"users.csv": USERS, name: sessions}, is_archive=is_archive
    )
    found = recognise_delivery([given])
    assert [file.path.name for file in found.files] == ["users.csv"]
    assert [(one.path.name, "is unfinished" in one.reason) for one in found.left_out] == [
        (name, True)
    ]
    path = tmp_path / name
    path.write_bytes(sessions)
    assert len(recognise_all([path])) == 1


def test_a_link_that_leads_out_of_a_folder_is_named_and_not_opened(tmp_path: Path) -> None:
    given = a_delivery(tmp_path, {"users.csv": USERS})
    (given / "out").symlink_to("/proc/self/mem")
    (given / "out.csv").symlink_to(users_file(tmp_path))
    found = recognise_delivery([given])
    assert [file.path.name for file in found.files] == ["users.csv"]
    assert [(one.path.name, one.reason) for one in found.left_out] == [
        (name, f"{given / name} is a link that leads out of the folder")
        for name in ("out", "out.csv")
    ]


def test_of_a_big_stranger_only_the_beginning_is_read(tmp_path: Path) -> None:
    given = a_delivery(tmp_path, {"users.csv": USERS, "film.mp4": PICTURE})
    os.truncate(given / "film.mp4", 500 * 1000**3)
    assert len(recognise_delivery([given]).left_out) == 1


def test_each_folder_that_was_given_must_hold_data(tmp_path: Path) -> None:
    empty, filled = tmp_path / "empty", a_delivery(tmp_path / "a", {"users.csv": USERS})
    empty.mkdir()
    with pytest.raises(
        InputError, match="empty holds no file that svp understands; it has 0 files"
    ):
        recognise_delivery([filled, empty])
    assert len(recognise_delivery([tmp_path]).files) == 1


def test_a_sheet_of_remarks_is_a_stranger_in_a_folder_only(tmp_path: Path) -> None:
    path = workbook(tmp_path, Remarks=[["Dear all"]], People=table(a_user()))
    found = recognise_delivery([tmp_path])
    assert [file.kind.name for file in found.files] == ["relational.users"]
    assert ["sheet Remarks" in one.reason for one in found.left_out] == [True]
    with pytest.raises(InputError, match="sheet Remarks is of no kind"):
        recognise_delivery([path])
    workbook(tmp_path, Remarks=[["a", "a"]], People=table(a_user()))
    assert len(recognise_delivery([tmp_path]).left_out) == 1
    workbook(tmp_path, People=[["user_id", "user_id"]], More=table(a_user()))
    with pytest.raises(InputError, match="the header names 'user_id' more than once"):
        recognise_delivery([tmp_path])


def test_a_workbook_with_a_damaged_sheet_stops_the_run_in_a_folder_too(tmp_path: Path) -> None:
    path = workbook(tmp_path, People=table(a_user()), More=table(a_user("U2")))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:200]
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    with pytest.raises(InputError, match="is not a whole workbook"):
        recognise_delivery([tmp_path])


def test_what_was_left_out_is_said_in_a_few_lines_and_whole_for_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = a_delivery(tmp_path, {"users.csv": USERS, **{f"{n}.png": PICTURE for n in range(7)}})
    code, _, err = ingest(capsys, given, "--dry-run")
    assert code == 0
    assert [line for line in err.splitlines() if line.startswith("left out")] == [
        *(f"left out: {given / f'{number}.png'} is not text" for number in range(5)),
        "left out: 2 more files; --json names them all",
    ]
    for option in ("--dry-run", "--explain"):
        code, out, _ = ingest(capsys, given, option, "--json")
        told = json.loads(out)["left_out"]
        assert code == 0
        assert [one["path"] for one in told] == [str(given / f"{n}.png") for n in range(7)]
        assert told[0]["reason"] == f"{given / '0.png'} is not text"
        assert told[0]["advice"].startswith("give a CSV")


def test_a_map_leaves_out_what_it_is_not_for(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'table = "users"\nsource = "a"\n[columns]\nuser_id = "Who"\nregistered_on = "Since"\ncountry = "Where"\n'
    )
    (tmp_path / "people").write_text("Who;Since;Where\nU1;2024-01-01;Chile\n")
    found = recognise_delivery([tmp_path], wanted(map_file=tmp_path / "map.toml"))
    assert [file.path.name for file in found.files] == ["people"]
    assert [one.path.name for one in found.left_out] == ["map.toml"]
    (tmp_path / "others").write_text("Who;Sinze;Where\nU1;2024-01-01;Chile\n")
    with pytest.raises(InputError, match=r"others is not map\.users"):
        recognise_delivery([tmp_path], wanted(map_file=tmp_path / "map.toml"))


def a_delivery(folder: Path, contents: dict[str, bytes], *, is_archive: bool = False) -> Path:
    """Write a folder or an archive of files."""
    given = folder / ("archive" if is_archive else "folder")
    folder.mkdir(parents=True, exist_ok=True)
    if is_archive:
        with zipfile.ZipFile(given, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    for name, content in {} if is_archive else contents.items():
        path = given / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return given


def ingest(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; return its exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(["ingest", *map(str, arguments)])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err
