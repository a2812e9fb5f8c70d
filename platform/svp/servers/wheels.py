"""Server programs that come in wheels, copied where the servers' user can reach them."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from svp.errors import ServerError
from svp.servers.accounts import can_reach
from svp.servers.cache import cached_engine

if TYPE_CHECKING:
    from svp.servers.engine import Search

__all__ = ["find_in_wheel"]


def find_in_wheel(
    wheel: str, *, folders: tuple[str, ...], program: str, title: str, search: Search
) -> Path:
    """Return a server program of an installed wheel, in a folder the servers' user can reach.

    Args:
        wheel: the distribution's name.
        folders: what of it the program needs, relative to site-packages; copied whole.
        program: the program, relative to site-packages.
        title: the engine, for people.
        search: whose reach counts.

    Raises:
        ServerError: the wheel is not installed.
    """
    try:
        installed = distribution(wheel)
    except PackageNotFoundError as error:
        message = f"{title} is not installed: the package {wheel} is missing"
        raise ServerError(message, choices(title)) from error
    site_packages = Path(str(installed.locate_file("")))
    if can_reach(search.account, site_packages / program):
        return site_packages / program

    def copy(into: Path) -> None:
        search.progress.say(
            f"copying {title} to {into.parent}, where {search.account.name} can run it"
        )
        for folder in folders:
            shutil.copytree(site_packages / folder, into / folder, symlinks=True)
        (into / program).chmod(0o755)

    return cached_engine(f"{wheel}-{installed.version}", copy) / program


def choices(title: str) -> str:
    """Return the ways to an engine, for an error's advice."""
    variable = {"PostgreSQL": "SVP_POSTGRES_URL", "MongoDB": "SVP_MONGO_URL"}[title]
    return (
        "on x86-64 Linux: pip install 'streaming-video-platform[local]'; "
        f"anywhere: docker compose up, or set {variable} to a server of yours"
    )
