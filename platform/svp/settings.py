"""All settings, read once and passed down.

A setting comes from the first of: a flag, the environment (``SVP_*``), ``svp.toml`` of the project (the
working folder), ``svp.toml`` of the user, the local servers of ``svp up``, the default.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SETTINGS", "Setting", "Settings", "Workspace", "load_settings", "mask_url"]

CONNECTIONS_FILE = "connections.json"
"""In ``SVP_HOME``, mode 0600: the URLs of the local servers, written by ``svp up``."""

DEFAULT_WORKSPACE = "default"

REPORT_CURRENCY = "USD"

QUARANTINE_TEXTS = ("mask", "keep", "cut", "none")

QUARANTINE_DAYS = 90

FOR_EVER = "for ever"

UNDO_DAYS = 30

MAX_UNPACKED_GIGABYTES = 100
MAX_UNPACKED_RATIO = 200

SCHEMES = {
    "postgres_url": ("postgresql://", "postgres://"),
    "mongo_url": ("mongodb://", "mongodb+srv://"),
    "mysql_url": ("mysql://", "mariadb://"),
}
"""What each server's URL may begin with."""

HOST = r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:(?P<port>\d{1,5}))?"
MASKED_OPTION = r"([?&][^=&]*(?:password|secret|token|properties)[^=&]*=)[^&]*"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a user may set: ``name`` in svp.toml, ``SVP_<NAME>`` in the environment."""

    name: str
    help: str
    default: str = ""

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"SVP_{self.name.upper()}"


SETTINGS = (
    Setting("home", "Folder of the local servers and their data.", "a folder per user"),
    Setting("workspace", "Workspace that commands act on.", DEFAULT_WORKSPACE),
    Setting("postgres_url", "PostgreSQL, as postgresql://user:password@host:port/database."),
    Setting("mongo_url", "MongoDB replica set, as mongodb://user:password@host:port/?options."),
    Setting("mysql_url", "MySQL or MariaDB, as mysql://user:password@host:port/."),
    Setting(
        "report_currency", "Currency of all money in marts, a code of ISO 4217.", REPORT_CURRENCY
    ),
    Setting("inbox", "Folder that 'svp ingest' reads when it is given no path."),
    Setting(
        "quarantine_text",
        "What quarantine keeps of a refused row: mask personal data in it, keep it whole, cut it to the value at fault,"
        " or none of it.",
        QUARANTINE_TEXTS[0],
    ),
    Setting(
        "quarantine_days",
        f"Days for which refused rows are kept, or {FOR_EVER!r}; older ones are removed by the next ingest.",
        f"{QUARANTINE_DAYS}",
    ),
    Setting(
        "undo_days",
        "Days for which rows that a load replaced are kept for 'svp loads undo'; 0 keeps none.",
        f"{UNDO_DAYS}",
    ),
    Setting(
        "max_unpacked_gigabytes",
        "Most that a compressed file or an archive may unpack to; more is refused.",
        str(MAX_UNPACKED_GIGABYTES),
    ),
    Setting(
        "max_unpacked_ratio",
        "Most bytes that each compressed one may become, beyond the first 100 MB of a file.",
        str(MAX_UNPACKED_RATIO),
    ),
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The names of one platform's databases in the three stores."""

    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", self.name):
            message = f"workspace {shorten(self.name)!r} is not a usable name"
            advice = "use up to 31 of a-z, 0-9 and _, beginning with a letter"
            raise UsageError(message, advice)

    @property
    def base(self) -> str:
        """What every database of the workspace begins with."""
        return "svp" if self.name == DEFAULT_WORKSPACE else f"svp_{self.name}"

    @property
    def postgres_database(self) -> str:
        """The PostgreSQL database."""
        return self.base

    @property
    def mongo_database(self) -> str:
        """The MongoDB database."""
        return self.base

    @property
    def warehouse_database(self) -> str:
        """The MySQL database of dimensions, facts, aggregates and procedures."""
        return f"{self.base}_warehouse"

    @property
    def rebuild_database(self) -> str:
        """MySQL: where ``svp verify --rebuild`` makes the aggregates again; it is there no longer than that."""
        return f"{self.warehouse_database}_rebuild"

    @property
    def mart_database(self) -> str:
        """The MySQL database of the views that reports read."""
        return f"{self.base}_mart"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know before it starts. URLs hold passwords and never print."""

    home: Path
    workspace: Workspace
    postgres_url: str = field(default="", repr=False)
    mongo_url: str = field(default="", repr=False)
    mysql_url: str = field(default="", repr=False)
    report_currency: str = REPORT_CURRENCY
    inbox: Path | None = None
    """None: every path is given."""
    quarantine_text: str = QUARANTINE_TEXTS[0]
    quarantine_days: int | None = QUARANTINE_DAYS
    """None: for ever."""
    undo_days: int = UNDO_DAYS
    max_unpacked_gigabytes: int = MAX_UNPACKED_GIGABYTES
    max_unpacked_ratio: int = MAX_UNPACKED_RATIO

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z]{3}", self.report_currency):
            message = f"report_currency {shorten(self.report_currency)!r} is no currency"
            raise UsageError(message, "use a code of ISO 4217, as USD or EUR")
        if self.quarantine_text not in QUARANTINE_TEXTS:
            message = f"quarantine_text {shorten(self.quarantine_text)!r} is no way to keep a row"
            raise UsageError(message, f"use {', '.join(QUARANTINE_TEXTS)}")

    def url(self, server: str) -> str:
        """Return the URL of ``postgres``, ``mongo`` or ``mysql``.

        Raises:
            UsageError: none is set and no local server was started.
        """
        found = {"postgres": self.postgres_url, "mongo": self.mongo_url, "mysql": self.mysql_url}
        if not found[server]:
            message = f"no {server} server is known"
            advice = f"run 'svp up' for local servers, or set SVP_{server.upper()}_URL"
            raise UsageError(message, advice)
        return found[server]


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Return the settings in force.

    Args:
        flags: what the command line gave, by setting name; None is "not given".
        environment: the process's environment unless given.
        folder: where the project's ``svp.toml`` is looked for; the working folder unless given.

    Raises:
        UsageError: a file can't be read, or has a setting that doesn't exist.
    """
    environment = os.environ if environment is None else environment
    names = [setting.name for setting in SETTINGS]
    from_flags = {name: value for name, value in (flags or {}).items() if value is not None}
    for name in (name for name, value in from_flags.items() if not value):
        message = f"--{name} is empty"
        raise UsageError(message, "leave it out, or say which")
    from_environment = {
        setting.name: environment[setting.variable]
        for setting in SETTINGS
        if environment.get(setting.variable)
    }
    project = read_settings_file((folder or Path.cwd()) / "svp.toml")
    user = read_settings_file(configuration_folder(environment) / "svp.toml")
    chosen: dict[str, str] = {**user, **project, **from_environment, **from_flags}
    home = Path(chosen.get("home") or default_home(environment)).expanduser().absolute()
    chosen = {**read_connections(home), **chosen}
    urls = {name: chosen.get(name, "") for name in names if name.endswith("_url")}
    for name, url in urls.items():
        check_url(name, url)
    return Settings(
        home=home,
        workspace=Workspace(chosen.get("workspace", DEFAULT_WORKSPACE)),
        report_currency=chosen.get("report_currency", REPORT_CURRENCY),
        inbox=Path(chosen["inbox"]).expanduser().absolute() if chosen.get("inbox") else None,
        quarantine_text=chosen.get("quarantine_text", QUARANTINE_TEXTS[0]),
        quarantine_days=None
        if chosen.get("quarantine_days") == FOR_EVER
        else days_of("quarantine_days", chosen, QUARANTINE_DAYS),
        undo_days=days_of("undo_days", chosen, UNDO_DAYS),
        max_unpacked_gigabytes=_count(chosen, "max_unpacked_gigabytes", MAX_UNPACKED_GIGABYTES),
        max_unpacked_ratio=_count(chosen, "max_unpacked_ratio", MAX_UNPACKED_RATIO),
        **urls,
    )


