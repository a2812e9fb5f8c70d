"""What the three engines have in common: each is a module that offers these names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from signal import Signals

    from svp.core.progress import Progress
    from svp.servers.accounts import Account
    from svp.servers.program import Program

__all__ = [
    "ENGINE_NAMES",
    "Engine",
    "EngineName",
    "Instance",
    "MySQLChoice",
    "Search",
    "read_accounts_sql",
]

EngineName = Literal["postgres", "mongodb", "mysql"]
MySQLChoice = Literal["auto", "mysql", "mariadb"]

ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Search:
    """What the search for a server program may depend on."""

    account: Account
    progress: Progress
    mysql: MySQLChoice = "auto"
    remembered: Program | None = None
    """What ran this home's server the last time."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One server of a home: its folder, who runs it, its port and passwords."""

    folder: Path
    account: Account
    port: int
    admin_password: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def data(self) -> Path:
        """The data folder; it exists only when it is complete, accounts included."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server writes about itself."""
        return self.folder / "server.log"


class Engine(Protocol):
    """A module that knows one engine."""

    NAME: EngineName
    TITLE: str
    FIRST_PORT: int
    """Where the search for a free port begins."""
    STOP_SIGNAL: Signals
    """Asks the server to end well, without waiting for clients."""
    STALE_FILES: Collection[str]
    """In the data folder: what a killed server leaves, and would stop the next one."""

    def find_program(self, search: Search) -> Program:
        """Return the server program, fetching it if need be; ServerError if there is none."""

    def initialise(self, program: Program, instance: Instance, data: Path) -> None:
        """Make a complete data folder at ``data``; nobody can connect while it is made."""

    def command(self, program: Program, instance: Instance) -> list[str]:
        """Return the command line that runs the server. It holds no password."""

    def data_argument(self, data: Path) -> str:
        """Return the argument that names the data folder, by which the server is known."""

    def check_ready(self, instance: Instance) -> None:
        """Raise ServerError unless the server works for the account ``svp``."""

    def url(self, instance: Instance) -> str:
        """Return the URL for the account ``svp``."""

    def describe(self, url: str) -> str:
        """Return flavour and exact version of whatever server answers at a URL."""


def read_accounts_sql(name: str, **values: str) -> str:
    """Return the statements of one file of ``sql/``, values filled in, comments left out.

    Raises:
        ValueError: a value has a character that would need quoting.
    """
    unfit = [key for key, value in values.items() if not re.fullmatch(r"[A-Za-z0-9_-]+", value)]
    if unfit:
        message = f"not a plain word: {unfit[0]}"
        raise ValueError(message)
    lines = read_sql("svp.servers.sql", name).splitlines()
    return "".join(f"{line.format(**values)}\n" for line in lines if not line.startswith("--"))
