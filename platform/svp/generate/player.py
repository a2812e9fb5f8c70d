"""How the player gets on: starting, quality, stalls. Nothing here depends on the title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import Entries, Flags, Floats, Integers
from svp.generate.market import DEVICES, QUALITY_KBPS

if TYPE_CHECKING:
    from svp.generate.people import People
    from svp.generate.rhythm import Sittings

__all__ = [
    "ABANDONED",
    "ERRORS",
    "FAILED",
    "NO_ERROR",
    "PLAYED",
    "Playback",
    "press_play",
]

PLAYED, FAILED, ABANDONED = range(3)
"""Positions in PLAYBACK_OUTCOMES."""

ERRORS = (
    "NETWORK_TIMEOUT",
    "MANIFEST_NOT_FOUND",
    "LICENCE_DENIED",
    "DECODER_FAILED",
    "UNKNOWN",
)
ERROR_SHARES = (0.46, 0.14, 0.17, 0.15, 0.08)
NO_ERROR = -1

LINE_SIGMA = 0.8
"""Of the log by which a household's line is worse or better than the median one."""
STARTUP_SECONDS, STARTUP_SIGMA = 0.75, 0.55
"""From pressing play to the first frame, on the median line and a wired screen; log-normal."""
PATIENCE_SECONDS, LOSS_A_SECOND = 2.0, 0.058
"""Nobody leaves before; from then on each second loses 5.8 % of attempts (Krishnan and Sitaraman 2012)."""
FAILURE_SHARE = 0.008
"""Of attempts on the median line, those that end with an error; more where the line is poor."""
BREAK_SHARE = 0.002
"""Of plays on the median line, those that an error ends; more where the line is poor."""

LOWER_QUALITY_SHARE = 0.10
"""Of plays on the median line that do not get the best quality which plan and device allow."""
BITRATE_SIGMA = 0.16
LINE_BITRATE_EFFECT = -0.12
"""On the log of the bit rate, for each unit of the log by which a line is worse."""
STALL_SHARE = 0.022
"""Of streams with any stall, on the median line and a wired screen; 4 % of all (Puffer)."""
STALL_MILLISECONDS, STALL_SIGMA = 12_000, 1.6
"""Of one stall, median and deviation of the log: few and long, 0.12 to 0.25 % of the time (Puffer)."""
LONGEST_STALL_MILLISECONDS = 240_000
MORE_STALLS = 0.45
"""That a stall is followed by one more."""
BITRATE_CHANGES = 1.1
"""In a play, mean on the median line: players begin low and climb."""


@dataclass(frozen=True, slots=True)
class Playback(Entries):
    """One entry per start. Stalls, quality and bit rate are those of a play, if it becomes one."""

    outcome: Integers
    """Position in PLAYBACK_OUTCOMES."""
    error: Integers
    """Position in ERRORS, NO_ERROR if there was none; of a play, what ended it."""
    startup_milliseconds: Integers
    """To the first frame, the error or the exit."""
    quality: Integers
    bitrate_kbps: Integers
    bitrate_changes: Integers
    stall_count: Integers
    stall_milliseconds: Integers


def press_play(people: People, sittings: Sittings) -> Playback:
    """Return how the player gets on at each start: better on a good line and a wired screen."""
    draws = sittings.draws
    line = LINE_SIGMA * people.draws.normal("line")[sittings.user]
    poor = np.exp(line) * np.array([device.stall_factor for device in DEVICES])[sittings.device]
    startup = STARTUP_SECONDS * np.sqrt(poor) * np.exp(STARTUP_SIGMA * draws.normal("startup"))
    patience = PATIENCE_SECONDS + draws.uniform("patience") / LOSS_A_SECOND
    fails = draws.happens("fails", np.minimum(FAILURE_SHARE * poor, 0.5))
    seconds = np.minimum(startup * np.where(fails, 3.0, 1.0), patience)
    outcome = np.where(seconds == patience, ABANDONED, np.where(fails, FAILED, PLAYED))
    breaks = (outcome == PLAYED) & draws.happens("breaks", np.minimum(BREAK_SHARE * poor, 0.2))
    has_error = breaks | (outcome == FAILED)
    quality = _qualities(sittings, poor)
    stall_count = _stalls(sittings, poor)
    stall_each = STALL_MILLISECONDS * np.exp(STALL_SIGMA * draws.normal("stall length"))
    stall_each = np.minimum(stall_each, LONGEST_STALL_MILLISECONDS)
    spread = np.exp(BITRATE_SIGMA * draws.normal("bitrate") + LINE_BITRATE_EFFECT * line)
    return Playback(
        outcome=outcome,
        error=np.where(has_error, draws.pick("error", ERROR_SHARES), NO_ERROR),
        startup_milliseconds=(seconds * 1000).astype(np.int64),
        quality=quality,
        bitrate_kbps=(np.array(QUALITY_KBPS)[quality] * spread).astype(np.int64),
        bitrate_changes=draws.poisson("bitrate changes", BITRATE_CHANGES * np.sqrt(poor)),
        stall_count=stall_count,
        stall_milliseconds=(stall_count * stall_each).astype(np.int64),
    )


def _qualities(sittings: Sittings, poor: Floats) -> Integers:
    """Return the best quality of plan and device, or one step less on a poor line."""
    best = np.array([device.best_quality for device in DEVICES])[sittings.device]
    chance = np.minimum(LOWER_QUALITY_SHARE * poor, 0.9)
    lower: Flags = sittings.draws.happens("lower quality", chance)
    quality: Integers = np.maximum(np.minimum(sittings.plan, best) - lower, 0)
    return quality


def _stalls(sittings: Sittings, poor: Floats) -> Integers:
    stalls = sittings.draws.happens("stalls", np.minimum(STALL_SHARE * poor, 0.5))
    return np.where(stalls, sittings.draws.count_tries("more stalls", 1 - MORE_STALLS), 0)
