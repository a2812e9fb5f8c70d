"""How many rejected rows are borne: what people write, and where it ends."""

from __future__ import annotations

import pytest

from loaders.tolerance import ANY, NONE, parse_tolerance
from svp.cli.ingest import OnBadRow, tolerance_of
from svp.errors import UsageError


@pytest.mark.parametrize(
    ("text", "rejected", "rows", "exceeded"),
    [
        ("0", 0, 10, False),
        ("0", 1, 10, True),
        ("100", 100, 100, False),
        ("100", 101, 1_000_000, True),
        ("1%", 1, 100, False),
        ("1%", 2, 100, True),
        ("0.5%", 5, 1_000, False),
        ("0.5%", 6, 1_000, True),
        ("33.333333%", 1, 3, True),
        ("100%", 9, 9, False),
        ("0%", 1, 1_000_000, True),
        ("0%", 0, 0, False),
    ],
)
def test_a_file_is_refused_past_the_number_or_the_share(
    text: str, rejected: int, rows: int, *, exceeded: bool
) -> None:
    assert parse_tolerance(text).is_exceeded(rejected, rows=rows) is exceeded
    assert str(parse_tolerance(text)) == text


def test_only_a_number_ends_a_file_before_it_is_read() -> None:
    assert parse_tolerance("3").is_past(4)
    assert not parse_tolerance("3").is_past(3)
    assert not parse_tolerance("1%").is_past(1_000_000)


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "many", "101%", "%", "1e3", "1 %", "0x1", "9" * 20, "٣"]
)
def test_what_is_neither_a_number_nor_a_share_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no number of rows"):
        parse_tolerance(text)


def test_the_two_options_say_one_thing() -> None:
    assert tolerance_of(OnBadRow.QUARANTINE, None) == ANY
    assert tolerance_of(OnBadRow.STOP, None) == NONE
    with pytest.raises(UsageError, match="nothing for --max-bad to say"):
        tolerance_of(OnBadRow.STOP, "5")
