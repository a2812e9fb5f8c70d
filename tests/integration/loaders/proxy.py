"""A proxy on loopback between us and PostgreSQL that hangs up around a commit, once."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Proxy", "proxied"]

COMMIT = b"COMMIT\x00"
READ_BYTES = 65_536


class Proxy:
    """Passes bytes both ways; hangs up at the ``number``-th commit, before or after the server has carried it out."""

    def __init__(self, server: tuple[str, int], *, number: int, is_carried_out: bool) -> None:
        self._server = server
        self._number, self._is_carried_out = number, is_carried_out
        self.commits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while sent := source.recv(READ_BYTES):
                if target.getpeername() == self._server and COMMIT in sent:
                    self.commits += 1
                    if self.commits == self._number:
                        self._hang_up(source, target, sent)
                        return
                target.sendall(sent)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def _hang_up(self, client: socket.socket, server: socket.socket, sent: bytes) -> None:
        """End both connections; if it is to be carried out, the server has all it needs for that."""
        client.shutdown(socket.SHUT_RDWR)
        if self._is_carried_out:
            server.sendall(sent)
            server.shutdown(socket.SHUT_WR)
        else:
            server.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(url: str, *, number: int, is_carried_out: bool) -> Iterator[tuple[str, Proxy]]:
    """Give a URL that leads through a proxy, and the proxy."""
    parts = urlsplit(url)
    proxy = Proxy(
        (str(parts.hostname), parts.port or 5432), number=number, is_carried_out=is_carried_out
    )
    address = f"{parts.hostname}:{parts.port}"
    try:
        yield url.replace(address, f"127.0.0.1:{proxy.port}"), proxy
    finally:
        proxy.close()
