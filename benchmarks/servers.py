"""Local servers for measuring: MySQL with as much memory as a warehouse of this size is given."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import svp.servers.mysql
from svp.servers import start

if TYPE_CHECKING:
    from pathlib import Path

    from svp.servers import MySQLChoice

__all__ = ["start_roomy"]

BUFFER_POOL = "--innodb-buffer-pool-size=4G"
"""Holds the aggregates of two years, 1.6 GB, beside the facts of the days at hand; ``svp up`` gives 256 MB."""


def start_roomy(home: Path, mysql: MySQLChoice) -> None:
    """Start the servers of a home; those that run already stay as they are."""
    settings = (*svp.servers.mysql.SETTINGS, BUFFER_POOL)
    with patch.object(svp.servers.mysql, "SETTINGS", settings):
        start(home, mysql=mysql)
