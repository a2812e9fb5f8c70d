"""Files with random damage: each is refused with a reason, or every row of it is accounted for.

``SVP_TEST_MUTATIONS`` and ``SVP_TEST_SEED`` go further (``tests.fuzzing``).
"""

from __future__ import annotations

from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from loaders.kinds import KINDS
from loaders.recognise import recognise_all
from loaders.wanted import wanted
from tests.fuzzing import MUTATIONS
from tests.fuzzing.examine import FORMS, ZONE, cases, examine, examine_command, failures
from tests.fuzzing.samples import SAMPLES, Sample

if TYPE_CHECKING:
    from pathlib import Path

SHARE = 30
"""One case in so many goes through the whole command, which takes longer."""


def test_every_kind_has_a_valid_sample(tmp_path: Path) -> None:
    known = set()
    for number, sample in enumerate(SAMPLES):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for file in recognise_all([sample.write(folder)], wanted(zone=ZONE)):
            known.add(file.kind.name)
            assert sample.name.split()[0].split(".")[0] == file.kind.name.split(".")[0]
            for batch in file.batches():
                assert file.judge(batch).refusals == ()
    assert known == {kind.name for kind in KINDS}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_damaged_file_is_refused_or_every_row_is_accounted_for(
    tmp_path: Path, sample: Sample
) -> None:
    assert failures(cases(sample), tmp_path, examine) == {}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_command_ends_with_a_documented_exit_code_and_prints_what_is_harmless(
    tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    found: dict[str, str] = {}
    for words, case in zip(cycle(FORMS), cases(sample, max(2, MUTATIONS // SHARE)), strict=False):
        found |= failures([case], tmp_path, partial(examine_command, words))
    assert found == {}
