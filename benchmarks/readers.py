"""Read CSV files by another tool, all values as text; ``benchmarks.pollution`` calls it.

    python benchmarks/readers.py pandas|duckdb    by the Python of an environment that has the tool

A path a line comes in; a line of JSON goes out for each, its ``columns`` and ``rows``, or its ``error``. Nothing is
said of a file's dialect, which is left to the tool: that is what people do with a file that they were given.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any


def by_pandas(path: str) -> dict[str, Any]:
    """Read with the defaults, but for the types of values."""
    frame = import_module("pandas").read_csv(path, dtype=str, keep_default_na=False)
    return {"columns": list(frame.columns), "rows": frame.fillna("").to_numpy().tolist()}


def by_duckdb(path: str) -> dict[str, Any]:
    """Read with the sniffer, but for the types of values."""
    found = import_module("duckdb").execute("FROM read_csv(?, all_varchar = true)", [path])
    columns = [column[0] for column in found.description]
    return {
        "columns": columns,
        "rows": [[value or "" for value in row] for row in found.fetchall()],
    }


READERS = {"pandas": by_pandas, "duckdb": by_duckdb}


def main() -> None:
    """Read every file."""
    read = READERS[sys.argv[1]]
    for line in sys.stdin:
        try:
            told = read(line.rstrip("\n"))
        except Exception as error:  # each tool has errors of its own
            told = {"error": f"{error}"}
        print(json.dumps(told))


if __name__ == "__main__":
    main()
