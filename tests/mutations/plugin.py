"""What is put into pytest: a mutant in place of the original, a voice, and notes of what tests ask of the warehouse.

As a plugin of the command line it takes the notes: ``NOTES_FILE`` names a file for a line of JSON a test, its id and
the words of the statements that it ran.
"""

from __future__ import annotations

import importlib.resources
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mysql.connector
from mysql.connector.cursor import MySQLCursor

import warehouse.schema
from svp.core import sqlfiles
from tests.ready import Installed
from warehouse.objects import SchemaObject, install_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    import pytest

__all__ = ["Teller", "install_instead"]

WORD = re.compile(r"\w+")

PREPARATIONS = ((warehouse.schema, "install"), (Installed, "__init__"), (Installed, "restore"))
"""What is done for a test, and not by it."""


def pytest_configure(config: pytest.Config) -> None:
    """Take notes if the environment asks for them."""
    if "NOTES_FILE" in os.environ:
        config.pluginmanager.register(Notes(Path(os.environ["NOTES_FILE"])))


def install_instead(kind: str, name: str, text: str) -> list[str]:
    """Install another text for one object from now on; return a list that takes what the server refuses of it.

    It goes under the original's checksum, so that no check of the schema notices, in this process or another. Another
    text for a query is what the program reads instead, and one for a part is in all that have it.
    """
    refused: list[str] = []
    if kind == "query":
        read_instead(name, text)
        return refused
    part = sqlfiles.read_sql("procedures.parts", name) if kind == "part" else ""
    statements, install = SchemaObject.statements, install_objects

    def with_mutant(self: SchemaObject, workspace: Any) -> Iterator[str]:
        is_mutant = (self.kind, self.name) == (kind, name)
        mutant = SchemaObject(self.kind, name, text) if is_mutant else self
        for statement in statements(mutant, workspace):
            yield statement.replace(part, text) if part else statement

    def install_or_tell(*arguments: Any) -> Any:
        try:
            return install(*arguments)
        except mysql.connector.Error as error:
            refused.append(str(error))
            raise

    setattr(SchemaObject, "statements", with_mutant)  # noqa: B010  (a plain assignment is refused by mypy)
    setattr(warehouse.schema, "install_objects", install_or_tell)  # noqa: B010  (as above)
    return refused


class Changed:
    """A folder of which one file has another text."""

    def __init__(self, folder: Any, name: str, text: str) -> None:
        self._folder, self._name, self._text = folder, name, text

    def __truediv__(self, name: str) -> Any:
        return self if name == self._name else self._folder / name

    def read_text(self, **_: object) -> str:
        """Return it."""
        return self._text


def read_instead(name: str, text: str) -> None:
    """Have another text read for a query of the warehouse from now on."""
    find = importlib.resources.files

    def found(package: str) -> Any:
        folder = find(package)
        return Changed(folder, f"{name}.sql", text) if package == "warehouse.queries" else folder

    setattr(sqlfiles, "files", found)  # noqa: B010  (as below)


class Teller:
    """Says which test begins."""

    def __init__(self, told: Connection) -> None:
        self._told = told

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say so."""
        self._told.send(nodeid)


class Notes:
    """Words of the statements that each passing test ran in the warehouse, those that prepare it left out."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._words: set[str] = set()
        self._passed = True
        self._listen()

    def _listen(self) -> None:
        run = MySQLCursor.execute

        def execute(cursor: Any, statement: str, *arguments: Any, **options: Any) -> Any:
            self._words.update(WORD.findall(str(statement)))
            return run(cursor, statement, *arguments, **options)

        setattr(MySQLCursor, "execute", execute)  # noqa: B010  (as above)
        for owner, name in PREPARATIONS:
            setattr(owner, name, self._unheard(getattr(owner, name)))

    def _unheard(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose statements are not noted."""

        def call(*arguments: Any, **options: Any) -> Any:
            heard = set(self._words)
            try:
                return function(*arguments, **options)
            finally:
                self._words = heard

        return call

    def pytest_runtest_setup(self) -> None:
        """Begin with nothing."""
        self._words, self._passed = set(), True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the test's line when it is over."""
        self._passed &= report.passed
        if report.when == "teardown" and self._passed:
            note = {"test": report.nodeid, "words": sorted(self._words)}
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(note)}\n")
