"""A generated platform through the whole path: what is clean is stored, what was planted is refused or flagged."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.end_to_end.conftest import Run

WORKSPACE = "generated"
USERS = "4000"
"""Enough that plays and what players told of them come in more than one batch."""


@pytest.fixture
def workspace(svp: Run) -> Iterator[str]:
    svp("init", "--workspace", WORKSPACE)
    yield WORKSPACE
    svp("reset", "--workspace", WORKSPACE, "--yes", WORKSPACE)


def test_a_small_platform_with_dirt_is_refused_and_flagged_exactly_where_it_was_planted(
    svp: Run, workspace: str, tmp_path: Path
) -> None:
    folder = tmp_path / "platform"
    svp("generate", "--scale", "small", "--users", USERS, "--dirt", "1%", "--out", str(folder))
    told = json.loads(svp("ingest", str(folder), "--workspace", workspace, "--json").stdout)
    dirt = [json.loads(line) for line in (folder / "dirt.jsonl").read_text().splitlines()]
    refused = Counter(entry["file"] for entry in dirt if entry["contract"] == "reject")
    flagged = Counter(entry["code"] for entry in dirt if entry["contract"] == "flag")
    found_flags: Counter[str] = Counter()
    for file in told["files"]:
        path = Path(file["path"]).relative_to(folder).as_posix()
        assert file["rejected_rows"] == refused[path], path
        found_flags.update(file["flags"])
    assert sum(refused.values()) > 1_000
    assert found_flags == flagged
    svp("warehouse", "refresh", "--workspace", workspace)
    svp("verify", "--workspace", workspace)
