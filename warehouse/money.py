"""Money in the one currency that marts report: which one it is, what lacks a rate, and bridges that must balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from svp.core.sqlfiles import read_sql
from warehouse.connections import execute, fetch, fetch_one, refresh_transaction

if TYPE_CHECKING:
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = [
    "RatelessCurrency",
    "UnbalancedBridge",
    "currency_key",
    "keep_report_currency",
    "rateless_currencies",
    "unbalanced_bridges",
]


@dataclass(frozen=True, slots=True)
class RatelessCurrency:
    """A currency in which subscriptions are paid, and which no rate converts into the report currency."""

    currency: str
    report_currency: str
    prices: int
    """Stretches of a plan at a price without a rate, count."""
    first_day: date
    """First day for which a rate is missing."""

    def __str__(self) -> str:
        missing = (
            f"{self.prices:,} prices in {self.currency} have no rate into {self.report_currency}"
        )
        return f"{missing}, the first from {self.first_day}"


@dataclass(frozen=True, slots=True)
class UnbalancedBridge:
    """A month of subscription_monthly that does not lead to where it should."""

    month_start: date
    measure: str
    expected: int
    """What the other columns of the month say, or the end of the month before."""
    found: int


def keep_report_currency(settings: Settings, connection: Connection) -> None:
    """Make the setting what marts report, and mark what is to be converted again; nothing if it is already.

    Raises:
        LockError: a refresh is at work.
    """
    present = "SELECT 1 FROM dim_currency WHERE is_reported = 'Yes' AND currency = %s"
    choose = "UPDATE dim_currency SET is_reported = if(currency_key = %s, 'Yes', 'No')"
    convert_itself = "REPLACE INTO currency_rate VALUES (%s, %s, DATE '1000-01-01', 1)"
    if fetch(connection, present, (settings.report_currency,)):
        return
    with refresh_transaction(settings, connection):
        key = currency_key(connection, settings.report_currency)
        execute(connection, choose, (key,))
        execute(connection, convert_itself, (key, key))
        execute(connection, "CALL mark_changed_rates()")
        connection.commit()


def currency_key(connection: Connection, currency: str) -> int:
    """Return the key of a currency, which is added with 100 minor units if it is new."""
    find = "SELECT currency_key FROM dim_currency WHERE currency = %s"
    add = "INSERT INTO dim_currency (currency, minor_units, is_reported) VALUES (%s, 100, 'No')"
    if not fetch(connection, find, (currency,)):
        execute(connection, add, (currency,))
    (key,) = fetch_one(connection, find, (currency,))
    return int(key)


def rateless_currencies(connection: Connection) -> tuple[RatelessCurrency, ...]:
    """Return the currencies of prices that have no rate, in the order of their codes."""
    rows = fetch(connection, read_sql("warehouse.queries", "rateless_currencies"))
    return tuple(RatelessCurrency(*row) for row in rows)


def unbalanced_bridges(connection: Connection) -> tuple[UnbalancedBridge, ...]:
    """Return the months whose bridge of subscribers or of MRR does not balance: none, if all is well."""
    rows = fetch(connection, read_sql("warehouse.queries", "unbalanced_bridges"))
    return tuple(
        UnbalancedBridge(month, measure, int(expected), int(found))
        for month, measure, expected, found in rows
    )
