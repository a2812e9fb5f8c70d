"""The ways in which lines of set-top-box logs are bad, and what the contract of an ingest makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from svp.generate.dirt.kinds import Severity

__all__ = ["BOX_CORRECTION", "BOX_KINDS", "BoxKind", "Hit", "value_in"]

Hit: TypeAlias = dict[str, Any]
"""One line: an object of the export, with the document in it."""

DOCUMENT = "_source"
ID = "_id"
CONTRACT, MAC = f"{DOCUMENT}.Contract", f"{DOCUMENT}.Mac"
APPLICATION, SECONDS = f"{DOCUMENT}.AppName", f"{DOCUMENT}.TotalDuration"
"""Columns, as an ingest names them."""

DAY_SECONDS = 86_400
"""In a clean line, which an ingest flags too: no other dirt is made of it."""
BOX_ADDRESS = "203.0.113.48"
"""Of a range that is kept for examples (RFC 5737)."""
OTHER_MAC = "00005E005301"
"""Likewise (RFC 7042)."""


@dataclass(frozen=True, slots=True)
class BoxKind:
    """One way to be bad."""

    name: str
    severity: Severity
    code: str | None
    """Of the refusal or the remark."""
    column: str
    rewrite: Callable[[Any], Any] | None = None
    """From the value in the column to a bad one; None takes the column away."""
    is_broken: bool = False
    """Whether the line is cut off."""

    @property
    def has_own_id(self) -> bool:
        """Whether the line is one more, rather than a repeat of a clean one."""
        return self.severity in {"reject", "flag", "accept"}

    def change(self, hit: Hit) -> Hit:
        """Return a line that is bad, made from a clean one."""
        outer, _, inner = self.column.partition(".")
        if inner:
            return hit | {outer: self._change_value(hit[outer], inner)}
        return self._change_value(hit, outer)

    def _change_value(self, values: Hit, name: str) -> Hit:
        if self.rewrite:
            return values | {name: self.rewrite(values[name])}
        return {other: value for other, value in values.items() if other != name}


def value_in(hit: Hit, column: str) -> Any:
    """Return what stands in a column of a line; None if it is not there."""
    outer, _, inner = column.partition(".")
    return hit.get(outer, {}).get(inner) if inner else hit.get(outer)


def _always(value: object) -> Callable[[Any], Any]:
    return lambda _: value


def _as_it_is(value: object) -> object:
    return value


def _with_colons(mac: str) -> str:
    return ":".join(mac[place : place + 2] for place in range(0, len(mac), 2))


BOX_KINDS = (
    BoxKind("no_id", "reject", "missing", ID),
    BoxKind("no_duration", "reject", "missing", SECONDS),
    BoxKind("null_duration", "reject", "missing", SECONDS, _always(None)),
    BoxKind("negative_duration", "reject", "out_of_range", SECONDS, _always(-1)),
    BoxKind("duration_no_number", "reject", "not_a_number", SECONDS, _always("1h 5m")),
    BoxKind("duration_too_large", "reject", "out_of_range", SECONDS, _always(2**63)),
    BoxKind("broken_line", "reject", "not_json", ID, _as_it_is, is_broken=True),
    BoxKind("contract_zero", "flag", "no_contract", CONTRACT, _always("0")),
    BoxKind("contract_null", "flag", "no_contract", CONTRACT, _always(None)),
    BoxKind("contract_absent", "flag", "no_contract", CONTRACT),
    BoxKind("contract_address", "flag", "no_contract", CONTRACT, _always(BOX_ADDRESS)),
    BoxKind("left_on", "flag", "box_left_on", SECONDS, _always(DAY_SECONDS)),
    BoxKind("contract_in_lower_case", "accept", None, CONTRACT, str.lower),
    BoxKind("mac_null", "accept", None, MAC, _always(None)),
    BoxKind("macs_joined", "accept", None, MAC, lambda mac: f"{mac},{OTHER_MAC}"),
    BoxKind("mac_with_colons", "accept", None, MAC, _with_colons),
    BoxKind("application_null", "accept", None, APPLICATION, _always(None)),
    BoxKind("unknown_application", "accept", None, APPLICATION, _always("GALAXY_NEW")),
    BoxKind("contract_with_space", "normalise", None, CONTRACT, lambda code: f"{code} "),
    BoxKind("duration_as_text", "normalise", None, SECONDS, str),
    BoxKind("duration_as_float", "normalise", None, SECONDS, float),
    BoxKind("exact_duplicate", "unchanged", None, ID, _as_it_is),
    BoxKind("earlier_state", "updated", None, SECONDS, lambda seconds: abs(seconds - 1)),
)
"""Every kind; each is planted equally often."""

BOX_CORRECTION = BoxKind("correction", "unchanged", None, ID, _as_it_is)
"""The clean line again, behind its earlier state: the later line wins."""
