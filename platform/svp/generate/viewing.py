"""Who played what, when, on what, how far: starts, and the plays that came of them."""

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
    day_of,
    first_of_group,
    position_in_group,
)
from svp.generate.catalogue import LIVE, NO_TITLE, SERIES
from svp.generate.choosing import choose_titles
from svp.generate.devices import devices_added_on
from svp.generate.market import DEVICES
from svp.generate.player import NO_ERROR, PLAYED, Playback, press_play
from svp.generate.rhythm import sit_down
from svp.generate.starts import NEVER_WATCHED, Additions, EpisodeViews, Plays, Starts, Way

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.rhythm import Sittings
    from svp.generate.subscriptions import Subscribed

__all__ = ["COMPLETE_SHARE", "Viewing", "view", "watch_episodes"]

EARLY_SHARE = (0.70, 0.68, 0.68, 0.58, 0.60, 0.0)
FINISHED_SHARE = (0.16, 0.19, 0.16, 0.25, 0.16, 0.0)
"""Of plays given up early and played to the end, by content type; the rest ends anywhere."""
EARLY_RISE, EARLY_FALL = 0.75, 13.0
"""Of the hump of plays given up early, as shares of the length: half of them before 3 %."""
CREDITS = 0.07
"""Of a title's length: who leaves during the credits has finished it."""
QUALITY_EFFECT = 0.18
"""On the log of the share that is finished, for each deviation of the title's quality."""
CONTINUED_EFFECT = 0.8
"""On the share given up early, of a series that is taken up again: who comes back likes it."""
PATIENCE_SIGMA = 0.25
"""Of the log of the share that a user finishes, between users."""
STALL_EFFECT = 5.0
"""Watched less, percent, for each percent of the time stalled (Krishnan and Sitaraman 2012)."""
LARGEST_STALL_SHARE = 0.12
SD_EFFECT = 0.85
"""On the share that is finished."""
LAST_EPISODE_CHANCE = 0.62
"""That an episode is the last of its play; the rest go on to the next one."""
MOST_EPISODES = 6

CHANNEL_MINUTES, CHANNEL_SIGMA = 11.0, 1.2
LONGEST_CHANNEL_MINUTES = 360.0

PAUSE_SHARE = 0.12
LONGEST_PAUSE_SECONDS = 1_200
GAP_SECONDS, GAP_SIGMA = 55.0, 1.2
"""Between plays of one sitting, median and deviation of the log."""
SHORTEST_GAP_SECONDS = 4
EPISODE_SLACK = 1.12
"""Room for episodes that are longer than the usual one."""
SEEN_SHARE = 0.5
"""Of series that a user of before the first day could have begun then, those that were: they go on inside."""
SHORTEST_SECONDS = 2
"""A play that would be shorter was no play."""
COMPLETE_SHARE = 0.9

LIST_SECONDS = 40
"""From putting a title on the list to the next press of play."""


