"""The semantic model is TMDL to the letter, and what it refers to is there."""

from __future__ import annotations

import re

import pytest

from report.dax import DaxError, read_dax
from report.definition import load_report
from report.export import Marts, project_files
from tests.unit.report.conftest import SETTINGS, model_of
from tests.unit.report.m_reader import MError, read_m
from tests.unit.report.tmdl_reader import TmdlError, read_model, read_tmdl

TABLES = "svp_trial.SemanticModel/definition/tables"
PARAMETERS = {"Server", "Database"}

MUTANTS = {
    "bad indent": ("\t\tdataType: int64", "\t\t\tdataType: int64"),
    "indent by spaces": ("\t\tdataType: int64", "        dataType: int64"),
    "unknown property": ("\t\tisKey", "\t\tisPrimary"),
    "unknown object": ("\thierarchy Period", "\tpyramid Period"),
    "bad dataType": ("dataType: dateTime", "dataType: timestamp"),
    "bad mode": ("mode: directQuery", "mode: live"),
    "bad summarizeBy": ("summarizeBy: none", "summarizeBy: nothing"),
    "dangling sortBy": ("sortByColumn: month_of_year", "sortByColumn: month_of_moon"),
    "dangling level": ("\t\t\tcolumn: Year", "\t\t\tcolumn: Yore"),
    "comment": ("\tdataCategory: Time", "\t# the table of dates\n\tdataCategory: Time"),
    "keyword with a value": ("\t\tisKey\n", "\t\tisKey: true\n"),
    "unquoted name": ("column 'Month of year'", "column Month of year"),
    "missing type": ("\t\tdataType: int64\n", ""),
    "property twice": ("\tdataCategory: Time", "\tdataCategory: Time\n\tdataCategory: Time"),
    "no source": ("\t\tsource =\n", ""),
}


def test_whole_model_is_read(live: dict[str, str], imported: dict[str, str]) -> None:
    for files in (live, imported):
        model = read_model(model_of(files))
        assert len(model["table"]) == len(load_report().tables)
        measures = [measure for table in model["table"] for measure in table.all("measure")]
        assert len(measures) == len(load_report().measures)
        assert all(measure.description for measure in measures)
        assert all(table.description for table in model["table"])


@pytest.mark.parametrize("mutant", MUTANTS)
def test_reader_refuses_what_power_bi_refuses(live: dict[str, str], mutant: str) -> None:
    before, after = MUTANTS[mutant]
    files = model_of(live)
    path = f"{TABLES}/Calendar.tmdl"
    assert before in files[path]
    files[path] = files[path].replace(before, after, 1)
    with pytest.raises(TmdlError):
        read_model(files)


def test_reader_refuses_a_relationship_to_nothing(live: dict[str, str]) -> None:
    files = model_of(live)
    path = "svp_trial.SemanticModel/definition/relationships.tmdl"
    files[path] = files[path].replace("toColumn: Calendar.date_key", "toColumn: Calendar.day", 1)
    with pytest.raises(TmdlError, match=r"toColumn Calendar\.day"):
        read_model(files)


def test_reader_refuses_a_table_that_the_model_does_not_name(live: dict[str, str]) -> None:
    files = model_of(live)
    path = "svp_trial.SemanticModel/definition/model.tmdl"
    files[path] = files[path].replace("ref table Genre\n", "")
    with pytest.raises(TmdlError, match="table Genre"):
        read_model(files)


def test_a_fence_ends_where_it_began() -> None:
    text = (
        "table A\n\tmeasure b = ```\n\t\t\tVAR c = 1\n\t\t\tRETURN c\n\t\t\t```\n"
        "\t\tformatString: 0\n\t\tdisplayFolder: D\n"
    )
    (table,) = read_tmdl(text)
    assert table.all("measure")[0].expression == "VAR c = 1\nRETURN c"
    with pytest.raises(TmdlError):
        read_tmdl(text.replace("\t\t\tRETURN", "\t\tRETURN"))


def test_every_formula_is_read_and_refers_to_what_is_there(live: dict[str, str]) -> None:
    model = read_model(model_of(live))
    columns = {
        (table.name, column.name) for table in model["table"] for column in table.all("column")
    }
    measures = {measure.name for table in model["table"] for measure in table.all("measure")}
    tables = {table.name for table in model["table"]}
    formulas = [measure.expression for table in model["table"] for measure in table.all("measure")]
    formulas += [
        permission.expression
        for role in model["role"]
        for permission in role.all("tablePermission")
    ]
    for formula in formulas:
        found = read_dax(formula)
        assert found.columns <= columns, formula
        assert found.measures <= measures, formula
        assert found.tables <= tables, formula
        assert found.columns or found.measures or found.tables, formula


@pytest.mark.parametrize(
    "formula",
    [
        "SUMM('A'[b])",
        "SUM('A'[b]",
        "SUM('A'[b]))",
        "SUM()",
        "DIVIDE([a])",
        "DIVIDE([a] [b])",
        "[a] +",
        "VAR x = 1",
        "VAR x = 1 RETURN y",
        "RETURN 1",
        "",
        "'A'[b",
        "SELECT 1",
    ],
)
def test_dax_that_is_none_is_refused(formula: str) -> None:
    with pytest.raises(DaxError):
        read_dax(formula)


