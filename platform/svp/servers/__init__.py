"""Local servers: PostgreSQL, MongoDB and MySQL or MariaDB, without Docker and without root."""

from __future__ import annotations

from svp.servers.engine import MySQLChoice
from svp.servers.home import Connections
from svp.servers.supervisor import start, stop

__all__ = ["Connections", "MySQLChoice", "start", "stop"]
