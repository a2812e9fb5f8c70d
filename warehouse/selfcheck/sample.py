"""The files that a check loads: each corrects rows of the one before, repeats some, adds some, and has bad ones."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from loaders.ingest import LARGE_BYTES
from loaders.quarantine import LINE_COLUMN
from loaders.steps import Step
from warehouse.selfcheck.actions import corrected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Task", "tasks"]

USERS, TITLES, SESSIONS, LINES = 200, 50, 1_000, 300
FIRST_DAY = date(2024, 3, 1)
DAYS = 5
PACKED_DAY = FIRST_DAY + timedelta(days=DAYS)
LONG_CHARACTERS = 4_500
FIRST_ROW_LINE = 2
"""Below the names."""

ROW_STEPS = {
    Step.ENTERED: 1,
    Step.STAGED: 1,
    Step.JUDGED: 1,
    Step.MERGED: 1,
    Step.COMMITTED: 1,
    Step.DOCUMENTS: 1,
    Step.DOCUMENTED: 1,
    Step.NOTED: 1,
    Step.PUBLISHED: 1,
}
"""Steps of a file of rows, and which time each is not outlived."""

DOCUMENT_STEPS = {Step.INSERTED: 1, Step.REPLACED: 1, Step.MERGED: 1, Step.COMMITTED: 1}
"""Steps of a file whose rows are documents only."""

KEY_STEPS = {Step.KEYS_OFF: "ratings", Step.KEYS_ON: "search_queries"}
"""Steps of a large file into an empty table, and the table."""

PACKED_STEPS = (Step.MERGED, Step.COMMITTED)

WHOLE_DAY_STEPS = (Step.REPLACED, Step.MERGED, Step.COMMITTED)
"""Steps of a file that is all there is of its day."""

UNDO_STEPS = (Step.TAKEN_BACK, Step.UNDOING, Step.DOCUMENTS_BACK)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do to a workspace, and where a run that does it is killed."""

    action: str
    path: Path
    step: Step | None = None
    """None: at a random moment, or not at all."""
    call: int = 1
    is_killed: bool = True


def tasks(folder: Path, *, random_kills: int) -> tuple[Task, ...]:
    """Write the files of a check into a folder, and return what is done with them, in order."""
    parents = [Task("load", path, is_killed=False) for path in (_users(folder), _titles(folder))]
    rows = [
        Task("load", _sessions(folder, number), step, call)
        for number, (step, call) in enumerate(ROW_STEPS.items())
    ]
    large = [
        Task("load", _large(folder, table, text), step)
        for (step, table), text in zip(KEY_STEPS.items(), ("review", "query_text"), strict=True)
    ]
    late = Task("load", _late_users(folder, len(rows)), Step.REPLAYED)
    correction = Task("correct", rows[0].path, Step.REPLAYED)
    logs = [
        Task("load", _logs(folder, number), step, call)
        for number, (step, call) in enumerate(DOCUMENT_STEPS.items())
    ]
    packed = [
        Task("load to the warehouse", _logs(folder, number, PACKED_DAY), step)
        for number, step in enumerate(PACKED_STEPS)
    ]
    whole = [
        Task("replace a day", _logs(folder, len(logs) + number), step)
        for number, step in enumerate(WHOLE_DAY_STEPS)
    ]
    packed.append(
        Task("replace a day in the warehouse", _logs(folder, len(packed), PACKED_DAY), Step.MERGED)
    )
    events = Task("load", _events(folder), Step.MERGED)
    undone = [
        Task("undo", task.path, step)
        for step, task in zip(UNDO_STEPS, reversed(rows), strict=False)
    ]
    first = len(rows)
    at_random = [Task("load", _sessions(folder, first + number)) for number in range(random_kills)]
    full = Task("load a full delivery", _all_users(folder), Step.MERGED)
    stored = (*parents, *large, *rows, late, correction, *logs, *whole, *packed, events)
    return (*stored, *undone, full, *at_random)


def _users(folder: Path) -> Path:
    return _csv(folder / "users.csv", map(_user, range(USERS)))


def _all_users(folder: Path) -> Path:
    """Write the users who are left: the others end, those who came late among them."""
    return _csv(folder / "all_users.csv", map(_user, range(0, USERS, 2)))


def _user(number: int) -> dict[str, str]:
    return {"user_id": f"U{number}", "registration_date": "2024-01-01"}


