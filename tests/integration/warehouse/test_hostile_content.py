"""Text that means something to a database, a terminal, a spreadsheet or a browser is data all the way."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from svp.core.exports import FORMULA_STARTS
from svp.core.mongodb import open_database
from svp.core.postgres import transaction
from tests.unit.loaders.builders import a_catalogue, a_movie, a_session, sessions_file, users_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.integration.warehouse.builders import Platform

HOSTILE = (
    "'; DROP TABLE oltp.users; --",
    "$where",
    '{"$gt": ""}',
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1",
    "-1+1",
    "<script>alert(1)</script>",
    "\x1b]0;owned\x07\x1b[2Jred",
    "\\N",
    "%s %(name)s {0}",
    "`id` $(id)",
    "[bold]markup[/bold]",
)
STORED = [re.sub(r"[\x00-\x1f]+", " ", text).strip() for text in HOSTILE]
"""A control character in a name becomes a space."""


def stored(platform: Platform) -> dict[str, list[str]]:
    """Return the titles that each store has, in the order in which they were given."""
    settings = platform.settings
    names = settings.workspace
    with (
        transaction(settings.url("postgres"), names.postgres_database) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT title FROM oltp.content ORDER BY content_id")
        postgres = [title for (title,) in cursor.fetchall()]
    with open_database(settings.url("mongo"), names.mongo_database) as database:
        mongodb = [found["title"] for found in database["content"].find().sort("content_id")]
    played = platform.mart("content_performance", "content_id", "title")
    return {"PostgreSQL": postgres, "MongoDB": mongodb, "MySQL": [title for _, title in played]}


def test_hostile_text_is_data_in_three_stores_and_harmless_where_it_comes_out(
    empty_platform: Platform,
    run: Callable[..., None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    titles = {f"M{number:02}": text for number, text in enumerate(HOSTILE)}
    users_file(tmp_path)
    a_catalogue(tmp_path, *(a_movie(key, title=text) for key, text in titles.items()))
    plays = (a_session(f"S{key}", content_id=key, device_type=titles[key]) for key in titles)
    sessions_file(tmp_path, *plays)
    run("ingest", tmp_path)
    run("warehouse", "refresh")
    assert stored(empty_platform) == dict.fromkeys(("PostgreSQL", "MongoDB", "MySQL"), STORED)
    devices = {device for (device,) in empty_platform.mart("device", "device_type")}
    assert set(STORED) <= devices

    capsys.readouterr()
    run("mart", "show", "content_performance", "--columns", "content_id,title")
    shown = capsys.readouterr().out
    assert "[bold]markup[/bold]" in shown
    assert shown.replace("\n", "").isprintable()

    for name in ("titles.csv", "titles.xlsx"):
        run(
            "mart",
            "export",
            "content_performance",
            tmp_path / name,
            "--columns",
            "content_id,title",
        )
    with (tmp_path / "titles.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert sorted(title for _, title in rows) == sorted(
        f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in STORED
    )
    (sheet,) = load_workbook(tmp_path / "titles.xlsx")
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert sorted(str(cell.value) for cell in cells) == sorted(STORED)
    assert {cell.data_type for cell in cells} == {"s"}
