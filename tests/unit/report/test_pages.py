"""The report's JSON: every file by its published schema, every field there, names, folders, places and colours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from report.definition import load_report
from report.export import project_files
from report.theme import DATA_COLORS
from tests.unit.report.conftest import MARTS, SETTINGS, model_of
from tests.unit.report.tmdl_reader import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = Path(__file__).parents[4] / "shared" / "powerbi" / "schemas"
ADDRESS = "https://developer.microsoft.com/json-schemas/"
REPORT = "svp_trial.Report"
PAGES = f"{REPORT}/definition/pages"
VALIDATOR = "powerbi-report-author"
LONGEST_WINDOWS_PATH = 260
ROOM_FOR_A_FOLDER = 120


@pytest.fixture(scope="session")
def schemas() -> Registry[Any]:
    """The published schemas by their addresses."""
    if not SCHEMAS.exists():
        pytest.skip("no JSON schemas of Power BI beside the project, under shared/powerbi/schemas")
    found = {}
    for path in SCHEMAS.rglob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        resource = DRAFT7.create_resource(content)
        found[ADDRESS + path.relative_to(SCHEMAS).as_posix()] = resource
        found[content["$id"].replace("schema.embedded.json", "schema-embedded.json")] = resource
    return Registry().with_resources(found.items())


def described(files: dict[str, str]) -> dict[str, Any]:
    """Return the JSON files that name their schema."""
    endings = (".json", ".pbip", ".pbir", ".pbism", ".platform")
    return {
        path: json.loads(text)
        for path, text in files.items()
        if path.endswith(endings) and "StaticResources" not in path
    }


def test_every_file_is_what_its_schema_says(live: dict[str, str], schemas: Registry[Any]) -> None:
    files = described(live)
    assert len(files) > 60
    for path, content in files.items():
        schema = schemas.contents(content["$schema"])
        validator = Draft7Validator(schema, registry=schemas)
        assert [(path, error.message) for error in validator.iter_errors(content)] == []


def test_schema_check_notices_an_unknown_property(schemas: Registry[Any]) -> None:
    content = {"$schema": f"{ADDRESS}fabric/item/report/definition/pagesMetadata/1.0.0/schema.json"}
    validator = Draft7Validator(schemas.contents(content["$schema"]), registry=schemas)
    assert list(validator.iter_errors({**content, "pages": []}))


def fields(content: Any, sources: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, table and name of every column and measure that a file refers to."""
    if isinstance(content, list):
        for each in content:
            yield from fields(each, sources)
    if not isinstance(content, dict):
        return
    known = sources | {
        each["Name"]: each["Entity"]
        for each in content.get("From", [])
        if isinstance(each, dict) and "Entity" in each
    }
    for kind in ("Column", "Measure"):
        if isinstance(content.get(kind), dict):
            source = content[kind]["Expression"]["SourceRef"]
            table = source.get("Entity") or known[source["Source"]]
            yield kind, table, content[kind]["Property"]
    for each in content.values():
        yield from fields(each, known)


def test_every_field_used_is_in_the_model(live: dict[str, str]) -> None:
    model = read_model(model_of(live))
    there = {
        (kind.capitalize(), table.name, each.name)
        for table in model["table"]
        for kind in ("column", "measure")
        for each in table.all(kind)
    }
    used = {field for content in described(live).values() for field in fields(content, {})}
    assert len(used) > 80
    assert used - there == set()


def test_pages_stand_in_their_order_in_folders_of_their_names(live: dict[str, str]) -> None:
    order = json.loads(live[f"{PAGES}/pages.json"])["pageOrder"]
    pages = [json.loads(live[f"{PAGES}/{name}/page.json"]) for name in order]
    assert [page["displayName"] for page in pages] == [page.name for page in load_report().pages]
    folders = {
        path.split("/")[3] for path in live if path.startswith(f"{PAGES}/") and path.count("/") > 3
    }
    assert folders == set(order)
    for path, content in described(live).items():
        if path.endswith(("/page.json", "/visual.json")):
            assert content["name"] == path.split("/")[-2]
            assert re.fullmatch("[0-9a-f]{20}", content["name"])


