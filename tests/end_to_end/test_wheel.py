"""The wheel, installed into an empty environment, is the whole program."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("loaders", "oltp", "nosql", "warehouse", "procedures", "report", "platform/svp")
DATA_ENDINGS = {".json", ".sql", ".toml", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
    )
    return next(folder.glob("*.whl"))


def test_wheel_holds_every_data_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(path.relative_to(ROOT)).removeprefix("platform/")
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in DATA_ENDINGS
    }
    assert len(expected) > 40
    assert expected - held == set()


def test_installed_wheel_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    told = subprocess.run(
        [environment / "bin" / "svp", "--help"], cwd="/", check=True, capture_output=True, text=True
    )
    assert "warehouse" in told.stdout
    packages = sorted({path.parent for room in ROOMS for path in (ROOT / room).rglob("*.sql")})
    names = [
        str(path.relative_to(ROOT)).removeprefix("platform/").replace("/", ".") for path in packages
    ]
    count = f"from svp.core.sqlfiles import list_sql; print(*(len(list_sql(n)) for n in {names}))"
    counted = subprocess.run(
        [python, "-I", "-c", count], cwd="/", check=True, capture_output=True, text=True
    )
    found = [int(number) for number in counted.stdout.split()]
    assert found == [len(list(path.glob("*.sql"))) for path in packages]
