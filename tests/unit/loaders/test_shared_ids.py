"""Catalogues whose services number titles alike: another one must say whose it is, the same one again need not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from loaders import ingest, ledger
from loaders.recognise import Recognised, recognise
from svp.errors import UsageError
from tests.unit.loaders.builders import a_listed_title, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.stores import Stores


def a_titles_file(folder: Path, name: str, title: str) -> Recognised:
    return recognise(write_csv(folder / name, [a_listed_title("s1", title=title)]))


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Recognised]:
    """What the ledger holds as complete."""
    files: list[Recognised] = []

    def find_load(*asked: Any) -> ledger.Entry | None:
        held = [file for file in files if file.content.sha256 == asked[-1].sha256]
        return ledger.Entry(1, "content", "complete", str(held[0].path)) if held else None

    def other_path(*asked: Any) -> Path | None:
        others = [
            file.path
            for file in files
            if file.content.sha256 not in {each.sha256 for each in asked[-1]}
        ]
        return others[0] if others else None

    monkeypatch.setattr(ledger, "find_load", find_load)
    monkeypatch.setattr(ledger, "other_path", other_path)
    return files


def judge(*files: Recognised) -> None:
    ingest._refuse_shared_ids(files, cast("Stores", SimpleNamespace(postgres=None)))


def test_the_same_content_under_two_names_is_one_catalogue(
    tmp_path: Path, loaded: list[Recognised]
) -> None:
    judge(a_titles_file(tmp_path, "a.csv", "Heat"), a_titles_file(tmp_path, "b.csv", "Heat"))
    with pytest.raises(UsageError, match=r"a\.csv and .*c\.csv may number different titles alike"):
        judge(a_titles_file(tmp_path, "a.csv", "Heat"), a_titles_file(tmp_path, "c.csv", "Dark"))
    assert loaded == []


def test_a_catalogue_that_is_loaded_may_come_again_after_another_delivery_of_its_service(
    tmp_path: Path, loaded: list[Recognised]
) -> None:
    first, second = (a_titles_file(tmp_path, f"{name}.csv", name) for name in ("Heat", "Dark"))
    loaded.append(first)
    with pytest.raises(UsageError, match=r"Dark\.csv and .*Heat\.csv may number"):
        judge(second)
    loaded.append(second)
    judge(first)
    judge(second)
