"""The command line promises: help, an example, --json, exit codes, and options anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import pytest

from svp.cli import _options_first, build_app, main
from svp.cli.common import path_from
from svp.errors import UsageError
from svp.settings import SETTINGS, load_settings, mask_url
from tests.docs import help_texts, outdated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import typer

FULL = Path("/dev/full")
SVP = Path(sys.executable).with_name("svp")
COMMANDS = dict(help_texts())
LEAVES = [words for words, text in COMMANDS.items() if "\nCommands:" not in text]


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_has_a_worked_example_and_json(words: tuple[str, ...]) -> None:
    text = COMMANDS[words]
    example = next(line for line in text.splitlines() if line.strip().startswith("Example: "))
    assert " ".join(words) in example
    assert "--json" in text


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_fits_100_columns(words: tuple[str, ...]) -> None:
    assert max(len(line) for line in COMMANDS[words].splitlines()) <= 100


def test_every_command_of_the_design_is_there() -> None:
    names = {words[1] for words in COMMANDS if len(words) > 1}
    asked = {"up", "down", "status", "doctor", "env", "init", "demo", "generate", "ingest", "loads"}
    assert asked | {"quarantine", "nosql", "warehouse", "mart", "verify", "reset"} <= names


def test_generated_pages_are_up_to_date() -> None:
    assert outdated() == [], "run 'make docs'"


def test_global_options_may_stand_anywhere() -> None:
    given = ["ingest", "folder", "--workspace", "trial", "--json", "--home=/srv/svp"]
    assert _options_first(given) == [
        "--workspace",
        "trial",
        "--home=/srv/svp",
        "ingest",
        "folder",
        "--json",
    ]


def test_what_stands_behind_a_double_dash_is_left_alone() -> None:
    assert _options_first(["ingest", "--", "--workspace"]) == ["ingest", "--", "--workspace"]


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [(["--help"], 0), (["--version"], 0), (["no-such-command"], 2), (["ingest"], 2)],
)
def test_exit_code(arguments: list[str], exit_code: int) -> None:
    done = subprocess.run([SVP, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == exit_code
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=str)
def test_output_for_which_there_is_no_room_is_no_defect(options: tuple[str, ...]) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [SVP, "mart", "list", *options],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.stderr.startswith("svp: a file, or what is printed, can't be written: No space")
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


def callbacks(app: typer.Typer) -> Iterator[Callable[..., object]]:
    """Yield what each command calls."""
    yield from (each.callback for each in app.registered_commands if each.callback)
    for group in app.registered_groups:
        if group.typer_instance:
            yield from callbacks(group.typer_instance)


def test_every_command_reads_its_paths_by_what_refuses_an_empty_one() -> None:
    parsers = [
        said.parser
        for callback in callbacks(build_app())
        for hint in get_type_hints(callback, include_extras=True).values()
        for said in getattr(hint, "__metadata__", ())
        if "pathlib.Path" in str(hint)
    ]
    assert len(parsers) >= 10
    assert set(parsers) == {path_from}


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", ""],
        ["ingest", "users.csv", "", "--explain"],
        ["ingest", "users.csv", "--map", "", "--json"],
        ["generate", "--out", ""],
        ["report", "export", ""],
        ["doctor", "--home", ""],
        ["doctor", "--workspace="],
    ],
    ids=" ".join,
)
def test_an_empty_path_or_name_is_not_taken_for_the_usual_one(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert re.match(r"svp: .*\bempty.*\n     (name|leave)", told)


def test_an_inbox_that_is_set_to_nothing_is_none(tmp_path: Path) -> None:
    (tmp_path / "svp.toml").write_text('inbox = ""\n', encoding="utf-8")
    environment = {"SVP_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "none")}
    assert load_settings(environment=environment, folder=tmp_path).inbox is None


def test_flag_beats_environment_beats_project_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "svp.toml").write_text('workspace = "from_file"\n', encoding="utf-8")
    empty = {"XDG_CONFIG_HOME": str(tmp_path / "none"), "SVP_HOME": str(tmp_path / "home")}
    environment = {**empty, "SVP_WORKSPACE": "from_environment"}
    by_flag = load_settings({"workspace": "from_flag"}, environment=environment, folder=tmp_path)
    by_environment = load_settings(environment=environment, folder=tmp_path)
    by_file = load_settings(environment=empty, folder=tmp_path)
    by_default = load_settings(environment=empty, folder=tmp_path / "elsewhere")
    names = [made.workspace.name for made in (by_flag, by_environment, by_file, by_default)]
    assert names == ["from_flag", "from_environment", "from_file", "default"]


def test_report_currency_is_a_code(tmp_path: Path) -> None:
    environment = {"SVP_HOME": str(tmp_path)}
    assert load_settings(environment=environment, folder=tmp_path).report_currency == "USD"
    in_euros = load_settings(environment=environment | {"SVP_REPORT_CURRENCY": "EUR"})
    assert in_euros.report_currency == "EUR"
    with pytest.raises(UsageError, match="report_currency 'euro' is no currency"):
        load_settings(environment=environment | {"SVP_REPORT_CURRENCY": "euro"})


def test_settings_of_the_quarantine_are_words_and_days(tmp_path: Path) -> None:
    environment = {"SVP_HOME": str(tmp_path)}
    by_default = load_settings(environment=environment, folder=tmp_path)
    assert (by_default.quarantine_text, by_default.quarantine_days) == ("mask", 90)
    assert by_default.undo_days == 30
    chosen = {"SVP_QUARANTINE_TEXT": "cut", "SVP_QUARANTINE_DAYS": "90", "SVP_UNDO_DAYS": "0"}
    made = load_settings(environment=environment | chosen, folder=tmp_path)
    assert (made.quarantine_text, made.quarantine_days, made.undo_days) == ("cut", 90, 0)
    for_ever = load_settings(environment=environment | {"SVP_QUARANTINE_DAYS": "for ever"})
    assert for_ever.quarantine_days is None
    for name, value in (("TEXT", "some"), ("DAYS", "-1"), ("DAYS", "a week")):
        with pytest.raises(UsageError, match=f"quarantine_{name.lower()} '{value}' is no"):
            load_settings(environment=environment | {f"SVP_QUARANTINE_{name}": value})


def test_settings_never_print_a_url() -> None:
    made = load_settings(
        environment={"SVP_POSTGRES_URL": "postgresql://svp:secret@host/", "SVP_HOME": "/nowhere"}
    )
    assert "secret" not in repr(made)


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [setting.name for setting in SETTINGS if setting.variable not in page] == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://me:S3cret@host:3306/", "mysql://me:***@host:3306/"),
        ("mysql://me:S3c#r/et@host/", "mysql://me:***@host/"),
        ("mysql://me:S3c@ret@host/", "mysql://me:***@host/"),
        (
            "mongodb://host/?tlsCertificateKeyFilePassword=S3cret&w=1",
            "mongodb://host/?tlsCertificateKeyFilePassword=***&w=1",
        ),
        ("postgresql://host/db?password=S3cret", "postgresql://host/db?password=***"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
    ],
)
def test_masked_url_shows_no_secret(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("SVP_MYSQL_URL", "mysql://me:S3cret#Pw@host/"),
        ("SVP_MYSQL_URL", "mysql://me:S3cret/Pw@host/"),
        ("SVP_MYSQL_URL", "mysql://me:S3cret@host:notaport/"),
        ("SVP_MYSQL_URL", "http://me:S3cret@host/"),
        ("SVP_POSTGRES_URL", "postgresql://me:S3cret%zz@host/"),
        ("SVP_MONGO_URL", "mongodb://me:S3cret@host:99999/"),
        ("SVP_MONGO_URL", "mongodb://me:S3cret@/"),
        ("SVP_POSTGRES_URL", "postgresql://me:S3cret@[host/"),
    ],
)
def test_unreadable_url_is_refused_without_being_shown(variable: str, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(environment={variable: url, "SVP_HOME": "/nowhere"})
    assert "S3cret" not in str(caught.value)
    assert variable.removeprefix("SVP_").lower() in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://me:p%40ss@a:1,b:2/?replicaSet=rs0",
        "mongodb+srv://me:p@cluster.example/",
        "mongodb://[::1]:27017/",
    ],
)
def test_url_of_several_hosts_is_read(url: str) -> None:
    assert (
        load_settings(environment={"SVP_MONGO_URL": url, "SVP_HOME": "/nowhere"}).mongo_url == url
    )
