"""``svp ingest``, ``svp loads`` and ``svp quarantine``: what people see, what machines read, how it ends."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders import mongodb, postgres, retries
from loaders.ledger import only_ingest
from nosql.schema import install as install_mongodb
from svp.cli import common, main
from svp.core import mongodb as core_mongodb
from svp.core.mongodb import open_database
from svp.servers import start, stop
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svp.settings import Settings
    from tests.integration.loaders.stores import Stores

Run = tuple[int, str, str]
"""Exit code, standard output, standard error."""


@pytest.fixture
def svp(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Run]:
    """Run the command on the workspace, as a person would."""
    use(stores.settings, monkeypatch)

    def run(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return int(left.value.code or 0), told.out, told.err

    return run


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVP_HOME", str(settings.home))
    monkeypatch.setenv("SVP_WORKSPACE", settings.workspace.name)
    monkeypatch.setenv("SVP_POSTGRES_URL", settings.postgres_url)
    monkeypatch.setenv("SVP_MONGO_URL", settings.mongo_url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up at once when a server is lost for good."""
    monkeypatch.setattr(retries, "PAUSES_SECONDS", (0.1,))


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Write a folder with two bad sessions in three."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    users_file(folder)
    a_catalogue(folder)
    bad = a_session("S2", watch_date="2024-02-30", device_type="[b]\x1b[31mred")
    sessions_file(
        folder,
        a_session(),
        bad,
        a_session("S3", user_id="U9"),
        name="[bold]sessions of a long name.csv",
    )
    return folder


