"""What the servers are, whether they run, and how large they have grown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from svp.errors import ServerError
from svp.servers.engine import ENGINE_NAMES, EngineName
from svp.servers.home import Home, open_home
from svp.servers.supervisor import ENGINES, find_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from svp.settings import Settings

__all__ = ["ServerState", "ServerStatus", "list_external", "read_status"]

ServerState = Literal["running", "stopped", "not answering", "external", "unreachable"]
"""Of a local server the first three; the last two are servers that a setting names."""

URL_SETTINGS: dict[EngineName, str] = {
    "postgres": "postgres_url",
    "mongodb": "mongo_url",
    "mysql": "mysql_url",
}


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server at one moment."""

    name: EngineName
    state: ServerState
    description: str = ""
    """Flavour and exact version; of a stopped server the one it had."""
    address: str = ""
    process_id: int | None = None
    uptime_seconds: int | None = None
    data_bytes: int | None = None

    @property
    def is_up(self) -> bool:
        """Whether it can be worked with."""
        return self.state in {"running", "external"}


def list_external(settings: Settings) -> tuple[EngineName, ...]:
    """Return the servers that a setting names, so that none of this home takes their place."""
    local = open_home(settings.home).read_connections()
    return tuple(
        name
        for name in ENGINE_NAMES
        if getattr(settings, URL_SETTINGS[name]) not in {"", getattr(local, URL_SETTINGS[name])}
    )


def read_status(settings: Settings) -> tuple[ServerStatus, ...]:
    """Return the state of the three servers in force."""
    home, external = open_home(settings.home), list_external(settings)
    return tuple(
        _external_status(name, getattr(settings, URL_SETTINGS[name]))
        if name in external
        else _local_status(name, home)
        for name in ENGINE_NAMES
    )


def _external_status(name: EngineName, url: str) -> ServerStatus:
    address = urlsplit(url).netloc.rpartition("@")[2]
    try:
        return ServerStatus(name, "external", ENGINES[name].describe(url), address)
    except ServerError:
        return ServerStatus(name, "unreachable", ENGINES[name].TITLE, address)


def _local_status(name: EngineName, home: Home) -> ServerStatus:
    engine, instance, known = ENGINES[name], home.instance(name), home.remembered(name)
    process = find_process(engine, instance)
    address = f"127.0.0.1:{instance.port}" if instance.port else ""
    size = sum(_sizes(instance.data)) if instance.data.exists() else None
    if process is None:
        return ServerStatus(name, "stopped", known.description, address, data_bytes=size)
    state: ServerState = "running"
    try:
        description = engine.describe(engine.url(instance))
    except ServerError:
        state, description = "not answering", known.description
    uptime = int(time.time() - process.create_time())
    return ServerStatus(name, state, description, address, process.pid, uptime, size)


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the bytes each file takes on disk; a server may remove one while we look."""
    for path in folder.rglob("*"):
        try:
            yield path.lstat().st_blocks * 512
        except FileNotFoundError:
            continue
