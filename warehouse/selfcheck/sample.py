"""The files that a check loads: each corrects rows of the one before, repeats some, adds some, and has bad ones."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from loaders.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Task", "tasks"]

USERS, TITLES, SESSIONS, LINES = 200, 50, 1_000, 300
FIRST_DAY = date(2024, 3, 1)
DAYS = 5

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
    late = Task("load", _late_users(folder, len(rows)), Step.REPLAYED)
    logs = [
        Task("load", _logs(folder, number), step, call)
        for number, (step, call) in enumerate(DOCUMENT_STEPS.items())
    ]
    undone = [
        Task("undo", task.path, step)
        for step, task in zip(UNDO_STEPS, reversed(rows), strict=False)
    ]
    first = len(rows)
    at_random = [Task("load", _sessions(folder, first + number)) for number in range(random_kills)]
    return (*parents, *rows, late, *logs, *undone, *at_random)


def _users(folder: Path) -> Path:
    users = [{"user_id": f"U{n}", "registration_date": "2024-01-01"} for n in range(USERS)]
    return _csv(folder / "users.csv", users)


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
    corrected = [
        _session(f"S{number - 1}_{n}", n, watch_duration_minutes="7")
        for n in range(0, SESSIONS if number else 0, 20)
    ]
    waiting = _session(f"S{number}_waits", 1, user_id=f"W{number}")
    bad = _session(f"S{number}_bad", 1, watch_date="soon")
    return _csv(folder / f"sessions{number}.csv", [*corrected, *new, waiting, bad, *new[:9]])


def _session(session_id: str, number: int, **changes: str) -> dict[str, str]:
    row = {
        "session_id": session_id,
        "user_id": f"U{number % USERS}",
        "content_id": f"M{number % TITLES}",
        "watch_date": f"{FIRST_DAY + timedelta(days=number % DAYS)}",
        "watch_duration_minutes": f"{1 + number % 80}",
    }
    return row | changes


def _csv(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    written = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, written[0])
        writer.writeheader()
        writer.writerows(written)
    return path


def _logs(folder: Path, number: int) -> Path:
    """Write a day of logs: new lines, corrections of the file before, and one without a duration."""
    path = folder / f"{FIRST_DAY:%Y%m%d}_{number}.json"
    lines = [
        *(_line(f"L{number}_{n}", n) for n in range(LINES)),
        *(_line(f"L{number - 1}_{n}", n + 1) for n in range(0, LINES, 5)),
        _line(f"L{number}_bad", "long"),
    ]
    path.write_text("".join(_written(lines)), encoding="utf-8")
    return path


def _line(log_id: str, seconds: object) -> dict[str, object]:
    source = {"Contract": f"C{log_id[-1]}", "AppName": "KPLUS", "TotalDuration": seconds}
    return {"_id": log_id, "_source": source}


def _written(lines: Iterable[dict[str, object]]) -> Iterator[str]:
    return (json.dumps(line) + "\n" for line in lines)