def days_of(name: str, chosen: Mapping[str, str], default: int) -> int:
    """Return a setting that is a number of days.

    Raises:
        UsageError: it is no such number.
    """
    text = chosen.get(name, f"{default}")
    if not re.fullmatch("[0-9]{1,5}", text):
        message = f"{name} {shorten(text)!r} is no number of days"
        raise UsageError(message, "write a whole number, as 90")
    return int(text)


def _count(chosen: Mapping[str, str], name: str, default: int) -> int:
    """Return a setting that is a whole number above zero."""
    value = chosen.get(name, str(default))
    if not re.fullmatch("[1-9][0-9]{0,8}", value):
        message = f"{name} {shorten(value)!r} is no whole number above zero"
        raise UsageError(message, f"write it in digits, as {default}")
    return int(value)


def check_url(name: str, url: str) -> None:
    """Raise UsageError unless ``url`` is empty, or one that every part of us reads alike; it is never echoed."""
    wanted = next(setting.help for setting in SETTINGS if setting.name == name)
    if url and not url.startswith(SCHEMES[name]):
        message = f"{name} does not begin with {SCHEMES[name][0]}"
        raise UsageError(message, f"write {wanted}")
    if url and not _is_readable(url):
        message = f"{name} can't be read as a URL: its account, host or port is not written as it should be"
        advice = (
            "percent-encode what is special in the password ('#' is %23, '/' %2F, '@' %40, '%' %25)"
        )
        raise UsageError(message, f"{advice}; write {wanted}")


