"""The house stands as it is drawn: rooms, layers, packaging."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.frozen import present, recorded

ROOT = Path(__file__).parents[2]
ROOMS = ("platform/svp", "loaders", "oltp", "nosql", "warehouse", "procedures", "report")
HEAVY = ("mysql", "numpy", "pandas", "psycopg2", "pyarrow", "pymongo", "faker", "rich.progress")


def test_platform_holds_no_python_file_of_its_own() -> None:
    # With one, "import platform" from the repository finds it instead of the standard module.
    assert [path.name for path in (ROOT / "platform").glob("*.py")] == []


def test_standard_platform_module_is_found_from_the_repository() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.python_implementation())"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "CPython"


def test_import_layers_hold() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from svp.cli import build_app; import typer.main; typer.main.get_command(build_app());"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_opens_with_what_it_holds(room: str) -> None:
    opened = {
        path: path.read_text(encoding="utf-8").startswith('"""')
        for path in (ROOT / room).rglob("*.py")
    }
    assert [path for path, told in opened.items() if not told] == []


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_exist(room: str) -> None:
    package = room.rpartition("/")[2]
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT / room).with_suffix("").parts
        if parts[-1] == "__main__":
            continue
        name = ".".join((package, *parts)).removesuffix(".__init__")
        module = import_module(name)
        missing = [
            public for public in getattr(module, "__all__", ()) if not hasattr(module, public)
        ]
        assert (name, missing) == (name, [])


def test_no_tracked_file_names_a_registry() -> None:
    requirements = [path.read_text(encoding="utf-8") for path in (ROOT / "requirements").iterdir()]
    assert all("://" not in text and "--index" not in text for text in requirements)


def test_no_picture_names_a_folder_of_the_machine_it_was_drawn_on() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
    assert pictures
    named = re.compile(r"(?<![\w~.])/(?:tmp|root|home|work|var)/")
    assert [file.name for file in pictures if named.search(file.read_text("utf-8"))] == []


def test_migration_numbers_are_contiguous_in_every_store() -> None:
    from svp.core.migrations import load_migrations

    assert load_migrations("oltp.migrations")
    assert load_migrations("warehouse.migrations")
    assert load_migrations("nosql.migrations", suffix=".json")


def test_links_between_pages_lead_somewhere() -> None:
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    ]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert len(links) > 20
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_no_recorded_migration_was_edited() -> None:
    assert present() == recorded(), "add a migration instead, then run: python -m tests.frozen"
