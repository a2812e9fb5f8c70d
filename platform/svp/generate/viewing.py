"""Who played what, when, on what, how far: one entry per play, and per episode of a play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    DAY_US,
    SECOND_US,
    Entries,
    Flags,
    Floats,
    Integers,
    day_number,
    day_of,
    first_of_group,
    position_in_group,
)
from svp.generate.catalogue import LIVE, NO_TITLE, SERIES
from svp.generate.clocks import LocalClocks
from svp.generate.market import (
    COUNTRIES,
    DEVICES,
    HOUR_CURVES,
    QUALITY_KBPS,
    WEEKDAY_FACTORS,
)
from svp.generate.randomness import pick, pick_from_rows, stream

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.subscriptions import Subscribed

__all__ = ["EpisodeViews", "Plays", "play", "watch_episodes"]

ACTIVITY_SIGMA = 1.5
"""Of the log of plays a day between users; MovieLens has 1.4 to 1.6."""
MOST_PLAYS_A_DAY = 16.0

PREFERRED_DEVICE_SHARE = 0.66
USUAL_PLATFORM_SHARE = 0.62

SERIES_GOES_ON = 0.5
"""Chance that a play takes up the series that the user chose last."""
LAST_EPISODE_CHANCE = 0.62
"""That an episode is the last of its play; the rest go on to the next one."""

STALL_SHARE = 0.04
"""Of streams with any stall, on a wired screen."""
LONGEST_STALL_SECONDS = 12
LOWER_QUALITY_SHARE = 0.16
"""Of plays whose line does not carry the best quality that plan and device allow."""
BITRATE_SIGMA = 0.16

EARLY_SHARE = (0.58, 0.46, 0.56, 0.42, 0.52, 0.0)
FINISHED_SHARE = (0.18, 0.28, 0.18, 0.32, 0.20, 0.0)
"""Of plays given up early and played to the end, by content type; the rest ends anywhere."""
STALL_EFFECT = 0.6
SD_EFFECT = 0.9
"""On the share that is played to the end."""
CREDITS = 0.07
"""Of a title's length: who leaves during the credits has finished it."""

CHANNEL_MINUTES, CHANNEL_SIGMA = 22.0, 1.0
LONGEST_CHANNEL_MINUTES = 360.0

PAUSE_SHARE = 0.12
LONGEST_PAUSE_SECONDS = 1_200
SHORTEST_SECONDS = 2
"""A play that would be shorter was no play."""
COMPLETE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Starts(Entries):
    """One entry per moment at which a user presses play, by user and then time."""

    user: Integers
    plan: Integers
    country: Integers
    device: Integers
    started_at: Integers
    subscribed_from: Integers
    subscribed_to: Integers


@dataclass(frozen=True, slots=True)
class Plays(Entries):
    """One entry per play, by time. Codes are positions in the tables of ``market``."""

    starts: Starts
    title: Integers
    first_episode: Integers
    """Position in the catalogue's episodes; -1 for a title without."""
    episode_count: Integers
    """Episodes that the play would run through; fewer were seen if it was given up."""
    ended_at: Integers
    watch_seconds: Integers
    length_seconds: Integers
    """Of the title, or of the episodes begun; 0 for a channel."""
    quality: Integers
    is_usual_platform: Flags
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


def play(
    arguments: Arguments, people: People, subscribed: Subscribed, catalogue: Catalogue
) -> Plays:
    """Return every play that begins and ends within the period and a subscription."""
    random = stream(arguments.seed, "viewing_sessions")
    starts = _start(random, arguments, people, subscribed)
    title = _choose_titles(random, catalogue, people, starts)
    found = title != NO_TITLE
    plays = _watch(random, catalogue, starts.take(found), title[found])
    plays = plays.take(plays.ended_at < plays.starts.subscribed_to)
    plays = _without_overlap(plays)
    plays = _with_length_begun(plays, catalogue)
    return plays.take(np.lexsort((plays.starts.user, plays.starts.started_at)))