@dataclass(frozen=True, slots=True)
class _Plans(Entries):
    """One entry per start: what it would be if nothing else came."""

    episode_count: Integers
    share: Floats
    """Of the title or the last episode that is watched."""
    channel_seconds: Integers
    paused_seconds: Integers


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a block of users watched before an instant."""

    starts: Starts
    playback: Playback
    """By start."""
    plays: Plays
    additions: Additions


def view(
    arguments: Arguments, people: People, subscribed: Subscribed, catalogue: Catalogue
) -> Viewing:
    """Return every start within the period and a subscription, and its play.

    A play may end after the period; a longer period has the same plays, and more.
    """
    sittings = sit_down(arguments, people, subscribed, devices_added_on(people))
    playback = press_play(people, sittings)
    last_day = arguments.end_day - 1
    choices = choose_titles(catalogue, people, sittings, playback.outcome, last_day=last_day)
    starts = _starts(people, sittings, title=choices.title, way=choices.way)
    plans = _plan(catalogue, people, starts, playback)
    started_at = _schedule(catalogue, sittings, starts, plans, playback)
    kept = _kept(sittings, starts, started_at)
    starts = replace(starts, started_at=started_at).take(kept)
    playback, plans = playback.take(kept), plans.take(kept)
    seen = _seen_before(arguments, people, catalogue, starts)
    plays = _play(catalogue, starts, playback, plans, seen)
    additions = _additions(catalogue, starts, plays, choices.listed[kept])
    end_at = arguments.end_day * DAY_US
    return _before(end_at, starts, playback, plays, additions)


def _starts(people: People, sittings: Sittings, *, title: Integers, way: Integers) -> Starts:
    return Starts(
        draws=sittings.draws,
        user=sittings.user,
        day=sittings.day,
        ordinal=sittings.ordinal,
        plan=sittings.plan,
        country=people.country[sittings.user],
        device=sittings.device,
        started_at=sittings.sat_down_at,
        subscribed_from=sittings.subscribed_from,
        subscribed_to=sittings.subscribed_to,
        title=title,
        way=way,
    )


def _plan(catalogue: Catalogue, people: People, starts: Starts, playback: Playback) -> _Plans:
    draws = starts.draws
    content_type = catalogue.content_type[starts.title]
    is_series = content_type == SERIES
    episodes = np.minimum(draws.count_tries("last episode", LAST_EPISODE_CHANCE), MOST_EPISODES)
    minutes = CHANNEL_MINUTES * np.exp(CHANNEL_SIGMA * draws.normal("channel minutes"))
    pauses = draws.happens("pauses", PAUSE_SHARE) * draws.uniform("pause")
    return _Plans(
        episode_count=np.where(is_series, episodes, 0),
        share=_share_watched(catalogue, people, starts, playback),
        channel_seconds=(60 * np.minimum(minutes, LONGEST_CHANNEL_MINUTES)).astype(np.int64),
        paused_seconds=(pauses * LONGEST_PAUSE_SECONDS).astype(np.int64),
    )


def _share_watched(
    catalogue: Catalogue, people: People, starts: Starts, playback: Playback
) -> Floats:
    """Return how far the title or the last episode is watched: two humps and little between."""
    draws, title = starts.draws, starts.title
    content_type = catalogue.content_type[title]
    patience = PATIENCE_SIGMA * people.draws.normal("patience")[starts.user]
    liked = np.exp(QUALITY_EFFECT * catalogue.quality[title] + patience)
    finished = np.array(FINISHED_SHARE)[content_type] * liked
    finished *= np.where(playback.quality == 0, SD_EFFECT, 1.0)
    draw = draws.uniform("ending")
    given_up = draws.hump("given up", EARLY_RISE, EARLY_FALL)
    to_the_end = 1 - CREDITS * draws.hump("credits", 1.0, 2.5)
    anywhere = 0.1 + (0.9 - CREDITS) * draws.uniform("anywhere")
    early = np.array(EARLY_SHARE)[content_type] / np.sqrt(liked)
    early *= np.where(starts.way == Way.CONTINUED, CONTINUED_EFFECT, 1.0)
    is_early = draw < early
    share = np.where(is_early, given_up, np.where(draw > 1 - finished, to_the_end, anywhere))
    length_seconds = 60 * np.maximum(catalogue.minutes[title], 1)
    stalled = playback.stall_milliseconds / 1000 / np.maximum(share * length_seconds, 60)
    broken_off = np.where(playback.error != NO_ERROR, draws.uniform("broken off"), 1.0)
    watched: Floats = share * (1 - STALL_EFFECT * np.minimum(stalled, LARGEST_STALL_SHARE))
    watched *= broken_off
    return watched


def _schedule(
    catalogue: Catalogue, sittings: Sittings, starts: Starts, plans: _Plans, playback: Playback
) -> Integers:
    """Return when play is pressed: one thing after another in a sitting, with short gaps."""
    minutes = catalogue.minutes[starts.title]
    is_series = plans.episode_count > 0
    length = 60 * minutes * np.where(is_series, EPISODE_SLACK, 1.0)
    watched = (np.maximum(plans.episode_count - 1, 0) + plans.share) * length
    watched = np.where(minutes == 0, plans.channel_seconds, watched) + plans.paused_seconds
    watched = np.where(playback.outcome == PLAYED, watched, 0.0)
    gap = GAP_SECONDS * np.exp(GAP_SIGMA * starts.draws.normal("gap")) + SHORTEST_GAP_SECONDS
    waiting = (playback.startup_milliseconds + playback.stall_milliseconds) * 1000
    taken = ((watched + gap) * SECOND_US).astype(np.int64) + waiting
    until = np.cumsum(taken) - taken
    first = np.maximum.accumulate(np.where(sittings.is_first, np.arange(len(taken)), 0))
    whole_milliseconds = (until - until[first]) // 1000 * 1000
    started_at: Integers = sittings.sat_down_at + whole_milliseconds
    return started_at


def _kept(sittings: Sittings, starts: Starts, started_at: Integers) -> Flags:
    """Return which starts happen: not after the next sitting or the subscription's end, and for some title."""
    first = np.flatnonzero(sittings.is_first)
    sat_down_at, user = sittings.sat_down_at[first], sittings.user[first]
    next_at = np.full(len(first), np.iinfo(np.int64).max)
    next_at[:-1] = np.where(user[1:] == user[:-1], sat_down_at[1:], next_at[:-1])
    next_at = next_at[np.cumsum(sittings.is_first) - 1]
    in_time = started_at < np.minimum(next_at, starts.subscribed_to)
    kept: Flags = in_time & (starts.title != NO_TITLE)
    return kept


