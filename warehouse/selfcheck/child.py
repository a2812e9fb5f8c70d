"""One action of a check, in a process of its own that may kill itself: ``python -m warehouse.selfcheck.child``.

Its settings come from the environment, as those of any run; what to do comes as arguments: the action, its file, and
the step and the time that it is not outlived (or none).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.steps import Step, tell
from svp.settings import load_settings
from warehouse.selfcheck.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["die_at", "main"]


def die_at(step: Step, call: int) -> None:
    """Kill this process when a step is reached for the ``call``-th time, counted from 1."""
    tell(_deadly(step, call))


def _deadly(step: Step, call: int) -> Callable[[Step], None]:
    calls = 0

    def die(now: Step) -> None:
        nonlocal calls
        calls += now is step
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


def main() -> None:
    """Do what the arguments say."""
    action, path, *end = sys.argv[1:]
    if end:
        die_at(Step(end[0]), int(end[1]))
    settings = load_settings()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ACTIONS[action](settings, Path(path))


if __name__ == "__main__":
    main()
