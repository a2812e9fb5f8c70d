"""Public subscriber lists: one row per subscriber, with the plan and what it brings in."""

from __future__ import annotations

from loaders.canonical import field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import day
from svp.model import USERS as TABLE

__all__ = ["USERS"]

USERS = Kind(
    name="subscribers.users",
    source="subscribers",
    target=TABLE,
    fields=(
        field(TABLE, "user_id", column="User ID"),
        field(TABLE, "plan", column="Subscription Type"),
        Field("Join Date", "registered_on", day("DD-MM-YY"), required=True),
        field(TABLE, "country", column="Country"),
        field(TABLE, "age", column="Age"),
        field(TABLE, "preferred_device", column="Device"),
    ),
    flags=flags_of(TABLE),
    unused=frozenset({"Monthly Revenue", "Last Payment Date", "Gender", "Plan Duration"}),
    personal=frozenset({"Gender", "Last Payment Date"}),
    about=(
        "A list of subscribers as it is published for practice, with spaces in its header. Days are written DD-MM-YY: "
        "`05-09-21` is 5 September 2021. `Monthly Revenue` names no currency and `Last Payment Date` is of one payment "
        "only, so no history of payments can be told from them; nothing becomes of them."
    ),
)
