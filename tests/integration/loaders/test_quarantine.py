"""Refused rows: shown whole, written to a file, corrected, and moved out of quarantine exactly once."""

from __future__ import annotations

import csv
import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2 import OperationalError

from loaders import batches, ledger, narrowing, parsers, publishing, replay, retries
from loaders.kinds import KINDS, KINDS_BY_NAME
from loaders.quarantine import export_rows, find_row, list_rows
from loaders.readers import blocks
from loaders.readers import csv as csv_reader
from loaders.replay import replay_corrections, replay_quarantine
from svp.errors import InputError, UsageError
from svp.model import TABLES_BY_NAME
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_subscriber,
    a_user,
    an_event,
    logs_file,
    own_table,
    sessions_file,
    users_file,
    write_csv,
    write_json_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

HOSTILE = "=cmd|'/C calc'!A0"


@pytest.fixture
def refused(stores: Stores, tmp_path: Path) -> Stores:
    """Four sessions as load 3: one is loaded, two have no day, one has no user."""
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    stores.load(
        sessions_file(
            tmp_path,
            a_session("S1"),
            a_session("S2", watch_date="soon", device_type=HOSTILE),
            a_session("S3", watch_date="later", quality_level="\x1b]0;owned\x07"),
            a_session("S4", user_id="U9"),
        )
    )
    return stores


def stored(stores: Stores) -> list[str]:
    return [
        key for (key,) in stores.rows("SELECT session_id FROM oltp.viewing_sessions ORDER BY 1")
    ]


def held_lines(stores: Stores) -> list[int]:
    return [line for (line,) in stores.rows("SELECT line FROM ops.quarantine ORDER BY line")]


