"""The contract: each row is accepted or refused once, by the first column at fault; flags are kept."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from loaders.contract import check
from loaders.kinds import KINDS, relational
from loaders.recognise import recognise
from loaders.wanted import Wanted, wanted
from svp.errors import InputError
from tests.unit.loaders.builders import (
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_subscriber,
    a_user,
    an_event,
    write_csv,
    write_json_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.contract import Checked

CONTENT_COLUMNS = (
    "content_id",
    "released_on",
    "added_on",
    "title",
    "content_type",
    "genres",
)


def checked(path: Path, said: Wanted | None = None) -> Checked:
    file = recognise(path, said or Wanted())
    (batch,) = file.batches()
    judged = check(batch, file.kind)
    assert judged.accepted.num_rows + len(judged.refusals) + batch.skipped_rows == batch.read_rows
    return judged


def refusals_of(path: Path) -> list[tuple[int, str | None, str, str | None]]:
    return [
        (refusal.line, refusal.column, refusal.code, refusal.value)
        for refusal in checked(path).refusals
    ]


@pytest.mark.parametrize(
    ("changes", "column", "code", "value"),
    [
        ({"user_id": " "}, "user_id", "missing", " "),
        ({"user_id": "U" * 101}, "user_id", "too_long", "U" * 79 + "…"),
        ({"age": "151"}, "age", "out_of_range", "151"),
        ({"age": "old\x1b[31m"}, "age", "not_a_number", "old�[31m"),
        ({"country": "a\x00b"}, "country", "nul_character", "a�b"),
        ({"registration_date": ""}, "registration_date", "missing", ""),
        ({"registration_date": "31.12.2024"}, "registration_date", "not_a_date", "31.12.2024"),
        ({"total_watch_time_hours": "-1"}, "total_watch_time_hours", "out_of_range", "-1"),
        ({"age": "x", "country": "\x00"}, "age", "not_a_number", "x"),
    ],
)
def test_a_faulty_row_is_refused_with_line_column_code_and_value(
    tmp_path: Path, changes: dict[str, str], column: str, code: str, value: str
) -> None:
    rows = [a_user("U1"), a_user("U2") | changes, a_user("U3")]
    path = write_csv(tmp_path / "users.csv", rows)
    assert refusals_of(path) == [(3, column, code, value)]
    (refusal,) = checked(path).refusals
    assert refusal.row_text == path.read_text().splitlines()[2].replace("\x00", "\\x00")


def test_an_accepted_row_has_the_types_of_its_table(tmp_path: Path) -> None:
    judged = checked(write_csv(tmp_path / "s.csv", [a_session(watch_duration_minutes="1.5")]))
    table = relational.VIEWING_SESSIONS.target
    assert judged.accepted.schema.names == [*table.schema.names, "quality_flags", "line"]
    assert judged.accepted.schema.types[: len(table.columns)] == table.schema.types
    (row,) = judged.accepted.to_pylist()
    assert (row["watch_seconds"], row["completion_percent"]) == (90, Decimal("50.00"))
    assert (row["line"], row["quality_flags"], row["started_at"]) == (2, "", None)


@pytest.mark.parametrize(
    ("completion", "flags"),
    [
        ("100", ""),
        ("0", ""),
        ("", ""),
        ("100.01", "completion_out_of_range"),
        ("-0.01", "completion_out_of_range"),
    ],
)
def test_completion_out_of_range_is_flagged_and_stored(
    tmp_path: Path, completion: str, flags: str
) -> None:
    judged = checked(write_csv(tmp_path / "s.csv", [a_session(completion_percentage=completion)]))
    assert judged.accepted.column("quality_flags").to_pylist() == [flags]


def test_catalogue_takes_each_group_its_own_columns(tmp_path: Path) -> None:
    series = {"content_id": "S1", "title": "Dark", "seasons": 2, "episodes_per_season": [10]}
    path = a_catalogue(
        tmp_path,
        a_movie(views_count=7, genre="Crime|Drama|Crime"),
        series=[
            {**series, "total_views": 9, "genre": None},
            {**series, "episodes_per_season": [10, 8]},
        ],
        cartoons=[a_movie("C1")],
    )
    judged = checked(path)
    rows = judged.accepted.to_pylist()
    assert [row["content_type"] for row in rows] == ["movie", "series", "series"]
    assert [row["view_count"] for row in rows] == [7, 9, None]
    assert [row["genres"] for row in rows] == [["Crime", "Drama"], None, None]
    assert [row["quality_flags"] for row in rows] == ["", "season_count_differs", ""]
    assert refusals_of(path) == [(4, "group", "not_a_choice", "cartoons")]
    assert judged.refusals[0].row_text.startswith('{"content_id": "C1"')


@pytest.mark.parametrize(
    "first_row",
    ["1,2024-02-01,01/02/2024", "a 1,01/02/2024,2024-02-01"],
    ids=["in the later column", "in an odd row"],
)
def test_of_dates_that_may_mean_two_days_the_one_on_the_first_line_is_told(
    tmp_path: Path, first_row: str
) -> None:
    map_file, path = tmp_path / "map.toml", tmp_path / "rows.csv"
    map_file.write_text(
        'table = "content"\nsource = "acme"\n[columns]\n'
        + "".join(f'{name} = "{name}"\n' for name in CONTENT_COLUMNS)
    )
    header, same = ",".join(CONTENT_COLUMNS), "Heat,movie,Crime"
    path.write_text(f"{header}\n{first_row},{same}\n2,03/02/2024,2024-02-03,{same}\n")
    with pytest.raises(InputError, match=r"line 2, column \w+_on: 01/02/2024 may be read in more"):
        checked(path, wanted(map_file=map_file))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_becomes_a_column_of_its_table(kind: object) -> None:
    from loaders.contract import Kind

    assert isinstance(kind, Kind)
    columns = {column.name for column in kind.target.columns}
    assert {field.to for field in kind.fields} <= columns
    needed = {column.name for column in kind.target.columns if column.required} - {"genres"}
    assert needed <= {field.to for field in kind.fields if field.required}


def test_kinds_have_names_of_their_own_and_parents_come_first() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    seen: set[str] = set()
    for kind in KINDS:
        parents = {column.refers_to for column in kind.target.references}
        assert parents <= seen | {kind.target.name}
        seen.add(kind.target.name)


def test_a_day_that_fits_with_day_and_month_exchanged_refuses_the_file(tmp_path: Path) -> None:
    days = ("01-15-22", "01-05-22")
    rows = [a_subscriber(str(n), **{"Join Date": day}) for n, day in enumerate(days)]
    with pytest.raises(
        InputError, match="line 2, column Join Date: 01-15-22 is a day only with day and month exch"
    ) as caught:
        checked(write_csv(tmp_path / "list.csv", rows))
    assert "date_format" in caught.value.advice
    rows[0]["Join Date"] = "2022-02-30"
    assert [code for *_, code, _ in refusals_of(write_csv(tmp_path / "list.csv", rows))] == [
        "not_a_date"
    ]


def days_file(folder: Path, *days: str) -> Path:
    rows = [a_session(f"S{number}", watch_date=day) for number, day in enumerate(days)]
    return write_csv(folder / "viewing_sessions.csv", rows)


@pytest.mark.parametrize(
    "days",
    [
        ("01/02/2024", "03/02/2024", "04/05/2024"),
        ("2024-02-01", "31/12/2024", "04/05/2024"),
        ("2024-02-01", "2024-02-02", "4.5.24"),
        ("2024-02-01", "not a day", "05-04-2024 00:00:00"),
    ],
    ids=["all may be two", "a mix", "two digits", "a midnight"],
)
def test_a_day_that_may_be_two_refuses_the_file(tmp_path: Path, days: tuple[str, ...]) -> None:
    path = days_file(tmp_path, *days)
    line = 2 if days[0] == "01/02/2024" else 4
    doubt = rf"viewing_sessions\.csv, line {line}, column watch_date: .* more than one way"
    with pytest.raises(InputError, match=doubt) as caught:
        list(recognise(path).judged())
    assert "--map" in caught.value.advice
    assert "date_format" in caught.value.advice


def test_a_day_that_may_be_two_refuses_a_file_whose_days_have_names(tmp_path: Path) -> None:
    titles = [a_listed_title(), a_listed_title("s2", date_added="03/04/2021")]
    with pytest.raises(InputError, match="line 4, column date_added: 03/04/2021 may be read"):
        list(recognise(write_csv(tmp_path / "titles.csv", titles)).judged())


def test_an_instant_that_may_be_of_two_days_refuses_the_file(tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "export.ndjson", [an_event(event_time="03/04/2025 10:00")])
    with pytest.raises(InputError, match="column event_time: 03/04/2025 10:00 may be read"):
        list(recognise(path).judged())


@pytest.mark.parametrize("first", ["31/12/2024", "12/31/2024", "31.12.24", "31/12/2024 00:00"])
def test_days_that_are_all_in_another_form_refuse_the_file(tmp_path: Path, first: str) -> None:
    path = days_file(tmp_path, "soon", first, "05/05/2024")
    with pytest.raises(
        InputError, match=rf"sessions\.csv, line 3, .*: {first} is a day in"
    ) as caught:
        list(recognise(path).judged())
    assert "date_format" in caught.value.advice


def test_rows_with_days_in_another_form_are_refused_alone_where_others_are_right(
    tmp_path: Path,
) -> None:
    days = ("31/12/2024", "2024-12-31", "05/05/2024", "2024/03/04", "31.02.2024", "00/01/2024")
    ((_, judged),) = recognise(days_file(tmp_path, *days)).judged()
    assert [(refusal.line, refusal.code) for refusal in judged.refusals] == [
        (line, "not_a_date") for line in (2, 4, 5, 6, 7)
    ]


def test_days_in_the_form_of_the_kind_that_are_none_are_refused_alone(tmp_path: Path) -> None:
    rows = [a_subscriber(str(number), **{"Join Date": "31-02-21"}) for number in range(2)]
    ((_, judged),) = recognise(write_csv(tmp_path / "list.csv", rows)).judged()
    assert [refusal.code for refusal in judged.refusals] == ["not_a_date"] * 2
