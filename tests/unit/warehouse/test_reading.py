"""In which order the rows of a mart are shown."""

from __future__ import annotations

import pytest

from warehouse.reading import newest_first


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["title", "stat_date", "plays"], "`stat_date` DESC, `title`, `plays`"),
        (["genre", "genre_key"], "`genre`, `genre_key`"),
    ],
)
def test_rows_come_newest_first_and_without_ties(columns: list[str], expected: str) -> None:
    assert newest_first(columns) == expected
