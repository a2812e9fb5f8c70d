"""A MySQL server that asks for files, as LOAD DATA LOCAL lets it, gets the one that our statement names, and no other.

The server is a few lines of its protocol on loopback. It takes any account, and answers a statement of our choice with
the request for a file of its own choice.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mysql.connector
import pytest

from svp.core.mysql import open_connection
from svp.errors import ServerError
from warehouse.connections import execute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = b"a secret of whoever runs svp"
ROWS = b"1\tone\n"

CAPABILITIES = (
    0x00000001 | 0x00000008 | 0x00000080 | 0x00000200 | 0x00002000 | 0x00008000 | 0x00080000
)
"""Long passwords, a database, LOCAL, protocol 4.1, transactions, secure authentication, authentication by plugin."""
FINE = b"\x00\x00\x00\x02\x00\x00\x00"
QUERY = 3
WANTS_FILE = b"\xfb"


@dataclass
class HostileServer:
    """Serves one connection in a thread."""

    asks_for: bytes
    at: bytes
    """How the statement begins that is answered so."""
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    connections: list[socket.socket] = field(default_factory=list)
    received: bytes = b""

    @property
    def url(self) -> str:
        return f"mysql://root:any@127.0.0.1:{self.listening.getsockname()[1]}/"

    def serve(self) -> None:
        connection, _ = self.listening.accept()
        with closing(connection):
            self.connections.append(connection)
            try:
                self._serve(connection)
            except OSError:
                return

    def stop(self) -> None:
        """Read what has come, and nothing more: a client that failed may leave its end open."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    def _serve(self, connection: socket.socket) -> None:
        send(connection, 0, greeting())
        number, _ = self._receive(connection)
        send(connection, number + 1, FINE)
        while True:
            number, said = self._receive(connection)
            if said[0] == QUERY and said[1:].startswith(self.at):
                send(connection, number + 1, WANTS_FILE + self.asks_for)
                while said:
                    number, said = self._receive(connection)
            send(connection, number + 1, FINE)

    def _receive(self, connection: socket.socket) -> tuple[int, bytes]:
        """Return the number of a packet and what it says."""
        head = read(connection, 4)
        said = read(connection, int.from_bytes(head[:3], "little"))
        self.received += said
        return head[3], said


def read(connection: socket.socket, size: int) -> bytes:
    """Return so many bytes.

    Raises:
        OSError: the client is gone.
    """
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise ConnectionResetError
        found += part
    return found


def send(connection: socket.socket, number: int, packet: bytes) -> None:
    connection.sendall(len(packet).to_bytes(3, "little") + bytes([number % 256]) + packet)


def greeting() -> bytes:
    low, high = CAPABILITIES & 0xFFFF, CAPABILITIES >> 16
    salt = b"12345678"
    return b"".join(
        (
            b"\x0a9.0.0\x00",
            struct.pack("<I", 1),
            salt,
            b"\x00",
            struct.pack("<HBHHB", low, 45, 2, high, 21),
            bytes(10),
            b"123456789012\x00",
            b"mysql_native_password\x00",
        )
    )


@contextmanager
def hostile(asks_for: Path, at: bytes) -> Iterator[HostileServer]:
    """Run a server while the connection of a test lasts."""
    server = HostileServer(str(asks_for).encode(), at)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
        server.listening.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that may be read: the rows to send, those of another table, and a link that leads out of it."""
    (tmp_path / "secret").write_bytes(SECRET)
    made = tmp_path / "private"
    made.mkdir()
    (made / "rows").write_bytes(ROWS)
    (made / "other").write_bytes(SECRET)
    (made / "link").symlink_to(tmp_path / "secret")
    return made


def load(server: HostileServer, rows: Path, *, may_load: bool) -> None:
    """Connect, run a statement that loads nothing, and load rows, as an export does."""
    allowed = rows.parent if may_load else None
    with open_connection(server.url, local_infile_folder=allowed) as connection:
        execute(connection, "SET SESSION max_heap_table_size = 1")
        execute(connection, "LOAD DATA LOCAL INFILE %s INTO TABLE stg_hour", (str(rows),))


@pytest.mark.parametrize(
    "at", [b"SET ", b"SET SESSION TRANS", b"SET SESSION max_heap", b"LOAD DATA"]
)
@pytest.mark.parametrize("may_load", [True, False])
@pytest.mark.parametrize("wanted", ["secret", "private/other", "private/link", "private/../secret"])
def test_server_that_asks_for_another_file_gets_none(
    folder: Path, wanted: str, *, may_load: bool, at: bytes
) -> None:
    refused = pytest.raises((mysql.connector.Error, ServerError))
    with hostile(folder.parent / wanted, at) as server, refused:
        load(server, folder / "rows", may_load=may_load)
    assert SECRET not in server.received
    assert ROWS not in server.received


def test_server_gets_the_file_that_the_statement_names_once(folder: Path) -> None:
    with hostile(folder / "rows", b"LOAD DATA") as server:
        load(server, folder / "rows", may_load=True)
    assert server.received.count(ROWS) == 1


def test_server_gets_no_file_of_another_folder_even_if_the_statement_names_it(folder: Path) -> None:
    secret = folder.parent / "secret"
    statement = "LOAD DATA LOCAL INFILE %s INTO TABLE stg_hour"
    with (
        hostile(secret, b"LOAD DATA") as server,
        open_connection(server.url, local_infile_folder=folder) as connection,
        pytest.raises(mysql.connector.Error),
    ):
        execute(connection, statement, (str(secret),))
    assert SECRET not in server.received
