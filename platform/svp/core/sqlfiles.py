"""SQL lives in files beside the package that uses it; this reads it and quotes identifiers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["SqlFile", "checksum", "list_sql", "quote_mysql", "read_sql"]

MAX_IDENTIFIER_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file of a package: its name without the ending, and its text."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, as hex."""
        return checksum(self.text)


def read_sql(package: str, name: str) -> str:
    """Return the text of ``name`` + ``.sql`` in a package, for example ``("oltp.extracts", "days")``."""
    return (files(package) / f"{name}.sql").read_text(encoding="utf-8")


def list_sql(package: str, *, suffix: str = ".sql") -> tuple[SqlFile, ...]:
    """Return every file of a package that ends so, in the order of the names."""
    return tuple(
        SqlFile(entry.name.removesuffix(suffix), entry.read_text(encoding="utf-8"))
        for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(suffix)
    )


def checksum(text: str) -> str:
    """Return the SHA-256 of a text, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def quote_mysql(identifier: str) -> str:
    """Return an identifier in backticks, for MySQL and MariaDB.

    Raises:
        ValueError: it is empty, too long, or has a character no identifier of ours has.
    """
    if (
        not re.fullmatch(r"[A-Za-z0-9_$]+", identifier)
        or len(identifier) > MAX_IDENTIFIER_CHARACTERS
    ):
        message = f"not an identifier: {identifier!r}"
        raise ValueError(message)
    return f"`{identifier}`"
