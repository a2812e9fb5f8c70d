"""The account that Power BI reads with: the marts and nothing else."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from errno import EISDIR
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from svp.core.mysql import address, open_connection
from svp.core.sqlfiles import quote_mysql
from svp.errors import PlatformError, ServerError, UsageError
from svp.grants import READER_RIGHTS, account_name, escape_database
from warehouse.connections import execute, explained, fetch, open_warehouse
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings, Workspace

__all__ = [
    "ReaderAccount",
    "drop_reader",
    "ensure_reader",
    "reader_name",
    "reader_url",
    "rotate_reader",
]

PASSWORD_BYTES = 24
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class ReaderAccount:
    """What Power BI asks for, and the file that holds it."""

    server: str
    """Host and port."""
    database: str
    user: str
    file: Path
    password: str = field(repr=False)


def reader_name(workspace: Workspace) -> str:
    """Return the account's name."""
    return account_name(workspace, "reader")


def ensure_reader(settings: Settings) -> ReaderAccount:
    """Return the account of the default file if it works, else create or rotate it.

    Raises:
        ServerError: the server can't be reached, or does not let us make accounts.
    """
    kept = read_account(settings, default_file(settings))
    return kept if kept and may_read(settings, kept) else rotate_reader(settings)


def rotate_reader(settings: Settings, *, file: Path | None = None) -> ReaderAccount:
    """Give the account a new password and exactly its rights, and write it to a file of mode 0600.

    Where the file can't be written, or the rights not be given, the old password stays.

    Raises:
        SchemaError: the warehouse is older or newer than the program.
        UsageError: the file can't be written.
        ServerError: the server can't be reached, or does not let us make accounts.
    """
    check_tables(settings)
    account = ReaderAccount(
        server=address(settings.url("mysql")),
        database=settings.workspace.mart_database,
        user=reader_name(settings.workspace),
        file=file or default_file(settings),
        password=secrets.token_urlsafe(PASSWORD_BYTES),
    )
    with _written(account), open_warehouse(settings) as connection:
        grant(connection, account)
    return account


def reader_url(settings: Settings) -> str:
    """Return the URL by which the account logs in: of its file, or that of the settings if it is the account's own.

    Raises:
        UsageError: nothing is known of the account here, or no server.
    """
    url = settings.url("mysql")
    if unquote(urlsplit(url).username or "") == reader_name(settings.workspace):
        return url
    kept = read_account(settings, default_file(settings))
    if kept is None:
        message = f"{default_file(settings)} does not hold the account that reads the marts of {address(url)}"
        raise UsageError(
            message, "make the account, or a new password for it: svp warehouse reader"
        )
    return account_url(settings, kept)


def drop_reader(connection: Connection, settings: Settings) -> None:
    """Drop the account, if we may, and the file that holds it unless it was given another place."""
    with suppress(ServerError), explained():
        execute(connection, "DROP USER IF EXISTS %s@'%'", (reader_name(settings.workspace),))
    file = default_file(settings)
    if read_account(settings, file):
        file.unlink()


def default_file(settings: Settings) -> Path:
    """Return where the account is written unless another file is named."""
    return settings.home / "accounts" / f"{reader_name(settings.workspace)}.json"


def grant(connection: Connection, account: ReaderAccount) -> None:
    """Make the account what it should be, whatever it was before; its password last."""
    password = (account.user, account.password)
    database = grantable(connection, account.database)
    execute(connection, "CREATE USER IF NOT EXISTS %s@'%' IDENTIFIED BY %s", password)
    execute(connection, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM %s@'%'", (account.user,))
    execute(connection, f"GRANT {READER_RIGHTS} ON {database}.* TO %s@'%'", (account.user,))
    execute(connection, "ALTER USER %s@'%' IDENTIFIED BY %s", password)


def grantable(connection: Connection, database: str) -> str:
    """Return a database as GRANT takes it: there _ means any character, unless partial_revokes is on."""
    partial_revokes = fetch(connection, "SHOW VARIABLES LIKE 'partial_revokes'")
    is_literal = [value for _, value in partial_revokes] == ["ON"]
    return quote_mysql(database) if is_literal else escape_database(database)


def may_read(settings: Settings, account: ReaderAccount) -> bool:
    """Tell whether the account can log in and see the marts."""
    try:
        with open_connection(account_url(settings, account), account.database) as connection:
            return bool(fetch(connection, "SHOW TABLES"))
    except PlatformError:
        return False


def account_url(settings: Settings, account: ReaderAccount) -> str:
    """Return the settings' URL with the account in place of its own."""
    login = f"{quote(account.user, safe='')}:{quote(account.password, safe='')}@{account.server}"
    return urlunsplit(urlsplit(settings.url("mysql"))._replace(netloc=login))


def read_account(settings: Settings, file: Path) -> ReaderAccount | None:
    """Return the account that a file holds, if it is that of this server and workspace."""
    try:
        kept = ReaderAccount(**json.loads(file.read_text(encoding="utf-8")), file=file)
    except (OSError, ValueError, TypeError):
        return None
    expected = (address(settings.url("mysql")), settings.workspace.mart_database)
    return kept if (kept.server, kept.database) == expected else None


@contextmanager
def _written(account: ReaderAccount) -> Iterator[None]:
    """Write the account beside its file, readable for its owner only, and put it in place when all went well.

    Raises:
        UsageError: it can't be written.
    """
    fresh = account.file.with_name(f".{account.file.name}.{os.getpid()}")
    try:
        with _refused(account.file):
            _write(account, fresh)
        yield
        with _refused(account.file):
            fresh.replace(account.file)
    finally:
        with suppress(OSError):
            fresh.unlink()


@contextmanager
def _refused(file: Path) -> Iterator[None]:
    """Raise UsageError where the system does not let a file be written."""
    try:
        yield
    except OSError as error:
        message = f"{file} can't be written: {error.strerror}"
        raise UsageError(message, "name another file with --file") from error


def _write(account: ReaderAccount, fresh: Path) -> None:
    """Write the account to a new file that may take the place of its own."""
    facts = {name: value for name, value in asdict(account).items() if name != "file"}
    if account.file.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    account.file.parent.mkdir(parents=True, exist_ok=True)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=2)