def _seen_before(
    arguments: Arguments, people: People, catalogue: Catalogue, starts: Starts
) -> Integers:
    """Return how many episodes of its series the user of each start had seen before the first day."""
    start_at = arguments.start_day * DAY_US
    first_day = np.full(len(starts), arguments.start_day - 1)
    out = np.maximum(catalogue.episodes_out(starts.title, first_day), 0)
    draws = people.draws.take(starts.user).under("series", starts.title)
    begun = (people.registered_at[starts.user] < start_at) & draws.happens("begun", SEEN_SHARE)
    return np.where(begun, (out * draws.uniform("seen")).astype(np.int64), 0)


def _play(
    catalogue: Catalogue, starts: Starts, playback: Playback, plans: _Plans, seen: Integers
) -> Plays:
    """Return the plays of the starts that showed a frame, cut where something else began."""
    limit = _limits(starts)
    rows = np.flatnonzero(playback.outcome == PLAYED)
    limit, starts = limit[rows], starts.take(rows)
    playback, plans = playback.take(rows), plans.take(rows)
    first_episode, episode_count = _episodes_to_watch(catalogue, starts, plans, seen[rows])
    last_length = _last_length(catalogue, starts.title, first_episode, episode_count)
    earlier = _length_between(catalogue, first_episode, episode_count - 1)
    is_live = catalogue.content_type[starts.title] == LIVE
    seconds = np.where(is_live, plans.channel_seconds, earlier + plans.share * last_length)
    waiting = playback.startup_milliseconds + playback.stall_milliseconds
    wall = (seconds.astype(np.int64) + plans.paused_seconds) * SECOND_US + waiting * 1000
    ended_at = np.minimum(starts.started_at + wall, limit)
    possible = (ended_at - starts.started_at) // SECOND_US - waiting // 1000 - (waiting > 0)
    plays = Plays(
        start=rows,
        starts=starts,
        first_episode=first_episode,
        episode_count=episode_count,
        ended_at=ended_at,
        watch_seconds=np.minimum(seconds.astype(np.int64), possible),
        length_seconds=np.where(is_live, 0, earlier + last_length),
        quality=playback.quality,
        stall_count=playback.stall_count,
        bitrate_kbps=playback.bitrate_kbps,
    )
    return _with_length_begun(plays.take(plays.watch_seconds >= SHORTEST_SECONDS), catalogue)


