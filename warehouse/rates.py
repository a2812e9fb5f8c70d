"""Rates of currencies: those in force, as a file, and others in their place.

A file is a CSV with the columns of ``COLUMNS``. It replaces every rate of the pairs of currencies that it has;
other pairs stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from svp.core.sqlfiles import read_sql
from svp.core.texts import read_text
from svp.errors import InputError, shorten
from warehouse.connections import execute, fetch, open_warehouse, refresh_transaction
from warehouse.export import run_procedures
from warehouse.money import RatelessCurrency, currency_key, rateless_currencies
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["COLUMNS", "Rate", "Rates", "import_rates", "rates_in_force", "read_rates"]

COLUMNS = ("currency", "report_currency", "valid_from", "rate")

MAX_DIGITS, MAX_DECIMALS = 12, 12
"""Of a rate, before and behind the point."""


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """What one unit of a currency is worth, from a UTC day until the next rate of the pair begins."""

    currency: str
    report_currency: str
    valid_from: date
    rate: Decimal
    """Units of the report currency."""

    @property
    def pair(self) -> tuple[str, str]:
        """What is converted, and into what."""
        return self.currency, self.report_currency


@dataclass(frozen=True, slots=True)
class Rates:
    """What the warehouse converts with, and what it can't convert."""

    rates: tuple[Rate, ...]
    """By pair and day; a currency's rate into itself is left out."""
    missing: tuple[RatelessCurrency, ...]


def rates_in_force(settings: Settings) -> Rates:
    """Return the rates that are here, and the currencies that lack one.

    Raises:
        SchemaError: there is no warehouse, or it is older or newer than the program.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection:
        return Rates(_fetch(connection), rateless_currencies(connection))


def import_rates(settings: Settings, rates: Iterable[Rate]) -> int:
    """Put rates in the place of those of the same pairs, and convert again; return how many were added or removed.

    The same again changes nothing.

    Raises:
        LockError: a refresh is at work; nothing was changed.
        VerifyError: the recomputation failed; the next refresh repeats it.
    """
    check_tables(settings)
    given = set(rates)
    pairs = {rate.pair for rate in given}
    with open_warehouse(settings) as connection, refresh_transaction(settings, connection):
        present = {rate for rate in _fetch(connection) if rate.pair in pairs}
        changed = present ^ given
        if changed:
            _replace(connection, given)
            execute(connection, "CALL mark_changed_rates()")
        connection.commit()
    if changed:
        run_procedures(settings)
    return len(changed)


def _fetch(connection: Connection) -> tuple[Rate, ...]:
    return tuple(Rate(*row) for row in fetch(connection, read_sql("warehouse.queries", "rates")))


def _replace(connection: Connection, rates: set[Rate]) -> None:
    remove = "DELETE FROM currency_rate WHERE currency_key = %s AND report_currency_key = %s"
    insert = "INSERT INTO currency_rate VALUES (%s, %s, %s, %s)"
    codes = {code for rate in rates for code in rate.pair}
    keys = {code: currency_key(connection, code) for code in sorted(codes)}
    for pair in {rate.pair for rate in rates}:
        execute(connection, remove, [keys[code] for code in pair])
    rows = [
        (keys[each.report_currency], keys[each.currency], each.valid_from, each.rate)
        for each in sorted(rates)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(insert, rows)


def read_rates(path: Path) -> tuple[Rate, ...]:
    """Read a CSV with the columns of ``COLUMNS``.

    Raises:
        UsageError: it can't be read.
        InputError: it holds no rates, or something else.
    """
    text = read_text(path)
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="")
    if tuple(reader.fieldnames or ()) != COLUMNS:
        message = f"columns {shorten(', '.join(reader.fieldnames or ()))!r} are not those of rates"
        raise InputError(message, f"the first line is {','.join(COLUMNS)}")
    rates = tuple(_rate(line, row) for line, row in enumerate(reader, start=2))
    if not rates or len({astuple(rate)[:3] for rate in rates}) < len(rates):
        message = "there is no rate in the file, or two of one pair of currencies and one day"
        raise InputError(message, "each pair has one rate from a day on")
    return rates


def _rate(line: int, row: Mapping[str, str]) -> Rate:
    currency, report_currency, day, rate = (row[name].strip() for name in COLUMNS)
    if not _is_pair(currency, report_currency) or "" in row:
        message = f"line {line}: {shorten(currency)!r} into {shorten(report_currency)!r} is no rate"
        raise InputError(message, "it has two different currencies, as codes of ISO 4217")
    try:
        return Rate(currency, report_currency, date.fromisoformat(day), _worth(rate))
    except (ValueError, InvalidOperation) as error:
        message = f"line {line}: {shorten(day)!r} is no day, or {shorten(rate)!r} no rate"
        advice = f"a day is yyyy-mm-dd, a rate above 0 with at most {MAX_DECIMALS} decimals"
        raise InputError(message, advice) from error


def _is_pair(currency: str, report_currency: str) -> bool:
    is_code = all(re.fullmatch("[A-Z]{3}", code) for code in (currency, report_currency))
    return is_code and currency != report_currency


def _worth(text: str) -> Decimal:
    """Return a rate; ValueError or InvalidOperation if it is none that the warehouse can hold."""
    rate = Decimal(text)
    if not 0 < rate < 10**MAX_DIGITS or rate != round(rate, MAX_DECIMALS):
        raise ValueError(text)
    return rate
