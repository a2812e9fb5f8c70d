"""Local servers: PostgreSQL, MongoDB and MySQL or MariaDB, without Docker and without root."""

from __future__ import annotations

from svp.servers.doctor import Check, examine
from svp.servers.engine import ENGINE_NAMES, EngineName, MySQLChoice
from svp.servers.home import Connections
from svp.servers.status import ServerStatus, list_external, read_status
from svp.servers.supervisor import delete, start, stop

__all__ = [
    "ENGINE_NAMES",
    "Check",
    "Connections",
    "EngineName",
    "MySQLChoice",
    "ServerStatus",
    "delete",
    "examine",
    "list_external",
    "read_status",
    "start",
    "stop",
]
