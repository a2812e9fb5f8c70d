"""Streamlit as a child of ours, which serves the live pages for as long as it runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from report.theme import LOOKS
from svp.errors import ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.settings import Settings

__all__ = ["Served", "check_packages", "is_loopback", "serving"]

PACKAGES = ("streamlit", "plotly")
APP = Path(__file__).with_name("app.py")

READY_SECONDS = 60
STOP_SECONDS = 10
POLL_SECONDS = 0.1

OPTIONS = {
    "browser.gatherUsageStats": "false",
    "client.disableDataExport": "true",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "logger.hideWelcomeMessage": "true",
    "logger.level": "warning",
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.headless": "true",
}
"""Nothing is told to Streamlit's makers, no browser or question opens at the start, nothing leads to their service, no
error shows its trace, and no file leaves but those whose formulas are defused."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def check_packages() -> None:
    """Raise UsageError unless what the pages are drawn with is installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        message = f"the report in a browser needs {' and '.join(missing)}, which is not installed"
        raise UsageError(message, "install svp with its extra 'report'")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, seen from nowhere else."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


@dataclass(frozen=True, slots=True)
class Served:
    """The pages, served."""

    address: str
    process: subprocess.Popen[bytes]

    def wait(self) -> None:
        """Return when the pages have ended.

        Raises:
            ServerError: they ended in disorder.
        """
        if self.process.wait():
            message = f"the pages ended: Streamlit left with {self.process.returncode}"
            raise ServerError(message, "what it said stands above")


@contextmanager
def serving(settings: Settings, *, host: str, port: int) -> Iterator[Served]:
    """Serve the pages for as long as the block lasts.

    A port of 0 is any that is free.

    Raises:
        UsageError: packages are missing, the port is taken, or the host is not one of this machine.
        ServerError: Streamlit does not start.
    """
    check_packages()
    port = free_port(host, port)
    process = subprocess.Popen(  # noqa: S603  (our own script)
        command(host, port),
        env={
            **os.environ,
            "SVP_HOME": str(settings.home),
            "SVP_WORKSPACE": settings.workspace.name,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(process, host, port)
        yield Served(address_of(host, port), process)
    finally:
        end(process)


def free_port(host: str, port: int) -> int:
    """Return a port that can be listened on.

    Raises:
        UsageError: this one can't be.
    """
    try:
        family = socket.getaddrinfo(host, port)[0][0]
        with socket.create_server((host, port), family=family) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        message = f"{host}:{port} can't be listened on: {error.strerror or error}"
        raise UsageError(message, "name another one with --port, or --host") from error


def command(host: str, port: int) -> list[str]:
    """Return what starts Streamlit, without secrets: the app reads the settings itself."""
    options = {**OPTIONS, "server.address": host, "server.port": str(port), **colors()}
    hosts = sorted({*LOOPBACK_NAMES, host}) if is_loopback(host) else ()
    flags = [*options.items(), *(("server.allowedHosts", name) for name in hosts)]
    written = [f"--{name}={value}" for name, value in flags]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *written]


def colors() -> dict[str, str]:
    """Return the two looks, as Streamlit's themes have them."""
    return {
        f"theme.{look.name}.{name}": color
        for look in LOOKS
        for name, color in (
            ("primaryColor", look.data_colors[0]),
            ("backgroundColor", look.ground),
            ("secondaryBackgroundColor", look.paper),
            ("textColor", look.ink),
            ("borderColor", look.line),
        )
    }


def address_of(host: str, port: int) -> str:
    """Return the address of the pages."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def wait_until_ready(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Return once the pages can be asked for.

    Raises:
        ServerError: the process has ended, or takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready(host, port):
            return
        time.sleep(POLL_SECONDS)
    message = "the pages could not be served: Streamlit did not start"
    raise ServerError(message, "what it said stands above; is the address one of this machine?")


def is_ready(host: str, port: int) -> bool:
    """Tell whether Streamlit answers."""
    connection = HTTPConnection(host, port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process, well if it lets us; Ctrl-C reached it, too."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