def _is_readable(url: str) -> bool:
    """Tell whether account, hosts and ports are unambiguous: nothing of them is in another part of the URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    account, _, hosts = parts.netloc.rpartition("@")
    ports = [re.fullmatch(HOST, host) for host in hosts.split(",")]
    return (
        not parts.fragment
        and "@" not in parts.path + parts.query + account
        and not re.search(r"%(?![0-9A-Fa-f]{2})", account)
        and all(found and int(found["port"] or 1) in range(1, 65_536) for found in ports)
    )


def read_settings_file(path: Path) -> dict[str, str]:
    """Return the settings of one ``svp.toml``; none when there is no such file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path} can't be read: {error}"
        raise UsageError(message, "mend the file, or move it away") from error
    known = {setting.name for setting in SETTINGS}
    unknown = sorted(set(content) - known)
    if unknown:
        message = f"{path} has a setting that does not exist: {shorten(unknown[0])}"
        raise UsageError(message, f"settings are {', '.join(sorted(known))}")
    return {name: str(value) for name, value in content.items()}


def read_connections(home: Path) -> dict[str, str]:
    """Return the URLs of the local servers of ``home``; none when ``svp up`` never ran there."""
    try:
        content = json.loads((home / CONNECTIONS_FILE).read_text(encoding="utf-8"))
        return {name: str(content[name]) for name in ("postgres_url", "mongo_url", "mysql_url")}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        message = f"{home / CONNECTIONS_FILE} belongs to another user"
        raise UsageError(
            message, "set SVP_HOME to a folder of yours, or run as that user"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{home / CONNECTIONS_FILE} can't be read: {error}"
        raise UsageError(message, "run 'svp up' to write it again") from error


def configuration_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the user's ``svp.toml``."""
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "svp"


def default_home(environment: Mapping[str, str]) -> Path:
    """Return ``SVP_HOME`` when it isn't set.

    Root's goes under /var/lib, because PostgreSQL refuses root and another user must reach the folder.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/svp")
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "svp"


def mask_url(url: str) -> str:
    """Return the URL with its password, and whatever else in it is a secret, replaced."""
    scheme, _, rest = url.partition("://")
    account, at, address = rest.rpartition("@")
    user, colon, _ = account.partition(":")
    shown = re.sub(MASKED_OPTION, r"\1***", address, flags=re.IGNORECASE)
    return f"{scheme}://{user}{colon}{'***' if colon else ''}{at}{shown}"
