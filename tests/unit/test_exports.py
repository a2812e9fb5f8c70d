"""Exported files are whole or not there; a spreadsheet shows their text and runs nothing, and it can be read back."""

from __future__ import annotations

import errno
import os
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from svp.core.exports import armed, defused, new_file
from svp.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

JAN_31 = date(2024, 1, 31)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_what_a_spreadsheet_runs_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1", "", "1", " =1", None, -1, Decimal(-1), JAN_31])
def test_what_is_no_formula_stays(value: object) -> None:
    assert defused(value) == value


@pytest.mark.parametrize("text", ["=1", "-5", "\t=1", "'a", "'", "", "it's", "plain"])
def test_what_was_defused_is_read_back_as_it_was(text: str) -> None:
    assert armed(str(defused(text))) == text


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_file_for_which_there_is_no_room_is_named_and_gone(tmp_path: Path, number: int) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(UsageError, match=r"a\.csv can't be written") as caught, new_file(path):
        raise OSError(number, os.strerror(number))
    assert "make room there" in caught.value.advice
    assert not path.exists()


def test_another_fault_while_a_file_is_written_stays_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(ConnectionResetError), new_file(path):
        raise ConnectionResetError(errno.ECONNRESET, "gone")
    assert not path.exists()
