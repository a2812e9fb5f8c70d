"""Nothing of a polluted file is loaded wrongly, and what is refused is refused for the right reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.pollution import Reading, judged, ours, table, written
from benchmarks.variants import clean_files, variants_of

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.variants import CleanFile

KINDS = {"relational.users", "catalogue.titles", "iptv.logs", "platform.search_queries csv"}
"""A few of each form; ``python -m benchmarks.pollution`` takes all."""


@pytest.mark.parametrize(
    "clean", [each for each in clean_files() if each.kind in KINDS], ids=lambda clean: clean.kind
)
def test_polluted_file_is_loaded_truly_or_refused_by_the_name_of_its_pollution(
    tmp_path: Path, clean: CleanFile
) -> None:
    results = ours(clean, written(variants_of(clean), tmp_path), tmp_path)
    assert len(results) > 100
    assert [result for result in results if result.verdict not in {"true", "named"}] == []


@pytest.mark.parametrize(
    ("rows", "reasons", "verdict"),
    [
        (["a", "b"], "", ("true", 1)),
        (["b", "a"], "any", ("true", 1)),
        (["a"], "wrong_width", ("named", 0.5)),
        (["a"], "not_text", ("other", 0.5)),
        (["a"], "", ("wrong", 0.5)),
        (["a", "c"], "wrong_width", ("wrong", 0.5)),
        (["a", "b", "b"], "wrong_width", ("wrong", 1)),
        ([], "line 2: wrong_width", ("named", 0)),
    ],
)
def test_verdict_and_share(rows: list[str], reasons: str, verdict: tuple[str, float]) -> None:
    assert judged(["a", "b"], Reading(rows, reasons), "bad_quotes|wrong_width") == verdict


def test_table_counts_verdicts_and_shares_by_reader(tmp_path: Path) -> None:
    clean = next(each for each in clean_files() if each.kind == "relational.users")
    chosen = [each for each in variants_of(clean) if each.pollution in {"UTF-16", "header gone"}]
    printed = table(ours(clean, written(chosen, tmp_path), tmp_path), "pollution")
    assert "| UTF-16 | 1 | 1 / 0 / 0 / 0 | 100.0 |" in printed
    assert "| header gone | 1 | 0 / 1 / 0 / 0 | 0.0 |" in printed
