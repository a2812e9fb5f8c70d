"""What quarantine keeps of refused rows: of a person nothing that the stores would not hold either."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from loaders.parsers import CUT
from loaders.parsers.properties import left_out_properties
from loaders.personal import ADDRESS, without_personal
from loaders.recognise import recognise
from loaders.wanted import Wanted, wanted
from tests.unit.loaders.builders import (
    a_session,
    a_subscriber,
    a_user,
    an_event,
    write_csv,
    write_json_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.batches import Refusal


def kept(path: Path, said: Wanted | None = None) -> list[Refusal]:
    file = recognise(path, said or Wanted())
    return [
        refusal
        for batch, checked in file.judged()
        for refusal in without_personal(
            checked.refusals, file.kind, has_others=file.has_others(batch)
        )
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to ada.b+c@mail.example.org.", f"write to {CUT}"),
        ("Ada <ada@localhost>, Bob <bob@x.org>", f"Ada <{CUT}>, Bob <{CUT}>"),
        ("from 10.20.30.40, and 10.20.30.4:80.", f"from {CUT}, and {CUT}:80."),
        ("fe80::1ff:fe23:4567:890a%eth0 or 2001:db8::1", f"{CUT}%eth0 or {CUT}"),
        ("2001:0db8:0000:0000:0000:ff00:0042:8329", CUT),
        ("version 1.2.3, 01.02.2024, 12:30:15.25, 0C:96:E6:2F:C5:5C, @ada, 1.2.3.4.5", None),
    ],
)
def test_addresses_are_told_from_what_looks_like_them(text: str, left: str | None) -> None:
    assert re.sub(ADDRESS, CUT, text) == (left or text)


def test_a_long_text_is_searched_in_one_pass() -> None:
    started = time.monotonic()
    for one in ("a", "a.", "1", "1.", "a:", "@", "f:"):
        re.sub(ADDRESS, CUT, one * (200_000 // len(one)))
    assert time.monotonic() - started < 5


def test_a_row_of_columns_that_the_stores_hold_is_kept_as_it_stands(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "users.csv", [a_user("ada@x.org", age="old")])
    (refusal,) = kept(path)
    assert refusal.row_text == path.read_text().splitlines()[1]
    assert (refusal.natural_id, refusal.is_whole) == ("ada@x.org", True)


def test_a_column_that_the_kind_does_not_know_is_cut_and_the_row_is_whole(tmp_path: Path) -> None:
    row = {**a_user(age="old"), "phone": "+56 2 555", "name": "Ada Lovelace"}
    (refusal,) = kept(write_csv(tmp_path / "users.csv", [row]))
    assert json.loads(refusal.row_text) == {**row, "phone": CUT, "name": CUT}
    assert refusal.values == {**row, "phone": CUT, "name": CUT}
    assert (refusal.value, refusal.is_whole) == ("old", True)


def test_what_a_kind_declares_personal_is_cut_and_what_it_knows_else_is_not(tmp_path: Path) -> None:
    row = a_subscriber(Age="old")
    (refusal,) = kept(write_csv(tmp_path / "list.csv", [row]))
    assert json.loads(refusal.row_text) == {**row, "Gender": CUT, "Last Payment Date": CUT}


def test_an_address_in_a_column_that_is_stored_leaves_the_row_in_part(tmp_path: Path) -> None:
    row = a_user(country="ada@x.org", age="10.1.2.3", user_id="bob@x.org")
    (refusal,) = kept(write_csv(tmp_path / "users.csv", [row]))
    assert json.loads(refusal.row_text) == {**row, "country": CUT, "age": CUT}
    assert (refusal.column, refusal.value, refusal.is_whole) == ("age", CUT, False)


@pytest.mark.parametrize(
    ("header", "line", "left"),
    [
        ("", "S1,U1,write to ada@x.org\n", f"S1,U1,write to {CUT}"),
        (",viewer", "S1,U1,Ada Lovelace\n", ""),
    ],
)
def test_of_a_broken_line_nothing_is_kept_where_a_column_may_be_personal(
    tmp_path: Path, header: str, line: str, left: str
) -> None:
    path = tmp_path / "viewing_sessions.csv"
    path.write_text(",".join(a_session()) + header + "\n" + line)
    (refusal,) = kept(path)
    assert (refusal.code, refusal.row_text) == ("wrong_width", left)


@pytest.mark.parametrize("is_late", [False, True])
def test_what_only_some_objects_name_is_cut(tmp_path: Path, *, is_late: bool) -> None:
    plain = [a_user(f"U{number}") for number in range(101 if is_late else 0)]
    row = {**a_user("U999", age="old"), "phone": "+56 2 555"}
    (refusal,) = kept(write_json_lines(tmp_path / "users.json", [*plain, row]))
    assert "+56" not in f"{refusal}"
    assert json.loads(refusal.row_text)["age"] == "old"


def test_of_a_value_in_two_columns_both_halves_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "plays.csv"
    path.write_text("who,what,play,day,hour,secs,phone\n1,2,3,2024-01-01,25:99,9,55\n")
    map_file = tmp_path / "map.toml"
    map_file.write_text(
        'table = "viewing_sessions"\nsource = "acme"\nzone = "UTC"\n[columns]\nuser_id = "who"\ncontent_id = "what"\n'
        'session_id = "play"\nstarted_at = { column = "day", time = "hour" }\nwatch_seconds = "secs"\n'
    )
    (refusal,) = kept(path, wanted(map_file=map_file))
    assert (refusal.column, refusal.value) == ("day and hour", "2024-01-01 25:99")
    assert "55" not in f"{refusal}"


def test_properties_that_no_store_holds_are_cut_and_counted_once(tmp_path: Path) -> None:
    map_file = tmp_path / "keep.toml"
    map_file.write_text('kind = "events.events"\nkeep = ["event_properties.plan"]\n')
    nested = {"plan": {"email": "ada@x.org"}, "a": 1, "b": 2, "c": 3}
    twice = '{"plan": {"email": "ada@x.org"}, "plan": "pro"}'
    for properties, left in ((json.dumps(nested), {CUT: 4}), (twice, {"plan": "pro"})):
        event = an_event(event_time="soon", event_properties="PROPERTIES")
        path = tmp_path / "export.ndjson"
        path.write_text(json.dumps(event).replace('"PROPERTIES"', json.dumps(properties)) + "\n")
        (refusal,) = kept(path, wanted(map_file=map_file))
        values = json.loads(refusal.row_text)
        assert json.loads(values["event_properties"]) == left
        parser = left_out_properties({"plan"})
        judged = parser.parse(pa.array([properties, values["event_properties"]]))
        assert len(set(judged.values.to_pylist())) == 1


def test_of_events_only_the_properties_on_the_list_are_kept(tmp_path: Path) -> None:
    properties = {"slug": "x", "email": "ada@x.org", "name": "Ada"}
    event = an_event(event_time="soon", event_properties=properties, user_properties={"a": "Ada"})
    path = write_json_lines(tmp_path / "export.ndjson", [event])
    map_file = tmp_path / "keep.toml"
    map_file.write_text('kind = "events.events"\nkeep = ["event_properties.slug"]\n')
    for said, left in ((Wanted(), CUT), (wanted(map_file=map_file), {"slug": "x", CUT: 2})):
        (refusal,) = kept(path, said)
        values = json.loads(refusal.row_text)
        told = values["event_properties"]
        assert (left if isinstance(left, str) else json.dumps(left)) in told
        assert refusal.is_whole
        assert not re.search("Ada|ada@|Arica", f"{refusal}")
