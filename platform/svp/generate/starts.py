"""The shapes that viewing hands on: when users pressed play, and what was played of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import Entries, Floats, Integers

if TYPE_CHECKING:
    from svp.generate.randomness import Draws

__all__ = ["NEVER_WATCHED", "Additions", "EpisodeViews", "Plays", "Starts", "Way"]

NEVER_WATCHED = -1


class Way:
    """What led a user to the title."""

    BROWSED, CONTINUED, LISTED, SEARCHED = range(4)


@dataclass(frozen=True, slots=True)
class Starts(Entries):
    """One entry per time a user presses play, by user and then time. Codes are positions in ``market``."""

    draws: Draws
    user: Integers
    """Position in the people of the block."""
    day: Integers
    """The viewer's local day."""
    ordinal: Integers
    """Which start of that user and day; with both it makes the id."""
    plan: Integers
    country: Integers
    device: Integers
    started_at: Integers
    subscribed_from: Integers
    subscribed_to: Integers
    """Of the unbroken time as a subscriber; NEVER if no end is known yet."""
    title: Integers
    way: Integers
    """One of ``Way``."""


@dataclass(frozen=True, slots=True)
class Plays(Entries):
    """One entry per play: a start whose first frame was shown, by user and then time."""

    start: Integers
    """Position in the starts of the block."""
    starts: Starts
    first_episode: Integers
    """Position in the catalogue's episodes; -1 for a title without."""
    episode_count: Integers
    """Episodes that the play would run through; fewer were seen if it was given up."""
    ended_at: Integers
    watch_seconds: Integers
    length_seconds: Integers
    """Of the title, or of the episodes begun; 0 for a channel."""
    quality: Integers
    stall_count: Integers
    bitrate_kbps: Integers

    @property
    def completion(self) -> Floats:
        """Share of the length that was watched, 0 to 1; NaN for a channel."""
        length = np.where(self.length_seconds == 0, np.nan, self.length_seconds)
        return self.watch_seconds / length


@dataclass(frozen=True, slots=True)
class EpisodeViews(Entries):
    """One entry per episode begun in a play, by play and then episode."""

    play: Integers
    episode: Integers
    watch_seconds: Integers
    length_seconds: Integers


@dataclass(frozen=True, slots=True)
class Additions(Entries):
    """One entry per user and title put on the list, by time."""

    user: Integers
    title: Integers
    added_at: Integers
    watched_at: Integers
    """NEVER_WATCHED if it was not played in the time there is."""
