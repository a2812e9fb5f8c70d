"""Small valid files of every kind, in every format that the kind comes in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from svp.model import TABLES
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_subscriber,
    a_user,
    an_event,
    logs_file,
    sessions_file,
    users_file,
    write_csv,
    write_json_lines,
)
from tests.unit.loaders.service_tables import service_tables
from tests.unit.loaders.test_excel import table, workbook
from tests.unit.loaders.test_own_formats import as_csv, as_json_lines, as_parquet, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from svp.model import Table

__all__ = ["SAMPLES", "Format", "Sample"]

Format = Literal["csv", "lines", "document", "parquet", "workbook"]

ROWS = 9

ANALYTICS: Mapping[str, Mapping[str, str]] = {
    "users": {"user_id": "1", "age": "34", "region": "UK", "signup_date": "2024-01-05"},
    "content": {
        "content_id": "1",
        "title": "Heat",
        "content_type": "movie",
        "genre": "Crime",
        "duration_min": "100",
    },
    "viewing_sessions": {
        "log_id": "1",
        "user_id": "1",
        "content_id": "1",
        "watch_date": "2024-02-16",
        "watch_duration_min": "30",
    },
    "ratings": {
        "rating_id": "1",
        "user_id": "1",
        "content_id": "1",
        "rating": "5",
        "rating_date": "2024-02-17",
    },
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A valid file, and how its bytes are made."""

    name: str
    format: Format
    write: Callable[[Path], Path]
    """Into a folder; its name may be what tells the day that it holds."""


def numbered(make: Callable[[str], Mapping[str, Any]], prefix: str) -> list[Mapping[str, Any]]:
    """Return rows that differ in their key."""
    return [make(f"{prefix}{number}") for number in range(1, ROWS + 1)]


def catalogue(folder: Path) -> Path:
    series = {"content_id": "S1", "title": "Dark", "seasons": 1, "episodes_per_season": [8]}
    return a_catalogue(folder, a_movie(), a_movie("M2", genre="a|b"), series=[series])


def hits(folder: Path) -> Path:
    path = folder / "20220402.json"
    path.write_text(json.dumps({"hits": {"hits": numbered(a_box_log, "AX_")}}))
    return path


def event_array(folder: Path) -> Path:
    path = folder / "events.json"
    path.write_text(json.dumps(numbered(an_event, "e"), indent=1))
    return path


def users_workbook(folder: Path) -> Path:
    return workbook(folder, People=table(*numbered(a_user, "U")), Plays=table(a_session()))


def own_rows(of: Table) -> list[dict[str, Any]]:
    """Return rows of a table of the program's own, half of them with every value, half with as few as can be."""
    (key,) = of.key
    full, bare = rows_of(of)
    return [{**(full if n % 2 else bare), key: f"{n}"} for n in range(1, ROWS + 1)]


def own_file(of: Table, write: Callable[[Path, Table, list[Any]], Path], folder: Path) -> Path:
    return write(folder, of, own_rows(of))


def service_file(name: str, folder: Path) -> Path:
    path = folder / f"{name}.csv"
    service_tables()[name].to_csv(path, index=False)
    return path


def analytics_file(name: str, folder: Path) -> Path:
    row = ANALYTICS[name]
    key = next(iter(row))
    return write_csv(folder / f"{name}.csv", numbered(lambda number: {**row, key: number}, ""))


OWN_FORMATS: tuple[tuple[Format, Callable[[Path, Table, list[Any]], Path]], ...] = (
    ("csv", as_csv),
    ("lines", as_json_lines),
    ("parquet", as_parquet),
)

SAMPLES: tuple[Sample, ...] = (
    Sample("relational.users", "csv", lambda folder: users_file(folder, *numbered(a_user, "U"))),
    Sample(
        "relational.users lines",
        "lines",
        lambda folder: write_json_lines(folder / "users.jsonl", numbered(a_user, "U")),
    ),
    Sample("relational.users workbook", "workbook", users_workbook),
    Sample("relational.content", "document", catalogue),
    Sample(
        "relational.viewing_sessions",
        "csv",
        lambda folder: sessions_file(folder, *numbered(a_session, "S")),
    ),
    Sample(
        "catalogue.titles",
        "csv",
        lambda folder: write_csv(folder / "titles.csv", numbered(a_listed_title, "s")),
    ),
    Sample(
        "subscribers.users",
        "csv",
        lambda folder: write_csv(folder / "list.csv", numbered(a_subscriber, "")),
    ),
    Sample(
        "events.events",
        "lines",
        lambda folder: write_json_lines(folder / "events.jsonl", numbered(an_event, "e")),
    ),
    Sample("events.events array", "document", event_array),
    Sample("iptv.logs", "lines", lambda folder: logs_file(folder, *numbered(a_box_log, "AX_"))),
    Sample("iptv.logs hits", "document", hits),
    *(Sample(f"analytics.{name}", "csv", partial(analytics_file, name)) for name in ANALYTICS),
    *(Sample(f"service.{name}", "csv", partial(service_file, name)) for name in service_tables()),
    *(
        Sample(f"platform.{of.name} {form}", form, partial(own_file, of, write))
        for of in TABLES
        for form, write in OWN_FORMATS
    ),
)