def _start(
    random: np.random.Generator, arguments: Arguments, people: People, subscribed: Subscribed
) -> Starts:
    """Return when users press play: a Poisson process with each user's rate and local rhythm."""
    start_at = day_number(arguments.start_on) * DAY_US
    from_at = np.maximum(subscribed.from_at, start_at)
    open_days = np.maximum(subscribed.to_at - from_at, 0) / DAY_US
    rate = _plays_a_day(arguments, people, subscribed.user, open_days)
    days = _RhythmOfDays(arguments)
    # A local day may begin a day before or end a day after its UTC namesake, so both are drawn too.
    first = np.clip(day_of(from_at) - 1, days.first, days.last)
    last = np.clip(day_of(subscribed.to_at) + 1, days.first, days.last)
    expected = np.where(open_days > 0, rate * days.between(first, last), 0.0)
    row = np.repeat(np.arange(len(rate)), random.poisson(expected))
    user = subscribed.user[row]
    day = days.draw(random, first[row], last[row])
    device = _devices(random, people.device[user])
    hour = pick_from_rows(random, HOUR_CURVES, 2 * device + (_weekday(day) >= 5))  # noqa: PLR2004  (Saturday)
    second = hour * 3600 + random.integers(0, 3600, len(hour))
    country = people.country[user]
    started_at = (
        days.clocks.to_utc(country, day, second) + random.integers(0, 1000, len(hour)) * 1000
    )
    starts = Starts(
        user, subscribed.plan[row], country, device, started_at, from_at[row], subscribed.to_at[row]
    )
    inside = (started_at >= starts.subscribed_from) & (started_at < starts.subscribed_to)
    starts = starts.take(inside)
    return starts.take(np.lexsort((starts.started_at, starts.user)))


def _plays_a_day(arguments: Arguments, people: People, user: Integers, open_days: Floats) -> Floats:
    """Return each stretch's plays a day, log-normal by user, with the mean that was asked for."""
    weight = np.exp(ACTIVITY_SIGMA * people.engagement)[user]
    total = float((weight * open_days).sum()) or 1.0
    wanted = arguments.users * arguments.sessions_per_user
    return np.minimum(weight * wanted / total, MOST_PLAYS_A_DAY)


class _RhythmOfDays:
    """The local days that a period touches, each as likely as its weekday makes it."""

    def __init__(self, arguments: Arguments) -> None:
        self.first = day_number(arguments.start_on) - 1
        self.last = self.first + arguments.days + 1
        every_day = np.arange(self.first, self.last + 1)
        self._until = np.concatenate(([0.0], np.cumsum(WEEKDAY_FACTORS[_weekday(every_day)])))
        zones = [country.zone for country in COUNTRIES]
        self.clocks = LocalClocks(zones, first_day=self.first, days=len(every_day))

    def between(self, first: Integers, last: Integers) -> Floats:
        """Return the weight of the days from ``first`` to ``last``, both included."""
        return self._until[last + 1 - self.first] - self._until[first - self.first]

    def draw(self, random: np.random.Generator, first: Integers, last: Integers) -> Integers:
        """Draw a day for each pair, both included."""
        low = self._until[first - self.first]
        point = low + random.random(len(first)) * self.between(first, last)
        day = np.searchsorted(self._until, point, side="right") - 1 + self.first
        return np.clip(day, first, last)


