"""Engines that were fetched or copied, kept once for all homes of a user.

An engine is built beside its place and renamed into it, so it is whole or absent.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["cached_engine", "engines_folder", "exclusive"]

UNFINISHED = ".unfinished-"

ROOT_ENGINES = Path("/var/lib/svp/engines")
"""Root's engines; every user may run them."""


def engines_folder() -> Path:
    """Return where this user's engines are kept."""
    if os.geteuid() == 0:
        return ROOT_ENGINES
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "svp" / "engines"


def cached_engine(name: str, build: Callable[[Path], None], *, folder: Path | None = None) -> Path:
    """Return the folder of an engine; ``build`` fills it first if it isn't there."""
    engines = folder or engines_folder()
    engine = engines / name
    if engine.exists():
        return engine
    if folder is None and os.access(ROOT_ENGINES / name, os.X_OK):
        return ROOT_ENGINES / name
    _make_readable(engines)
    with exclusive(engines / ".lock"):
        if not engine.exists():
            _build(engine, build)
    return engine


def _make_readable(folder: Path) -> None:
    """Make a folder and the parents that are missing, for all users to enter."""
    if not folder.exists():
        _make_readable(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _build(engine: Path, build: Callable[[Path], None]) -> None:
    unfinished = engine.with_name(f"{UNFINISHED}{engine.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    unfinished.chmod(0o755)
    try:
        build(unfinished)
        unfinished.rename(engine)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for whoever holds it; the kernel lets go when the holder dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