def corrected(path: Path, **changes: dict[str, str]) -> None:
    """Change columns of an exported CSV, by session."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(changes.get(row["session_id"], {}))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_one_row_is_found_whole_with_what_to_do(refused: Stores) -> None:
    row = find_row(refused.settings, 3, 3)
    assert row["row_text"] == f"S2,U1,M1,soon,30,50.0,{HOSTILE},HD"
    assert row["row_values"]["watch_date"] == "soon"
    assert "date_format" in row["remedy"]
    assert "svp quarantine replay" in row["remedy"]
    assert "follows by itself" in find_row(refused.settings, 3, 5)["remedy"]
    with pytest.raises(UsageError, match="line 2 of load 3 is not in quarantine"):
        find_row(refused.settings, 3, 2)


def test_an_export_holds_columns_and_reason_and_runs_nothing(
    refused: Stores, tmp_path: Path
) -> None:
    assert export_rows(refused.settings, tmp_path / "q.csv", load_id=3) == 3
    with (tmp_path / "q.csv").open(newline="") as file:
        first, _, waiting = csv.DictReader(file)
    assert first["quarantine_line"] == "3"
    assert first["quarantine_code"] == "not_a_date"
    assert (first["session_id"], first["device_type"]) == ("S2", f"'{HOSTILE}")
    assert (waiting["quarantine_code"], waiting["session_id"]) == ("unknown_parent", "")
    assert export_rows(refused.settings, tmp_path / "q.jsonl") == 3
    objects = list(map(json.loads, (tmp_path / "q.jsonl").read_text().splitlines()))
    assert (objects[0]["device_type"], objects[1]["quality_level"]) == (HOSTILE, "\x1b]0;owned\x07")
    assert "\x1b" not in (tmp_path / "q.jsonl").read_text()
    for name, reason in (("q.csv", "File exists"), ("q.txt", "neither .csv nor .jsonl")):
        with pytest.raises(UsageError, match=reason):
            export_rows(refused.settings, tmp_path / name)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_corrected_rows_leave_quarantine_once_and_say_what_was_written(
    refused: Stores, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"mend.{ending}"
    export_rows(refused.settings, path, load_id=3)
    if ending == "csv":
        corrected(path, S2={"watch_date": "2024-02-17"})
    else:
        path.write_text(
            path.read_text()
            .replace('"soon"}', "")
            .replace('"watch_date": "soon"', '"watch_date": "2024-02-17"')
        )
    done = replay_corrections(refused.settings, path, load_id=3)
    (report,) = done.reports
    assert (report.outcome, report.counts.loaded_rows, report.counts.read_rows) == (
        "replayed",
        1,
        1,
    )
    assert dict(done.codes) == {"missing": 1, "not_a_date": 1}
    assert stored(refused) == ["S1", "S2"]
    assert held_lines(refused) == [4, 5]
    assert (
        refused.one("SELECT device_type FROM oltp.viewing_sessions WHERE session_id = 'S2'")
        == HOSTILE
    )
    assert refused.mongodb["viewing_events"].count_documents({"session_id": "S2"}) == 1
    assert refused.rows("SELECT origin_load_id, state FROM ops.load WHERE load_id > 3") == [
        (3, "complete")
    ]

    again = replay_corrections(refused.settings, path, load_id=3)
    assert (again.reports, again.gone_rows) == ((), 1)
    assert refused.one("SELECT count(*) FROM ops.load") == 4


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize("is_correction", [True, False])
def test_rows_that_moved_before_an_answer_was_lost_are_not_told_as_gone(
    refused: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_correction: bool
) -> None:
    path = tmp_path / "mend.csv"
    export_rows(refused.settings, path, load_id=3)
    corrected(path, S2={"watch_date": "2024-02-17"})
    published, answers = publishing.publish, iter([OperationalError("the connection was lost")])

    def lose_the_first_answer(*arguments: Any) -> None:
        for error in answers:
            raise error
        published(*arguments)

    monkeypatch.setattr(replay, "publish", lose_the_first_answer)
    monkeypatch.setattr(retries, "PAUSES_SECONDS", (0.1,))
    if is_correction:
        done = replay_corrections(refused.settings, path, load_id=3)
    else:
        done = replay_quarantine(refused.settings)
    (report,) = done.reports
    assert (report.counts.loaded_rows, done.gone_rows) == (1, 0)
    assert stored(refused) == ["S1", "S2"]


def test_a_correction_counts_as_later_than_what_was_delivered_since(
    refused: Stores, tmp_path: Path
) -> None:
    refused.load(sessions_file(tmp_path, a_session("S2", quality_level="SD"), name="since.csv"))
    export_rows(refused.settings, tmp_path / "mend.csv", load_id=3)
    with (tmp_path / "mend.csv").open(newline="") as file:
        told = [row["quarantine_is_overtaken"] for row in csv.DictReader(file)]
    assert told == ["True", "False", "False"]
    corrected(tmp_path / "mend.csv", S2={"watch_date": "2024-02-17"})
    (report,) = replay_corrections(refused.settings, tmp_path / "mend.csv", load_id=3).reports
    assert report.counts.updated_rows == 1
    assert refused.rows("SELECT quality FROM oltp.viewing_sessions WHERE session_id = 'S2'") == [
        ("HD",)
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("session_id\nS2\n", "has no column quarantine_line"),
        ("quarantine_line,session_id\nthree,S2\n", "line 2: quarantine_line 'three' is no line"),
        ("quarantine_line,session_id\n3,S2\n3,S2\n", "quarantine_line 3 comes twice"),
        ("quarantine_line,session_id\n3,S2,more\n", "line 2: wrong_width"),
    ],
)
def test_a_corrected_file_that_does_not_say_which_rows_it_mends_is_refused(
    refused: Stores, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "mend.csv").write_text(text)
    with pytest.raises(InputError, match=reason):
        replay_corrections(refused.settings, tmp_path / "mend.csv", load_id=3)
    assert held_lines(refused) == [3, 4, 5]
    with pytest.raises(UsageError, match="there is no completed load 99"):
        replay_corrections(refused.settings, tmp_path / "mend.csv", load_id=99)


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the rule: a day may be written ``soon``."""
    accept_soon(monkeypatch)


def accept_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(kind for kind in KINDS if kind.name == "relational.viewing_sessions")
    day = next(field for field in kind.fields if field.column == "watch_date")
    parse = day.parser.parse

    def parse_soon(written: Any) -> parsers.Parsed:
        from loaders.arrow import compute

        return parse(compute.replace_substring(written, "soon", "2024-02-18"))

    changed = replace(day, parser=replace(day.parser, parse=parse_soon))
    fields = tuple(changed if field is day else field for field in kind.fields)
    monkeypatch.setitem(KINDS_BY_NAME, kind.name, replace(kind, fields=fields))


