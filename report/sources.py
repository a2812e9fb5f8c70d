"""Files that connect other tools: a ``.pbids`` for Power BI without the report, and ``.tds`` for Tableau.

They name servers and databases; who opens them is asked for an account.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from report.identity import short_id

__all__ = ["Join", "TableauSource", "power_bi_source"]

TABLEAU_VERSION = "18.1"


def power_bi_source(server: str, database: str) -> str:
    """Return a ``.pbids``: an import by MySQL's connector, since that of MariaDB can't be named in one."""
    address = {"server": server, "database": database}
    connection = {
        "details": {"protocol": "mysql", "address": address},
        "options": {},
        "mode": "Import",
    }
    return json.dumps({"version": "0.1", "connections": [connection]}, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Join:
    """A table that adds columns to the first one, by a key that both have."""

    table: str
    key: str


@dataclass(frozen=True, slots=True)
class TableauSource:
    """A data source of Tableau: one table with others joined to it."""

    caption: str
    kind: str
    """Tableau's name of the engine: postgres or mysql."""
    server: str
    """Host and port."""
    database: str
    table: str
    joins: tuple[Join, ...]
    schema: str = ""
    """Where tables are; empty where the database is that."""

    def text(self) -> str:
        """Return the ``.tds``."""
        host, _, port = self.server.rpartition(":")
        name = f"{self.kind}.{short_id('tableau', self.caption)}"
        root = ET.Element(
            "datasource",
            {"formatted-name": self.caption, "inline": "true", "version": TABLEAU_VERSION},
        )
        federated = ET.SubElement(root, "connection", {"class": "federated"})
        named = ET.SubElement(federated, "named-connections")
        ET.SubElement(
            ET.SubElement(named, "named-connection", {"caption": host, "name": name}),
            "connection",
            {
                "authentication": "username-password",
                "class": self.kind,
                "dbname": self.database,
                "port": port,
                "server": host,
                "username": "",
            },
        )
        federated.append(self._joined(name, len(self.joins)))
        ET.indent(root)
        body = ET.tostring(root, encoding="unicode")
        return f"<?xml version='1.0' encoding='utf-8' ?>\n{body}\n"

    def _joined(self, connection: str, count: int) -> ET.Element:
        """Return the first table with so many joins around it."""
        if not count:
            return self._relation(connection, self.table)
        join = self.joins[count - 1]
        outer = ET.Element("relation", {"join": "left", "type": "join"})
        equal = ET.SubElement(
            ET.SubElement(outer, "clause", {"type": "join"}), "expression", {"op": "="}
        )
        for table in (self.table, join.table):
            ET.SubElement(equal, "expression", {"op": f"[{table}].[{join.key}]"})
        outer.append(self._joined(connection, count - 1))
        outer.append(self._relation(connection, join.table))
        return outer

    def _relation(self, connection: str, table: str) -> ET.Element:
        place = f"[{self.schema}].[{table}]" if self.schema else f"[{table}]"
        parts = {"connection": connection, "name": table, "table": place, "type": "table"}
        return ET.Element("relation", parts)
