"""What real services measured, beside what this platform has."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Literal

import numpy as np

from svp.generate.report.figures import percent

if TYPE_CHECKING:
    from svp.generate.report.figures import Figures

__all__ = ["Claim", "claims"]

GINI_TITLES, GINI = (4_000, 10_000, 60_000), (0.63, 0.80, 0.94)
"""MovieLens 1M, 10M and 25M: the more titles, the less equal."""
GINI_TOLERANCE = 0.08

FINE = 0.01
"""Shares below are shown to a hundredth of a percent."""

Form = Literal["percent", "number"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One statistic: what others measured, and what was measured here."""

    statistic: str
    claimed: str
    low: float
    high: float
    """What counts as in range; wider for older and remembered sources."""
    measured: float
    source: str
    form: Form = "percent"

    @property
    def verdict(self) -> str:
        """In words, for those who see no colours."""
        if isnan(self.measured):
            return "too little data"
        return "in range" if self.low <= self.measured <= self.high else "outside"

    @property
    def shown(self) -> str:
        """The measure as text."""
        if isnan(self.measured):
            return "-"
        if self.form == "number":
            return f"{self.measured:.2f}"
        return percent(self.measured, digits=1 if self.measured >= FINE else 2)


def claims(measures: Figures) -> list[Claim]:
    """Return every claim with its measure."""
    return [
        *_of_titles(measures),
        *_of_plays(measures),
        *_of_the_player(measures),
        *_of_subscriptions(measures),
    ]


def _of_titles(measures: Figures) -> list[Claim]:
    popularity = measures.popularity
    count = len(popularity.shares)
    gini = float(np.interp(np.log(max(count, 1)), np.log(GINI_TITLES), GINI))
    return [
        Claim(
            f"Gini of plays over {count:,} titles",
            "0.63 of 4,000 titles, 0.80 of 10,000, 0.94 of 60,000",
            gini - GINI_TOLERANCE,
            gini + GINI_TOLERANCE,
            popularity.gini,
            "MovieLens 1M, 10M, 25M",
            "number",
        ),
        Claim(
            "Plays of the top tenth of titles",
            "about 60 %",
            0.5,
            0.7,
            popularity.of_top(0.1),
            "Yu and others 2006, from memory",
        ),
        Claim(
            "Plays of the top title",
            "about 0.8 %",
            0.004,
            0.016,
            popularity.of_top(0.0),
            "Netflix engagement report, first half of 2023",
        ),
        Claim(
            "Plays of the lowest fifth of titles",
            "under 1 %",
            0.0,
            0.01,
            popularity.of_last(0.2),
            "Netflix engagement report, first half of 2023",
        ),
    ]


def _of_plays(measures: Figures) -> list[Claim]:
    return [
        Claim(
            "Activity per user, sigma of the log",
            "1.4 to 1.6",
            1.3,
            1.7,
            measures.activity.sigma,
            "MovieLens family",
            "number",
        ),
        Claim(
            "Plays watched to the end",
            "about 20 %",
            0.15,
            0.25,
            measures.finished_share,
            "a study of 540 million sessions of video on demand",
        ),
        Claim(
            "Plays over in 10 minutes",
            "about half",
            0.4,
            0.6,
            measures.over_in_ten_minutes_share,
            "Yu and others 2006, from memory",
        ),
        Claim("Mean stars", "3.58", 3.5, 3.66, measures.mean_stars, "MovieLens 1M", "number"),
    ]


def _of_the_player(measures: Figures) -> list[Claim]:
    return [
        Claim(
            "Viewers lost by each second of waiting, from 2 s on",
            "5.8 %",
            0.045,
            0.07,
            measures.starting.leave_a_second,
            "Krishnan and Sitaraman 2012",
        ),
        Claim(
            "Attempts that fail",
            "at most 2.6 to 4.8 %",
            0.0,
            0.048,
            measures.starting.failed_share,
            "Conviva reports, older: an upper bound",
        ),
        Claim(
            "Plays with a stall",
            "about 4 %",
            0.02,
            0.08,
            measures.stalled_share,
            "Puffer, from memory",
        ),
        Claim(
            "Time stalled",
            "0.12 to 0.25 %",
            0.0012,
            0.0025,
            measures.stalled_time_share,
            "Puffer",
        ),
    ]


def _of_subscriptions(measures: Figures) -> list[Claim]:
    bridge, retention = measures.bridge, measures.retention
    source = "Antenna 2024"
    return [
        Claim("Monthly churn, gross", "5.2 %", 0.042, 0.062, bridge.gross_churn, source),
        Claim("Monthly churn, net of returns", "3.5 %", 0.025, 0.045, bridge.net_churn, source),
        Claim("Returning among all who come", "34 %", 0.27, 0.41, bridge.returning_share, source),
        Claim(
            "Returned 3 months after leaving", "23 %", 0.18, 0.28, float(retention.back[3]), source
        ),
        Claim(
            "Returned 12 months after leaving",
            "41 %",
            0.35,
            0.47,
            float(retention.back[12]),
            source,
        ),
        Claim(
            "Still subscribed after 12 months",
            "45 %",
            0.40,
            0.50,
            float(retention.overall[12]),
            source,
        ),
    ]