def _limits(starts: Starts) -> Integers:
    """Return when each play must have ended: the next start on the device, or the subscription's end."""
    # The starts are by user and time already, which a stable sort keeps.
    user_device = starts.user * len(DEVICES) + starts.device
    order = np.argsort(user_device, kind="stable")
    same = ~first_of_group(user_device[order])[1:]
    limit, started_at = starts.subscribed_to[order], starts.started_at[order]
    limit[:-1] = np.where(same, np.minimum(limit[:-1], started_at[1:]), limit[:-1])
    limits = np.empty_like(limit)
    limits[order] = limit
    return limits


def _episodes_to_watch(
    catalogue: Catalogue, starts: Starts, plans: _Plans, seen: Integers
) -> tuple[Integers, Integers]:
    """Return the first episode and how many: each user goes through a series in order.

    An episode that was given up is begun again; after the last one that is out comes the first.
    ``seen`` is how many the user had seen of it before the first day.
    """
    first_episode = np.full(len(starts), -1)
    count = np.zeros(len(starts), dtype=np.int64)
    rows = np.flatnonzero(plans.episode_count > 0)
    title, wanted = starts.title[rows], plans.episode_count[rows]
    done = wanted - (plans.share[rows] < COMPLETE_SHARE)
    # The starts are by user and time already, which a stable sort keeps.
    pair = starts.user[rows] * len(catalogue) + title
    order = np.argsort(pair, kind="stable")
    before = np.cumsum(done[order]) - done[order]
    first = first_of_group(pair[order])
    group_start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    position = np.empty(len(rows), dtype=np.int64)
    position[order] = before - before[group_start]
    position += seen[rows]
    out = np.maximum(catalogue.episodes_out(title, day_of(starts.started_at[rows])), 1)
    first_episode[rows] = catalogue.first_episode[title] + position % out
    count[rows] = np.minimum(wanted, out - position % out)
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


def _additions(catalogue: Catalogue, starts: Starts, plays: Plays, listed: Integers) -> Additions:
    """Return what users put on their list, each title once, unless they had played it before."""
    rows = np.flatnonzero(listed != NO_TITLE)
    user, title = starts.user[rows], listed[rows]
    added_at = starts.started_at[rows] - LIST_SECONDS * SECOND_US
    midnight = catalogue.added_on[title] * DAY_US
    added_at = np.maximum(np.maximum(added_at, midnight), starts.subscribed_from[rows])
    order = np.lexsort((added_at, title, user))
    user, title, added_at = user[order], title[order], added_at[order]
    once = first_of_group(user, title)
    user, title, added_at = user[once], title[once], added_at[once]
    played_at = _first_played_at(plays, user, title, len(catalogue))
    unplayed = (played_at == NEVER_WATCHED) | (played_at >= added_at)
    additions = Additions(user, title, added_at, played_at).take(unplayed)
    return additions.take(np.lexsort((additions.user, additions.added_at)))


def _first_played_at(plays: Plays, user: Integers, title: Integers, titles: int) -> Integers:
    """Return when each user played a title first; NEVER_WATCHED if never."""
    pair = plays.starts.user * titles + plays.starts.title
    played, first = np.unique(pair, return_index=True)
    if not len(played):
        return np.full(len(user), NEVER_WATCHED)
    wanted = user * titles + title
    position = np.minimum(np.searchsorted(played, wanted), len(played) - 1)
    found = played[position] == wanted
    return np.where(found, plays.starts.started_at[first[position]], NEVER_WATCHED)


def _before(
    end_at: int, starts: Starts, playback: Playback, plays: Plays, additions: Additions
) -> Viewing:
    """Return what happens before an instant."""
    additions = additions.take(additions.added_at < end_at)
    watched_at = np.where(additions.watched_at < end_at, additions.watched_at, NEVER_WATCHED)
    in_time = starts.started_at < end_at
    kept = np.cumsum(in_time) - 1
    plays = plays.take(in_time[plays.start])
    return Viewing(
        starts=starts.take(in_time),
        playback=playback.take(in_time),
        plays=replace(plays, start=kept[plays.start]),
        additions=replace(additions, watched_at=watched_at),
    )
