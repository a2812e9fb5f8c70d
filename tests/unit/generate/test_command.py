"""svp generate, as a person calls it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, get_args

import pytest
import typer
from typer.testing import CliRunner

from svp.cli import generate as command
from svp.errors import UsageError
from svp.generate import DEFAULT_SCALE, DEFAULT_START_ON, SCALES

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*arguments: str) -> Result:
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    command.register(app)
    return CliRunner().invoke(app, ["generate", *arguments])


def test_help_names_every_scale_with_its_size() -> None:
    assert get_args(command.ScaleName) == tuple(SCALES)
    assert all(scale.summary in command.SCALE_HELP for scale in SCALES.values())
    text = re.sub(r"\s+", " ", run("--help").stdout)
    assert f"[default: {DEFAULT_SCALE}]" in text
    assert f"[default: ({DEFAULT_START_ON})]" in text
    assert "Example: svp generate" in text


def test_plan_says_rows_bytes_and_time_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    result = run("--plan", "--scale", "tiny", "--out", str(out), "--json")
    facts = json.loads(result.stdout)
    assert facts["tables"]["viewing_sessions"]["rows"] == 4_000
    assert facts["rows"] == sum(table["rows"] for table in facts["tables"].values())
    assert facts["bytes"] > 100_000
    assert facts["seconds"] > 0
    assert not out.exists()
    assert "4,000" in run("--plan", "--scale", "tiny").stdout


def test_generate_writes_the_platform_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    options = ("--users", "50", "--days", "5", "--titles", "30", "--start", "2025-06-01")
    more = ("--seed", "9", "--sessions-per-user", "3", "--out", str(out), "--json")
    facts = json.loads(run("--scale", "tiny", *options, *more).stdout)
    assert facts["arguments"] == {
        "seed": 9,
        "users": 50,
        "titles": 30,
        "start_on": "2025-06-01",
        "days": 5,
        "sessions_per_user": 3.0,
    }
    assert facts["tables"]["users"]["rows"] == 50
    assert not facts["was_there"]
    assert json.loads(run("--scale", "tiny", *options, *more).stdout)["was_there"]


def test_people_see_a_table_and_what_to_do_next(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    options = ("--scale", "tiny", "--users", "20", "--days", "2")
    first = run(*options, "--out", str(out))
    assert "viewing_sessions" in first.stdout
    assert "Load it with: svp ingest" in first.stdout
    again = run(*options, "--out", str(out))
    assert "nothing was written" in again.stderr


def test_missing_folder_is_a_usage_error() -> None:
    result = run("--scale", "tiny")
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == "--out is missing"


@pytest.mark.parametrize("scale", ["huge", ""])
def test_unknown_scale_is_refused(scale: str) -> None:
    result = run("--scale", scale, "--plan")
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_500_000, "1.5 MB"), (7 * 10**12, "7.0 TB")],
)
def test_sizes_are_shown_in_a_fitting_unit(size: int, shown: str) -> None:
    assert command._size(size) == shown
