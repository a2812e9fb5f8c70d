"""Logs of set-top boxes that go to the warehouse without documents: the same outcomes, a day exact however it comes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from operator import itemgetter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from loaders import batches, box_days, ledger
from loaders import undo as undoing
from loaders.arrow import compute
from loaders.box_lines import lines_by_load, read_lines, watch_of
from loaders.ingest import ingest
from loaders.kinds import KINDS_BY_NAME
from loaders.quarantine import export_rows
from loaders.recognise import recognise_all
from loaders.replay import replay_corrections, replay_quarantine
from loaders.terms import Terms
from loaders.undo import Undo, plan_undo, undo
from svp.core.migrations import load_migrations
from svp.errors import InputError, ServerError, UsageError
from tests.integration.loaders.test_box_logs import counts
from tests.unit.loaders.builders import a_box_log, logs_file, users_file, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from loaders.parsers import Parsed
    from tests.integration.loaders.stores import Stores

DAY = date(2022, 4, 1)
VERSIONS = "SELECT day, version FROM ops.day_version ORDER BY day"


def load(
    stores: Stores, *paths: Path, source: str | None = None, replaces_days: bool = False
) -> tuple[Any, ...]:
    """Ingest without documents, and check the row law."""
    terms = Terms(source=source, to_warehouse=True, replaces_days=replaces_days)
    reports = ingest(stores.settings, recognise_all(paths), terms=terms)
    for report in reports:
        assert report.counts.read_rows == sum(counts(report))
    return reports


def watched(stores: Stores, *, day: date = DAY, source: str = "iptv") -> dict[Any, int]:
    """Return the seconds of the day by contract and application."""
    rows = watch_of(read_lines(stores.postgres, source, day)).to_pylist()
    return {(row["contract_code"], row["application"]): row["watch_seconds"] for row in rows}


def totals(stores: Stores) -> list[tuple[Any, ...]]:
    return stores.rows(
        "SELECT source, day, line_count, watch_seconds, active_contracts, load_id"
        " FROM oltp.box_days ORDER BY day, source"
    )


@pytest.mark.parametrize("is_odd_first", [True, False])
def test_the_later_line_of_an_id_wins_whichever_of_them_is_odd(
    stores: Stores, tmp_path: Path, *, is_odd_first: bool
) -> None:
    repeated = [a_box_log("x", TotalDuration="5"), a_box_log("x", TotalDuration=7)]
    usual = [a_box_log(f"{number}", TotalDuration=1) for number in range(9)]
    lines = [*usual, *(repeated if is_odd_first else reversed(repeated)), *usual]
    (report,) = load(stores, logs_file(tmp_path, *lines))
    assert counts(report) == (10, 9, 1, 0, 0)
    assert sum(watched(stores).values()) == 9 + (7 if is_odd_first else 5)


def test_a_day_is_kept_packed_and_no_document_is_made(stores: Stores, tmp_path: Path) -> None:
    lines = [
        a_box_log("a", Contract="HNH1", TotalDuration=5),
        a_box_log("b", Contract="HNH1", TotalDuration=7),
        a_box_log("c", Contract="HNH1", AppName=" VOD ", TotalDuration=1),
        a_box_log("d", Contract="HNH2", AppName=None, TotalDuration=0),
        a_box_log("e", Contract="0", TotalDuration=86_400),
        a_box_log("f", Contract=None, TotalDuration=3),
        a_box_log("g", Contract="203.0.113.48", TotalDuration="2"),
        a_box_log("h", TotalDuration=-1),
    ]
    (report,) = load(stores, logs_file(tmp_path, *lines))
    assert (report.outcome, counts(report)) == ("loaded", (7, 0, 0, 1, 0))
    assert report.counts.flags == {"box_left_on": 1, "no_contract": 3}
    assert watched(stores) == {
        ("HNH1", "KPLUS"): 12,
        ("HNH1", "VOD"): 1,
        ("HNH2", None): 0,
        (None, "KPLUS"): 86_405,
    }
    assert totals(stores) == [("iptv", DAY, 7, 86_418, 1, 1)]
    assert stores.rows("SELECT load_id, state FROM ops.load") == [(1, "complete")]
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    assert [code for _, _, code, _ in stores.quarantined()] == ["out_of_range"]
    assert stores.mongodb["box_logs"].count_documents({}) == 0


def test_names_that_the_warehouse_cannot_hold_are_cut_or_nobodys(
    stores: Stores, tmp_path: Path
) -> None:
    long = a_box_log("a", Contract="x" * 256, AppName="\u00e9" * 101, TotalDuration=1)
    load(stores, logs_file(tmp_path, long, a_box_log("b", AppName="\u00e9" * 100, TotalDuration=2)))
    assert watched(stores) == {(None, "\u00e9" * 100): 1, ("HNH123456", "\u00e9" * 100): 2}


def test_a_day_delivered_again_is_united_by_id_and_the_later_value_wins(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, *(a_box_log(log_id, TotalDuration=1) for log_id in "abc")))
    again = [
        a_box_log("b", TotalDuration=1),
        a_box_log("c", TotalDuration=50),
        a_box_log("c", TotalDuration=7),
        a_box_log("d", TotalDuration=100),
        a_box_log("d", TotalDuration=100),
    ]
    (report,) = load(stores, logs_file(tmp_path, *again, name="20220401_again.json"))
    assert counts(report) == (1, 2, 2, 0, 0)
    assert watched(stores) == {("HNH123456", "KPLUS"): 109}
    assert totals(stores) == [("iptv", DAY, 4, 109, 1, 2)]
    assert stores.rows(VERSIONS) == [(DAY, 2)]


def test_a_day_delivered_again_as_it_was_moves_nothing(stores: Stores, tmp_path: Path) -> None:
    first = logs_file(tmp_path, *map(a_box_log, "ab"))
    load(stores, first)
    other = logs_file(tmp_path, *map(a_box_log, "ba"), name="20220401b.json")
    (same, report) = load(stores, first, other)
    assert (same.outcome, report.outcome, counts(report)) == (
        "already loaded",
        "loaded",
        (0, 2, 0, 0, 0),
    )
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    assert totals(stores)[0][-1] == 1


def test_contract_and_application_of_a_line_may_be_corrected(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, a_box_log("a"), a_box_log("b")))
    changed = [a_box_log("a", Contract="HNH9"), a_box_log("b", AppName=None)]
    (report,) = load(stores, logs_file(tmp_path, *changed, name="20220401b.json"))
    assert counts(report) == (0, 0, 2, 0, 0)
    assert watched(stores) == {("HNH9", "KPLUS"): 254, ("HNH123456", None): 254}


@pytest.mark.parametrize("seed", range(3))
def test_deliveries_in_any_number_leave_what_a_plain_reader_counts(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 37)
    random = Random(seed)
    latest: dict[str, str] = {}
    for number in range(4):
        lines = [
            a_box_log(
                f"{random.randrange(150)}",
                Contract=random.choice(["HNH1", "HNH2", "0", None]),
                AppName=random.choice(["VOD", "KPLUS", None]),
                TotalDuration=random.choice([0, 5, 60]),
            )
            for _ in range(120)
        ]
        (report,) = load(stores, logs_file(tmp_path, *lines, name=f"20220401 ({number}).json"))
        before = dict(latest)
        latest |= {f"{line['_id']}": json.dumps(line["_source"], sort_keys=True) for line in lines}
        assert report.counts.loaded_rows == len(latest) - len(before)
    expected: Counter[Any] = Counter()
    for text in latest.values():
        said: Mapping[str, Any] = json.loads(text)
        contract = said["Contract"] if said["Contract"] != "0" else None
        expected[contract, said["AppName"]] += said["TotalDuration"]
    assert watched(stores) == expected
    assert totals(stores)[0][2] == len(latest)


def test_a_day_of_two_sources_counts_a_contract_of_both_once(
    stores: Stores, tmp_path: Path
) -> None:
    load(
        stores,
        logs_file(tmp_path, a_box_log("a", Contract="HNH1"), a_box_log("b", Contract="HNH2")),
    )
    north = logs_file(
        tmp_path,
        a_box_log("a", Contract="HNH2"),
        a_box_log("b", Contract="HNH3"),
        name="20220401n.json",
    )
    load(stores, north, source="north")
    assert [row[4] for row in totals(stores)] == [2, 1]
    assert watched(stores, source="north").keys() == {("HNH2", "KPLUS"), ("HNH3", "KPLUS")}


def test_a_day_is_in_documents_or_without_and_never_in_both(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path))
    other = logs_file(tmp_path, a_box_log("b"), name="20220401b.json")
    with pytest.raises(
        InputError, match=r"20220401b\.json: 2022-04-01 is in the documents of MongoDB"
    ):
        load(stores, other)
    with pytest.raises(
        InputError, match=r"20220401\.json: 2022-04-01 is in the documents"
    ) as caught:
        load(stores, logs_file(tmp_path))
    assert "svp loads undo" in caught.value.advice
    load(stores, logs_file(tmp_path, a_box_log("c"), name="20220402.json"))
    late = logs_file(tmp_path, a_box_log("d"), name="20220402b.json")
    for path in (late, tmp_path / "20220402.json"):
        with pytest.raises(
            InputError, match=f"{path.name}: 2022-04-02 went to the warehouse without"
        ):
            stores.load(path)
    assert [report.outcome for report in load(stores, tmp_path / "20220402.json")] == [
        "already loaded"
    ]
    assert stores.rows(VERSIONS) == [(DAY, 1), (date(2022, 4, 2), 2)]
    assert stores.mongodb["box_logs"].distinct("log_id") == ["AX_1"]


def test_only_logs_of_boxes_go_without_the_stores(stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"relational\.users, which can't go to the warehouse"):
        load(stores, logs_file(tmp_path), users_file(tmp_path))
    assert stores.one("SELECT count(*) FROM ops.load") == 0


def test_more_lines_than_fit_the_memory_come_as_several_files(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_days, "MAX_LINES", 2)
    with pytest.raises(InputError, match=r"20220401\.json has more than 2 lines of 2022-04-01"):
        load(stores, logs_file(tmp_path, *map(a_box_log, "abc")))
    assert (totals(stores), stores.rows(VERSIONS)) == ([], [])
    load(stores, logs_file(tmp_path, *map(a_box_log, "ab")))
    load(stores, logs_file(tmp_path, a_box_log("c")))
    monkeypatch.undo()
    (whole,) = load(stores, logs_file(tmp_path, *map(a_box_log, "abc")))
    assert whole.counts.unchanged_rows == whole.counts.read_rows == 3


def test_a_load_that_did_not_end_leaves_the_day_as_it_was(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(*_: object, **__: object) -> None:
        raise ServerError("PostgreSQL is gone")  # noqa: EM101  (a test's own)

    load(stores, logs_file(tmp_path, *map(a_box_log, "ab")))
    again = logs_file(tmp_path, a_box_log("b", TotalDuration=1), name="20220401b.json")
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "record_rows", hang_up)
        with pytest.raises(ServerError):
            load(stores, again)
    assert watched(stores) == {("HNH123456", "KPLUS"): 508}
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "complete_load", hang_up)
        with pytest.raises(ServerError):
            load(stores, again)
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    (report,) = load(stores, again)
    assert report.outcome == "already loaded"
    assert (watched(stores), stores.rows(VERSIONS)) == ({("HNH123456", "KPLUS"): 255}, [(DAY, 2)])


def contents(stores: Stores) -> tuple[Any, ...]:
    """Return what of packed days a load may change: their totals, and their lines by load."""
    lines = stores.rows(
        "SELECT DISTINCT source, day, load_id FROM oltp.box_day_lines ORDER BY 1, 2, 3"
    )
    by_load = [
        (source, day, load_id, row)
        for source, day, load_id in lines
        for row in sorted(
            lines_by_load(stores.postgres, source, day)[load_id].to_pylist(),
            key=itemgetter("log_id"),
        )
    ]
    return totals(stores), by_load, stores.rows("SELECT * FROM ops.replaced ORDER BY 1, 2")


def test_a_load_that_is_taken_back_leaves_its_day_as_it_was(stores: Stores, tmp_path: Path) -> None:
    load(stores, logs_file(tmp_path, *(a_box_log(log_id, TotalDuration=1) for log_id in "abc")))
    before, versions = contents(stores), stores.rows(VERSIONS)
    again = [
        a_box_log("b", Contract="HNH9", TotalDuration=1),
        a_box_log("c", TotalDuration=50),
        a_box_log("c", TotalDuration=7),
        a_box_log("d", TotalDuration=100),
        a_box_log("e", TotalDuration=-1),
    ]
    again_file = logs_file(tmp_path, *again, name="20220401_again.json")
    load(stores, again_file)
    after = contents(stores)
    with pytest.raises(UsageError, match=r"load 2 \(.*_again\.json\) replaced 2 of its rows"):
        undo(stores.settings, 1)
    assert plan_undo(stores.settings, 2) == Undo((2,), str(again_file), 1, 2)
    assert contents(stores) == after
    assert undo(stores.settings, 2) == Undo((2,), str(again_file), 1, 2)
    assert contents(stores) == before
    assert (stores.quarantined(), stores.rows(VERSIONS)) == ([], [(DAY, versions[0][1] + 2)])
    (report,) = load(stores, again_file)
    assert counts(report) == (1, 0, 3, 1, 0)
    undo(stores.settings, 3)
    assert undo(stores.settings, 1).removed_rows == 3
    assert contents(stores) == ([], [], [])
    assert stores.rows("SELECT * FROM ops.load_day") == []


def test_a_day_that_was_taken_back_may_go_the_other_way(stores: Stores, tmp_path: Path) -> None:
    path = logs_file(tmp_path)
    load(stores, path)
    undo(stores.settings, 1)
    stores.load(path)
    assert stores.mongodb["box_logs"].count_documents({}) == 1
    undo(stores.settings, 2)
    (report,) = load(stores, path)
    assert (report.outcome, stores.mongodb["box_logs"].count_documents({})) == ("loaded", 0)


def test_a_load_whose_lines_came_again_is_taken_back_after_the_one_that_brought_them(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, *map(a_box_log, "ab")))
    load(stores, logs_file(tmp_path, *map(a_box_log, "bc"), name="20220401b.json"))
    load(stores, logs_file(tmp_path, a_box_log("d"), name="20220401c.json"))
    with pytest.raises(UsageError, match=r"load 2 \(.*b\.json\) brought rows of load 1 again"):
        undo(stores.settings, 1)
    for load_id, removed in ((2, 1), (1, 2), (3, 1)):
        assert undo(stores.settings, load_id).removed_rows == removed
    assert contents(stores) == ([], [], [])


def test_what_was_replaced_is_kept_as_long_as_the_settings_say(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, a_box_log("a"), a_box_log("b")))
    load(stores, logs_file(tmp_path, a_box_log("a", TotalDuration=1), name="20220401b.json"))
    with stores.postgres.cursor() as cursor:
        cursor.execute("UPDATE ops.replaced_lines SET replaced_at = now() - interval '31 days'")
    load(stores)
    with pytest.raises(UsageError, match="load 2 replaced 1 rows, and what they were is not kept"):
        undo(stores.settings, 2)
    with pytest.raises(UsageError, match="later loads replaced rows of load 1, and which"):
        undo(stores.settings, 1)


@pytest.mark.parametrize("step", ["_take_back", "publish_undo"])
def test_the_taking_back_of_a_day_that_breaks_off_is_completed_by_the_next_run(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    load(stores, logs_file(tmp_path, a_box_log("a"), a_box_log("b")))
    before = contents(stores)
    load(stores, logs_file(tmp_path, a_box_log("a", TotalDuration=1), name="20220401b.json"))
    with monkeypatch.context() as patched:
        patched.setattr(undoing, step, break_off)
        with pytest.raises(KeyboardInterrupt):
            undo(stores.settings, 2)
    load(stores)
    undo(stores.settings, 2)
    assert contents(stores) == before


def test_contracts_that_a_source_counted_for_another_are_counted_when_it_is_gone(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, a_box_log("a", Contract="HNH1")))
    north = [a_box_log("a", Contract="HNH1"), a_box_log("b", Contract="HNH2")]
    load(stores, logs_file(tmp_path, *north, name="20220401n.json"), source="north")
    assert [row[4] for row in totals(stores)] == [1, 1]
    undo(stores.settings, 1)
    assert totals(stores) == [("north", DAY, 2, 508, 2, 2)]


@pytest.mark.parametrize("seed", range(3))
def test_loads_taken_back_in_turn_leave_what_was_there_before_each(
    stores: Stores, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    states = [contents(stores)]
    for number in range(4):
        lines = [
            a_box_log(f"{random.randrange(60)}", TotalDuration=random.choice([0, 5, 60]))
            for _ in range(40)
        ]
        load(stores, logs_file(tmp_path, *lines, name=f"20220401 ({number}).json"))
        states.append(contents(stores))
    for number in (4, 3, 2, 1):
        assert contents(stores) == states[number]
        undo(stores.settings, number)
    assert contents(stores) == states[0]


def test_days_from_before_lines_were_kept_by_load_can_be_taken_back_where_one_load_brought_them(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, *map(a_box_log, "ab")))
    load(stores, logs_file(tmp_path, *map(a_box_log, "ba"), name="20220401b.json"))
    load(stores, logs_file(tmp_path, a_box_log("a"), name="20220402.json"))
    (migration,) = (
        each for each in load_migrations("oltp.migrations") if "lines_by_load" in each.name
    )
    with stores.postgres.cursor() as cursor:
        cursor.execute("DROP VIEW ops.replaced; DROP TABLE ops.replaced_lines")
        cursor.execute("ALTER TABLE oltp.box_day_lines DROP COLUMN load_id CASCADE")
        cursor.execute(
            "ALTER TABLE oltp.box_day_lines ADD CONSTRAINT box_day_lines_pkey PRIMARY KEY (source, day, part)"
        )
        cursor.execute("UPDATE ops.load SET confirmed_loads = '{}', replaced_rows = NULL")
        cursor.execute(migration.text)
    with pytest.raises(UsageError, match=r"load 2 \(.*b\.json\) brought rows of load 1 again"):
        undo(stores.settings, 1)
    changed = [a_box_log("b", TotalDuration=1), a_box_log("c")]
    load(stores, logs_file(tmp_path, *changed, name="20220401c.json"))
    for load_id in (3, 4, 2, 1):
        undo(stores.settings, load_id)
    assert contents(stores) == ([], [], [])


def test_a_file_that_is_all_there_is_of_its_day_takes_the_place_of_what_was_there(
    stores: Stores, tmp_path: Path
) -> None:
    load(stores, logs_file(tmp_path, *map(a_box_log, "abc"), a_box_log("e", TotalDuration=-1)))
    load(stores, logs_file(tmp_path, a_box_log("d", TotalDuration=1), name="20220401b.json"))
    load(stores, logs_file(tmp_path, a_box_log("a"), name="20220402.json"))
    load(stores, logs_file(tmp_path, a_box_log("c"), name="20220401n.json"), source="north")
    before = contents(stores)
    lines = [a_box_log("a"), a_box_log("b", TotalDuration=2), a_box_log("x", TotalDuration=3)]
    whole = logs_file(tmp_path, *lines, name="20220401w.json")
    (report,) = load(stores, whole, replaces_days=True)
    assert (counts(report), report.counts.ended_rows) == ((1, 1, 1, 0, 0), 2)
    assert watched(stores) == {("HNH123456", "KPLUS"): 259}
    assert watched(stores, day=date(2022, 4, 2)) == {("HNH123456", "KPLUS"): 254}
    assert watched(stores, source="north") == {("HNH123456", "KPLUS"): 254}
    assert stores.rows("SELECT load_id, overtaken_by FROM ops.quarantine") == [(1, [5])]

    versions = stores.rows(VERSIONS)
    (again,) = load(stores, whole, replaces_days=True)
    assert (again.outcome, stores.rows(VERSIONS)) == ("already loaded", versions)

    with pytest.raises(UsageError, match=r"load 5 \(.*w\.json\) replaced 1 of its rows"):
        undo(stores.settings, 2)
    assert undo(stores.settings, 5) == Undo((5,), str(whole), 1, 3)
    assert contents(stores) == before
    assert stores.rows("SELECT load_id, overtaken_by FROM ops.quarantine") == [(1, [])]


def test_a_day_that_others_changed_since_is_not_taken_for_replaced(
    stores: Stores, tmp_path: Path
) -> None:
    whole = logs_file(tmp_path, a_box_log("a"))
    load(stores, whole)
    (report,) = load(stores, whole, replaces_days=True)
    assert (report.outcome, report.counts.unchanged_rows) == ("loaded", 1)
    assert stores.rows(VERSIONS) == [(DAY, 1)]
    load(stores, logs_file(tmp_path, a_box_log("c"), name="20220402.json"))
    assert load(stores, whole, replaces_days=True)[0].outcome == "already loaded"
    load(stores, logs_file(tmp_path, a_box_log("b"), name="20220401b.json"))
    with pytest.raises(InputError, match=r"as load 2, and load 4 of 2022-04-01 came since"):
        load(stores, whole, replaces_days=True)


def test_what_can_not_be_all_there_is_of_a_day_replaces_none(
    stores: Stores, tmp_path: Path
) -> None:
    first = logs_file(tmp_path, a_box_log("a"))
    load(stores, first)
    before = contents(stores)
    other = logs_file(tmp_path, a_box_log("b"), name="20220401b.json")
    with pytest.raises(UsageError, match=r"20220401b?\.json are both of 2022-04-01, so neither"):
        load(stores, first, other, replaces_days=True)
    bad = logs_file(tmp_path, a_box_log("a", TotalDuration=-1), name="20220401c.json")
    with pytest.raises(InputError, match=r"20220401c\.json has no line that is accepted"):
        load(stores, bad, replaces_days=True)
    moved = first.rename(tmp_path / "20220403.json")
    with pytest.raises(InputError, match="which is another day"):
        load(stores, moved, replaces_days=True)
    assert contents(stores) == before


@pytest.fixture
def refused(stores: Stores, tmp_path: Path) -> Stores:
    """Load 1 refuses lines b to e, of which c comes with load 2, d behind the refused one, and e came before it."""
    bad = [a_box_log(log_id, TotalDuration=-1) for log_id in "bcde"]
    accepted = [a_box_log(log_id, TotalDuration=2) for log_id in "ae"]
    last = a_box_log("d", TotalDuration=4)
    load(stores, logs_file(tmp_path, *accepted, *bad, last))
    load(stores, logs_file(tmp_path, a_box_log("c", TotalDuration=3), name="20220401b.json"))
    return stores


HELD = "SELECT line FROM ops.held_row ORDER BY line"


def seconds(stores: Stores) -> dict[str, int]:
    lines = read_lines(stores.postgres, "iptv", DAY).to_pylist()
    return {line["log_id"]: line["watch_seconds"] for line in lines}


def test_corrected_lines_come_into_a_day_without_documents_once_and_go_with_their_load(
    refused: Stores, tmp_path: Path
) -> None:
    assert refused.rows(HELD) == [(3,), (6,)]
    mend = tmp_path / "mend.jsonl"
    export_rows(refused.settings, mend, load_id=1)
    rows = map(json.loads, mend.read_text().splitlines())
    mended = [row | {"_source.TotalDuration": "60"} for row in rows if row["_id"] in "be"]
    write_json_lines(mend, mended)
    (report,) = replay_corrections(refused.settings, mend, load_id=1).reports
    assert counts(report) == (1, 0, 1, 0, 0)
    assert seconds(refused) == {"a": 2, "b": 60, "c": 3, "d": 4, "e": 60}
    assert totals(refused) == [("iptv", DAY, 5, 129, 1, 3)]
    assert refused.rows(HELD) == []
    again = replay_corrections(refused.settings, mend, load_id=1)
    assert (again.reports, again.gone_rows) == ((), 2)
    assert refused.mongodb["box_logs"].count_documents({}) == 0

    assert undo(refused.settings, 1) == Undo((1, 3), str(tmp_path / "20220401.json"), 4, 0)
    assert seconds(refused) == {"c": 3}


@pytest.mark.parametrize("noted", ["overtaken_by", "'{}'"], ids=["now", "by_an_older_version"])
def test_lines_that_a_changed_rule_accepts_come_in_unless_a_later_delivery_brought_them(
    refused: Stores, monkeypatch: pytest.MonkeyPatch, noted: str
) -> None:
    kind = KINDS_BY_NAME["iptv.logs"]
    field = next(field for field in kind.fields if field.column == "_source.TotalDuration")

    def parse_minus(written: Any) -> Parsed:
        return field.parser.parse(compute.replace_substring(written, "-", ""))

    changed = replace(field, parser=replace(field.parser, parse=parse_minus))
    fields = tuple(changed if each is field else each for each in kind.fields)
    monkeypatch.setitem(KINDS_BY_NAME, kind.name, replace(kind, fields=fields))
    refused.rows(f"UPDATE ops.quarantine SET overtaken_by = {noted} WHERE line = 4 RETURNING 1")
    (report,) = replay_quarantine(refused.settings).reports
    assert counts(report) == (1, 0, 1, 0, 0)
    assert seconds(refused) == {"a": 2, "b": 1, "c": 3, "d": 4, "e": 1}
    assert replay_quarantine(refused.settings).reports == ()
