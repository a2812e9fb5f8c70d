"""The files of a project, as an export writes them, without a server."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from report.definition import load_report
from report.export import Marts, project_files
from svp.settings import Settings, Workspace

MARTS = Marts(("Côte d'Ivoire", "Norway", "Unknown"), date(2025, 3, 1))
SETTINGS = Settings(
    Path("home"),
    Workspace("trial"),
    postgres_url="postgresql://owner:open-sesame@db.example.com:5433/postgres",
    mysql_url="mysql://owner:open-sesame@mysql.example.com:3307/?tls=on",
)


@pytest.fixture(scope="session")
def live() -> dict[str, str]:
    """The project that asks the marts live."""
    return project_files(SETTINGS, load_report(), MARTS, mode="directQuery")


@pytest.fixture(scope="session")
def imported() -> dict[str, str]:
    """Its twin that copies them."""
    return project_files(SETTINGS, load_report(), MARTS, mode="import")


def model_of(files: dict[str, str]) -> dict[str, str]:
    """Return the TMDL of a project."""
    return {path: text for path, text in files.items() if path.endswith(".tmdl")}
