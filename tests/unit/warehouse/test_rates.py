"""Rates as a file: what is a rate is read, and what is none is refused with the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from svp.errors import InputError, UsageError
from warehouse.rates import Rate, read_rates

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "currency,report_currency,valid_from,rate"


def file_of(folder: Path, *lines: str) -> Path:
    file = folder / "rates.csv"
    file.write_text("\n".join((HEAD, *lines)), encoding="utf-8-sig")
    return file


def test_rates_are_read(tmp_path: Path) -> None:
    file = file_of(
        tmp_path, "EUR,USD,2024-01-01,1.1", "VND, USD ,2024-01-01,0.000039", "EUR,USD,2024-02-01,2"
    )
    assert read_rates(file) == (
        Rate("EUR", "USD", date(2024, 1, 1), Decimal("1.1")),
        Rate("VND", "USD", date(2024, 1, 1), Decimal("0.000039")),
        Rate("EUR", "USD", date(2024, 2, 1), Decimal(2)),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("USD,USD,2024-01-01,1", "line 2: 'USD' into 'USD' is no rate"),
        ("euro,USD,2024-01-01,1", "line 2: 'euro' into 'USD' is no rate"),
        ("EUR,USD,2024-01-01,1,5", "line 2: 'EUR' into 'USD' is no rate"),
        ("EUR,USD,1 May,1", "line 2: '1 May' is no day"),
        ("EUR,USD,2024-01-01,0", "'0' no rate"),
        ("EUR,USD,2024-01-01,-1", "'-1' no rate"),
        ("EUR,USD,2024-01-01,NaN", "'NaN' no rate"),
        ("EUR,USD,2024-01-01,Infinity", "'Infinity' no rate"),
        ("EUR,USD,2024-01-01,0.0000000000001", "no rate"),
        ("EUR,USD,2024-01-01,1000000000000", "no rate"),
        ("EUR,USD,2024-01-01", "'' no rate"),
        ("", "there is no rate in the file"),
        ("EUR,USD,2024-01-01,1\nEUR,USD,2024-01-01,2", "or two of one pair"),
    ],
)
def test_what_is_no_rate_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_rates(file_of(tmp_path, line))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("currency,rate\nEUR,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="are not those of rates"):
        read_rates(file)


def test_file_that_is_not_there_or_no_text_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv can't be read: No such file or directory"):
        read_rates(tmp_path / "none.csv")
    (tmp_path / "rates.csv").write_bytes(b"currency\xff")
    with pytest.raises(UsageError, match=r"rates\.csv, line 1, byte 8: not UTF-8"):
        read_rates(tmp_path / "rates.csv")
