"""Write docs/dictionary-*.md and their pictures from servers with freshly installed schemas."""

from __future__ import annotations

from pathlib import Path

import oltp.schema
import warehouse.schema
from tests.conftest import fresh_workspace, running
from tests.dictionary.pages import postgres_files, warehouse_files

DOCS = Path(__file__).parents[2] / "docs"


def main() -> None:
    """Install, look, write."""
    with running("mysql") as home:
        urls = home.read_connections()
        servers = (urls.postgres_url, urls.mongo_url, urls.mysql_url)
        with fresh_workspace(DOCS, *servers) as settings:
            oltp.schema.install(settings)
            warehouse.schema.install(settings)
            for path, text in (warehouse_files(settings) | postgres_files(settings)).items():
                (DOCS / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
