"""MySQL: the machine's, else the distribution's unpacked apart; or MariaDB, found the same ways."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from pathlib import Path
from signal import SIGTERM, Signals
from typing import TYPE_CHECKING

import mysql.connector
from mysql.connector.connection import MySQLConnection

import svp.core.mysql
from svp.errors import ServerError
from svp.servers.accounts import Account, can_reach, give, private_folder
from svp.servers.engine import EngineName, Instance, Search, read_accounts_sql
from svp.servers.packages import PackagedServer, distribution, fetch_server
from svp.servers.processes import POLL_SECONDS, is_gone, run, running
from svp.servers.program import Program

if TYPE_CHECKING:
    from collections.abc import Collection

    import psutil

    from svp.core.mysql import Connection

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

NAME: EngineName = "mysql"
TITLE = "MySQL"
MARIADB = "MariaDB"
FIRST_PORT = 13306
STOP_SIGNAL: Signals = SIGTERM
STALE_FILES: Collection[str] = ("mysqld.sock", "mysqld.sock.lock", "mysqld.pid")

PROGRAMS = ("mysqld", "mariadbd")
PROGRAM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/local/mysql/bin"

MYSQL_PACKAGES = ("mysql-server-core", "mysql-server-core-8.4", "mysql-server-core-8.0")
APPARMOR_PROFILE = Path("/etc/apparmor.d/usr.sbin.mysqld")
APPARMOR_SWITCH = Path("/sys/module/apparmor/parameters/enabled")

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--socket=mysqld.sock",
    "--pid-file=mysqld.pid",
    "--local-infile=1",
    "--event-scheduler=ON",
    "--default-time-zone=+00:00",
    "--max-allowed-packet=64M",
    "--innodb-buffer-pool-size=256M",
    # Holds the first 500 names of a table in a report while all are sorted by what was summed.
    "--sort-buffer-size=2M",
    # Hold a report's 100,000 customers while they are summed, a kilobyte each in MariaDB; their own 16 MB send them to
    # the disk. The second is a bound of MariaDB's alone, beside the first.
    "--tmp-table-size=128M",
    "--max-heap-table-size=128M",
    # Holds the titles that a report joins.
    "--join-buffer-size=4M",
)

STORAGE = (
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
)
"""What the data folder must be made with, too."""

MARIADB_OPENING = ("CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;")
MARIADB_SCRIPTS = (
    "mysql_system_tables",
    "mysql_performance_tables",
    "mysql_system_tables_data",
    "fill_help_tables",
    "maria_add_gis_sp_bootstrap",
    "mysql_sys_schema",
)
"""What MariaDB's own installer feeds to a new server."""

START_SECONDS = 60

CHOICES = (
    "install mysql-server or mariadb-server with the system's package manager, "
    "use docker compose, or set SVP_MYSQL_URL to a server of yours"
)


def find_program(search: Search) -> Program:
    """Return MySQL if it can be had and MariaDB wasn't asked for, else MariaDB; see Engine."""
    remembered = search.remembered
    if remembered and remembered.is_there and search.mysql in {"auto", remembered.flavour.lower()}:
        return remembered
    flavours = {"mysql": (TITLE,), "mariadb": (MARIADB,), "auto": (TITLE, MARIADB)}[search.mysql]
    for flavour in flavours:
        found = _on_machine(flavour, search) or _from_packages(flavour, search)
        if found:
            return found
    message = f"no {' or '.join(flavours)} server is on this machine or could be fetched"
    raise ServerError(message, CHOICES)


def _on_machine(flavour: str, search: Search) -> Program | None:
    """Return the machine's server; what it is says its version, not its name."""
    for name in PROGRAMS:
        path = shutil.which(name) or shutil.which(name, path=PROGRAM_FOLDERS)
        if not path or not can_reach(search.account, Path(path)):
            continue
        if _flavour_of(path, search.account) != flavour:
            continue
        if _is_confined(Path(path)):
            search.progress.say(
                f"{path} is confined by AppArmor to its own folders; looking for another"
            )
            continue
        return Program(flavour, (path,))
    return None


def _flavour_of(path: str, account: Account) -> str:
    version = run([path, "--no-defaults", "--version"], folder=Path("/"), account=account)
    return MARIADB if MARIADB in version else TITLE


def _is_confined(path: Path) -> bool:
    """Tell whether AppArmor keeps a program out of folders that the distribution didn't choose."""
    if path != Path("/usr/sbin/mysqld") or not APPARMOR_PROFILE.exists():
        return False
    return APPARMOR_SWITCH.exists() and APPARMOR_SWITCH.read_text(encoding="utf-8").startswith("Y")


def _from_packages(flavour: str, search: Search) -> Program | None:
    """Return the server from the distribution's packages; None, said aloud, if there is none."""
    name, release = distribution()
    if not name:
        return None
    if flavour == MARIADB:
        suite = release if name == "debian" else ""
        server = PackagedServer(MARIADB, ("mariadb-server-core",), "sbin/mariadbd", suite)
    else:
        # Debian releases carry MariaDB only; real MySQL is in unstable.
        suite = "sid" if name == "debian" else ""
        server = PackagedServer(TITLE, MYSQL_PACKAGES, "sbin/mysqld", suite)
    try:
        return fetch_server(server, search.progress)
    except ServerError as error:
        search.progress.say(f"{flavour} can't be had from {server.source}: {error.message}")
        return None


