"""The connection files name servers and databases, and nobody's account."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from report.definition import load_report
from report.export import project_files
from tests.unit.report.conftest import MARTS, SETTINGS


def test_pbids_imports_by_mysqls_connector(live: dict[str, str]) -> None:
    (connection,) = json.loads(live["svp_trial.pbids"])["connections"]
    assert connection == {
        "details": {
            "protocol": "mysql",
            "address": {"server": "mysql.example.com:3307", "database": "svp_trial_mart"},
        },
        "options": {},
        "mode": "Import",
    }


def test_tableau_joins_titles_by_day_in_the_marts(live: dict[str, str]) -> None:
    root = ET.fromstring(live["svp_trial_marts.tds"])  # noqa: S314  (our own)
    (inner,) = root.findall(".//named-connection/connection")
    assert {
        name: inner.get(name) for name in ("class", "server", "port", "dbname", "username")
    } == {
        "class": "mysql",
        "server": "mysql.example.com",
        "port": "3307",
        "dbname": "svp_trial_mart",
        "username": "",
    }
    tables = [each.get("table") for each in root.iter("relation") if each.get("type") == "table"]
    assert tables == ["[content_performance]", "[calendar]", "[title]"]
    keys = [each.get("op") for each in root.iter("expression") if each.get("op") != "="]
    assert keys == [
        "[content_performance].[title_key]",
        "[title].[title_key]",
        "[content_performance].[date_key]",
        "[calendar].[date_key]",
    ]


def test_tableau_joins_sessions_in_postgresql(live: dict[str, str]) -> None:
    root = ET.fromstring(live["svp_trial_postgresql.tds"])  # noqa: S314  (our own)
    (inner,) = root.findall(".//named-connection/connection")
    assert (inner.get("class"), inner.get("server"), inner.get("port")) == (
        "postgres",
        "db.example.com",
        "5433",
    )
    assert inner.get("dbname") == "svp_trial"
    tables = [each.get("table") for each in root.iter("relation") if each.get("type") == "table"]
    assert tables == ["[oltp].[viewing_sessions]", "[oltp].[content]", "[oltp].[users]"]
    names = {
        each.get("connection") for each in root.iter("relation") if each.get("type") == "table"
    }
    assert names == {each.get("name") for each in root.iter("named-connection")}


def test_without_postgresql_there_is_no_source_for_it() -> None:
    settings = replace(SETTINGS, postgres_url="")
    files = project_files(settings, load_report(), MARTS, mode="directQuery")
    assert "svp_trial_postgresql.tds" not in files
    assert "svp_trial_marts.tds" in files