def _weekday(day: Integers) -> Integers:
    """Return 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def _devices(random: np.random.Generator, preferred: Integers) -> Integers:
    other = pick(random, [device.share for device in DEVICES], len(preferred))
    return np.where(random.random(len(preferred)) < PREFERRED_DEVICE_SHARE, preferred, other)


def _choose_titles(
    random: np.random.Generator, catalogue: Catalogue, people: People, starts: Starts
) -> Integers:
    """Return the title of each start: a new choice, or the series that was chosen last."""
    day = day_of(starts.started_at)
    choice = catalogue.choose(
        random, taste=people.taste, user=starts.user, country=starts.country, day=day
    )
    is_new = random.random(len(starts)) >= SERIES_GOES_ON
    is_new |= first_of_group(starts.user) | (choice == NO_TITLE)
    last_choice = choice[np.maximum.accumulate(np.where(is_new, np.arange(len(starts)), 0))]
    goes_on = (last_choice != NO_TITLE) & (catalogue.content_type[last_choice] == SERIES)
    return np.where(goes_on, last_choice, choice)


def _watch(
    random: np.random.Generator, catalogue: Catalogue, starts: Starts, title: Integers
) -> Plays:
    """Return the plays as they would be if nothing else was on."""
    quality = _qualities(random, starts)
    stalls = _stalls(random, starts.device)
    content_type = catalogue.content_type[title]
    share = _share_watched(random, content_type, quality=quality, stalls=stalls)
    first_episode, episode_count = _episodes_to_watch(random, catalogue, starts, title, share)
    last_length = _last_length(catalogue, title, first_episode, episode_count)
    earlier = _length_between(catalogue, first_episode, episode_count - 1)
    channel_seconds = random.lognormal(np.log(CHANNEL_MINUTES * 60), CHANNEL_SIGMA, len(title))
    channel_seconds = np.minimum(channel_seconds, LONGEST_CHANNEL_MINUTES * 60)
    seconds = np.where(content_type == LIVE, channel_seconds, earlier + share * last_length)
    watch_seconds = np.maximum(seconds.astype(np.int64), SHORTEST_SECONDS)
    pauses = np.where(random.random(len(title)) < PAUSE_SHARE, LONGEST_PAUSE_SECONDS, 0)
    waiting = random.random(len(title)) * (stalls * LONGEST_STALL_SECONDS + pauses)
    sigma = random.lognormal(0.0, BITRATE_SIGMA, len(title))
    return Plays(
        starts=starts,
        title=title,
        first_episode=first_episode,
        episode_count=episode_count,
        ended_at=starts.started_at + (watch_seconds + waiting.astype(np.int64)) * SECOND_US,
        watch_seconds=watch_seconds,
        length_seconds=np.where(content_type == LIVE, 0, earlier + last_length),
        quality=quality,
        is_usual_platform=random.random(len(title)) < USUAL_PLATFORM_SHARE,
        stall_count=stalls,
        bitrate_kbps=(np.array(QUALITY_KBPS)[quality] * sigma).astype(np.int64),
    )


def _qualities(random: np.random.Generator, starts: Starts) -> Integers:
    """Return the best quality of plan and device, or one step less on a poor line."""
    best = np.minimum(
        starts.plan, np.array([device.best_quality for device in DEVICES])[starts.device]
    )
    is_poor = random.random(len(starts)) < LOWER_QUALITY_SHARE
    quality: Integers = np.maximum(best - is_poor, 0)
    return quality


def _stalls(random: np.random.Generator, device: Integers) -> Integers:
    chance = STALL_SHARE * np.array([kind.stall_factor for kind in DEVICES])[device]
    return np.where(random.random(len(device)) < chance, random.geometric(0.5, len(device)), 0)


def _share_watched(
    random: np.random.Generator, content_type: Integers, *, quality: Integers, stalls: Integers
) -> Floats:
    """Return how far the title or the last episode was watched: two humps and little between."""
    count = len(content_type)
    finished = np.array(FINISHED_SHARE)[content_type]
    finished = (
        finished * np.where(stalls > 0, STALL_EFFECT, 1.0) * np.where(quality == 0, SD_EFFECT, 1.0)
    )
    draw = random.random(count)
    given_up = random.beta(0.8, 6.0, count)
    to_the_end = 1 - CREDITS * random.beta(1.0, 2.5, count)
    anywhere = random.uniform(0.1, 1 - CREDITS, count)
    is_early = draw < np.array(EARLY_SHARE)[content_type]
    return np.where(is_early, given_up, np.where(draw > 1 - finished, to_the_end, anywhere))


def _episodes_to_watch(
    random: np.random.Generator,
    catalogue: Catalogue,
    starts: Starts,
    title: Integers,
    share: Floats,
) -> tuple[Integers, Integers]:
    """Return the first episode and how many: each user goes through a series in order.

    An episode that was given up is begun again; after the last one that is out comes the first.
    """
    wanted = random.geometric(LAST_EPISODE_CHANCE, len(title))
    done = wanted - (share < COMPLETE_SHARE)
    order = np.lexsort((starts.started_at, title, starts.user))
    first = first_of_group(starts.user[order], title[order])
    before = np.cumsum(done[order]) - done[order]
    group_start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    position = np.empty(len(title), dtype=np.int64)
    position[order] = before - before[group_start]
    is_series = catalogue.content_type[title] == SERIES
    out = np.maximum(catalogue.episodes_out(title, day_of(starts.started_at)), 1)
    first_episode = np.where(is_series, catalogue.first_episode[title] + position % out, -1)
    count = np.where(is_series, np.minimum(wanted, out - position % out), 0)
    return first_episode, count


def _last_length(
    catalogue: Catalogue, title: Integers, first_episode: Integers, episode_count: Integers
) -> Integers:
    """Return the seconds of the last episode, or of the title if it has none."""
    lengths = np.append(catalogue.episodes.minutes, 0)
    last = np.where(first_episode >= 0, first_episode + episode_count - 1, -1)
    return np.where(last >= 0, lengths[last], catalogue.minutes[title]) * 60


def _length_between(catalogue: Catalogue, first_episode: Integers, count: Integers) -> Integers:
    """Return the seconds of ``count`` episodes from the first; 0 where there is none."""
    until = np.concatenate(([0], np.cumsum(catalogue.episodes.minutes))) * 60
    first = np.maximum(first_episode, 0)
    seconds: Integers = until[first + np.maximum(count, 0)] - until[first]
    return seconds


def _without_overlap(plays: Plays) -> Plays:
    """Return the plays cut short where the same user's next one begins on the same device."""
    starts = plays.starts
    plays = plays.take(np.lexsort((starts.started_at, starts.device, starts.user)))
    starts = plays.starts
    same = ~first_of_group(starts.user, starts.device)[1:]
    next_at = np.append(starts.started_at[1:], np.iinfo(np.int64).max)
    limit = np.where(np.append(same, False), next_at, plays.ended_at)
    ended_at = np.minimum(plays.ended_at, limit)
    wall_seconds = (ended_at - starts.started_at) // SECOND_US
    cut = replace(
        plays, ended_at=ended_at, watch_seconds=np.minimum(plays.watch_seconds, wall_seconds)
    )
    return cut.take(cut.watch_seconds >= SHORTEST_SECONDS)


def _with_length_begun(plays: Plays, catalogue: Catalogue) -> Plays:
    """Return the plays with the length of the episodes begun, not of all that were meant."""
    views = watch_episodes(plays, catalogue)
    begun = np.bincount(views.play, weights=views.length_seconds, minlength=len(plays)).astype(
        np.int64
    )
    return replace(
        plays, length_seconds=np.where(plays.first_episode >= 0, begun, plays.length_seconds)
    )


def watch_episodes(plays: Plays, catalogue: Catalogue) -> EpisodeViews:
    """Return what was seen of each episode, one after the other until the play ends."""
    row = np.repeat(np.arange(len(plays)), plays.episode_count)
    episode = plays.first_episode[row] + position_in_group(first_of_group(row))
    length = catalogue.episodes.minutes[episode] * 60
    earlier = np.cumsum(length) - length
    first = np.maximum.accumulate(np.where(first_of_group(row), np.arange(len(row)), 0))
    earlier -= earlier[first]
    watched = np.clip(plays.watch_seconds[row] - earlier, 0, length)
    seen = watched > 0
    return EpisodeViews(row[seen], episode[seen], watched[seen], length[seen])
