"""Procedures of the mart database, for who reads marts: what a view, which takes no parameter, can't tell.

Each is called ``show_`` and a mart, and calls the procedure of that name in the warehouse with the rights of the owner,
as views read. ``svp_mart`` and ``svp_warehouse`` are the databases of the workspace into which they are installed.
"""

from __future__ import annotations
