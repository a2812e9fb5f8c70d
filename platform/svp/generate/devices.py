"""The devices that users own: since when, and which platform each one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import DAY_US, day_of
from svp.generate.market import DEVICES

if TYPE_CHECKING:
    from svp.generate.arrays import Flags, Integers
    from svp.generate.people import People

__all__ = ["NOT_OWNED", "USUAL_PLATFORM_SHARE", "devices_added_on", "usual_platform"]

NOT_OWNED = int(np.iinfo(np.int64).max) // DAY_US
"""The day on which a device that the user does not own is added: after all days, and an instant still."""

SECOND_DEVICE_DAYS = 75.0
"""Mean, from the sign-up to the first sign-in of a device that is not the usual one."""
USUAL_PLATFORM_SHARE = 0.62
"""Of devices of each kind, those that run the first of its two platforms."""


def devices_added_on(people: People) -> Integers:
    """Return the UTC day on which each device signed in first, by user and kind; NOT_OWNED where there is none.

    The usual device signs in with the sign-up, the others an exponential time later.
    """
    registered_on = day_of(people.registered_at)[:, np.newaxis]
    waits = [people.draws.exponential(f"{kind.name} added") for kind in DEVICES]
    wait_days = (SECOND_DEVICE_DAYS * np.stack(waits, axis=1)).astype(np.int64)
    is_usual = people.device[:, np.newaxis] == np.arange(len(DEVICES))
    added_on = registered_on + np.where(is_usual, 0, wait_days)
    return np.where(people.owned, added_on, NOT_OWNED)


def usual_platform(people: People) -> Flags:
    """Tell whether a device runs the first platform of its kind, by user and kind, for good."""
    runs = [people.draws.happens(f"{kind.name} platform", USUAL_PLATFORM_SHARE) for kind in DEVICES]
    return np.stack(runs, axis=1)
