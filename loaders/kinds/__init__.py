"""Every kind of file svp understands, parents before children. To add one, write a module and list it here."""

from __future__ import annotations

from loaders.kinds import (
    analytics,
    catalogues,
    events,
    iptv,
    platform,
    relational,
    service,
    subscribers,
)

__all__ = ["KINDS", "KINDS_BY_NAME"]

KINDS = (
    relational.USERS,
    relational.CONTENT,
    relational.VIEWING_SESSIONS,
    *platform.KINDS,
    *service.KINDS,
    *analytics.KINDS,
    catalogues.TITLES,
    subscribers.USERS,
    iptv.LOGS,
    events.EVENTS,
)

KINDS_BY_NAME = {kind.name: kind for kind in KINDS}