@pytest.mark.usefixtures("lenient")
def test_a_changed_rule_moves_the_rows_it_accepts_and_leaves_the_others_as_they_are(
    refused: Stores,
) -> None:
    before = refused.rows("SELECT * FROM ops.quarantine WHERE line > 3 ORDER BY line")
    (report,) = replay_quarantine(refused.settings).reports
    assert (report.kind, report.counts.loaded_rows) == ("relational.viewing_sessions", 1)
    assert stored(refused) == ["S1", "S2"]
    assert refused.rows("SELECT * FROM ops.quarantine ORDER BY line") == before
    assert replay_quarantine(refused.settings).reports == ()


def test_a_doubtful_day_of_a_row_that_is_held_says_nothing_of_the_other_rows(
    stores: Stores, tmp_path: Path
) -> None:
    rows = [
        a_subscriber(str(number), **{"Join Date": day})
        for number, day in enumerate(("01-05-22", "soon", "later"))
    ]
    stores.load(write_csv(tmp_path / "list.csv", rows))
    for line, day in ((3, "01-15-22"), (4, "01-06-22")):
        stores.rows(
            f'UPDATE ops.quarantine SET row_values = (row_values::jsonb || \'{{"Join Date": "{day}"}}\')::json'
            f" WHERE line = {line} RETURNING line"
        )
    (report,) = replay_quarantine(stores.settings).reports
    assert (report.counts.loaded_rows, held_lines(stores)) == (1, [3])


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize("noted", ["overtaken_by", "'{}'"], ids=["now", "by_an_older_version"])
def test_a_row_that_was_delivered_again_since_stays_as_it_was_delivered(
    refused: Stores, tmp_path: Path, noted: str
) -> None:
    refused.load(sessions_file(tmp_path, a_session("S2", quality_level="SD"), name="since.csv"))
    refused.rows(f"UPDATE ops.quarantine SET natural_id = NULL, overtaken_by = {noted} RETURNING 1")
    assert replay_quarantine(refused.settings, load_id=3).reports == ()
    assert refused.rows("SELECT quality FROM oltp.viewing_sessions WHERE session_id = 'S2'") == [
        ("SD",)
    ]
    assert held_lines(refused) == [3, 4, 5]
    assert find_row(refused.settings, 3, 3)["is_overtaken"]


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize("step", ["record_rows", "complete_load"])
def test_a_replay_that_breaks_off_leaves_each_row_in_one_place(
    refused: Stores, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ledger, step, break_off)
        with pytest.raises(KeyboardInterrupt):
            replay_quarantine(refused.settings)
    in_quarantine, in_table = 3 in held_lines(refused), "S2" in stored(refused)
    assert (in_quarantine, in_table) == ((True, False) if step == "record_rows" else (False, True))
    replay_quarantine(refused.settings)
    assert stored(refused) == ["S1", "S2"]
    assert held_lines(refused) == [4, 5]
    assert refused.one("SELECT count(*) FROM ops.load WHERE state <> 'complete'") == 0
    assert refused.mongodb["viewing_events"].count_documents({}) == 2


def test_corrected_lines_of_logs_become_documents_of_their_day(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("L1"), a_box_log("L2", TotalDuration="long")))
    export_rows(stores.settings, tmp_path / "mend.jsonl")
    mended = json.loads((tmp_path / "mend.jsonl").read_text()) | {"_source.TotalDuration": "60"}
    (tmp_path / "mend.jsonl").write_text(json.dumps(mended))
    days = "SELECT version FROM ops.day_version"
    before = stores.one(days)
    (report,) = replay_corrections(stores.settings, tmp_path / "mend.jsonl", load_id=1).reports
    assert report.counts.loaded_rows == 1
    first, second = stores.mongodb["box_logs"].find().sort("_id")
    assert (second["log_id"], second["watch_seconds"]) == ("L2", 60)
    assert second["day"] == first["day"]
    assert stores.one(days) > before
    assert held_lines(stores) == []
    assert replay_corrections(stores.settings, tmp_path / "mend.jsonl", load_id=1).gone_rows == 1


