"""What every SQL file of the warehouse keeps to."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from procedures import INSTALL_ORDER
from svp.cli.marts import AS_OF_HELP
from svp.core.sqlfiles import SqlFile, list_sql
from warehouse.measures import STORES, tables_of
from warehouse.store import load

PROCEDURES = [file for file in list_sql("procedures") if "CREATE PROCEDURE" in file.text]
PARTS = list_sql("procedures.parts")
EVENTS = [file for file in list_sql("procedures") if "CREATE EVENT" in file.text]
MARTS = list_sql("warehouse.marts")
EXTRACTS = list_sql("oltp.extracts")
QUERIES = list_sql("warehouse.queries")


def named(files: list[SqlFile] | tuple[SqlFile, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=lambda file: file.name)


def code(file: SqlFile) -> str:
    """Return the text without comments."""
    return re.sub(r"--.*", "", file.text)


def test_install_order_names_every_file_once() -> None:
    assert sorted(INSTALL_ORDER) == sorted(file.name for file in list_sql("procedures"))


def test_procedures_are_installed_before_those_that_call_them() -> None:
    for file in list_sql("procedures"):
        called = re.findall(r"\bCALL (\w+)", code(file))
        later = [
            name for name in called if INSTALL_ORDER.index(name) > INSTALL_ORDER.index(file.name)
        ]
        assert later == [], file.name


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.number for migration in load()] == list(range(1, len(load()) + 1))


def test_migrations_may_be_run_again() -> None:
    repeatable = (
        r"CREATE TABLE IF NOT EXISTS |DROP TABLE IF EXISTS stg_|CREATE OR REPLACE |REPLACE INTO "
        r"|ALTER TABLE \w+\s+(MODIFY|ADD COLUMN|ADD KEY|DROP KEY|COMMENT)\s|UPDATE \w+, dim_|DELETE FROM refresh_log\s"
    )
    for migration in load():
        statement = re.sub(r"--.*\n", "", migration.text)
        assert re.match(repeatable, statement), migration.name


@named(PROCEDURES)
def test_procedure_is_a_contract(file: SqlFile) -> None:
    assert file.text.startswith(f"-- {file.name}: ")
    assert re.search(rf"^CREATE PROCEDURE {file.name} \(", file.text, flags=re.MULTILINE)
    sight = "READS" if file.name.startswith("show_") else "MODIFIES"
    for clause in (r"COMMENT '", "SQL SECURITY (INVOKER|DEFINER)", rf"{sight} SQL DATA"):
        assert re.search(rf"^{clause}", file.text, flags=re.MULTILINE), clause
    parameters = re.findall(r"\b(IN|OUT) (\w+)", code(file).partition("COMMENT")[0])
    assert all(name.startswith(f"{mode.lower()}_") for mode, name in parameters)


def test_procedures_of_the_marts_show_marts_by_calling_the_warehouse() -> None:
    marts = {file.name for file in MARTS}
    for file in list_sql("procedures.marts"):
        verb, _, mart = file.name.partition("_")
        assert (verb, mart in marts) == ("show", True), file.name
        assert f"CALL svp_warehouse.{file.name}(" in file.text
        assert mart in AS_OF_HELP


@named(PROCEDURES)
def test_procedure_with_a_transaction_undoes_it_and_tells(file: SqlFile) -> None:
    if "START TRANSACTION" in file.text:
        steps = ("ROLLBACK;", "CALL fail_refresh(", "RESIGNAL;", "START TRANSACTION;")
        found = [file.text.index(step) for step in steps]
        found.append(file.text.rindex("COMMIT;"))
        assert found == sorted(found)


@named(PARTS)
def test_part_is_a_query_that_more_than_one_has(file: SqlFile) -> None:
    assert file.text.startswith(f"-- {file.name}: ")
    assert re.search(r"^-- grain: +one row per .*\n-- params: ", file.text, flags=re.MULTILINE)
    having = [each for each in PROCEDURES if f"svp_parts.{file.name} " in each.text]
    assert len(having) > 1
    (parameters,) = re.findall(r"-- params: (.*(?:\n-- {9}.*)*)", file.text)
    declared = [set(re.findall(r"DECLARE (v_\w+)", each.text)) for each in having]
    assert all(set(re.findall(r"\bv_\w+", parameters)) <= each for each in declared)
    assert set(re.findall(r"\bv_\w+", code(file))) == set(re.findall(r"\bv_\w+", parameters))


@named(EVENTS)
def test_event_only_calls(file: SqlFile) -> None:
    _, _, body = code(file).partition("\nDO ")
    assert re.fullmatch(r"CALL \w+\(\)\s*", body)
    assert "ON COMPLETION PRESERVE" in file.text


@named(MARTS)
def test_mart_only_selects(file: SqlFile) -> None:
    heavy = r"\b(GROUP BY|UNION|DISTINCT|OVER|ORDER BY|LIMIT|HAVING|\w+\(\s*SELECT)\b"
    assert re.search(heavy, code(file)) is None
    assert re.search(r"(SELECT|[,.])\s*\*", code(file)) is None


@named(MARTS)
def test_mart_divides_with_decimals_whatever_a_client_set_them_to(file: SqlFile) -> None:
    for fraction in re.findall(r"cast\(((?:(?! AS ).)*) AS decimal", code(file), flags=re.DOTALL):
        assert "/" not in fraction or re.match(r"\s*\(*\s*[0-9]+\.0{8} \*", fraction), fraction


@named(MARTS)
def test_mart_says_its_grain(file: SqlFile) -> None:
    assert file.text.startswith(f"-- {file.name}: ")
    assert re.search(r"^-- grain: +one row per ", file.text, flags=re.MULTILINE)


@named(EXTRACTS)
def test_extract_says_grain_and_parameters(file: SqlFile) -> None:
    assert file.text.startswith(f"-- {file.name}: ")
    assert re.search(r"^-- grain: +one row", file.text, flags=re.MULTILINE)
    uses_days = "current_setting('svp.from_day')" in code(file)
    assert ("-- params: svp.from_day, svp.to_day" in file.text) == uses_days


def test_every_query_is_used() -> None:
    from pathlib import Path

    import warehouse

    modules = "".join(path.read_text() for path in Path(warehouse.__file__).parent.glob("*.py"))
    totals = {f"totals_of_{table}" for store in STORES for table in tables_of(store)}
    unused = [
        file.name
        for file in chain(QUERIES, EXTRACTS)
        if f'"{file.name}"' not in modules and file.name not in totals
    ]
    assert unused == []
