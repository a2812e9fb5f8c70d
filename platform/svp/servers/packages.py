"""Server programs from the distribution's own packages, unpacked into a private folder.

Nothing is installed: apt gets a private state (lists, cache, an empty package status), checks
signatures as always, resolves and downloads; dpkg unpacks. The programs bring every library they
need, the C library included.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from svp.errors import ServerError
from svp.servers.cache import cached_engine
from svp.servers.program import Program

if TYPE_CHECKING:
    from svp.core.progress import Progress

__all__ = ["PackagedServer", "distribution", "fetch_server"]

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

NEEDED = re.compile(r"(lib|zlib1g|mysql-|mariadb-server-core|mariadb-common|galera)")
"""Every shared library of the closure, and the servers themselves..."""

NOT_NEEDED = re.compile(r"(lib(perl|debconf|pam-|.*-perl)|mysql-common)")
"""...but not perl, debconf or the init system."""


@dataclass(frozen=True, slots=True)
class PackagedServer:
    """A server in a distribution's packages."""

    flavour: str
    packages: tuple[str, ...]
    """Names it may have; the first that the suite knows is taken."""
    program: str
    """Under ``usr`` in the package."""
    suite: str = ""
    """Debian's suite; empty for the machine's own sources."""

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return f"Debian {self.suite}" if self.suite else "this distribution"


def distribution() -> tuple[str, str]:
    """Return for example ``("debian", "bookworm")``; empty texts where apt has nothing for us."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return "", ""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return "", ""
    name = release["ID"]
    return (
        (name, release.get("VERSION_CODENAME", "stable"))
        if name in {"debian", "ubuntu"}
        else ("", "")
    )


def fetch_server(server: PackagedServer, progress: Progress) -> Program:
    """Return a server unpacked from packages, fetching it unless it was fetched before.

    Raises:
        ServerError: the packages can't be had.
    """
    name = "-".join(filter(None, (server.packages[0], server.suite)))
    folder = cached_engine(name, lambda into: _unpack(server, into, progress))
    loader = next(iter(sorted(folder.glob("**/lib/*/ld-linux*.so.*"))))
    multiarch = loader.parent.name
    libraries = f"{folder}/usr/lib/{multiarch}:{folder}/lib/{multiarch}"
    command = (str(loader), "--library-path", libraries, str(folder / "usr" / server.program))
    return Program(server.flavour, command, str(folder / "usr"))


def _unpack(server: PackagedServer, into: Path, progress: Progress) -> None:
    """Download the packages that a server needs and unpack them into a folder."""
    progress.say(f"fetching {server.flavour} from the signed packages of {server.source}")
    state = into / ".apt"
    archives = state / "cache" / "archives"
    for folder in (state / "lists" / "partial", archives / "partial"):
        folder.mkdir(parents=True)
    (state / "status").touch()
    options = _apt_options(state, server.suite)
    _run("apt-get", *options, "-qq", "update")
    wanted = _needed_packages(options, server)
    _run("apt-get", *options, "-qq", "download", *wanted, folder=archives)
    for archive in sorted(archives.glob("*.deb")):
        _run("dpkg", "-x", str(archive), str(into))
    shutil.rmtree(state)
    progress.say(f"unpacked {len(wanted)} packages under {into.parent}; nothing was installed")


def _needed_packages(options: list[str], server: PackagedServer) -> list[str]:
    known = set(_run("apt-cache", *options, "pkgnames", server.packages[0]).split())
    package = next((name for name in server.packages if name in known), server.packages[0])
    plan = _run("apt-get", *options, "-s", "install", package)
    planned = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
    return [name for name in planned if NEEDED.match(name) and not NOT_NEEDED.match(name)]


def _apt_options(state: Path, suite: str) -> list[str]:
    options = [
        f"Dir::State={state}",
        f"Dir::State::Lists={state}/lists",
        f"Dir::State::status={state}/status",
        f"Dir::Cache={state}/cache",
        "APT::Install-Recommends=false",
        "APT::Sandbox::User=root",
        "Debug::NoLocking=1",
    ]
    if suite:
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        sources = state / "sources.list"
        sources.write_text(f"deb {signed}{_mirror()} {suite} main\n", encoding="utf-8")
        options += [f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=/dev/null"]
    return [part for option in options for part in ("-o", option)]


def _mirror() -> str:
    """Return the mirror that the machine already uses for Debian.

    Raises:
        ServerError: it uses none.
    """
    listed = _run(
        "apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"
    )
    sites = listed.split() or _run("apt-get", "indextargets", "--format", "$(SITE)").split()
    mirrors = [site for site in sites if site.rstrip("/").endswith("/debian")]
    if not mirrors:
        message = "no Debian mirror is among the machine's package sources"
        raise ServerError(message, "add one, or install a MySQL server")
    return mirrors[0]


def _run(*command: str, folder: Path | None = None) -> str:
    finished = subprocess.run(  # noqa: S603  (fixed programs; package names and paths)
        command, cwd=folder, check=False, capture_output=True, text=True, errors="replace"
    )
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["no reason given"]
        message = f"{' '.join(command[:1])} failed: {lines[-1]}"
        raise ServerError(message, "check the network and the machine's package sources")
    return finished.stdout