@pytest.mark.parametrize(
    ("text", "value", "row"),
    [
        ("mask", "soon", f"S2,U1,M1,soon,30,50.0,{HOSTILE},HD"),
        ("keep", "soon", f"S2,U1,M1,soon,30,50.0,{HOSTILE},HD"),
        ("cut", "soon", ""),
        ("none", None, ""),
    ],
)
def test_what_is_kept_of_a_refused_row_is_what_the_settings_say(
    stores: Stores, tmp_path: Path, text: str, value: str | None, row: str
) -> None:
    chosen = replace(stores, settings=replace(stores.settings, quarantine_text=text))
    chosen.load(users_file(tmp_path), a_catalogue(tmp_path))
    bad = a_session("S2", watch_date="soon", device_type=HOSTILE)
    twice = a_session("S5", watch_date="2024-01-01", user_id="U9")
    chosen.load(sessions_file(tmp_path, bad, twice))
    refused, waiting = list_rows(chosen.settings, limit=9)
    assert (refused["value"], refused["row_text"]) == (value, row)
    assert (refused["line"], refused["code"], refused["column_name"]) == (
        2,
        "not_a_date",
        "watch_date",
    )
    assert (refused["row_values"] is not None) == (text in {"mask", "keep"})
    assert waiting["value"] == "U9"
    chosen.load(users_file(tmp_path, a_user("U9"), name="more.csv"))
    assert stored(chosen) == ["S5"]  # what waits is kept until it is loaded


ADA = "ada@example.org"


def personal_sessions(folder: Path) -> Path:
    """Write five sessions, with a column nobody knows: three have no day, one no user, one line is too short."""
    rows = [
        a_session("S1", watch_date="soon", viewer="Ada Lovelace"),
        a_session("S2", watch_date="soon", viewer="Ada", device_type=ADA),
        a_session("S3", watch_date=ADA, viewer="Ada"),
        a_session("S4", user_id="U9", viewer="Ada"),
    ]
    path = sessions_file(folder, *rows)
    path.write_text(path.read_text() + f"S5,U1,Ada,{ADA}\n")
    return path


@pytest.fixture
def personal(stores: Stores, tmp_path: Path) -> Stores:
    """Personal sessions as load 3."""
    stores.load(users_file(tmp_path), a_catalogue(tmp_path))
    stores.load(personal_sessions(tmp_path))
    return stores


def test_no_column_of_quarantine_holds_personal_data_unless_the_settings_say_so(
    personal: Stores, tmp_path: Path
) -> None:
    assert "Ada" not in f"{personal.rows('SELECT * FROM ops.quarantine')}"
    assert ADA not in f"{personal.rows('SELECT * FROM ops.quarantine')}"
    whole, shifted, value, waiting, broken = list_rows(personal.settings, limit=9)
    assert (whole["row_form"], shifted["row_form"], value["row_form"]) == (
        "columns",
        "text",
        "text",
    )
    assert json.loads(whole["row_text"])["viewer"] == "[personal data cut]"
    assert (value["value"], waiting["row_form"]) == ("[personal data cut]", "values")
    assert (broken["row_text"], broken["line"]) == ("", 6)

    keeping = replace(personal, settings=replace(personal.settings, quarantine_text="keep"))
    again = sessions_file(
        tmp_path, a_session("S6", watch_date="soon", viewer=ADA), name="again.csv"
    )
    keeping.load(again)
    assert ADA in list_rows(keeping.settings, load_id=4, limit=1)[0]["row_text"]


def as_kept(stores: Stores) -> list[tuple[Any, ...]]:
    """Return what is kept of each refused row, and whether it may be judged again."""
    return stores.rows(
        "SELECT line, natural_id, value, row_text, row_values::text, row_form, kept_as"
        " FROM ops.quarantine ORDER BY line"
    )


