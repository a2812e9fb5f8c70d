"""Answers are remembered for a minute, and failures are not."""

from __future__ import annotations

from unittest.mock import Mock, patch

import pytest

from report.browser import memory as remembering
from report.browser.memory import Memory


def test_question_is_asked_once_until_it_is_forgotten_or_a_minute_has_passed() -> None:
    memory, ask = Memory(), Mock(side_effect=range(9))
    with patch.object(remembering, "monotonic", return_value=0.0) as now:
        assert [memory.recall("q", ask), memory.recall("q", ask)] == [0, 0]
        now.return_value = remembering.KEPT_SECONDS - 0.1
        assert memory.recall("q", ask) == 0
        now.return_value = remembering.KEPT_SECONDS
        assert memory.recall("q", ask) == 1
        memory.forget()
        assert memory.recall("q", ask) == 2
    assert memory.recall("another", ask) == 3


def test_failure_is_not_remembered() -> None:
    memory, ask = Memory(), Mock(side_effect=[ValueError, "answer"])
    with pytest.raises(ValueError):  # noqa: PT011  (whatever is raised)
        memory.recall("q", ask)
    assert memory.recall("q", ask) == "answer"


def test_oldest_answers_make_room() -> None:
    memory, ask = Memory(), Mock(side_effect=range(9))
    with patch.object(remembering, "KEPT_ANSWERS", 2):
        for question in ("a", "b", "c"):
            memory.recall(question, ask)
    assert [memory.recall(question, ask) for question in ("b", "c", "a")] == [1, 2, 3]
