"""Whether the servers in force allow what the platform needs, and how to mend what they don't."""

from __future__ import annotations

import platform
import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

import mysql.connector

import svp.core.mongodb
import svp.core.mysql
import svp.core.postgres
from svp.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mysql.connector.abstracts import MySQLCursorAbstract

    from svp.settings import Settings

__all__ = ["Check", "Outcome", "examine"]

Variables = dict[str, str]
"""Global variables of MySQL or MariaDB."""

Outcome = Literal["ok", "warn", "fail"]

MIN_POSTGRES = (17,)
"""Its built-in locale sorts text by code point, as the two others do."""
MIN_MONGODB = (6, 0)
MIN_MYSQL = (8, 4)
OLDEST_MYSQL = (8, 0)
"""What Ubuntu 24.04 carries: it has all that is used, but it is not what svp is tested with."""
MIN_MARIADB = (10, 11)
MIN_PACKET_BYTES = 16 * 1024 * 1024

MYSQL_VARIABLE_NAMES = (
    "character_set_server",
    "collation_server",
    "event_scheduler",
    "local_infile",
    "max_allowed_packet",
    "system_time_zone",
    "time_zone",
    "version",
)
PLACEHOLDERS = ", ".join(["%s"] * len(MYSQL_VARIABLE_NAMES))
MYSQL_VARIABLES = f"SHOW GLOBAL VARIABLES WHERE variable_name IN ({PLACEHOLDERS})"
UTC_NAMES = {"+00:00", "UTC", "Etc/UTC"}
MYSQL_CIPHER = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    server: str
    """postgres, mongodb, mysql, or python for this program."""
    subject: str
    outcome: Outcome
    found: str
    remedy: str = ""
    """How to mend it; empty when all is well."""


def examine(settings: Settings) -> tuple[Check, ...]:
    """Return every check of this program and of the three servers in force."""
    return (
        *_examine_python(),
        *_examine_server("postgres", settings.postgres_url, _examine_postgres),
        *_examine_server("mongodb", settings.mongo_url, _examine_mongodb),
        *_examine_server("mysql", settings.mysql_url, _examine_mysql),
    )


def _check(
    server: str, subject: str, found: str, *, good: bool, remedy: str, otherwise: Outcome = "fail"
) -> Check:
    """Return a check that is ok, or ``otherwise`` with its remedy."""
    return (
        Check(server, subject, "ok", found)
        if good
        else Check(server, subject, otherwise, found, remedy)
    )


def _examine_python() -> Iterator[Check]:
    yield Check("python", "version", "ok", platform.python_version())
    extension = "there too, not used" if mysql.connector.HAVE_CEXT else "not there"
    found = f"pure Python {mysql.connector.__version__} (C extension {extension})"
    yield Check("python", "MySQL driver", "ok", found)


def _examine_server(
    server: str, url: str, examine_one: Callable[[str], Iterator[Check]]
) -> Iterator[Check]:
    """Yield the checks of one server; one that failed if it can't be reached."""
    if not url:
        remedy = "run 'svp up' for local servers, or set its URL"
        yield Check(
            server, "reachable", "fail", "no URL is set and no local server was started", remedy
        )
        return
    try:
        yield from examine_one(url)
    except PlatformError as error:
        yield Check(server, "reachable", "fail", error.message, error.advice)


def _version(text: str) -> tuple[int, ...]:
    """Return the numbers a version begins with."""
    numbers = re.match(r"[0-9.]*", text)
    return tuple(int(number) for number in numbers[0].split(".") if number) if numbers else ()


def _check_tls(server: str, url: str, found: str, remedy: str) -> Check:
    """Return a check of encryption, which a server on this machine does not need."""
    is_local = urlsplit(url).hostname in LOOPBACK_HOSTS
    text = found or ("not used, and not needed on this machine" if is_local else "not used")
    return _check(
        server, "TLS", text, good=bool(found) or is_local, otherwise="warn", remedy=remedy
    )


def _examine_postgres(url: str) -> Iterator[Check]:
    with closing(svp.core.postgres.connect(url, _database(url))) as connection:
        info = connection.info
        yield Check("postgres", "reachable", "ok", f"{info.host}:{info.port} as {info.user}")
        version = str(info.parameter_status("server_version"))
        remedy = "upgrade to PostgreSQL 17 or later"
        yield _check(
            "postgres", "version", version, good=_version(version) >= MIN_POSTGRES, remedy=remedy
        )
        with connection.cursor() as cursor:
            cursor.execute(MAY_CREATE)
            [(may_create,)] = cursor.fetchall()
        yield _check(
            "postgres",
            "may create databases",
            "yes" if may_create else "no",
            good=may_create,
            otherwise="warn",
            remedy=f"ALTER ROLE {info.user} CREATEDB, or make the workspace's database by hand",
        )
        encoding = str(info.parameter_status("server_encoding"))
        remedy = "databases that svp makes are UTF8 in any case; one made by hand must be, too"
        yield _check(
            "postgres",
            "character set",
            encoding,
            good=encoding == "UTF8",
            otherwise="warn",
            remedy=remedy,
        )
        yield Check("postgres", "time zone", "ok", str(info.parameter_status("TimeZone")))
        protocol = str(info.ssl_attribute("protocol")) if info.ssl_in_use else ""
        yield _check_tls("postgres", url, protocol, "add sslmode=verify-full to SVP_POSTGRES_URL")