def test_names_are_the_reports_own(live: dict[str, str]) -> None:
    contents = described(live)
    visuals = [path.split("/")[-2] for path in contents if path.endswith("/visual.json")]
    assert len(set(visuals)) == len(visuals)
    filters = [
        each["name"]
        for content in contents.values()
        for each in content.get("filterConfig", {}).get("filters", [])
    ]
    assert filters
    assert len(set(filters)) == len(filters)
    assert all(re.fullmatch("Filter[0-9a-f]{24}", name) for name in filters)


def test_files_are_plain_and_paths_short(live: dict[str, str]) -> None:
    for path, text in live.items():
        assert not text.startswith("\ufeff")
        assert "\r" not in text
        assert text.endswith("\n")
        assert len(path) + ROOM_FOR_A_FOLDER < LONGEST_WINDOWS_PATH
        assert not re.search(r'[<>:"|?*\\]', path)
        assert all(not part.endswith((" ", ".")) for part in path.split("/"))


def test_same_marts_give_the_same_bytes(live: dict[str, str]) -> None:
    assert project_files(SETTINGS, load_report(), MARTS, mode="directQuery") == live


def test_no_file_holds_an_account(live: dict[str, str], imported: dict[str, str]) -> None:
    for files in (live, imported):
        assert [
            path for path, text in files.items() if "open-sesame" in text or "owner" in text
        ] == []


def test_every_visual_is_told_to_those_who_do_not_see_it(live: dict[str, str]) -> None:
    for path, content in described(live).items():
        if path.endswith("/visual.json"):
            (general,) = content["visual"]["visualContainerObjects"]["general"]
            literal = general["properties"]["altText"]["expr"]["Literal"]["Value"]
            assert len(literal) > len("''"), path


def visuals_of(files: dict[str, str], page_name: str) -> dict[str, Any]:
    """Return the visuals of a page by their titles."""
    contents = described(files)
    (folder,) = (
        path.rpartition("/")[0]
        for path, content in contents.items()
        if path.endswith("/page.json") and content["displayName"] == page_name
    )
    found = {}
    for path, content in contents.items():
        if path.startswith(f"{folder}/visuals/"):
            (title,) = content["visual"]["visualContainerObjects"].get("title", [None])
            words = title["properties"]["text"]["expr"]["Literal"]["Value"] if title else ""
            found[words.strip("'")] = content
    return found


def test_report_opens_with_the_last_month_that_is_whole(live: dict[str, str]) -> None:
    months = [
        visuals_of(live, page.name)["Month"]["visual"]["objects"]["general"]
        for page in load_report().pages
        if page.slicers
    ]
    assert len(months) == 6
    assert all(month == months[0] for month in months)
    assert "datetime'2025-03-01T00:00:00'" in json.dumps(months[0])


def test_without_data_no_month_is_chosen() -> None:
    empty = type(MARTS)((), None)
    files = project_files(SETTINGS, load_report(), empty, mode="directQuery")
    assert "general" not in visuals_of(files, "Overview")["Month"]["visual"]["objects"]
    assert not [path for path in files if "/roles/" in path]
    read_model(model_of(files))


def test_visual_says_which_slicers_do_not_limit_it(live: dict[str, str]) -> None:
    overview, content = visuals_of(live, "Overview"), visuals_of(live, "Content")
    hours = overview["Hours watched each day, and 28 days before"]
    told = hours["visual"]["visualContainerObjects"]["subTitle"][0]["properties"]["text"]
    assert told["expr"]["Literal"]["Value"] == "'Not limited by country and segment'"
    by_segment = overview["Customers by segment, by their active days"]
    assert "subTitle" not in by_segment["visual"]["visualContainerObjects"]
    ratings = content["Average rating by month, and the month before"]
    told = ratings["visual"]["visualContainerObjects"]["subTitle"][0]["properties"]["text"]
    assert told["expr"]["Literal"]["Value"] == "'Not limited by month and country'"


def test_slicers_leave_alone_what_says_so(live: dict[str, str]) -> None:
    (page,) = (
        content
        for path, content in described(live).items()
        if path.endswith("/page.json") and content["displayName"] == "Content"
    )
    found = visuals_of(live, "Content")
    ratings = found["Average rating by month, and the month before"]
    assert page["visualInteractions"] == [
        {"source": found["Month"]["name"], "target": ratings["name"], "type": "NoFilter"}
    ]


