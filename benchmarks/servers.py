"""Local servers for measuring: MySQL with as much memory as a warehouse of this size is given."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

import svp.servers.mysql
from svp.core.mysql import open_connection
from svp.servers import start
from warehouse.connections import fetch_one

if TYPE_CHECKING:
    from pathlib import Path

    from svp.servers import MySQLChoice

__all__ = ["start_roomy"]

BUFFER_POOL_BYTES = 4 << 30
"""Holds the aggregates of two years, 1.6 GB, beside the facts of the days at hand; ``svp up`` gives 256 MB."""


def start_roomy(home: Path, mysql: MySQLChoice) -> None:
    """Start the servers of a home; one that runs already with less memory is not measured."""
    pool = f"--innodb-buffer-pool-size={BUFFER_POOL_BYTES}"
    with patch.object(svp.servers.mysql, "SETTINGS", (*svp.servers.mysql.SETTINGS, pool)):
        url = start(home, mysql=mysql).mysql_url
    with open_connection(url) as connection:
        (found,) = fetch_one(connection, "SELECT @@innodb_buffer_pool_size")
    if found < BUFFER_POOL_BYTES:
        sys.exit(
            f"MySQL of {home} runs with {found >> 20} MB of buffer pool: stop it by 'SVP_HOME={home} svp down'"
        )
