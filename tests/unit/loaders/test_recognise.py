"""What a file is, told from its content; which files of a folder are taken; when one is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.files import fingerprint, printable, refuse_if_changed
from loaders.recognise import recognise, recognise_all
from svp.errors import InputError
from svp.model import TABLES
from tests.unit.loaders.builders import a_catalogue, a_user, sessions_file, users_file, write_csv


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


def test_columns_may_stand_in_any_order_and_more_may_be_there(tmp_path: Path) -> None:
    row = dict(reversed([*a_user().items(), ("_extra", "1")]))
    found = recognise(write_csv(tmp_path / "a.csv", [row]))
    assert (found.kind.name, found.missing, found.unused) == ("relational.users", (), ("_extra",))


def test_a_column_may_be_missing_and_is_named(tmp_path: Path) -> None:
    row = {name: value for name, value in a_user().items() if name != "age"}
    found = recognise(write_csv(tmp_path / "a.csv", [row]))
    assert (found.kind.name, found.missing, found.unused) == ("relational.users", ("age",), ())


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
            "expected a file of one of these sets: iptv, platform, relational",
        ),
        (
            "user_id;age",
            "nearest is relational.users, which also needs the column registration_date",
        ),
        ("a", "see docs/ingest.md for their columns"),
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


def test_a_file_that_is_gone_when_it_is_read_is_an_input_error(tmp_path: Path) -> None:
    file = recognise(users_file(tmp_path))
    file.path.unlink()
    with pytest.raises(InputError, match="can't be read: No such file"):
        list(file.batches())
    with pytest.raises(InputError, match="can't be read: No such file"):
        refuse_if_changed(file.path, file.content)


def test_content_is_the_same_under_any_name_and_a_change_is_seen(tmp_path: Path) -> None:
    first, second = users_file(tmp_path), users_file(tmp_path, name="b.csv")
    seen = fingerprint(first)
    assert seen.sha256 == fingerprint(second).sha256
    refuse_if_changed(first, seen)
    with first.open("a") as stream:
        stream.write("U2,,,,2023-01-01,\n")
    with pytest.raises(InputError, match="changed while it was read"):
        refuse_if_changed(first, seen)


def test_a_name_that_is_no_text_or_commands_a_terminal_is_made_harmless() -> None:
    assert printable(Path(os.fsdecode(b"a\xe9\x1b[31m\n.csv"))) == "a\\xe9�[31m�.csv"