@pytest.mark.parametrize("text", ["mask", "cut", "none"])
def test_the_next_ingest_cuts_rows_of_which_more_was_kept_as_if_they_came_under_its_setting(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(narrowing, "ROWS_AT_ONCE", 2)
    keeping, chosen = (
        replace(stores, settings=replace(stores.settings, quarantine_text=one))
        for one in ("keep", text)
    )
    keeping.load(users_file(tmp_path), a_catalogue(tmp_path))
    path = personal_sessions(tmp_path)
    keeping.load(path)
    whole = as_kept(stores)
    assert f"{whole}".count("Ada") > 4
    chosen.load(users_file(tmp_path, a_user("U3"), name="more.csv"))
    narrowed = as_kept(stores)
    path.write_text(path.read_text() + "\n")
    stores.rows("DELETE FROM ops.quarantine RETURNING 1")
    chosen.load(path)
    assert narrowed == as_kept(stores)
    assert ADA not in f"{narrowed}"
    chosen.load(users_file(tmp_path, a_user("U9"), name="last.csv"))
    assert stored(chosen) == ["S4"]  # what waits was kept until it is loaded


def test_rows_of_a_kind_that_is_not_known_any_more_are_cut_to_their_code(
    stores: Stores, tmp_path: Path
) -> None:
    keeping = replace(stores, settings=replace(stores.settings, quarantine_text="keep"))
    keeping.load(users_file(tmp_path, a_user(age=ADA)))
    stores.rows("UPDATE ops.load SET kind = 'old.users' RETURNING 1")
    keeping.load(users_file(tmp_path, a_user("U2"), name="b.csv"))
    assert ADA in f"{as_kept(stores)}"
    stores.load(users_file(tmp_path, a_user("U3"), name="c.csv"))
    assert as_kept(stores) == [(2, "U1", None, "", None, "text", "mask")]


def test_a_row_of_which_something_stored_is_cut_says_so_and_is_not_loaded_again(
    personal: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remedies = [find_row(personal.settings, 3, line)["remedy"] for line in (2, 3, 4, 5, 6)]
    assert ["ingest the corrected file" in remedy for remedy in remedies] == [
        False,
        True,
        True,
        False,
        True,
    ]
    accept_soon(monkeypatch)
    done = replay_quarantine(personal.settings)
    assert (stored(personal), done.unkept_rows) == (["S1"], 3)

    path = tmp_path / "mend.csv"
    export_rows(personal.settings, path, load_id=3)
    corrected(path, S2={"quality_level": "SD"}, S3={"watch_date": "2024-02-17"})
    done = replay_corrections(personal.settings, path, load_id=3)
    assert done.codes["personal_data_cut"] == 1
    assert stored(personal) == ["S1", "S3"]
    corrected(path, S2={"device_type": "Mobile"})
    replay_corrections(personal.settings, path, load_id=3)
    assert stored(personal) == ["S1", "S2", "S3"]


def test_an_event_out_of_quarantine_is_the_document_that_it_had_been(
    stores: Stores, tmp_path: Path
) -> None:
    private = {"slug": "x", "email": ADA}
    right = an_event("e1", event_properties=private)
    stores.load(write_json_lines(tmp_path / "right.ndjson", [right]))
    wrong = right | {"uuid": "e2", "event_time": "soon"}
    stores.load(write_json_lines(tmp_path / "wrong.ndjson", [wrong]))
    assert ADA not in f"{stores.rows('SELECT * FROM ops.quarantine')}"
    path = tmp_path / "mend.jsonl"
    export_rows(stores.settings, path, load_id=2)
    mended = json.loads(path.read_text()) | {"event_time": right["event_time"]}
    path.write_text(json.dumps(mended))
    replay_corrections(stores.settings, path, load_id=2)
    first, second = stores.mongodb["app_events"].find({}, {"_id": 0}).sort("event_id")
    assert first | {"event_id": "e2", "load_id": 3} == second


@pytest.mark.parametrize(("text", "is_kept"), [("mask", False), ("keep", True)])
def test_of_a_row_that_only_postgresql_refuses_addresses_are_cut_but_in_ids(
    stores: Stores, tmp_path: Path, text: str, *, is_kept: bool
) -> None:
    chosen = replace(stores, settings=replace(stores.settings, quarantine_text=text))
    review = f'see "{ADA}"\tand 10.0.0.1'
    ratings = [
        {"rating_id": key, "user_id": ADA, "content_id": "M1", "stars": 4, "review": review}
        | {"rated_at": datetime(2024, 2, 17, tzinfo=UTC)}
        for key in ("R1", "R2")
    ]
    users, content, rated = (TABLES_BY_NAME[name] for name in ("users", "content", "ratings"))
    day = date(2023, 1, 1)
    chosen.load(
        own_table(tmp_path, users, {"user_id": ADA, "registered_on": day}),
        own_table(
            tmp_path,
            content,
            {"content_id": "M1", "title": "Heat", "content_type": "movie", "genres": ["Crime"]},
        ),
    )
    chosen.load(own_table(tmp_path, rated, *ratings))
    (row,) = list_rows(chosen.settings, limit=9)
    staged = json.loads(row["row_text"])
    assert (row["code"], staged["user_id"]) == ("repeated_pair", ADA)
    cut = 'see "[personal data cut]"\tand [personal data cut]'
    assert staged["review"] == (review if is_kept else cut)
    assert row["row_form"] == ("values" if is_kept else "text")
    assert replay_quarantine(chosen.settings).unkept_rows == (0 if is_kept else 1)
    stores.load(users_file(tmp_path))
    (row,) = list_rows(stores.settings, limit=9)
    staged = json.loads(row["row_text"])
    assert (staged["user_id"], staged["review"], row["row_form"]) == (ADA, cut, "text")


@pytest.mark.parametrize(
    ("days", "kept"),
    [({}, [4, 5]), ({"quarantine_days": 7}, [5]), ({"quarantine_days": None}, [3, 4, 5])],
)
def test_the_next_ingest_removes_refused_rows_that_are_older_than_the_settings_say(
    refused: Stores, tmp_path: Path, days: dict[str, Any], kept: list[int]
) -> None:
    for line, age in ((3, 91), (4, 8)):
        refused.rows(
            f"UPDATE ops.quarantine SET refused_at = now() - interval '{age} days'"
            f" WHERE line = {line} RETURNING 1"
        )
    chosen = replace(refused, settings=replace(refused.settings, **days))
    chosen.load(users_file(tmp_path, a_user("U3"), name="b.csv"))
    assert held_lines(chosen) == kept


def unknown_users(count: int) -> list[dict[str, str]]:
    return [
        a_session(f"S{number}", user_id="U9" if number % 7 == 3 else "U1")
        for number in range(count)
    ]


@pytest.mark.parametrize("form", ["csv", "quoted", "lines", "array", "gz"])
def test_rows_that_only_postgresql_refuses_say_where_they_begin(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 8)
    monkeypatch.setattr(batches, "PARSED_ROWS", 8)
    monkeypatch.setattr(csv_reader, "READ_BYTES", 400)
    monkeypatch.setattr(blocks, "READ_BYTES", 400)
    rows = unknown_users(40)
    rows[5]["watch_date"] = rows[20]["watch_date"] = "soon"
    # Such rows are read apart from those beside them.
    rows[24] = a_session("Sé24", user_id="U9")
    rows[31]["device_type"] = "\u00e9"
    rows[32:40] = [a_session(f"S é{number}", user_id="U9") for number in range(32, 40)]
    if form == "quoted":
        rows[1]["device_type"] = "a\nb"
    path = sessions_file(tmp_path, *rows)
    if form in {"lines", "array"}:
        path = tmp_path / "sessions.json"
        texts = [json.dumps(row, indent=1 if form == "array" else None) for row in rows]
        path.write_text("\n".join(texts) if form == "lines" else f"[{', '.join(texts)}]")
    content = path.read_bytes()
    if form == "gz":
        path.write_bytes(gzip.compress(content))
    stores.load(users_file(tmp_path), a_catalogue(tmp_path), path)
    found = stores.rows("SELECT byte_offset FROM ops.quarantine ORDER BY line")
    refused = [row for row in rows if row["user_id"] == "U9" or row["watch_date"] == "soon"]
    for (place,), row in zip(found, refused, strict=True):
        start = content[place : place + 40].decode()
        if form in {"lines", "array"}:
            session_id = re.escape(json.dumps(row["session_id"]))
            assert re.match(rf'{{\s*"session_id": {session_id}', start)
        else:
            assert start.startswith(f"{row['session_id']},{row['user_id']},")
