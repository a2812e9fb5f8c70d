"""Rows that are documents only: logs belong to the day in their file's name, events to the day of each."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from loaders import undo
from loaders.quarantine import Held
from loaders.replay import _day_of
from svp.errors import UsageError

if TYPE_CHECKING:
    from loaders.stores import Stores


class Server:
    """A connection to a PostgreSQL that answers any question with yes."""

    def cursor(self) -> Any:
        return closing(self)

    def execute(self, *_: object) -> None:
        """Take a question."""

    def fetchall(self) -> list[tuple[bool]]:
        return [(True,)]

    def close(self) -> None:
        """End."""


class Collection:
    """One document of the load, in whose place none was before and none is since."""

    def distinct(self, *_: object) -> list[int]:
        return []

    def count_documents(self, _: object) -> int:
        return 1


def removed_documents(target: str) -> int:
    """Return how many documents go, where the logs of every day went to the warehouse without documents."""
    stores = SimpleNamespace(postgres=Server(), mongodb={target: Collection()})
    part = undo.Part(7, f"any.{target}", target, "complete", "/a.json", None, 1, 0, None, 0)
    return undo._check_documents(cast("Stores", stores), [part], [7])


def test_a_day_of_logs_without_documents_hinders_the_undoing_of_logs_but_not_of_events() -> None:
    assert removed_documents("app_events") == 1
    with pytest.raises(UsageError, match="went to the warehouse without documents"):
        removed_documents("box_logs")


@pytest.mark.parametrize(
    ("kind", "target", "day"),
    [("iptv.logs", "box_logs", date(2022, 4, 1)), ("events.events", "app_events", None)],
)
def test_only_rows_of_daily_files_are_replayed_to_the_day_in_the_name(
    kind: str, target: str, day: date | None
) -> None:
    assert _day_of(Held(7, kind, target, "any", "/logs/20220401.json")) == day
