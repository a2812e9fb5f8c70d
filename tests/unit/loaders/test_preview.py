"""``svp ingest --explain`` and ``--dry-run``, and what is given to it: no server is asked for any of this."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from loaders import packed
from loaders.days import Days
from loaders.folders import list_files, standard_input_kept
from loaders.ledger import RowCounts
from loaders.recognise import recognise_all
from loaders.reports import FileReport
from loaders.terms import Terms
from svp.cli import main
from svp.cli.ingest import report_facts, report_table
from svp.cli.preview import describe
from svp.errors import InputError
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
    write_csv,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Run = tuple[int, str, str]
"""Exit code, standard output, standard error."""


@pytest.fixture
def svp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Run]:
    """Run the command where no server is known."""
    monkeypatch.setenv("SVP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))

    def run(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as left:
            main(["ingest", *map(str, arguments)])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return run


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let standard input hold something."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_explain_tells_kind_form_columns_and_first_rows(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    rows = [a_user(age="x"), *(a_user(f"U{number}") for number in range(2, 9))]
    header = ";".join([*rows[0], "note"])
    lines = [header, *(";".join([*row.values(), "n"]) for row in rows)]
    path = tmp_path / "export"
    path.write_bytes(gzip.compress("\n".join(lines).replace("age", "years").encode("utf-16")))
    code, out, _ = svp(path, "--explain", "--json")
    (told,) = json.loads(out)["files"]
    assert code == 0
    assert {name: told[name] for name in ("kind", "store", "table", "format", "day")} == {
        "kind": "relational.users",
        "store": "postgres",
        "table": "users",
        "format": "CSV",
        "day": None,
    }
    assert (told["encoding"], told["delimiter"], told["compression"]) == ("utf-16", ";", ["gzip"])
    columns = {column["column"]: column for column in told["columns"]}
    assert columns["subscription_type"] == {
        "column": "subscription_type",
        "becomes": "plan",
        "may_hold": "text, up to 500 characters",
        "is_required": False,
        "is_there": True,
    }
    assert [name for name, column in columns.items() if not column["is_there"]] == ["age"]
    assert told["unused"] == ["years", "note"]
    assert told["rows"][0] == {
        "user_id": "U1",
        "age": None,
        "country": "Chile",
        "plan": "Basic",
        "registered_on": "2023-01-01",
        "lifetime_watch_hours": 12.5,
        "quality_flags": "",
        "line": 2,
    }
    assert [row["line"] for row in told["rows"]] == [2, 3, 4]


def test_explain_says_which_of_the_first_rows_are_refused(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    path = users_file(tmp_path, a_user(age="x"), a_user("U2"), name="[bold]users.csv")
    code, out, _ = svp(path, "--explain")
    assert code == 0
    assert "[bold]users.csv: relational.users, to users in PostgreSQL; CSV" in out
    assert "line 2 is refused: not_a_number, the value is not a number" in out
    assert "2023-01-01" in out
    assert max(map(len, out.splitlines())) <= 100
    (told,) = json.loads(svp(path, "--explain", "--json")[1])["files"]
    assert told["refused"] == [
        {
            "line": 2,
            "column": "age",
            "code": "not_a_number",
            "reason": "the value is not a number",
            "value": "x",
        }
    ]


def test_explain_shows_lists_of_words_and_of_numbers(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    series = {"content_id": "S1", "title": "Dark", "seasons": 2, "episodes_per_season": [10, 8]}
    path = a_catalogue(tmp_path, a_movie(genre=["Crime", "War"]), series=[series])
    code, out, _ = svp(path, "--explain")
    assert code == 0
    assert "Crime, War" in out
    assert "10, 8" in out


def test_explain_of_a_header_alone_and_of_a_day_of_logs(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    empty = tmp_path / "users.csv"
    empty.write_text("user_id,registration_date\n")
    assert "no row is stored of the first ones" in svp(empty, "--explain")[1]
    code, out, _ = svp(logs_file(tmp_path), "--explain")
    assert code == 0
    assert "20220401.json: iptv.logs of 2022-04-01, to box_logs in MongoDB; JSON Lines" in out


def test_dry_run_judges_every_row_and_asks_no_server(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    users_file(tmp_path, a_user(), a_user("U2", age="x"), a_user("U3", age="x"), a_user(""))
    sessions_file(tmp_path, a_session(), a_session("S2", completion_percentage="101"))
    code, out, err = svp(tmp_path, "--dry-run", "--json")
    told = json.loads(out)
    assert code == 0
    assert err.startswith("2 files: users (relational set), viewing sessions")
    assert told["files"] == [
        {
            "path": str(tmp_path / "users.csv"),
            "kind": "relational.users",
            "source": "relational",
            "read_rows": 4,
            "accepted_rows": 1,
            "rejected_rows": 3,
            "skipped_rows": 0,
            "rejected": {"not_a_number": 2, "missing": 1},
            "flags": {},
            "advice": None,
        },
        {
            "path": str(tmp_path / "viewing_sessions.csv"),
            "kind": "relational.viewing_sessions",
            "source": "relational",
            "read_rows": 2,
            "accepted_rows": 2,
            "rejected_rows": 0,
            "skipped_rows": 0,
            "rejected": {},
            "flags": {"completion_out_of_range": 1},
            "advice": None,
        },
    ]
    assert "Only the stores know" in told["not_judged"]
    out = svp(tmp_path, "--dry-run")[1]
    for line in ("Nothing was written", "2 rejected: not_a_number", "1 flagged: completion"):
        assert line in out
    code, _, err = svp(tmp_path, "--dry-run", "--strict")
    assert code == 5
    assert "3 rows would be in quarantine" in err


def test_a_file_of_which_every_row_is_rejected_is_told_with_what_to_do(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    users_file(tmp_path, a_user(age="x"), a_user("U2", age="x"), a_user(""))
    told = json.loads(svp(tmp_path, "--dry-run", "--json")[1])["files"][0]["advice"]
    assert "every row is rejected, 2 of 3 with not_a_number (the value is not a number)" in told
    assert "--explain" in told
    assert "--map" in told
    assert "every row is rejected" in " ".join(svp(tmp_path, "--dry-run")[1].split())


def test_a_report_tells_of_a_file_of_which_every_row_is_rejected() -> None:
    counts = RowCounts(read_rows=1, rejected_rows=1)
    report = FileReport(Path("a.csv"), "relational.users", "loaded", counts, 0.1, "say it so")
    assert report_facts(report)["advice"] == "say it so"
    shown = io.StringIO()
    Console(file=shown, width=120).print(report_table([report]))
    assert "say it so" in shown.getvalue()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--max-bad", "1"), "2 of the 3 rows read were rejected, more than the 1 that are borne"),
        (("--max-bad", "60%"), "2 of the 3 rows read were rejected, more than the 60% that are"),
        (("--on-bad-row", "stop"), "2 of the 3 rows read were rejected, more than the 0 that are"),
    ],
)
def test_dry_run_refuses_what_the_run_would_refuse_in_the_same_words(
    svp: Callable[..., Run], tmp_path: Path, options: tuple[str, str], told: str
) -> None:
    users_file(tmp_path, a_user(), a_user("U2", age="x"), a_user("U3", age="x"))
    sessions_file(tmp_path)
    code, out, err = svp(tmp_path, "--dry-run", *options, "--json")
    assert code == 4
    assert [file["rejected_rows"] for file in json.loads(out)["files"]] == [2]
    assert told in err
    assert "mend the file, or bear more with --max-bad" in err
    assert "svp quarantine" not in err
    assert svp(tmp_path, "--dry-run", "--max-bad", "2")[0] == 0


@pytest.mark.parametrize("rehearsal", ["--explain", "--dry-run"])
@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("31/12/2024",) * 6, "is a day in another form than files of its kind have"),
        (("2024-12-31",) * 5 + ("03/04/2024",), "may be read in more than one way"),
    ],
)
def test_a_rehearsal_refuses_days_that_leave_open_what_the_others_mean(
    svp: Callable[..., Run], tmp_path: Path, days: tuple[str, ...], told: str, rehearsal: str
) -> None:
    rows = (a_user(f"U{row}", registration_date=day) for row, day in enumerate(days))
    code, out, err = svp(users_file(tmp_path, *rows), rehearsal)
    assert (code, out) == (4, "")
    line, day = next((line, day) for line, day in enumerate(days, start=2) if "/" in day)
    assert f"users.csv, line {line}, column registration_date: {day} {told}" in err


def test_explain_shows_the_first_lines_whatever_becomes_of_them(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    rows = (a_user(f"U{row}", age="x" if row in {1, 4} else "30") for row in range(6))
    _, out, _ = svp(users_file(tmp_path, *rows), "--explain", "--json")
    (told,) = json.loads(out)["files"]
    assert [row["line"] for row in told["rows"]] == [2, 4]
    assert [row["line"] for row in told["refused"]] == [3]


@pytest.mark.parametrize("rehearsal", ["--explain", "--dry-run"])
def test_a_rehearsal_refuses_a_source_and_a_way_that_the_run_would_refuse(
    svp: Callable[..., Run], tmp_path: Path, rehearsal: str
) -> None:
    users = users_file(tmp_path)
    code, _, err = svp(users, rehearsal, "--source", "a:b")
    assert (code, "source 'a:b' is not a usable name" in err) == (2, True)
    code, _, err = svp(users, rehearsal, "--to", "warehouse")
    assert (code, "can't go to the warehouse without the stores" in err) == (2, True)
    titles = [
        write_csv(tmp_path / name, [a_listed_title(title=name)]) for name in ("a.csv", "b.csv")
    ]
    code, _, err = svp(*titles, rehearsal)
    assert (code, "b.csv may number different titles alike" in err) == (2, True)
    code, out, _ = svp(*titles, rehearsal, "--source", "north", "--json")
    assert (code, {file["source"] for file in json.loads(out)["files"]}) == (0, {"north"})


def test_a_rehearsal_says_where_logs_go_without_documents(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    path = logs_file(tmp_path)
    code, out, err = svp(path, "--explain", "--to", "warehouse")
    assert code == 0
    assert "iptv.logs of 2022-04-01, to the warehouse by box_day_lines in PostgreSQL;" in out
    said = "1 file to the warehouse without documents: 1 day of set-top-box logs 2022-04-01"
    assert err.startswith(said)
    (told,) = json.loads(svp(path, "--explain", "--to", "warehouse", "--json")[1])["files"]
    assert (told["store"], told["table"]) == ("postgres", "box_day_lines")
    assert svp(path, "--dry-run", "--to", "warehouse")[2].startswith(said)


def test_dry_run_refuses_a_file_that_is_damaged_far_from_its_start(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    path = users_file(tmp_path, *(a_user(f"U{number}") for number in range(2_000)))
    path.write_bytes(gzip.compress(path.read_bytes())[:-6])
    code, out, err = svp(path, "--dry-run")
    assert (code, out) == (4, "")
    assert "users.csv is cut off or damaged" in err


def test_standard_input_is_read_like_a_file_and_its_copy_has_no_name(
    svp: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = gzip.compress(users_file(tmp_path, a_user(), a_user("U2")).read_bytes())
    pipe(monkeypatch, content)
    code, out, _ = svp("-", "--dry-run", "--json")
    (told,) = json.loads(out)["files"]
    assert (code, told["path"], told["accepted_rows"]) == (0, "standard input", 2)
    pipe(monkeypatch, content)
    with standard_input_kept([Path("-")]) as given:
        (file,) = recognise_all(given)
        assert not os.readlink(file.file.location).startswith(str(tmp_path))  # noqa: PTH115  (its text)
        assert "(deleted)" in os.readlink(file.file.location)  # noqa: PTH115  (its text)
        assert [batch.read_rows for batch in file.batches()] == [2]
        file.refuse_if_changed()


def test_a_day_on_standard_input_has_no_name_to_tell_it(
    svp: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, logs_file(tmp_path).read_bytes())
    code, _, err = svp("-", "--dry-run")
    assert code == 4
    assert "standard input holds one day, but its name doesn't tell which" in err


def test_a_pattern_gives_the_files_that_fit(tmp_path: Path) -> None:
    for name in ("20220401.json", "20220402.json", "20220501.json"):
        logs_file(tmp_path, name=name)
    (tmp_path / "below").mkdir()
    users_file(tmp_path / "below", name="a[1].csv")
    for pattern, names in (
        ("202204*.json", ["20220401.json", "20220402.json"]),
        ("*/*.csv", ["a[1].csv"]),
        ("**/*.csv", ["a[1].csv"]),
        ("below/a[1].csv", ["a[1].csv"]),
        ("bel*", ["a[1].csv"]),
    ):
        assert [file.path.name for file in list_files([tmp_path / pattern]).files] == names
    with pytest.raises(InputError, match=r"no file fits .*2023\*"):
        list_files([tmp_path / "2023*"])


@pytest.mark.parametrize(
    ("rows", "where"), [(99, "empty in every row"), (100, "empty in its first 100 rows")]
)
@pytest.mark.parametrize("form", ["lines", "array"])
def test_only_what_was_looked_at_is_said_to_lack_a_column(
    svp: Callable[..., Run], tmp_path: Path, rows: int, where: str, form: str
) -> None:
    objects = [a_user(f"U{number}") for number in range(rows)]
    for row in objects:
        del row["age"]
    later = [a_user("last")] if rows == 100 else []
    path = tmp_path / "users.json"
    path.write_text(
        json.dumps([*objects, *later])
        if form == "array"
        else "".join(json.dumps(row) + "\n" for row in [*objects, *later])
    )
    code, out, err = svp(path, "--explain")
    assert code == 0
    assert f"users.json has no age: {where}" in err
    assert ("not in its first 100 rows" in " ".join(out.split())) == (rows == 100)


def said(folder: Path, days: Days, *more: Path) -> str:
    files = recognise_all([folder, *more], days=days)
    return next(iter(describe(files, days, Terms())))


def test_what_was_recognised_is_said_with_its_days_and_those_that_are_missing(
    tmp_path: Path,
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for day in (1, 2, 4, 30):
        logs_file(logs, a_box_log(f"AX_{day}"), name=f"202204{day:02}.json")
    logs_file(logs, a_box_log("AX_5"), name="20220402 (1).json")
    logs_file(logs, a_box_log("AX_6"), name="20220501.json")
    last, april = date(2022, 4, 4), Days(date(2022, 4, 1), date(2022, 4, 30))
    users, content = users_file(tmp_path), a_catalogue(tmp_path)
    assert said(logs, Days(last=last), users, content) == (
        "6 files: users (relational set), content, "
        "3 days of set-top-box logs 2022-04-01…04 in 4 files, 1 missing: 2022-04-03"
    )
    assert said(logs, april).startswith(
        "5 files: 4 days of set-top-box logs 2022-04-01…30 in 5 files, 26 missing: 2022-04-03, "
    )
    assert said(logs, april).endswith("and 16 more")
    assert said(logs, Days(date(2022, 5, 1))) == "1 file: 1 day of set-top-box logs 2022-05-01"
    with pytest.raises(InputError, match=r"no file is of a day in 2022-05-02…\n"):
        recognise_all([logs], days=Days(date(2022, 5, 2)))


def test_days_that_no_daily_file_is_of_are_said_and_turned_round_are_a_mistake(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    users_file(tmp_path)
    logs_file(tmp_path, name="20220401.json")
    code, _, err = svp(tmp_path, "--dry-run", "--to", "2022-03-31")
    assert code == 0
    assert err.splitlines()[:2] == [
        "1 file: users (relational set)",
        "no file is of a day in …2022-03-31",
    ]
    code, _, err = svp(tmp_path, "--dry-run", "--from", "2022-04-02", "--to", "2022-04-01")
    assert code == 2
    assert "the first day, 2022-04-02, is after the last, 2022-04-01" in err


def test_a_day_that_is_left_out_need_not_be_whole(tmp_path: Path) -> None:
    logs_file(tmp_path, name="20220401.json")
    path = logs_file(tmp_path, name="20220402.json.gz")
    path.write_bytes(gzip.compress(path.read_bytes() * 20_000)[:-4])
    (tmp_path / "20220403.json").write_bytes(b"")
    (tmp_path / "20220404.json").write_text("[{")
    (tmp_path / "20220405.json.gz").write_bytes(b"\x1f\x8b\x08")
    first = Days(last=date(2022, 4, 1))
    assert [file.path.name for file in recognise_all([tmp_path], days=first)] == ["20220401.json"]
    for number in (3, 4, 5):
        with pytest.raises(InputError, match=f"2022040{number}.json"):
            recognise_all([tmp_path], days=Days(*[date(2022, 4, number)] * 2))


def test_rows_that_are_no_utf_8_are_said_aloud_with_what_to_do(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    path = users_file(tmp_path, a_user("U1", country="Perú"), a_user("U2"), name="old.csv")
    path.write_bytes(path.read_text().encode("cp1252"))
    code, out, err = svp(path, "--dry-run", "--json")
    (told,) = json.loads(out)["files"]
    assert (code, told["accepted_rows"], told["rejected"]) == (0, 1, {"not_text": 1})
    assert "old.csv: 1 row is not UTF-8, and rejected" in err
    assert "--encoding cp1252" in err
    for encoding, rejected in (("cp1252", 0), ("utf-8", 1)):
        _, out, err = svp(path, "--dry-run", "--json", "--encoding", encoding)
        assert json.loads(out)["files"][0]["rejected_rows"] == rejected
        assert "not UTF-8" not in err


@pytest.mark.parametrize("name", ["rot13", "base64", "nonsense", "utf\x008", "idna"])
def test_what_is_no_encoding_is_a_mistake_of_the_command(
    svp: Callable[..., Run], tmp_path: Path, name: str
) -> None:
    code, _, err = svp(users_file(tmp_path), "--encoding", name, "--dry-run")
    assert code == 2
    assert "is not an encoding of text" in err


def test_limits_of_unpacking_are_settings(
    svp: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "HARMLESS_BYTES", 10)
    path = users_file(tmp_path, *(a_user(f"U{number}") for number in range(500)))
    path.write_bytes(gzip.compress(path.read_bytes()))
    for ratio, code, told in (
        ("1", 4, "users.csv unpacks to more than"),
        ("50", 0, ""),
        ("many", 2, "max_unpacked_ratio 'many' is no whole number above zero"),
    ):
        monkeypatch.setenv("SVP_MAX_UNPACKED_RATIO", ratio)
        ended, _, err = svp(path, "--dry-run")
        assert (ended, told in err) == (code, True)
