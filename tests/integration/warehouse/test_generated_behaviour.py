"""Marts of several generated months, with churn and cohorts, against pandas over the files that were loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.generate import KINDS, SCALES, write
from tests.independent import wrong_marts
from tests.integration.warehouse.test_generated import viewing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

START_ON = date(2023, 11, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small platform of 100 days as files."""
    kinds = tuple(kind for kind in KINDS if kind not in {"truth", "box_logs"})
    arguments = SCALES["tiny"].arguments(
        start_on=START_ON, users=120, days=100, sessions_per_user=12
    )
    write(tmp_path / "made", arguments, only=kinds, workers=1)
    return tmp_path / "made"


def test_marts_of_several_months_are_those_of_the_files(
    empty_platform: Platform, folder: Path
) -> None:
    ingest(empty_platform.settings, recognise_all([folder]))
    empty_platform.refresh()
    assert wrong_marts(empty_platform.mart, viewing(folder)) == {}
    bands = {band for (band,) in empty_platform.mart("churn_signals", "risk_band")}
    assert len(bands) == 5
    assert len(empty_platform.mart("retention_cohort", "cohort_month", "month_number")) > 10
