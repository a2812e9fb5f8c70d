"""The SQL of every target: complete, in step with the model, and with documented codes only."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from loaders import canonical, kinds, parsers, readers
from loaders.codes import FLAGS, REFUSALS
from loaders.documents import COLLECTIONS, ONLY_DOCUMENTS
from svp.core.sqlfiles import list_sql, read_sql
from svp.model import TABLES, Table

ALL = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)

TYPES = {
    "string": {"text", "jsonb"},
    "int16": {"smallint"},
    "int32": {"integer"},
    "int64": {"bigint"},
    "bool": {"boolean"},
    "date32[day]": {"date"},
    "timestamp[us, tz=UTC]": {"timestamptz"},
}


def statements(table: Table) -> dict[str, str]:
    return {file.name: file.text for file in list_sql(f"loaders.targets.{table.name}")}


@ALL
def test_target_has_every_step(table: Table) -> None:
    assert statements(table).keys() - {"days", "merge", "stored", "restore"} == {"stage", "link"}


@ALL
def test_stage_has_exactly_the_columns_of_the_model(table: Table) -> None:
    columns = re.findall(r"^    (\w+) (\w+)(?: NOT NULL)?,?$", statements(table)["stage"], re.M)
    assert [name for name, _ in columns] == ["line", *table.schema.names, "quality_flags"]
    for (_, type_), column in zip(columns[1:-1], table.columns, strict=True):
        arrow = str(column.type)
        expected = {"numeric"} if arrow.startswith("decimal") else TYPES.get(arrow, {"jsonb"})
        assert type_ in expected, column.name


@ALL
def test_a_row_is_the_same_only_if_all_its_columns_are(table: Table) -> None:
    hashed = re.search(r"md5\(cast\(row\((.*?) AS uuid\)", statements(table)["link"], re.S)
    assert hashed is not None
    assert sorted(re.findall(r"stage\.(\w+)", hashed[1])) == sorted(table.schema.names)


def codes_in_sql() -> set[str]:
    """Return the words that SQL puts into refused_code, and the flags it adds."""
    found: set[str] = set()
    for table in TABLES:
        text = statements(table)["link"]
        for case in re.findall(r"CASE((?:(?!CASE).)*?)END AS refused_code", text, re.S):
            found.update(re.findall(r"THEN '(\w+)'", case))
        found.update(re.findall(r"ARRAY\['(\w+)'\]", text))
    return found


def codes_in_python() -> set[str]:
    """Return the codes that readers, parsers and flags write."""
    folders = [files(kinds), files(readers), files(parsers)]
    modules = [entry for folder in folders for entry in folder.iterdir()]
    modules += [files("loaders") / "contract.py", files("loaders") / "canonical.py"]
    text = "".join(entry.read_text() for entry in modules if entry.name.endswith(".py"))
    return {code for code in {*REFUSALS, *FLAGS} if f'"{code}"' in text}


def test_every_code_in_sql_is_documented() -> None:
    assert codes_in_sql() == {
        "before_signup", "day_differs", "ends_before_start", "half_an_amount",
        "longer_than_title", "outcome_differs", "over_two_midnights", "rated_unseen",
        "repeated_pair", "repeated_play", "unknown_parent",
    }  # fmt: skip
    assert codes_in_sql() <= {*REFUSALS, *FLAGS}


def test_every_documented_code_is_written_somewhere() -> None:
    assert codes_in_sql() | codes_in_python() == {*REFUSALS, *FLAGS}
    assert not REFUSALS.keys() & FLAGS.keys()


def test_codes_are_listed_in_their_order() -> None:
    assert list(REFUSALS) == sorted(REFUSALS)
    assert list(FLAGS) == sorted(FLAGS)


def test_documents_have_a_query_and_come_from_a_table() -> None:
    assert COLLECTIONS.keys() <= {table.name for table in TABLES}
    queries = {query for documents in COLLECTIONS.values() for query, _ in documents.queries}
    assert queries == {file.name for file in list_sql("loaders.documents")}
    for query in queries:
        assert "%(load_id)s" in read_sql("loaders.documents", query)


def test_kinds_that_are_documents_only_have_a_shape_and_no_table() -> None:
    only_documents = [kind for kind in kinds.KINDS if kind.store == "mongodb"]
    assert {kind.target.name for kind in only_documents} == ONLY_DOCUMENTS.keys()
    assert not ONLY_DOCUMENTS.keys() & {table.name for table in TABLES}


def test_every_bound_is_of_a_column_and_every_number_has_one_it_needs() -> None:
    columns = {column.name for table in TABLES for column in table.columns}
    assert canonical.RANGES.keys() <= columns
    assert set(canonical.PROSE) <= columns
    for table in TABLES:
        for column in table.columns:
            parser = canonical.parser_of(table, column)
            assert isinstance(parser, parsers.Parser), column.name