def initialise(program: Program, instance: Instance, data: Path) -> None:
    """Make the system tables and both accounts; see Engine."""
    if program.flavour == MARIADB:
        _bootstrap_mariadb(program, instance, data)
    else:
        _initialise_mysql(program, instance, data)


def _bootstrap_mariadb(program: Program, instance: Instance, data: Path) -> None:
    """Feed MariaDB's own tables and our accounts to a server that takes no connections."""
    share = _share_folder(program)
    accounts = read_accounts_sql(
        "mariadb_accounts", admin_password=instance.admin_password, password=instance.password
    )
    scripts = [(share / f"{name}.sql").read_text(encoding="utf-8") for name in MARIADB_SCRIPTS]
    for folder in (data, _no_files(instance)):
        folder.mkdir(mode=0o700, exist_ok=True)
        give(folder, instance.account)
    run(
        [
            *_base_command(program, data),
            "--bootstrap",
            "--max-allowed-packet=8M",
            "--net-buffer-length=16K",
        ],
        folder=data.parent,
        account=instance.account,
        text="\n".join([*MARIADB_OPENING, *scripts, accounts]),
    )


def _share_folder(program: Program) -> Path:
    roots = (Path(program.root or "/usr"), program.path.parent.parent)
    for folder in (root / "share" / name for root in roots for name in ("mysql", "mariadb")):
        if (folder / "mysql_system_tables.sql").exists():
            return folder
    message = f"MariaDB's own files were not found beside {program.path}"
    raise ServerError(message, CHOICES)


def _initialise_mysql(program: Program, instance: Instance, data: Path) -> None:
    """Let MySQL make its tables, then make the accounts over a socket nobody else can reach."""
    base = _base_command(program, data)
    run([*base, "--initialize-insecure"], folder=data.parent, account=instance.account)
    with private_folder(instance.account) as private:
        command = [
            *base,
            "--skip-networking",
            f"--socket={private / 'first.sock'}",
            f"--pid-file={private / 'pid'}",
        ]
        log = data.with_name("first.log")
        with running(
            command, log=log, account=instance.account, stop_signal=STOP_SIGNAL
        ) as process:
            _create_accounts(instance, private / "first.sock", process)


def _create_accounts(instance: Instance, socket: Path, process: psutil.Process) -> None:
    with closing(_connect_first(socket, process)) as connection, connection.cursor() as cursor:
        accounts = read_accounts_sql(
            "mysql_accounts",
            admin_password=instance.admin_password,
            password=instance.password,
            set_definer="SET_ANY_DEFINER"
            if (connection.server_version or ()) >= (8, 2)
            else "SET_USER_ID",
        )
        for statement in accounts.splitlines():
            cursor.execute(statement)


def _connect_first(socket: Path, process: psutil.Process) -> Connection:
    """Return a connection as root, who has no password yet, as soon as the server takes one."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return MySQLConnection(user="root", unix_socket=str(socket))
        except mysql.connector.Error as error:
            if is_gone(process) or time.monotonic() > deadline:
                message = f"MySQL's first start failed: {error.msg}"
                raise ServerError(message) from error
            time.sleep(POLL_SECONDS)


def command(program: Program, instance: Instance) -> list[str]:
    """Return the server's command line; see Engine."""
    command = [*_base_command(program, instance.data), f"--port={instance.port}", *SETTINGS]
    if program.flavour == MARIADB:
        # MariaDB's option has no NULL: a folder that stays empty serves the same end.
        return [*command, f"--secure-file-priv={_no_files(instance)}"]
    return command


def _no_files(instance: Instance) -> Path:
    return instance.folder / "no-files"


def _base_command(program: Program, data: Path) -> list[str]:
    """Return what the server is told whatever it does."""
    command = [*program.command, "--no-defaults", data_argument(data), *STORAGE]
    if program.root:
        root = program.root
        command += [f"--basedir={root}", f"--plugin-dir={root}/lib/mysql/plugin"]
        command += [f"--lc-messages-dir={root}/share/mysql"]
    if program.flavour == MARIADB:
        return command
    return [*command, "--secure-file-priv=NULL", "--mysqlx=OFF", "--performance-schema=OFF"]


def data_argument(data: Path) -> str:
    """Return the argument that names the data folder; see Engine."""
    return f"--datadir={data}"


def check_ready(instance: Instance) -> None:
    """Log in as svp; see Engine."""
    svp.core.mysql.connect(url(instance)).close()


def url(instance: Instance) -> str:
    """Return the URL for the account svp; see Engine."""
    return f"mysql://svp:{instance.password}@127.0.0.1:{instance.port}/"


def describe(url: str) -> str:
    """Return for example ``MySQL 9.7.4`` or ``MariaDB 10.11.18``; see Engine."""
    with closing(svp.core.mysql.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        [(version,)] = cursor.fetchall()
    flavour = MARIADB if MARIADB in str(version) else TITLE
    return f"{flavour} {str(version).split('-')[0]}"
