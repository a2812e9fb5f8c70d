"""The logs of set-top boxes: what each of them had on, and how long; one file a day, exported from Elasticsearch."""

from __future__ import annotations

import pyarrow as pa

from loaders.canonical import field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import whole
from svp.model import BOX_LOGS

__all__ = ["LOGS"]

MAX_SECONDS = 2**31 - 1
"""What both stores hold; a box has no more than a day, but a line may be of several."""

LOGS = Kind(
    name="iptv.logs",
    source="iptv",
    target=BOX_LOGS,
    fields=(
        field(BOX_LOGS, "log_id", column="_id"),
        field(BOX_LOGS, "contract_code", column="_source.Contract"),
        field(BOX_LOGS, "mac", column="_source.Mac"),
        field(BOX_LOGS, "application", column="_source.AppName"),
        Field(
            "_source.TotalDuration",
            "watch_seconds",
            whole(0, MAX_SECONDS, pa.int32()),
            required=True,
        ),
    ),
    flags=flags_of(BOX_LOGS),
    store="mongodb",
    is_daily=True,
    unused=frozenset({"_index", "_type", "_score"}),
    title="set-top-box logs",
    about=(
        "Exports of Elasticsearch, a hit a line. The day is in the file's name only, as `20220401.json`; it is the "
        "operator's business day. Contracts that name nobody (none, zeros, an IP address) and boxes that were on all "
        "day are kept and flagged. Applications become categories in the warehouse (`svp mapping`)."
    ),
)