def test_drill_through_is_bound_to_a_customer_and_to_a_title(live: dict[str, str]) -> None:
    (page,) = (
        content for content in described(live).values() if content.get("displayName") == "Detail"
    )
    assert page["visibility"] == "HiddenInViewMode"
    names = [each["name"] for each in page["filterConfig"]["filters"]]
    bound = page["pageBinding"]["parameters"]
    assert [each["boundFilter"] for each in bound] == names
    assert [each["fieldExpr"]["Column"]["Property"] for each in bound] == ["Customer", "Content id"]


def test_cards_stand_in_one_row_and_what_was_before_is_dashed(live: dict[str, str]) -> None:
    overview = visuals_of(live, "Overview")
    (layout,) = overview["Customers and what each watches"]["visual"]["objects"]["layout"]
    assert {each["expr"]["Literal"]["Value"] for each in layout["properties"].values()} == {"5L"}
    hours = overview["Hours watched each day, and 28 days before"]["visual"]
    (dashed,) = hours["objects"]["lineStyles"]
    assert dashed["selector"] == {"metadata": "Daily statistics.Total hours, 28 days before"}


def test_tables_of_months_begin_with_the_newest(live: dict[str, str]) -> None:
    orders = {
        title: [each["direction"] for each in content["visual"]["query"]["sortDefinition"]["sort"]]
        for page in ("Customers", "Subscriptions")
        for title, content in visuals_of(live, page).items()
        if "sortDefinition" in content["visual"].get("query", {})
    }
    newest = "Customers still watching, by month of sign-up and months since"
    assert orders[newest] == ["Descending"]
    assert orders["From opening to closing revenue; each row adds up"] == ["Descending"]
    assert orders["Subscribers won and lost each month"] == ["Ascending"]


def test_no_pie_and_no_second_axis(live: dict[str, str]) -> None:
    kinds = {
        content["visual"]["visualType"]
        for path, content in described(live).items()
        if path.endswith("/visual.json")
    }
    assert kinds == {
        "actionButton",
        "cardVisual",
        "clusteredBarChart",
        "columnChart",
        "lineChart",
        "pivotTable",
        "slicer",
        "tableEx",
        "textbox",
    }


def test_what_may_not_be_added_up_has_no_totals(live: dict[str, str]) -> None:
    table = visuals_of(live, "Subscriptions")[
        "From opening to closing subscribers; each row adds up"
    ]
    (total,) = table["visual"]["objects"]["total"]
    assert total["properties"]["totals"]["expr"]["Literal"]["Value"] == "false"
    retention = visuals_of(live, "Customers")[
        "Customers still watching, by month of sign-up and months since"
    ]
    (totals,) = retention["visual"]["objects"]["subTotals"]
    assert {each["expr"]["Literal"]["Value"] for each in totals["properties"].values()} == {"false"}


def lightness(color: str) -> float:
    """Return the lightness of a colour, 0 to 100, as CIE L* has it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    luminance = sum(
        weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def test_colours_read_in_grey() -> None:
    assert all(abs(lightness(one) - lightness(other)) > 20 for one, other in pairwise(DATA_COLORS))
    first = sorted(lightness(color) for color in DATA_COLORS[:5])
    assert all(above - below > 7 for below, above in pairwise(first))


def test_theme_has_the_name_that_the_report_gives_it(live: dict[str, str]) -> None:
    report = json.loads(live[f"{REPORT}/definition/report.json"])
    name = report["themeCollection"]["customTheme"]["name"]
    theme = json.loads(live[f"{REPORT}/StaticResources/RegisteredResources/{name}"])
    assert theme["name"] == name
    base = report["themeCollection"]["baseTheme"]["name"]
    assert f"{REPORT}/StaticResources/SharedResources/BaseThemes/{base}.json" in live


def test_microsofts_validator_finds_no_error(live: dict[str, str], tmp_path: Path) -> None:
    program = shutil.which(VALIDATOR)
    if not program:
        pytest.skip(
            f"no {VALIDATOR} on the path: npm install @microsoft/powerbi-report-authoring-cli@0.1.4"
        )
    for path, text in live.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    told = subprocess.run(
        [program, "validate", str(tmp_path / REPORT)], check=False, capture_output=True, text=True
    )
    found = json.loads(told.stdout)["data"]
    # It fetches schemas itself; without a network it warns, and the test above holds them instead.
    others = found["diagnostics"].keys() - {"PBIR_SCHEMA_UNREACHABLE"}
    assert (found["errorCount"], others) == (0, set())
