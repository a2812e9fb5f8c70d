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
from svp.generate import DEFAULT_SCALE, DEFAULT_START_ON, KINDS, SCALES
from svp.generate.output.formats import FileFormat
from svp.generate.output.orders import Shape
from svp.generate.output.pool import MOST_DEFAULT_WORKERS

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*arguments: str) -> Result:
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    command.register(app)
    return CliRunner().invoke(app, ["generate", *arguments])


def told(*arguments: str) -> UsageError:
    """Return the mistake that the command finds."""
    error = run("--scale", "tiny", "--plan", *arguments).exception
    assert isinstance(error, UsageError)
    return error


def test_help_names_every_scale_with_its_size() -> None:
    assert get_args(command.ScaleName) == tuple(SCALES)
    assert all(scale.summary in command.SCALE_HELP for scale in SCALES.values())
    text = re.sub(r"\s+", " ", run("--help").stdout)
    assert f"[default: {DEFAULT_SCALE}]" in text
    assert f"[default: ({DEFAULT_START_ON})]" in text
    assert f"at most {MOST_DEFAULT_WORKERS})" in text
    assert "Example: svp generate" in text


def test_choices_are_those_of_the_generator() -> None:
    assert get_args(command.ShapeName) == get_args(Shape)
    assert get_args(command.FormatName) == get_args(FileFormat)
    assert command.ONLY_HELP.partition(": ")[2].removesuffix(".").split(", ") == list(KINDS)


def test_plan_says_rows_bytes_and_time_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    result = run("--plan", "--scale", "tiny", "--out", str(out), "--json")
    facts = json.loads(result.stdout)
    assert list(facts["tables"]) == list(KINDS)
    assert facts["tables"]["viewing_sessions"]["rows"] == pytest.approx(
        SCALES["tiny"].plays, rel=1 / 3
    )
    assert facts["rows"] == sum(table["rows"] for table in facts["tables"].values())
    assert facts["bytes"] > 100_000
    assert facts["seconds"] > 0
    assert not out.exists()


def test_people_see_a_plan() -> None:
    shown = run("--plan", "--scale", "large", "--format", "csv").stdout
    assert re.search(r"viewing_sessions +1[01],\d{3},\d{3} +1\.\d GB", shown)
    assert "Nothing was written." in shown


@pytest.mark.parametrize(
    ("shape", "kinds"),
    [("relational", {"users", "content", "viewing_sessions"}), ("iptv", {"box_logs"})],
)
def test_plan_knows_the_shapes(shape: str, kinds: set[str]) -> None:
    facts = json.loads(run("--plan", "--scale", "tiny", "--shape", shape, "--json").stdout)
    assert set(facts["tables"]) == kinds


def test_generate_writes_the_platform_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    options = ("--users", "50", "--days", "5", "--titles", "30", "--start", "2025-06-01")
    more = ("--seed", "9", "--sessions-per-user", "3", "--from", "2025-06-03", "--format", "csv")
    rest = ("--dirt", "2%", "--out", str(out), "--json")
    facts = json.loads(run("--scale", "tiny", *options, *more, *rest).stdout)
    assert facts["arguments"] == {
        "seed": 9,
        "users": 50,
        "titles": 30,
        "start_on": "2025-06-01",
        "days": 5,
        "sessions_per_user": 3.0,
        "shape": "platform",
        "file_format": "csv",
        "only": [],
        "from_on": "2025-06-03",
        "dirt": 0.02,
        "report": False,
    }
    assert (out / "users.csv").is_file()
    assert not facts["was_there"]
    assert json.loads(run("--scale", "tiny", *options, *more, *rest).stdout)["was_there"]


def test_only_takes_kinds_with_commas_and_one_by_one(tmp_path: Path) -> None:
    out = tmp_path / "some"
    chosen = ("--only", "ratings, users", "--only", "episodes")
    run("--scale", "tiny", *chosen, "--out", str(out))
    names = {path.name for path in out.iterdir()}
    assert names == {"users.parquet", "episodes.parquet", "ratings.parquet", "manifest.json"}


def test_people_see_a_table_and_what_to_do_next(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    options = ("--scale", "tiny", "--users", "20", "--days", "2")
    first = run(*options, "--out", str(out))
    assert "viewing_sessions" in first.stdout
    assert "truth/parameters.json" in first.stdout
    assert "Load it with: svp ingest" in first.stdout
    again = run(*options, "--out", str(out))
    assert "nothing was written" in again.stderr


def test_missing_folder_is_a_usage_error() -> None:
    result = run("--scale", "tiny")
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == "--out is missing"


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        (("--only", "people"), "--only names people, which is no kind of data", "users, content"),
        (("--dirt", "much"), "--dirt much is no share", "1% or 0.01"),
        (("--dirt", "60%"), "a share of 0.6 dirty rows is out of range", "0 to 50%"),
        (("--dirt=-1%",), "a share of -0.01 dirty rows is out of range", "0 to 50%"),
        (
            ("--from", "2025-01-31"),
            "--from 2025-01-31 is none of the days that are generated",
            "2025-01-01 to 2025-01-30",
        ),
        (
            ("--shape", "iptv", "--format", "csv"),
            "--format does not go with the shape iptv",
            "leave --format out",
        ),
        (
            ("--report", "--from", "2025-01-30"),
            "--report does not go with --from",
            "leave one of them out",
        ),
        (
            ("--sessions-per-user", "500"),
            "500.0 sessions a user can't be generated",
            "at most 100",
        ),
        (
            ("--shape", "relational", "--dirt", "1%"),
            "--dirt does not go with the shape relational",
            "platform or iptv",
        ),
    ],
)
def test_mistakes_are_named_with_what_to_do(
    options: tuple[str, ...], message: str, advice: str
) -> None:
    error = told(*options)
    assert error.message.startswith(message)
    assert advice in error.advice


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.01", 0.01), (" 2.5% ", 0.025)])
def test_shares_are_percents_or_fractions(text: str, share: float) -> None:
    assert command._share(text) == pytest.approx(share)


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