def test_partitions_read_one_view_each_and_nothing_more(
    live: dict[str, str], imported: dict[str, str]
) -> None:
    for files, function in ((live, "MariaDB.Contents"), (imported, "MySQL.Database")):
        for table in read_model(model_of(files))["table"]:
            (partition,) = table.all("partition")
            (source,) = partition.all("source")
            found = read_m(source.text, parameters=PARAMETERS)
            assert found.functions == [function]
            assert found.texts[0] in load_report().tables
            assert found.names[-1] == "View"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(Server, Database),", "(Server, Database)"),
        ("(Server", "(Serve"),
        ("[Data]", "[Data"),
        ("in\n", "\n"),
        ("MariaDB.Contents", "MariaDB.Content"),
        ('Kind="View"', "Kind="),
    ],
)
def test_m_that_is_none_is_refused(before: str, after: str) -> None:
    source = "MariaDB.Contents(Server, Database)"
    text = (
        f'let\n\tSource = {source},\n\tView = Source{{[Name="a", Kind="View"]}}[Data]\nin\n\tView'
    )
    read_m(text, parameters=PARAMETERS)
    assert before in text
    with pytest.raises(MError):
        read_m(text.replace(before, after), parameters=PARAMETERS)


def test_twin_differs_in_mode_and_source_alone(
    live: dict[str, str], imported: dict[str, str]
) -> None:
    differing = {path for path in live if live[path] != imported[path]}
    assert live.keys() == imported.keys()
    assert differing == {path for path in live if path.startswith(TABLES)}


def test_power_bi_is_left_to_join_dimensions_to_facts_and_not_the_other_way(
    live: dict[str, str],
) -> None:
    relationships = live["svp_trial.SemanticModel/definition/relationships.tmdl"]
    assert "relationship " in relationships
    assert "relyOnReferentialIntegrity" not in relationships


def test_calendar_is_marked_by_its_days(live: dict[str, str]) -> None:
    (calendar,) = (
        table for table in read_model(model_of(live))["table"] if table.name == "Calendar"
    )
    keys = [column.name for column in calendar.all("column") if "isKey" in column.properties]
    assert (calendar.properties["dataCategory"], keys) == ("Time", ["Date"])


def test_relationships_lead_from_every_key_of_a_fact_to_one_dimension(live: dict[str, str]) -> None:
    report = load_report()
    relationships = read_model(model_of(live))["relationship"]
    pairs = [(each.properties["fromColumn"], each.properties["toColumn"]) for each in relationships]
    assert len(set(pairs)) == sum(len(table.keys) for table in report.tables.values())
    tables = [(one.partition(".")[0], other.partition(".")[0]) for one, other in pairs]
    assert len(set(tables)) == len(tables), "two ways from one table to another"
    dimensions = {to for _, to in tables}
    assert not {of for of, _ in tables} & dimensions, "ways from a dimension to another"


def test_people_see_no_keys_and_no_sums(live: dict[str, str]) -> None:
    for table in read_model(model_of(live))["table"]:
        for column in table.all("column"):
            is_plain = re.fullmatch(r"[a-z0-9_]+", column.name) is not None
            assert ("isHidden" in column.properties) == is_plain, column.name
            assert column.properties["summarizeBy"] == "none"


def test_each_country_has_a_role_that_limits_customers_too(live: dict[str, str]) -> None:
    roles = read_model(model_of(live))["role"]
    assert [role.name for role in roles] == ["Côte d'Ivoire", "Norway"]
    for role in roles:
        limited = {one.name: one.expression for one in role.all("tablePermission")}
        assert limited == {
            table: f"'{table}'[Country] == \"{role.name}\"" for table in ("Country", "Customer")
        }
    names = [path.rpartition("/")[2] for path in live if "/roles/" in path]
    assert all(re.fullmatch(r"[A-Za-z0-9 ._-]+\.tmdl", name) for name in names)


def test_countries_that_are_one_to_power_bi_have_one_role_of_a_name_that_it_takes() -> None:
    countries = ("Norway", "NORWAY", "Nor\nway", 'O"Land', "../../x", "Unknown")
    files = project_files(SETTINGS, load_report(), Marts(countries, None), mode="directQuery")
    roles = read_model(model_of(files))["role"]
    assert sorted(role.name for role in roles) == ["../../x", "Norway", 'O"Land']
    for role in roles:
        assert [read_dax(one.expression).columns for one in role.all("tablePermission")] == [
            {("Country", "Country")},
            {("Customer", "Country")},
        ]
    paths = [path for path in files if "/roles/" in path]
    assert all(path.count("/") == 3 and ".." not in path for path in paths)


def test_parameters_are_the_server_and_the_database_without_an_account(
    live: dict[str, str],
) -> None:
    server, database = read_model(model_of(live))["expression"]
    assert server.expression.startswith('"mysql.example.com:3307" meta [IsParameterQuery=true')
    assert database.expression.startswith('"svp_trial_mart" meta [IsParameterQuery=true')
