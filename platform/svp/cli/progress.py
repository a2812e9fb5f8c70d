"""Bars with rates on a terminal; plain lines where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.progress import Task as RichTask
from rich.text import Text

from svp.cli.common import MAX_COLUMNS
from svp.core.progress import SILENT, Task

__all__ = ["PlainProgress", "RichProgress"]


class _RateColumn(TextColumn):
    """Units done, and units a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: RichTask) -> Text:
        passed = task.finished_time or task.elapsed
        speed = task.speed or (task.completed / passed if passed else 0)
        rate = f"  {speed:,.0f}/s" if speed else ""
        return Text(f"{task.completed:,.0f} {task.fields['unit']}{rate}")


class _TimeColumn(TextColumn):
    """How long it took, and how long it still takes where the end is known."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: RichTask) -> Text:
        passed = timedelta(seconds=int(task.finished_time or task.elapsed or 0))
        is_known = not task.finished and task.time_remaining is not None
        left = f", {timedelta(seconds=int(task.time_remaining or 0))} left" if is_known else ""
        return Text(f"{passed}{left}")


class RichProgress:
    """Bars on a terminal."""

    def __init__(self, console: Console) -> None:
        is_wide = console.width >= MAX_COLUMNS
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20 if is_wide else 6),
            *([TaskProgressColumn()] if is_wide else []),
            _RateColumn(),
            _TimeColumn(),
            console=console,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def task(self, description: str, *, total: int | None, unit: str) -> Iterator[Task]:
        """Show one bar; it stays when the work is done, and is full then, whatever was expected."""
        identity = self._bars.add_task(description, total=total, unit=unit)
        yield _RichTask(self._bars, identity)
        done = self._bars.tasks[self._bars.task_ids.index(identity)].completed
        self._bars.update(identity, total=done)

    def say(self, line: str) -> None:
        """Print one line above the bars."""
        self._bars.console.print(line, markup=False)


class _RichTask:
    def __init__(self, bars: Progress, identity: TaskID) -> None:
        self._bars, self._identity = bars, identity

    def advance(self, amount: int, *, share: float | None = None) -> None:
        self._bars.advance(self._identity, amount)
        if share:
            done = self._bars.tasks[self._bars.task_ids.index(self._identity)].completed
            self._bars.update(self._identity, total=done / min(share, 1))


class PlainProgress:
    """No bars; lines go to standard error."""

    task = staticmethod(SILENT.task)

    def say(self, line: str) -> None:
        """Print one line."""
        sys.stderr.write(line + "\n")