def _late_users(folder: Path, files: int) -> Path:
    users = [{"user_id": f"W{n}", "registration_date": "2024-01-01"} for n in range(files)]
    return _csv(folder / "late_users.csv", users)


def _titles(folder: Path) -> Path:
    movies = [
        {"content_id": f"M{n}", "title": f"Title {n}", "genre": ["Drama"], "duration_minutes": 90}
        for n in range(TITLES)
    ]
    path = folder / "content.json"
    path.write_text(json.dumps({"movies": movies}), encoding="utf-8")
    return path


def _sessions(folder: Path, number: int) -> Path:
    """Write sessions: new ones, corrections of the file before, repeats, one that waits, and one without a day."""
    new = [_session(f"S{number}_{n}", n) for n in range(SESSIONS)]
    again = [
        _session(f"S{number - 1}_{n}", n, watch_duration_minutes="7")
        for n in range(0, SESSIONS if number else 0, 20)
    ]
    waiting = _session(f"S{number}_waits", 1, user_id=f"W{number}")
    bad = _session(f"S{number}_bad", 1, watch_date="soon")
    rows = [*again, *new, waiting, bad, *new[:9]]
    path = _csv(folder / f"sessions{number}.csv", rows)
    line = str(rows.index(bad) + FIRST_ROW_LINE)
    _csv(corrected(path), [bad | {"watch_date": f"{FIRST_DAY}", LINE_COLUMN: line}])
    return path


def _session(session_id: str, number: int, **changes: str) -> dict[str, str]:
    row = {
        "session_id": session_id,
        "user_id": f"U{number % USERS}",
        "content_id": f"M{number % TITLES}",
        "watch_date": f"{FIRST_DAY + timedelta(days=number % DAYS)}",
        "watch_duration_minutes": f"{1 + number % 80}",
    }
    return row | changes


def _large(folder: Path, table: str, text: str) -> Path:
    """Write rows of a table, of which one column is long, of more bytes than make a file a large one."""
    number = 1 + LARGE_BYTES // LONG_CHARACTERS
    return _csv(folder / f"{table}.csv", (_long(table, text, n) for n in range(number)))


def _long(table: str, text: str, number: int) -> dict[str, str]:
    instant = f"{FIRST_DAY}T12:00:00Z"
    of_table = {
        "ratings": {
            "rating_id": f"R{number}", "content_id": f"M{number % TITLES}", "stars": "4", "rated_at": instant,
        },
        "search_queries": {"search_id": f"Q{number}", "searched_at": instant},
    }  # fmt: skip
    return {
        "user_id": f"U{number % USERS}",
        **of_table[table],
        text: "long " * (LONG_CHARACTERS // 5),
    }


def _events(folder: Path) -> Path:
    path = folder / "events.json"
    path.write_text("".join(_written(map(_event, range(LINES)))), encoding="utf-8")
    return path


def _event(number: int) -> dict[str, object]:
    return {
        "uuid": f"E{number}",
        "event_type": "page_view",
        "event_time": f"{FIRST_DAY} 12:00:00.000000",
        "session_id": number % 9,
        "user_id": f"U{number % USERS}",
        "device_id": "d1",
        "platform": "Web",
        "event_properties": {},
        "user_properties": {},
    }


def _csv(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    written = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, written[0])
        writer.writeheader()
        writer.writerows(written)
    return path


def _logs(folder: Path, number: int, day: date = FIRST_DAY) -> Path:
    """Write a day of logs: new lines, corrections of the file before, and one without a duration."""
    path = folder / f"{day:%Y%m%d}_{number}.json"
    lines = [
        *(_line(f"L{day.day}_{number}_{n}", n) for n in range(LINES)),
        *(_line(f"L{day.day}_{number - 1}_{n}", n + 1) for n in range(0, LINES, 5)),
        _line(f"L{day.day}_{number}_bad", "long"),
    ]
    path.write_text("".join(_written(lines)), encoding="utf-8")
    return path


def _line(log_id: str, seconds: object) -> dict[str, object]:
    source = {"Contract": f"C{log_id[-1]}", "AppName": "KPLUS", "TotalDuration": seconds}
    return {"_id": log_id, "_source": source}


def _written(lines: Iterable[dict[str, object]]) -> Iterator[str]:
    return (json.dumps(line) + "\n" for line in lines)
