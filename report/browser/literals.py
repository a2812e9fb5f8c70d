"""Queries for people to read and copy: values written in, as Power BI writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from report.queries import Query

__all__ = ["literal", "with_values"]


def with_values(query: Query) -> str:
    """Return the text of a query with its values in place of their marks."""
    values = iter(query.parameters)
    return re.sub("%s", lambda _: literal(next(values)), query.text)


def literal(value: Any) -> str:
    """Return a value as MySQL and MariaDB read it: a number, a day, an instant or a text."""
    if isinstance(value, datetime):
        return f"{{ ts '{value:%Y-%m-%d %H:%M:%S}' }}"
    if isinstance(value, date):
        return f"{{ d '{value}' }}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "''")
        return f"'{escaped}'"
    return str(value)
