"""What the report is made from: tables in, a page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svp.generate.report.counting import Attempts, Plays, Ratings, Subscriptions, Titles, Users
from svp.generate.report.page import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from svp.generate.arguments import Arguments

__all__ = ["Statistics"]


class Statistics:
    """What the report shows, counted batch by batch.

    Titles come before plays, and the users of a part before all else of that part.
    """

    TABLES = (
        "users",
        "content",
        "viewing_sessions",
        "playback_attempts",
        "ratings",
        "subscription_events",
    )
    """Tables that are looked at; others may be left out."""

    def __init__(self) -> None:
        self.users, self.titles = Users(), Titles()
        self.plays = Plays(self.users, self.titles)
        self.attempts, self.ratings = Attempts(), Ratings()
        self.subscriptions = Subscriptions(self.users)
        self._takers = {
            "users": self.users.add,
            "content": self.titles.add,
            "viewing_sessions": self.plays.add,
            "playback_attempts": self.attempts.add,
            "ratings": self.ratings.add,
            "subscription_events": self.subscriptions.add,
        }

    def add(self, table: str, batch: pa.RecordBatch) -> None:
        """Count the rows of a batch in the canonical schema."""
        if table in self._takers and len(batch):
            self._takers[table](batch)

    def page(self, *, arguments: Arguments, version: str, rows: Mapping[str, int]) -> str:
        """Return the report as one page of HTML that needs nothing else.

        Args:
            arguments: of the platform.
            version: of the program.
            rows: by table, as written.
        """
        return render(self, arguments=arguments, version=version, rows=rows)
