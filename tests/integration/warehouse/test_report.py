"""The report over real marts: its types and its queries through Power BI's driver, and the project that is written."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from report.definition import load_report
from report.export import export_report
from report.queries import answer, slicer_query, visual_queries
from svp.cli import main
from svp.errors import SchemaError, ServerError, UsageError, VerifyError
from tests.integration.warehouse.odbc import SQL_TYPES, reader_connection
from tests.integration.warehouse.plain import Groups, expected
from tests.unit.report.conftest import model_of
from tests.unit.report.tmdl_reader import read_model
from warehouse.connections import fetch, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyodbc

    from report.queries import Query
    from tests.integration.warehouse.builders import Platform

REPORT = load_report()
MODEL_TYPES = {
    "int64": {"INTEGER", "SMALLINT"},
    "decimal": {"DECIMAL"},
    "dateTime": {"DATE", "TIMESTAMP"},
    "string": {"VARCHAR"},
}
"""What the driver reports for a type of the model."""


@pytest.fixture
def reader(report_platform: Platform, driver_name: str) -> Iterator[pyodbc.Connection]:
    """The reader's account through the driver, over the small platform."""
    with reader_connection(report_platform, driver_name) as connection:
        yield connection


def asked(reader: pyodbc.Connection, query: Query) -> list[tuple[Any, ...]]:
    """Ask a query through the driver."""
    with closing(reader.cursor()) as cursor:
        cursor.execute(query.text.replace("%s", "?"), query.parameters)
        return [tuple(row) for row in cursor.fetchall()]


def choices(platform: Platform) -> list[dict[str, tuple[Any, ...]]]:
    """Return nothing chosen, a month, and a month with a country, a device and a segment."""
    database = platform.settings.workspace.mart_database
    months = platform.fetch(f"SELECT DISTINCT month_start FROM {database}.taste_summary ORDER BY 1")
    ((country,),) = platform.fetch(
        f"SELECT country FROM {database}.customer GROUP BY country ORDER BY count(*) DESC LIMIT 1"
    )
    month = {"calendar.month_start": months[1]}
    return [
        {},
        month,
        {
            **month,
            "country.country": (country,),
            "device.device_type": ("Smart TV", "Mobile"),
            "segment.segment": ("Loyal", "At Risk"),
        },
    ]


def test_types_of_the_model_are_those_that_the_driver_reports(
    report_platform: Platform, reader: pyodbc.Connection, tmp_path: Path
) -> None:
    written = export_report(report_platform.settings, tmp_path / "project")
    files = {
        str(path.relative_to(written.folder)): path.read_text(encoding="utf-8")
        for path in written.folder.rglob("*.tmdl")
    }
    with closing(reader.cursor()) as cursor:
        columns = cursor.columns(
            catalog=report_platform.settings.workspace.mart_database
        ).fetchall()
    reported = {
        (column.table_name, column.column_name): SQL_TYPES[column.data_type] for column in columns
    }
    marts = {table.caption: table.mart for table in REPORT.tables.values()}
    wrong = [
        f"{table.name}.{column.name}"
        for table in read_model(model_of(files))["table"]
        for column in table.all("column")
        if reported[marts[table.name], column.properties["sourceColumn"]]
        not in MODEL_TYPES[column.properties["dataType"]]
    ]
    assert wrong == []


def test_every_measure_of_every_visual_is_what_plain_sql_says(
    report_platform: Platform, reader: pyodbc.Connection
) -> None:
    database = report_platform.settings.workspace.mart_database
    with open_warehouse(report_platform.settings) as connection:
        for choice, page in product(choices(report_platform), REPORT.pages):
            for visual in page.visuals:
                wanted = expected(connection, database, REPORT, visual, choice)
                queries = visual_queries(REPORT, visual, database=database, choice=choice)
                found = by_measure([(query, asked(reader, query)) for query in queries])
                place = f"{page.name}, {visual.name}, {choice}"
                assert found.keys() == wanted.keys(), place
                for name, groups in wanted.items():
                    assert_shown(found[name], groups, visual.top, place=f"{place}, {name}")


def assert_shown(found: Groups, wanted: Groups, top: int, *, place: str) -> None:
    """Hold a measure to what plain SQL says of its groups, or of those that are shown of them."""
    assert found.keys() <= wanted.keys(), place
    assert top or len(found) == len(wanted), place
    for group, value in found.items():
        assert same(value, wanted[group]), (place, group)


def by_measure(answers: list[tuple[Query, list[tuple[Any, ...]]]]) -> dict[str, Groups]:
    """Return what queries answered, each measure by its groups."""
    return {
        name: {
            row[: len(query.groups)]: row[len(query.groups) + number]
            for row in rows
            if row[len(query.groups) + number] is not None
        }
        for query, rows in answers
        for number, name in enumerate(query.measures)
    }


def same(found: Any, wanted: Any) -> bool:
    """Tell whether two values are one: exactly, or a ratio to 1e-9."""
    if hasattr(wanted, "year"):
        return bool(found == wanted)
    return float(found) == pytest.approx(float(wanted), rel=1e-9, abs=1e-12)


