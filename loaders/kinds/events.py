"""Event exports of product analytics: what an app or a site told of its use, one object per event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.canonical import field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import Parser, instant, kept_properties, left_out_properties, session, without
from svp.model import APP_EVENTS

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["EVENTS", "events"]

NOTHING = ("EMPTY", "None", "False")
"""What the exports write for "nothing here", beside null."""

PROPERTIES = ("event_properties", "user_properties")

UNUSED = """
$insert_id $insert_key $schema adid amplitude_attribution_ids amplitude_event_type amplitude_id app city
client_event_time client_upload_time data data_type device_brand device_carrier device_family device_manufacturer
device_model device_type dma event_id global_user_properties group_properties groups idfa is_attribution_event
language library location_lat location_lng os_name os_version partner_id paying plan processed_time region
sample_rate server_received_time server_upload_time source_id start_version user_creation_time version_name
"""

ABOUT = (
    "One object per event, in the 54 fields of a product-analytics export. Each event has six clocks; the one that "
    "counts is `event_time`, UTC. `session_id` is -1 outside a session. The words `EMPTY`, `None` and `False` stand "
    "for nothing. `event_properties` and `user_properties` are nested, change their types and hold personal data: none "
    "of them is stored but those on a list, which is empty unless a `--map` gives one "
    '(`kind = "events.events"`, `keep = ["event_properties.slug"]`). Events with others are flagged '
    "`properties_left_out`. Where somebody was, address and position, is not taken over."
)


def events(keep: Collection[str] = ()) -> Kind:
    """Return the kind; ``keep`` lists properties to store, as ``event_properties.slug``."""
    return Kind(
        name="events.events",
        source="events",
        target=APP_EVENTS,
        fields=(
            field(APP_EVENTS, "event_id", column="uuid"),
            Field("event_time", "occurred_at", instant(zone="UTC"), required=True),
            *(_told(name, column) for name, column in TOLD.items()),
            Field("session_id", "session_id", session()),
            *(
                Field(name, name, kept_properties(_names(name, keep), nothing=NOTHING))
                for name in PROPERTIES
            ),
            *(
                Field(name, f"{name}_left_out", left_out_properties(_names(name, keep)))
                for name in PROPERTIES
            ),
        ),
        flags=flags_of(APP_EVENTS),
        telling=frozenset({"event_type"}),
        store="mongodb",
        unused=frozenset(UNUSED.split()),
        personal=frozenset((*UNUSED.split(), *PROPERTIES)),
        about=ABOUT,
    )


TOLD = {
    "event_name": "event_type",
    "user_id": "user_id",
    "anonymous_id": "device_id",
    "platform": "platform",
    "country": "country",
}
"""Canonical columns that are text, and what the exports call them."""


def _told(name: str, column: str) -> Field:
    parser: Parser = field(APP_EVENTS, name).parser
    return Field(column, name, without(NOTHING, parser))


def _names(of: str, keep: Collection[str]) -> frozenset[str]:
    """Return the listed names of one of the two objects."""
    prefix = f"{of}."
    return frozenset(name.removeprefix(prefix) for name in keep if name.startswith(prefix))


EVENTS = events()
