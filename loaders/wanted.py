"""What was said of files because nothing in them tells it: which kind they are of, and whose clocks they show."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from loaders.kinds import KINDS, KINDS_BY_NAME
from loaders.maps import read_map
from svp.core.zones import load_zone
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.contract import Kind

__all__ = ["Wanted", "wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file may be, and how it is to be read."""

    kinds: tuple[Kind, ...] = KINDS
    """The only one, if one was said."""
    zone: str | None = None
    """Of instants that name none."""
    delimiter: str | None = None
    """Between fields, if the first line doesn't tell."""
    map_text: str = ""
    """Of the map that said all this."""

    @property
    def is_said(self) -> bool:
        """Tell whether the kind was said, and is not to be recognised."""
        return len(self.kinds) == 1

    def said_of(self, kind: Kind) -> dict[str, str]:
        """Return what makes files of a kind others when they are read again: another ``zone``, or another ``map``."""
        zone = self.zone if any(field.parser.in_zone for field in kind.fields) else None
        said = {"zone": zone, "map": self.map_text}
        return {name: text for name, text in said.items() if text}

    def read_as(self, kind: Kind, name: str) -> Kind:
        """Return a kind that was recognised as it is to be read.

        Raises:
            UsageError: files of the kind name no zone, and none was said; ``name`` is that of the file.
        """
        if self.zone:
            return kind.in_zone(self.zone)
        if kind.is_naive:
            message = f"{name} is {kind.name}, whose instants name no zone"
            raise UsageError(
                message, "say whose clocks they are: --zone UTC, or a place, as --zone Europe/Paris"
            )
        return kind


def wanted(
    *, kind: str | None = None, map_file: Path | None = None, zone: str | None = None
) -> Wanted:
    """Return what options say.

    Raises:
        UsageError: there is no kind or zone of that name, the map has a fault, or both a kind and a map are given.
    """
    if kind and map_file:
        message = "--kind and --map can't be given together"
        raise UsageError(message, "a map says itself which table its file becomes")
    if zone:
        check_zone(zone)
    if map_file:
        mapped = read_map(map_file)
        return Wanted((mapped.kind,), zone, mapped.delimiter, mapped.text)
    return Wanted((_kind_named(kind),) if kind else KINDS, zone)


def _kind_named(name: str) -> Kind:
    if name not in KINDS_BY_NAME:
        close = get_close_matches(name, KINDS_BY_NAME, n=1) or [", ".join(KINDS_BY_NAME)]
        message = f"there is no kind {shorten(name)!r}"
        raise UsageError(message, f"did you mean {close[0]}?")
    return KINDS_BY_NAME[name]


def check_zone(name: str) -> None:
    """Raise UsageError unless a zone of that name exists."""
    try:
        load_zone(name)
    except (OSError, ValueError) as error:
        message = f"there is no time zone {shorten(name)!r}"
        raise UsageError(message, "name it by its place, as Europe/Paris, or UTC") from error