def test_every_visual_has_data_and_every_slicer_values(
    report_platform: Platform, reader: pyodbc.Connection
) -> None:
    database = report_platform.settings.workspace.mart_database
    for page in REPORT.pages:
        for visual in page.visuals:
            rows = answer(
                REPORT, visual, lambda query: asked(reader, query), database=database, choice={}
            )
            assert rows, (page.name, visual.name)
            assert not visual.top or len(rows) <= visual.top
        for field in page.slicers:
            assert asked(reader, slicer_query(REPORT, field, database=database)), field


def test_every_key_of_a_fact_is_in_its_dimension(report_platform: Platform) -> None:
    database = report_platform.settings.workspace.mart_database
    dimensions = {table.key: table.mart for table in REPORT.tables.values() if table.key}
    for table in REPORT.tables.values():
        for key in table.keys:
            ((strays,),) = report_platform.fetch(
                f"SELECT count(*) FROM {database}.{table.mart} AS fact"
                f" LEFT JOIN {database}.{dimensions[key]} AS dimension ON fact.{key} = dimension.{key}"
                f" WHERE dimension.{key} IS NULL"
            )
            assert (table.mart, key, strays) == (table.mart, key, 0)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their paths."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_second_export_is_the_same_bytes_and_opens_with_the_last_whole_month(
    report_platform: Platform, tmp_path: Path
) -> None:
    (*_, (whole,), _) = report_platform.fetch(
        f"SELECT DISTINCT month_start FROM {report_platform.settings.workspace.mart_database}.taste_summary"
        " ORDER BY month_start"
    )
    first = export_report(report_platform.settings, tmp_path / "first")
    export_report(report_platform.settings, tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    assert len(contents(tmp_path / "first")) == first.files
    assert first.project.exists()
    assert (first.opens_with, first.roles > 1) == (whole, True)
    export_report(report_platform.settings, tmp_path / "second", force=True)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_forced_export_leaves_nothing_of_the_old_project_and_what_is_not_its_own(
    empty_platform: Platform, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    first = export_report(empty_platform.settings, folder)
    name = empty_platform.settings.workspace.base
    stale = folder / f"{name}.Report" / "definition" / "pages" / "old" / "page.json"
    stale.parent.mkdir()
    stale.write_text("{}", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        export_report(empty_platform.settings, folder)
    export_report(empty_platform.settings, folder, force=True)
    assert not stale.exists()
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert len(contents(folder)) == first.files + 1


def test_empty_workspace_has_a_report_without_a_month_and_without_roles(
    empty_platform: Platform, tmp_path: Path
) -> None:
    written = export_report(empty_platform.settings, tmp_path / "project", mode="import")
    assert (written.opens_with, written.roles, written.mode) == (None, 0, "import")
    database = empty_platform.settings.workspace.mart_database
    with open_warehouse(empty_platform.settings) as connection:
        for page in REPORT.pages:
            for visual in page.visuals:
                rows = answer(
                    REPORT,
                    visual,
                    lambda query: fetch(connection, query.text, query.parameters),
                    database=database,
                    choice={},
                )
                assert all(value in {0, None} for row in rows for value in row), visual.name


def test_marts_that_lack_a_column_are_told(empty_platform: Platform, tmp_path: Path) -> None:
    database = empty_platform.settings.workspace.mart_database
    empty_platform.execute(f"CREATE OR REPLACE VIEW {database}.genre AS SELECT 1 AS genre_key")
    with pytest.raises(VerifyError, match=r"genre\.genre") as told:
        export_report(empty_platform.settings, tmp_path / "project")
    assert "genre.genre" in str(told.value.details["columns"])
    assert not (tmp_path / "project").exists()


def test_workspace_without_a_warehouse_is_told(empty_platform: Platform, tmp_path: Path) -> None:
    workspace = replace(empty_platform.settings.workspace, name="nowhere")
    settings = replace(empty_platform.settings, workspace=workspace)
    with pytest.raises(SchemaError):
        export_report(settings, tmp_path / "project")


def test_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    from svp.settings import Settings, Workspace

    settings = Settings(tmp_path, Workspace("w"), mysql_url="mysql://somebody@127.0.0.1:1/")
    with pytest.raises(ServerError):
        export_report(settings, tmp_path / "project")


def test_folder_that_can_not_be_written_is_told(empty_platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="is no folder"):
        export_report(empty_platform.settings, tmp_path / "file")
    with pytest.raises(UsageError, match="can't be written"):
        export_report(empty_platform.settings, tmp_path / "file" / "project")


def test_command_tells_what_it_wrote(
    empty_platform: Platform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = empty_platform.settings
    monkeypatch.setenv("SVP_MYSQL_URL", settings.mysql_url)
    monkeypatch.setenv("SVP_WORKSPACE", settings.workspace.name)
    folder = tmp_path / "project"
    for arguments, code in (([], 0), ([], 2), (["--force", "--import"], 0)):
        with pytest.raises(SystemExit) as ended:
            main(["report", "export", str(folder), "--json", *arguments])
        assert ended.value.code == code
        told = json.loads(capsys.readouterr().out)
        assert code == 2 or told["project"] == str(folder / f"{settings.workspace.base}.pbip")
    assert "advice" not in told
    assert told["mode"] == "import"
