"""How far ``svp ingest`` is while it recognises files: how many, then the bytes that are hashed to know them again."""

from __future__ import annotations

import gzip
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from loaders.recognise import recognise_delivery
from svp.cli import demo, main
from svp.cli import ingest as command
from svp.errors import InputError
from svp.settings import load_settings
from tests.unit.loaders.builders import a_session, a_user, sessions_file, users_file
from tests.unit.loaders.test_excel import table, workbook
from tests.unit.loaders.test_strangers import PICTURE, a_delivery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Bar:
    """One bar, and what was told to it."""

    description: str
    total: int | None
    unit: str
    steps: list[int] = field(default_factory=list)

    def advance(self, amount: int, *, share: float | None = None) -> None:
        del share
        self.steps.append(amount)


@dataclass
class Bars:
    """All bars that were opened."""

    opened: list[Bar] = field(default_factory=list)

    @contextmanager
    def task(self, description: str, *, total: int | None, unit: str) -> Iterator[Bar]:
        self.opened.append(Bar(description, total, unit))
        yield self.opened[-1]

    def say(self, line: str) -> None:
        """Take a line."""


def test_files_then_their_bytes_are_counted_to_the_known_end(tmp_path: Path) -> None:
    bars, given = Bars(), tmp_path / "given"
    given.mkdir()
    paths = [users_file(given), workbook(given, Plays=table(a_session()), People=table(a_user()))]
    packed = given / "sessions.gz"
    packed.write_bytes(gzip.compress(sessions_file(tmp_path).read_bytes()))
    (given / "picture.png").write_bytes(PICTURE)
    member = users_file(tmp_path, a_user("U9")).read_bytes()
    a_delivery(given, {"users.csv": member}, is_archive=True)
    assert len(recognise_delivery([given], progress=bars).files) == 5
    files, content = bars.opened
    assert (files.description, files.total, files.unit) == ("recognised", 5, "files")
    assert files.steps == [1] * 5
    expected = sum(path.stat().st_size for path in (*paths, packed)) + len(member)
    assert (content.description, content.total, content.unit) == ("hashed", expected, "bytes")
    assert sum(content.steps) == expected


def test_what_is_refused_is_refused_before_anything_is_hashed(tmp_path: Path) -> None:
    bars = Bars()
    os.truncate(users_file(tmp_path, name="a.csv"), 500 * 1000**3)
    path = users_file(tmp_path, name="b.csv")
    path.write_text(path.read_text().replace("age", "ages"))
    with pytest.raises(InputError, match="has no column age"):
        recognise_delivery([tmp_path], progress=bars)
    assert [bar.description for bar in bars.opened] == ["recognised"]


def test_bars_are_for_people_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bars = Bars()

    @contextmanager
    def shown() -> Iterator[Bars]:
        yield bars

    monkeypatch.setattr(command, "terminal_progress", shown)
    path = str(users_file(tmp_path))
    for options in (["--json"], []):
        assert bars.opened == []
        with pytest.raises(SystemExit) as left:
            main(["ingest", path, "--dry-run", *options])
        assert not left.value.code
    assert [bar.description for bar in bars.opened] == ["recognised", "hashed"]


def test_the_demo_shows_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("loaders.ingest.ingest", "nosql.run.run", "svp.cli.schemas.install_all"):
        monkeypatch.setattr(name, lambda *_, **__: ())
    users_file(tmp_path)
    demo._load(load_settings({}), tmp_path, bars := Bars())
    assert [bar.description for bar in bars.opened] == ["recognised", "hashed"]
