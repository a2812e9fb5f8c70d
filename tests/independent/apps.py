"""What apps told of their use, one event after the other."""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from tests.independent.viewing import Viewing

__all__ = ["ACTIVITY", "event_activity"]

ACTIVITY = ("events", "active_users", "sessions", "session_seconds_median", "session_seconds_p95")
KEYS = ["day", "platform", "country"]


def event_activity(viewing: Viewing) -> DataFrame:
    """By day, platform and country of the events; who is nobody is the device, and who has none is not counted."""
    groups: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    event: Any
    for event in viewing.app_events.itertuples():
        day = event.occurred_at.tz_localize(None).normalize()
        groups[day, event.platform or "Unknown", event.country or "Unknown"].append(event)
    rows = [(*key, *figures(events)) for key, events in groups.items()]
    return pd.DataFrame(rows, columns=[*KEYS, *ACTIVITY]).set_index(KEYS)


def figures(events: Sequence[Any]) -> tuple[float | None, ...]:
    """Return what one row says, in the order of ``ACTIVITY``."""
    users = {("user", each.user_id) for each in events if each.user_id}
    users |= {("device", each.device_id) for each in events if not each.user_id and each.device_id}
    times = defaultdict(list)
    for each in events:
        if each.session_id is not None:
            times[each.session_id].append(each.occurred_at.floor("ms"))
    lengths = sorted((max(of) - min(of)).total_seconds() for of in times.values())
    ranks = [ceil(part * len(lengths)) - 1 for part in (0.5, 0.95)] if lengths else []
    median, p95 = (lengths[rank] for rank in ranks) if ranks else (None, None)
    return len(events), len(users), len(times), median, p95
