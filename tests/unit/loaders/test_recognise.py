"""What a file is, told from its content; which files of a folder are taken; when one is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.files import DataFile, Options, fingerprint, fingerprints, printable, unreadable
from loaders.folders import list_files
from loaders.recognise import recognise, recognise_all
from svp.core.progress import SILENT
from svp.errors import InputError
from svp.model import TABLES
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_listed_title,
    a_movie,
    a_user,
    an_event,
    logs_file,
    sessions_file,
    users_file,
    write_csv,
    write_json_lines,
)


def test_kind_is_told_by_content_whatever_the_name(tmp_path: Path) -> None:
    assert recognise(users_file(tmp_path, name="export (1).txt")).kind.name == "relational.users"
    assert recognise(a_catalogue(tmp_path, name="x.dat")).kind.name == "relational.content"
    assert recognise(sessions_file(tmp_path)).kind.name == "relational.viewing_sessions"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_own_tables_are_told_apart(tmp_path: Path, table: object) -> None:
    from svp.model import Table

    assert isinstance(table, Table)
    path = tmp_path / "any.parquet"
    pq.write_table(pa.table({name: pa.nulls(1) for name in table.schema.names}), path)
    assert recognise(path).kind.name == f"platform.{table.name}"


def test_json_lines_a_catalogue_and_logs_are_told_apart(tmp_path: Path) -> None:
    lines = write_json_lines(tmp_path / "a.json", [a_user()])
    logs = logs_file(tmp_path, a_box_log(), a_box_log("AX_2"))
    one_line, many_lines, tight = (tmp_path / f"{number}.json" for number in range(3))
    catalogue = {"movies": [a_movie(), a_movie("M2")]}
    one_line.write_text(json.dumps(catalogue))
    many_lines.write_text(json.dumps(catalogue, indent=1))
    tight.write_text(f'{{"movies": [\n{json.dumps(a_movie())},\n{json.dumps(a_movie())}\n]}}')
    assert [recognise(path).kind.name for path in (lines, logs, one_line, many_lines, tight)] == [
        "relational.users",
        "iptv.logs",
        "relational.content",
        "relational.content",
        "relational.content",
    ]


def test_a_broken_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "a.jsonl", [a_user()] * 3)
    path.write_text('{"user_id": "U\n' + path.read_text())
    assert recognise(path).kind.name == "relational.users"


def test_logs_have_all_their_columns_and_none_that_is_worth_a_word(tmp_path: Path) -> None:
    found = recognise(logs_file(tmp_path))
    assert (found.missing, found.unused) == ((), ())


@pytest.mark.parametrize("name", ["20220401.json", "20220401 (1).json", "20220401_box.json"])
def test_the_day_of_logs_is_the_start_of_the_name(tmp_path: Path, name: str) -> None:
    assert recognise(logs_file(tmp_path, name=name)).day == date(2022, 4, 1)


@pytest.mark.parametrize(
    "name", ["logs.json", "2022.json", "20220230.json", "202204011.json", "99991231.json"]
)
def test_logs_without_a_day_in_the_name_are_refused(tmp_path: Path, name: str) -> None:
    told = r"holds one day, but its name doesn't tell which\nname it by its day, as 20220401\.json"
    with pytest.raises(InputError, match=told):
        recognise(logs_file(tmp_path, name=name))


def test_a_day_in_the_name_of_another_kind_means_nothing(tmp_path: Path) -> None:
    assert recognise(users_file(tmp_path, name="20220401.csv")).day is None


def test_columns_may_stand_in_any_order_and_more_may_be_there(tmp_path: Path) -> None:
    row = dict(reversed([*a_user().items(), ("_extra", "1")]))
    found = recognise(write_csv(tmp_path / "a.csv", [row]))
    assert (found.kind.name, found.missing, found.unused) == ("relational.users", (), ("_extra",))


def test_a_column_may_be_missing_and_is_named(tmp_path: Path) -> None:
    row = {name: value for name, value in a_user().items() if name != "age"}
    found = recognise(write_csv(tmp_path / "a.csv", [row]))
    assert (found.kind.name, found.missing, found.unused) == ("relational.users", ("age",), ())


def test_a_column_under_its_other_name_is_not_missed(tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", [a_listed_title()])
    row = a_listed_title()
    row["principal_cast"] = row.pop("cast")
    second = write_csv(tmp_path / "b.csv", [row])
    assert [recognise(path).missing for path in (first, second)] == [(), ()]


def renamed(folder: Path, name: str, other: str) -> Path:
    row = {(other if column == name else column): value for column, value in a_user().items()}
    return write_csv(folder / "a.csv", [row])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("age", "Age"),
        ("age", "ages"),
        ("country", "Country "),
        ("subscription_type", "Subscription Type"),
        ("subscription_type", "subscription-plan"),
        ("total_watch_time_hours", "watch_time_hours"),
    ],
)
def test_a_column_that_looks_renamed_is_refused_so_that_its_values_are_not_lost(
    tmp_path: Path, name: str, other: str
) -> None:
    told = rf"has no column {name}\nrename its column {other.strip()} ?to {name}"
    with pytest.raises(InputError, match=told):
        recognise(renamed(tmp_path, name, other))


@pytest.mark.parametrize(
    ("name", "other"), [("age", "email"), ("age", "years"), ("country", "city")]
)
def test_a_column_missing_and_an_unlike_one_too_many_are_both_named(
    tmp_path: Path, name: str, other: str
) -> None:
    found = recognise(renamed(tmp_path, name, other))
    assert (found.kind.name, found.missing, found.unused) == (
        "relational.users",
        (name,),
        (other,),
    )


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        (
            "_id,age,registration_date",
            "nearest is relational.users, which also needs the column user_id",
        ),
        (
            "USER_ID,REGISTRATION_DATE",
            "expected a file of one of these sets: analytics, catalogue, events, iptv, platform, relational, ",
        ),
        (
            "user_id;age",
            "nearest is relational.users, which also needs the column registration_date",
        ),
        ("a", "see docs/kinds for their columns"),
    ],
)
def test_an_unknown_file_is_told_what_was_found_and_what_is_missing(
    tmp_path: Path, header: str, advice: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(header + "\n1,2,3\n")
    with pytest.raises(InputError, match="is of no kind that svp understands") as caught:
        recognise(path)
    assert advice in caught.value.advice
    assert caught.value.details["columns"] == header.replace(";", ",").split(",")


def test_a_catalogue_of_unknown_groups_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"films": [{"content_id": "1", "title": "x"}]}')
    with pytest.raises(InputError, match="its columns are group, content_id, title"):
        recognise(path)


def test_a_folder_gives_its_data_files_parents_first(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    sessions_file(tmp_path)
    a_catalogue(below)
    users_file(below)
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.csv").write_text("a\n")
    found = recognise_all([tmp_path])
    assert [file.path.name for file in found] == [
        "users.csv",
        "content.json",
        "viewing_sessions.csv",
    ]


def a_generated_folder(folder: Path) -> Path:
    """Write users, a day of logs, and files beside them that are no data; the manifest is still to come."""
    for name in ("truth", "iptv"):
        (folder / name).mkdir()
    users_file(folder)
    logs_file(folder / "iptv", name="20250101.json")
    users_file(folder / "truth", name="users.csv")
    write_json_lines(folder / "dirt.jsonl", [{"line": 1}])
    return folder


FILES = [
    {"path": "users.csv", "table": "users"},
    {"path": "iptv/20250101.json", "table": "box_logs"},
    {"path": "truth/users.csv", "table": None},
    {"path": "dirt.jsonl", "table": None},
]


def write_manifest(folder: Path, **content: object) -> None:
    manifest = {"format": "svp platform 2", "files": FILES, **content}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def names_in(folder: Path) -> list[str]:
    return [file.path.relative_to(folder).as_posix() for file in list_files([folder]).files]


def test_what_a_manifest_names_as_no_data_is_left_out(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    write_manifest(a_generated_folder(made))
    users_file(made, name="more.csv")
    users_file(tmp_path, name="dirt.jsonl")
    assert names_in(made) == ["iptv/20250101.json", "more.csv", "users.csv"]
    assert names_in(tmp_path)[0] == "dirt.jsonl"
    assert len(names_in(tmp_path)) == 4
    assert [file.path.name for file in list_files([made / "truth" / "users.csv"]).files] == [
        "users.csv"
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"format": "other 1"},
        {"format": None},
        {"files": None},
        {"files": {"path": "dirt.jsonl", "table": None}},
        {"files": ["dirt.jsonl", 7, None, {}, {"path": 7, "table": None}]},
        {"files": [{"path": "dirt.jsonl"}, {"path": "dirt.jsonl", "table": ""}]},
        {"files": [{"path": "../dirt.jsonl", "table": None}, {"path": "\x00", "table": None}]},
    ],
    ids=str,
)
def test_a_manifest_that_is_none_or_damaged_leaves_nothing_out(
    tmp_path: Path, content: dict[str, object]
) -> None:
    write_manifest(a_generated_folder(tmp_path), **content)
    assert "dirt.jsonl" in names_in(tmp_path)
    (tmp_path / "manifest.json").write_bytes(b'{"format": "svp platform 2", "files": [')
    assert "dirt.jsonl" in names_in(tmp_path)


def test_links_out_of_a_folder_and_loops_are_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "given", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    users_file(folder)
    (folder / "out.csv").symlink_to(users_file(elsewhere))
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert [file.path for file in recognise_all([folder])] == [folder / "users.csv"]
    assert recognise_all([folder / "out.csv"])[0].kind.name == "relational.users"


def test_what_is_no_file_is_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop").symlink_to("loop")
    for name, told in (
        ("pipe.csv", "is not a regular file"),
        ("loop", "does not exist"),
        ("nothing", "does not exist"),
        ("n" * 300, "does not exist"),
        (".", "holds no file that svp understands; it has 2 files"),
    ):
        with pytest.raises(InputError, match=told):
            recognise_all([tmp_path / name])
    with pytest.raises(InputError, match="/dev/zero is not a regular file"):
        recognise_all([Path("/dev/zero")])


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = users_file(tmp_path)

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"users.csv can't be read: Permission denied"):
        recognise(path)


def test_a_path_that_nobody_may_look_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(InputError, match=r"users.csv can't be read: Permission denied"):
        recognise_all([tmp_path / "users.csv"])


def test_a_file_that_is_gone_when_it_is_read_is_an_input_error(tmp_path: Path) -> None:
    file = recognise(users_file(tmp_path))
    file.path.unlink()
    with pytest.raises(InputError, match="can't be read: No such file"):
        list(file.batches())
    with pytest.raises(InputError, match="can't be read: No such file"):
        file.refuse_if_changed()


def test_content_is_the_same_under_any_name_and_a_change_is_seen(tmp_path: Path) -> None:
    first, second = users_file(tmp_path), users_file(tmp_path, name="b.csv")
    file = recognise(first)
    assert file.content.sha256 == fingerprint(DataFile(second)).sha256
    file.refuse_if_changed()
    with first.open("a") as stream:
        stream.write("U2,,,,2023-01-01,\n")
    with pytest.raises(InputError, match="changed while it was read"):
        file.refuse_if_changed()


def test_a_name_that_is_no_text_or_commands_a_terminal_is_made_harmless() -> None:
    assert printable(Path(os.fsdecode(b"a\xe9\x1b[31m\n.csv"))) == "a\\xe9�[31m�.csv"


def test_another_encoding_makes_text_another_content_unless_the_file_tells_its_own(
    tmp_path: Path,
) -> None:
    def content_of(path: Path, encoding: str | None) -> str:
        return recognise(DataFile(path, options=Options(encoding=encoding))).content.sha256

    plain, marked, lines = (tmp_path / name for name in ("a.csv", "b.csv", "c.jsonl"))
    text = "user_id,age,registration_date,country\nU1,30,2024-01-01,Chile\n"
    plain.write_text(text, encoding="cp1252")
    marked.write_text(text, encoding="utf-8-sig")
    write_json_lines(lines, [a_user()])
    for path in (plain, lines):
        assert (
            content_of(path, None) == content_of(path, "utf8") == fingerprint(DataFile(path)).sha256
        )
        assert len({content_of(path, name) for name in (None, "cp1252", "cp1250")}) == 3
    assert content_of(marked, "cp1252") == content_of(marked, None)


@pytest.mark.parametrize("form", ["lines", "array"])
def test_of_json_only_the_columns_that_the_kind_knows_are_parted(tmp_path: Path, form: str) -> None:
    events = [an_event(f"e{number}", event_time="soon") for number in range(3)]
    path = tmp_path / "events.json"
    path.write_text(
        json.dumps(events)
        if form == "array"
        else "".join(map("{}\n".format, map(json.dumps, events)))
    )
    found = recognise(path)
    (batch,) = found.batches()
    assert "city" in found.reader.columns
    assert set(batch.rows.schema.names) <= found.kind.columns
    (first, *_) = found.judge(batch).refusals
    assert first.values is not None
    assert first.values["event_time"] == "soon"
    assert '"city": "Arica"' in first.row_text


def test_files_that_are_hashed_at_once_have_the_hashes_of_their_bytes(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    texts = {f"{number}.csv": f"a,b\n{number},2\n" * 100_000 for number in range(4)}
    with zipfile.ZipFile(archive, "w") as packed:
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
            packed.writestr(name, text)
    plain = [DataFile(tmp_path / name) for name in texts]
    members = [DataFile(archive / name, stored=archive, member=name) for name in texts]
    with SILENT.task("hashed", total=None, unit="bytes") as task:
        found = fingerprints({file: file.status for file in (*plain, *members)}, task)
    expected = [hashlib.sha256(text.encode()).hexdigest() for text in texts.values()]
    assert [found[file].sha256 for file in plain] == expected
    assert [found[file].sha256 for file in members] == expected


@pytest.mark.parametrize("is_measured", [False, True])
def test_a_file_that_is_gone_before_it_is_hashed_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_measured: bool
) -> None:
    path = users_file(tmp_path)

    def size(file: DataFile) -> int:
        path.unlink()
        return 1 if is_measured else file.status[0]

    monkeypatch.setattr(DataFile, "size", property(size))
    with pytest.raises(InputError, match=r"users\.csv can't be read: No such file"):
        recognise_all([path])


def test_hashing_stops_where_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    gone, long = DataFile(tmp_path / "gone.csv"), DataFile(tmp_path / "long.csv")
    long_bytes = 1 << 36
    with long.path.open("wb") as file:
        file.truncate(long_bytes)
    with (
        SILENT.task("hashed", total=None, unit="bytes") as task,
        pytest.raises(FileNotFoundError),
    ):
        fingerprints({gone: (1, 1), long: long.status}, task)
    assert long.counter.bytes_read < long_bytes


def test_a_full_disk_is_told_with_the_folder_that_needs_room() -> None:
    with pytest.raises(InputError, match="No space left") as caught:
        unreadable(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert f"make room in {tempfile.gettempdir()}" in caught.value.advice
