"""``svp nosql``: what people see, and what machines read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from nosql.pipelines import find_pipeline, list_pipelines
from svp.cli.nosql import register
from svp.errors import UsageError
from tests.integration.nosql.builders import a_play, a_title

if TYPE_CHECKING:
    from typer.testing import Result

    from svp.core.mongodb import MongoDatabase
    from svp.settings import Settings

HOSTILE = "[b]Heat\x1b[31m"


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return {"SVP_MONGO_URL": settings.mongo_url, "SVP_WORKSPACE": settings.workspace.name}


@pytest.fixture
def filled(database: MongoDatabase) -> MongoDatabase:
    database["content"].insert_one(a_title("t1", title=HOSTILE))
    database["viewing_events"].insert_many([a_play("t1"), a_play("t2", watch_seconds=5_400)])
    return database


def svp(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    app = typer.Typer(rich_markup_mode=None)
    register(app)
    result = CliRunner().invoke(app, ["nosql", *arguments], env=environment or {})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def data_of(result: Result) -> Any:
    return json.loads(result.stdout)


def fits(text: str) -> bool:
    return all(len(line) <= 100 for line in text.splitlines())


def test_list_names_every_pipeline_within_100_columns() -> None:
    shown = svp("list").stdout
    assert fits(shown)
    assert all(f" {pipeline.name} " in shown for pipeline in list_pipelines())


def test_list_gives_machines_the_parameters() -> None:
    listed = {each["name"]: each for each in data_of(svp("list", "--json"))["pipelines"]}
    assert listed.keys() == {pipeline.name for pipeline in list_pipelines()}
    assert listed["title_statistics"]["parameters"] == [
        {
            "name": "valid_play_seconds",
            "type": "integer",
            "help": "seconds of video from which a play is valid",
            "default": 30,
        }
    ]


def test_show_prints_a_pipeline_as_its_file_has_it() -> None:
    shown = svp("show", "title_statistics", "--pipeline").stdout
    assert shown == find_pipeline("title_statistics").text
    stages = data_of(svp("show", "title_statistics", "--pipeline", "--json"))["pipeline"]
    assert stages == json.loads(shown)["pipeline"]


def test_show_says_what_to_do_when_there_is_no_result(environment: dict[str, str]) -> None:
    shown = svp("show", "title_statistics", environment=environment).stdout
    assert "'svp nosql run title_statistics' computes them" in shown


def test_run_tells_what_was_written_and_then_that_nothing_changed(
    environment: dict[str, str], filled: MongoDatabase
) -> None:
    first = svp("run", "title_statistics", environment=environment).stdout
    assert first.split()[-4:] == ["title_statistics", "2", "0", first.split()[-1]]
    again = svp("run", "title_statistics", environment=environment).stdout
    assert "unchanged, not run" in again
    (result,) = data_of(svp("run", "title_statistics", "--json", environment=environment))[
        "results"
    ]
    assert (result["written"], result["skipped"]) == (0, True)
    forced = data_of(svp("run", "--force", "--json", environment=environment))["results"]
    assert not any(result["skipped"] for result in forced)
    assert filled["title_statistics"].count_documents({"run_number": 2}) == 2


def test_show_prints_the_result_within_100_columns_and_harms_no_terminal(
    environment: dict[str, str], filled: MongoDatabase
) -> None:
    svp("run", environment=environment)
    for pipeline in list_pipelines():
        if pipeline.into:
            assert fits(svp("show", pipeline.name, environment=environment).stdout)
    shown = svp("show", "title_statistics", environment=environment).stdout
    assert "5,400" in shown
    assert "[b]Heat" in shown
    assert "\x1b" not in shown
    (row,) = data_of(
        svp("show", "title_statistics", "--limit", "1", "--json", environment=environment)
    )["rows"]
    assert (row["content_id"], row["watch_seconds"]) == ("t2", 5_400)
    assert filled["title_statistics"].count_documents({}) == 2


def test_explain_names_the_indexes(environment: dict[str, str], filled: MongoDatabase) -> None:
    shown = svp("explain", "title_statistics", environment=environment).stdout
    assert "_id_" in shown
    explained = data_of(svp("explain", "title_statistics", "--json", environment=environment))
    assert explained["documents_examined"] == filled["viewing_events"].count_documents({}) + 1


def test_an_unknown_name_is_a_usage_error(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="there is no pipeline titles"):
        svp("run", "titles", environment=environment)
