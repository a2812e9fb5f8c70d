"""Every error a user may see, with its exit code and what to do next.

PlatformError            a defect of ours; exit 1
├── UsageError           the command or the settings are wrong; exit 2
├── ServerError          a server can't be reached or refuses us; exit 3
├── InputError           the input was rejected; exit 4
├── QuarantineError      done, but rows were quarantined and --strict was given; exit 5
├── VerifyError          stores disagree or a refresh failed; exit 6
├── LockError            another run holds the lock; exit 7
└── SchemaError          a schema is older or newer than the program; exit 8
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __all__ = [
        "INTERRUPTED",
        "TERMINATED",
        "InputError",
        "LockError",
        "PlatformError",
        "QuarantineError",
        "SchemaError",
        "ServerError",
        "UsageError",
        "VerifyError",
        "shorten",
    ]

INTERRUPTED = 130
TERMINATED = 143

MAX_VALUE_CHARACTERS = 80


class PlatformError(Exception):
    """What went wrong, and what to do about it.

    Attributes:
        message: what and which, one line, without secrets.
        advice: what to do next, one line; empty when there is nothing to say.
        details: the same facts for machines; printed with ``--json``.
    """

    exit_code = 1

    def __init__(self, message: str, advice: str = "", **details: object) -> None:
        self.message, self.advice, self.details = message, advice, details
        super().__init__(f"{message}\n{advice}" if advice else message)


class UsageError(PlatformError):
    """The command or the settings are wrong."""

    exit_code = 2


class ServerError(PlatformError):
    """A server can't be reached, or refuses us."""

    exit_code = 3


class InputError(PlatformError):
    """The input was rejected."""

    exit_code = 4


class QuarantineError(PlatformError):
    """Everything was done, but rows are in quarantine and ``--strict`` was given."""

    exit_code = 5


class VerifyError(PlatformError):
    """Stores disagree, or a refresh failed."""

    exit_code = 6


class LockError(PlatformError):
    """Another run holds the lock."""

    exit_code = 7


class SchemaError(PlatformError):
    """A schema is older or newer than the program."""

    exit_code = 8


def shorten(value: object, *, characters: int = MAX_VALUE_CHARACTERS) -> str:
    """Return a value as one printable line of at most ``characters`` characters."""
    text = str(value)
    clipped = text if len(text) <= characters else text[: characters - 1] + "…"
    if clipped.isprintable():
        return clipped
    return "".join(character if character.isprintable() else "�" for character in clipped)