def fits(text: str, columns: int = 100) -> bool:
    return all(len(line) <= columns for line in text.splitlines())


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print as on a terminal of 80 columns."""
    monkeypatch.setattr(common, "MAX_COLUMNS", 80)


def test_ingest_shows_each_file_and_what_became_of_its_rows(
    svp: Callable[..., Run], delivery: Path
) -> None:
    code, out, err = svp("ingest", delivery)
    assert code == 0
    assert err.startswith("3 files: users (relational set), content, viewing sessions")
    assert fits(out)
    assert "[bold]sessions" in out
    again = svp("ingest", delivery)
    assert again[0] == 0
    assert again[1].count("already loaded") == 3


def test_ingest_says_which_rows_wait_until_they_are_loaded(
    svp: Callable[..., Run], delivery: Path, tmp_path: Path
) -> None:
    for _ in ("loaded", "already loaded"):
        _, out, _ = svp("ingest", delivery)
        assert "1 row of [bold]sessions of a long name.csv waits" in out
        assert "loaded by the ingest that brings it" in out
    (load,) = json.loads(svp("ingest", delivery, "--json")[1])["waiting"]
    assert (load["load_id"], load["waiting_rows"]) == (3, 1)
    _, out, _ = svp("ingest", users_file(tmp_path, a_user("U9")))
    assert "replayed" in out
    assert "waits" not in out
    assert json.loads(svp("ingest", delivery, "--json")[1])["waiting"] == []


def test_ingest_gives_machines_every_number(svp: Callable[..., Run], delivery: Path) -> None:
    code, out, _ = svp("ingest", delivery, "--json")
    files = json.loads(out)["files"]
    assert code == 0
    assert [(file["kind"], file["outcome"], file["loaded_rows"]) for file in files] == [
        ("relational.users", "loaded", 1),
        ("relational.content", "loaded", 1),
        ("relational.viewing_sessions", "loaded", 1),
    ]
    assert (files[2]["read_rows"], files[2]["rejected_rows"]) == (3, 2)


def test_strict_ends_with_5_when_rows_are_in_quarantine(
    svp: Callable[..., Run], delivery: Path
) -> None:
    code, _, err = svp("ingest", delivery, "--strict")
    assert code == 5
    assert "2 rows are in quarantine" in err
    assert svp("ingest", delivery, "--strict")[0] == 0


def test_without_a_path_the_inbox_is_read_as_often_as_a_timer_likes(
    svp: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = svp("ingest")
    assert (code, "no path was given, and no inbox is set" in err) == (2, True)
    inbox = tmp_path / "inbox"
    monkeypatch.setenv("SVP_INBOX", str(inbox))
    code, _, err = svp("ingest")
    assert (code, "inbox is not a folder that is there" in err) == (2, True)
    inbox.mkdir()
    code, _, err = svp("ingest")
    assert (code, err) == (0, "0 files: nothing to do\n")
    path = users_file(inbox)
    for outcome in ("loaded", "already loaded"):
        (file,) = json.loads(svp("ingest", "--json")[1])["files"]
        assert file["outcome"] == outcome
        assert path.exists()


def test_strict_gives_machines_one_object(svp: Callable[..., Run], delivery: Path) -> None:
    code, out, _ = svp("ingest", delivery, "--strict", "--json")
    told = json.loads(out)
    assert (code, told["exit_code"], len(told["files"])) == (5, 5, 3)


def test_more_rejected_rows_than_are_borne_end_with_4_and_are_listed(
    svp: Callable[..., Run], delivery: Path, stores: Stores
) -> None:
    for options in (("--max-bad", "1"), ("--max-bad", "66%"), ("--on-bad-row", "stop")):
        code, _, err = svp("ingest", delivery, *options)
        assert code == 4
        assert "rows read were rejected, more than the" in err
        assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 0
    assert "not_a_date" in svp("quarantine", "list")[1]
    assert "refused, 20" in svp("loads", "list")[1]
    assert svp("ingest", delivery, "--max-bad", "67%")[0] == 0
    assert svp("ingest", delivery, "--on-bad-row", "stop", "--max-bad", "9")[0] == 2


def test_a_full_delivery_says_how_many_rows_it_ended(
    svp: Callable[..., Run], tmp_path: Path
) -> None:
    svp("ingest", users_file(tmp_path, a_user("U1"), a_user("U2"), a_user("U3")))
    path = users_file(tmp_path, a_user("U3"), name="all.csv")
    code, _, err = svp("ingest", path, "--snapshot")
    assert (code, "lacks 2 of the 3 rows of relational.users" in err) == (4, True)
    code, out, _ = svp("ingest", path, "--snapshot", "--max-ended", "70%")
    assert (code, "2 ended" in out) == (0, True)
    assert "2 ended" in svp("loads", "list")[1]
    (load,) = json.loads(svp("loads", "list", "--limit", 1, "--json")[1])["loads"]
    assert "2 rows that it no longer has" in svp("loads", "show", load["load_id"])[1]
    bad = users_file(tmp_path, a_user("U3"), a_user("U4", age="x"), name="bad.csv")
    for mode in ((), ("--dry-run",)):
        code, _, err = svp("ingest", bad, "--snapshot", *mode)
        assert (code, "more than the 0 that are borne" in err) == (4, True)
    assert svp("ingest", bad, "--snapshot", "--max-bad", "1")[0] == 0
    code, _, err = svp("ingest", bad, "--max-ended", "1")
    assert (code, "add --snapshot or --replace-day, or leave" in err) == (2, True)
    code, _, err = svp("ingest", sessions_file(tmp_path), "--snapshot", "--dry-run")
    assert (code, "its rows don't end" in err) == (2, True)


@pytest.mark.parametrize("to", [(), ("--to", "warehouse")], ids=["documents", "packed"])
def test_a_file_that_replaces_its_day_says_how_many_lines_it_ended(
    svp: Callable[..., Run], tmp_path: Path, to: tuple[str, ...]
) -> None:
    svp("ingest", logs_file(tmp_path, *map(a_box_log, "abc")), *to)
    path = logs_file(tmp_path, a_box_log("a"), name="20220401b.json")
    for mode in ((), ("--dry-run",)):
        code, _, err = svp("ingest", sessions_file(tmp_path), "--replace-day", *mode)
        assert (code, "give --replace-day with logs of set-top boxes only" in err) == (2, True)
    code, _, err = svp("ingest", path, "--replace-day", "--snapshot", *to)
    assert (code, "give one of the two" in err) == (2, True)
    code, _, err = svp("ingest", path, "--replace-day", *to)
    assert (code, "if it is, give it with --max-ended 2" in err) == (4, True)
    bad = logs_file(tmp_path, *map(a_box_log, "ab"), a_box_log(None), name="20220401c.json")
    code, _, err = svp("ingest", bad, "--replace-day", *to)
    assert (code, "more than the 0" in err) == (4, True)
    code, out, _ = svp("ingest", path, "--replace-day", "--max-ended", "2", *to)
    assert (code, "2 ended" in out) == (0, True)
    assert "2 ended" in svp("loads", "list")[1]


def test_loads_and_quarantine_are_listed_within_100_columns(
    svp: Callable[..., Run], delivery: Path
) -> None:
    assert "Loads: nothing" in svp("loads", "list")[1]
    assert "Quarantine: nothing" in svp("quarantine", "list")[1]
    svp("ingest", delivery)
    _, loads, _ = svp("loads", "list")
    _, quarantine, _ = svp("quarantine", "list")
    assert fits(loads)
    assert "relational.viewing_sessions" in loads
    assert fits(quarantine)
    assert "not_a_date" in quarantine
    assert "\x1b" not in loads + quarantine
    assert "Quarantine: nothing" in svp("quarantine", "list", "--load", "1")[1]


@pytest.mark.usefixtures("narrow")
def test_lists_are_readable_at_80_columns(svp: Callable[..., Run], delivery: Path) -> None:
    _, ingested, _ = svp("ingest", delivery)
    _, loads, _ = svp("loads", "list")
    _, quarantine, _ = svp("quarantine", "list")
    assert fits(ingested + loads + quarantine, 80)
    for word in (
        "content.json",
        "relational.viewing_sessions",
        "complete, 20",
        "unchanged",
        "rejected",
    ):
        assert word in loads
    for words in ("not_a_date: the value is not a date", "watch_date: 2024-02-30", "user_id: U9"):
        assert words in quarantine


def test_lists_give_machines_every_column(svp: Callable[..., Run], delivery: Path) -> None:
    svp("ingest", delivery)
    (load,) = json.loads(svp("loads", "list", "--limit", 1, "--json")[1])["loads"]
    numbers = {name: value for name, value in load.items() if name.endswith("_rows")}
    assert numbers == {
        "read_rows": 3, "loaded_rows": 1, "unchanged_rows": 0,
        "updated_rows": 0, "rejected_rows": 2, "skipped_rows": 0, "ended_rows": 0,
    }  # fmt: skip
    assert (load["load_id"], load["state"], load["flags"], load["attempts"]) == (
        3,
        "complete",
        {},
        1,
    )
    first, second = json.loads(svp("quarantine", "list", "--json")[1])["rows"]
    assert (first["line"], first["code"], first["value"]) == (3, "not_a_date", "2024-02-30")
    assert first["row_text"] == "S2,U1,M1,2024-02-30,30,50.0,[b]\x1b[31mred,HD"
    content = (delivery / "[bold]sessions of a long name.csv").read_bytes()
    assert content[first["byte_offset"] :].startswith(first["row_text"].encode())
    assert content[second["byte_offset"] :].startswith(b"S3,U9,")
    assert (second["line"], second["code"], second["column_name"]) == (
        4,
        "unknown_parent",
        "user_id",
    )


def test_a_refused_row_is_shown_whole_and_harmless(
    svp: Callable[..., Run], delivery: Path, tmp_path: Path
) -> None:
    svp("ingest", delivery)
    code, out, _ = svp("quarantine", "show", 3, 3)
    assert code == 0
    assert fits(out)
    for words in (
        "not_a_date",
        "watch_date: 2024-02-30",
        "[b]\\x1b[31mred",
        "svp quarantine replay",
    ):
        assert words in " ".join(out.split())
    assert "\x1b" not in out
    shown = json.loads(svp("quarantine", "show", 3, 3, "--json")[1])
    assert f"byte {shown['byte_offset']:,} of the file" in " ".join(out.split())
    mend = tmp_path / "mend.jsonl"
    svp("quarantine", "export", mend, "--load", 3)
    exported = [json.loads(line)["quarantine_byte"] for line in mend.read_text().splitlines()]
    unknown = json.loads(svp("quarantine", "show", 3, 4, "--json")[1])
    assert exported == [shown["byte_offset"], unknown["byte_offset"]]
    code, _, err = svp("quarantine", "show", 3, 2)
    assert (code, "line 2 of load 3 is not in quarantine" in err) == (2, True)


def test_machines_get_no_command_of_a_terminal(svp: Callable[..., Run], tmp_path: Path) -> None:
    svp("ingest", users_file(tmp_path, a_user("U1", registration_date="\x9b31m\u202e")))
    _, out, _ = svp("quarantine", "list", "--json")
    assert not set(out) & {"\x1b", "\x9b", "\u202e"}
    assert json.loads(out)["rows"][0]["row_values"]["registration_date"] == "\x9b31m\u202e"


def test_refused_rows_are_exported_corrected_and_replayed(
    svp: Callable[..., Run], delivery: Path, tmp_path: Path, stores: Stores
) -> None:
    svp("ingest", delivery)
    mend = tmp_path / "mend.jsonl"
    assert "2 refused rows written" in svp("quarantine", "export", mend, "--load", 3)[1]
    mend.write_text(mend.read_text().replace("2024-02-30", "2024-02-29"))
    assert svp("quarantine", "replay", mend)[0] == 2
    code, out, _ = svp("quarantine", "replay", mend, "--load", 3)
    assert code == 0
    assert "replayed" in out
    assert "1 are still refused: missing" in out
    assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 2
    done = json.loads(svp("quarantine", "replay", mend, "--load", 3, "--json")[1])
    assert (done["files"], done["gone_rows"]) == ([], 1)
    assert "No row was replayed" in svp("quarantine", "replay")[1]


def test_a_corrected_file_may_be_saved_in_another_encoding(
    svp: Callable[..., Run], tmp_path: Path, stores: Stores
) -> None:
    svp("ingest", users_file(tmp_path, a_user("U1", country="Perú", age="x")))
    mend = tmp_path / "mend.csv"
    svp("quarantine", "export", mend, "--load", 1)
    mend.write_bytes(mend.read_text().replace(",x,", ",7,").encode("cp1252"))
    assert svp("quarantine", "replay", mend, "--load", 1)[0] == 4
    assert svp("quarantine", "replay", mend, "--load", 1, "--encoding", "cp1252")[0] == 0
    assert stores.rows("SELECT age, country FROM oltp.users") == [(7, "Perú")]
    code, _, err = svp("quarantine", "replay", mend, "--load", 1, "--encoding", "rot13")
    assert (code, "is not an encoding" in err) == (2, True)


def test_a_file_in_another_encoding_loses_nothing_when_it_is_given_again(
    svp: Callable[..., Run], tmp_path: Path, stores: Stores
) -> None:
    path = users_file(tmp_path, a_user("U1", country="Perú"), a_user("U2"))
    path.write_bytes(path.read_text().encode("cp1252"))
    code, _, err = svp("ingest", path)
    assert (code, "users.csv: 1 row is not UTF-8" in err) == (0, True)
    assert "--encoding" in json.loads(svp("quarantine", "show", 1, 2, "--json")[1])["remedy"]
    (file,) = json.loads(svp("ingest", path, "--encoding", "cp1252", "--json")[1])["files"]
    assert (file["loaded_rows"], file["unchanged_rows"], file["rejected_rows"]) == (1, 1, 0)
    assert stores.rows("SELECT user_id, country FROM oltp.users ORDER BY 1") == [
        ("U1", "Perú"),
        ("U2", "Chile"),
    ]


def test_a_load_is_shown_with_all_that_the_ledger_knows(
    svp: Callable[..., Run], delivery: Path
) -> None:
    svp("ingest", delivery)
    code, out, _ = svp("loads", "show", 3)
    assert code == 0
    assert fits(out)
    for words in (
        "SHA-256",
        "complete, attempts: 1",
        "1 not_a_date",
        "1 unknown_parent",
        "2024-02-16",
    ):
        assert words in out
    facts = json.loads(svp("loads", "show", 3, "--json")[1])
    assert (facts["days"], facts["quarantine"], facts["replays"]) == (
        ["2024-02-16"], {"not_a_date": 1, "unknown_parent": 1}, [],
    )  # fmt: skip
    code, _, err = svp("loads", "show", 9)
    assert (code, "there is no load 9" in err) == (2, True)


def test_a_load_is_taken_back_when_somebody_says_yes(
    svp: Callable[..., Run], delivery: Path, stores: Stores
) -> None:
    svp("ingest", delivery)
    code, _, err = svp("loads", "undo", 3)
    assert code == 2
    assert "removes 1 rows and restores 0" in err
    assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 1
    code, _, err = svp("loads", "undo", 1, "--yes")
    assert (code, "take back load 3 first" in err) == (2, True)
    code, out, _ = svp("loads", "undo", 3, "--yes")
    assert (code, "1 rows removed, 0 restored" in out) == (0, True)
    assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 0
    assert "was taken back before" in svp("loads", "undo", 3)[1]
    assert "undone, attempts: 1" in svp("loads", "show", 3)[1]
    assert json.loads(svp("loads", "undo", 1, "--yes", "--json")[1])["load_ids"] == [1]


def test_a_second_ingest_ends_with_7(
    svp: Callable[..., Run], delivery: Path, stores: Stores
) -> None:
    with only_ingest(stores.settings):
        code, _, err = svp("ingest", delivery)
    assert code == 7
    assert "wait until it ends" in err


def test_a_workspace_without_schemas_ends_with_8(svp: Callable[..., Run], delivery: Path) -> None:
    code, _, err = svp("ingest", delivery, "--workspace", "nobody_made_this")
    assert code == 8
    assert "run 'svp init' first" in err


@pytest.mark.usefixtures("impatient")
def test_a_lost_connection_to_postgresql_ends_with_3_and_leaves_nothing_open(
    svp: Callable[..., Run], delivery: Path, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = postgres.store

    def store_while_the_server_hangs_up(connection: Any, target: Any) -> Any:
        stores.rows(f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        return store(connection, target)

    with monkeypatch.context() as patched:
        patched.setattr(postgres, "store", store_while_the_server_hangs_up)
        code, _, err = svp("ingest", delivery)
    assert code == 3
    assert "the connection to PostgreSQL was lost" in err
    assert stores.one("SELECT count(*) FROM oltp.users") == 0
    assert svp("ingest", delivery)[0] == 0
    assert stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 1


@pytest.fixture
def fragile(stores: Stores) -> Iterator[tuple[Path, Settings]]:
    """Give a MongoDB of its own that a test may stop, and settings that use it."""
    home = Path(tempfile.mkdtemp(prefix="svp-test-"))
    home.chmod(0o755)
    try:
        servers = start(home, only={"mongodb"})
        yield home, replace(stores.settings, mongo_url=servers.mongo_url)
    finally:
        stop(home)
        shutil.rmtree(home)


@pytest.mark.usefixtures("impatient")
def test_mongodb_stopped_under_an_ingest_ends_with_3_and_the_next_run_completes_it(
    svp: Callable[..., Run],
    delivery: Path,
    stores: Stores,
    fragile: tuple[Path, Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, settings = fragile
    sessions_file(delivery, *(a_session(f"S{number}") for number in range(50)), name="more.csv")
    use(settings, monkeypatch)
    monkeypatch.setattr(core_mongodb, "SELECT_SECONDS", 1)
    monkeypatch.setattr(mongodb, "BATCH_DOCUMENTS", 10)
    install_mongodb(settings)
    write_batch, calls = mongodb._write_batch, count()

    def stop_before_the_fourth(*arguments: Any) -> int:
        if next(calls) == 3:
            stop(home)
        return write_batch(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(mongodb, "_write_batch", stop_before_the_fourth)
        code, _, err = svp("ingest", delivery)
    assert code == 3
    assert "MongoDB" in err
    assert stores.one("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'") == 0
    assert stores.rows("SELECT state FROM ops.load ORDER BY load_id")[-1] == ("postgres_done",)
    start(home, only={"mongodb"})
    code, _, err = svp("ingest", delivery)
    assert code == 0
    assert "which was interrupted" in err
    with open_database(settings.mongo_url, settings.workspace.mongo_database) as database:
        stored = database["viewing_events"].distinct("session_id")
    assert len(stored) == stores.one("SELECT count(*) FROM oltp.viewing_sessions") == 50