def _database(url: str) -> str:
    return urlsplit(url).path.strip("/") or "postgres"


def _examine_mongodb(url: str) -> Iterator[Check]:
    with svp.core.mongodb.connect(url) as client:
        hello = client.admin.command("hello")
        version = str(client.admin.command("buildInfo")["version"])
        yield Check("mongodb", "reachable", "ok", str(hello.get("me") or client.address))
        remedy = "upgrade to MongoDB 6.0 or later"
        yield _check(
            "mongodb", "version", version, good=_version(version) >= MIN_MONGODB, remedy=remedy
        )
        name = str(hello.get("setName") or "none")
        remedy = "start mongod with --replSet and run rs.initiate(): transactions need it"
        yield _check("mongodb", "replica set", name, good="setName" in hello, remedy=remedy)
        remedy = "connect to the primary: name every member and the set in SVP_MONGO_URL"
        writable = bool(hello.get("isWritablePrimary"))
        yield _check(
            "mongodb", "writable", "yes" if writable else "no", good=writable, remedy=remedy
        )
    options = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    encrypted = url.startswith("mongodb+srv:") or "true" in {options.get("tls"), options.get("ssl")}
    yield _check_tls("mongodb", url, "used" if encrypted else "", "add tls=true to SVP_MONGO_URL")


def _examine_mysql(url: str) -> Iterator[Check]:
    with svp.core.mysql.open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(MYSQL_VARIABLES, MYSQL_VARIABLE_NAMES)
        variables = {str(name).lower(): str(value) for name, value in _rows(cursor)}
        cursor.execute(MYSQL_CIPHER)
        cipher = dict(_rows(cursor)).get("Ssl_cipher", "")
    yield Check("mysql", "reachable", "ok", svp.core.mysql.address(url))
    yield _check_mysql_version(variables["version"])
    yield from _check_mysql_variables(variables)
    yield _check_mysql_time_zone(variables)
    yield _check_tls(
        "mysql", url, cipher, "give the server a certificate, then add ?tls=verify&ca=FILE"
    )


def _rows(cursor: MySQLCursorAbstract) -> Iterator[tuple[str, str]]:
    for name, value in cursor.fetchall():
        yield str(name), str(value)


def _check_mysql_version(version: str) -> Check:
    is_mariadb = "MariaDB" in version
    flavour, least = ("MariaDB", MIN_MARIADB) if is_mariadb else ("MySQL", MIN_MYSQL)
    remedy = f"upgrade to {flavour} {'.'.join(map(str, least))} or later"
    found = f"{flavour} {version.partition('-')[0]}"
    numbers = _version(version)
    outcome: Outcome = "warn" if not is_mariadb and numbers >= OLDEST_MYSQL else "fail"
    return _check(
        "mysql", "version", found, good=numbers >= least, otherwise=outcome, remedy=remedy
    )


def _check_mysql_variables(variables: Variables) -> Iterator[Check]:
    """Yield a check of each variable that loading, refreshing or comparing text depends on."""
    infile, events = variables["local_infile"], variables["event_scheduler"]
    remedy = "SET GLOBAL local_infile = ON, and in its configuration; without it loads go by INSERT, slower"
    yield _check(
        "mysql", "local_infile", infile, good=infile == "ON", otherwise="warn", remedy=remedy
    )
    remedy = "SET GLOBAL event_scheduler = ON, or run 'svp warehouse refresh' from cron"
    yield _check(
        "mysql", "event_scheduler", events, good=events == "ON", otherwise="warn", remedy=remedy
    )
    packet_bytes = int(variables["max_allowed_packet"])
    remedy = "SET GLOBAL max_allowed_packet = 67108864, and in the server's configuration"
    yield _check(
        "mysql",
        "max_allowed_packet",
        f"{packet_bytes // 1024**2} MiB",
        good=packet_bytes >= MIN_PACKET_BYTES,
        otherwise="warn",
        remedy=remedy,
    )
    charset = variables["character_set_server"]
    found = f"{charset}, {variables['collation_server']}"
    remedy = "databases that svp makes are utf8mb4 with utf8mb4_bin in any case; yours may differ"
    yield _check(
        "mysql", "character set", found, good=charset == "utf8mb4", otherwise="warn", remedy=remedy
    )


def _check_mysql_time_zone(variables: Variables) -> Check:
    zone = variables["time_zone"]
    if zone == "SYSTEM":
        zone = variables["system_time_zone"]
    remedy = "SET GLOBAL time_zone = '+00:00': svp's sessions are UTC anyhow, others are not"
    return _check(
        "mysql", "time zone", zone, good=zone in UTC_NAMES, otherwise="warn", remedy=remedy
    )
