"""A home: the folder of one set of local servers, and what is remembered about them.

``servers.json``      which user runs them, their ports and programs; makes the folder a home
``credentials.json``  the passwords; mode 0600
``connections.json``  the URLs, as svp.settings reads them; mode 0600
``lock``              held by whoever starts or stops servers
``postgres/`` ``mongodb/`` ``mysql/`` ``mariadb/``   data folder and log of each server
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from threading import Lock
from typing import TYPE_CHECKING, Any

from svp.errors import LockError, ServerError, UsageError, shorten
from svp.servers.accounts import can_reach, choose_account, require_reach
from svp.servers.engine import ENGINE_NAMES, EngineName, Instance
from svp.servers.program import Program
from svp.settings import CONNECTIONS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from svp.core.progress import Progress

__all__ = ["OWN_FILES", "Connections", "Home", "Remembered", "open_home", "prepare_folder"]

STATE_FILE = "servers.json"
CREDENTIALS_FILE = "credentials.json"
LOCK_FILE = "lock"
OWN_FILES = (CONNECTIONS_FILE, CREDENTIALS_FILE, STATE_FILE, LOCK_FILE)

SERVER_FOLDERS = (*ENGINE_NAMES, "mariadb")
OTHER_FOLDERS = ("accounts", "demo", "exports")
"""What other commands keep here; of no use without the servers."""

LOCK_SECONDS = 300
"""How long a second ``svp up`` waits for the first, which may be fetching an engine."""

LOCK_POLL_SECONDS = 0.2

PASSWORD_BYTES = 24


@dataclass(frozen=True, slots=True)
class Connections:
    """The URLs of a home's servers, for the account svp; empty for one that was never started."""

    postgres_url: str = field(default="", repr=False)
    mongo_url: str = field(default="", repr=False)
    mysql_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one server."""

    port: int = 0
    """Chosen once; 0 until then."""
    program: Program | None = None
    """What ran it the last time."""
    description: str = ""
    """Flavour and version, as it said itself."""


class Home:
    """One home; what is remembered is written at once and whole, by one thread at a time."""

    def __init__(self, path: Path) -> None:
        content = _read_json(path / STATE_FILE)
        self.path = path
        self.account = choose_account(str(content.get("account", "")))
        self._servers = {
            name: _remembered(known) for name, known in content.get("servers", {}).items()
        }
        self._passwords = _read_json(path / CREDENTIALS_FILE)
        self._writing = Lock()

    @property
    def is_home(self) -> bool:
        """Whether ``svp up`` has been here."""
        return (self.path / STATE_FILE).exists()

    def require_home(self) -> None:
        """Raise UsageError unless ``svp up`` has been here."""
        if not self.is_home:
            message = f"{self.path} is not a home of local servers"
            raise UsageError(message, "run 'svp up' first, or set SVP_HOME to the folder it used")

    def remembered(self, name: EngineName) -> Remembered:
        """Return what is known of a server."""
        return self._servers.get(name, Remembered())

    def remember(self, name: EngineName, known: Remembered) -> None:
        """Write what is known of a server."""
        with self._writing:
            self._servers[name] = known
            self._write_state()

    def instance(self, name: EngineName) -> Instance:
        """Return a server of this home, as it is remembered."""
        known = self.remembered(name)
        flavour = known.program.flavour if known.program else ""
        passwords = self._passwords.get(name, {})
        return Instance(
            folder=self.path / ("mariadb" if flavour == "MariaDB" else name),
            account=self.account,
            port=known.port,
            admin_password=passwords.get("admin_password", ""),
            password=passwords.get("password", ""),
        )

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """The folders of servers and commands that exist."""
        folders = (self.path / name for name in (*SERVER_FOLDERS, *OTHER_FOLDERS))
        return tuple(folder for folder in folders if folder.exists())

    def read_connections(self) -> Connections:
        """Return the URLs that were written last."""
        content = _read_json(self.path / CONNECTIONS_FILE)
        return Connections(
            **{entry.name: str(content.get(entry.name, "")) for entry in fields(Connections)}
        )

    def write_connections(self, connections: Connections) -> None:
        """Write the URLs for svp.settings, unless they are there already."""
        if connections != self.read_connections():
            _write_json(self.path / CONNECTIONS_FILE, asdict(connections))

    def set_up(self) -> None:
        """Write the passwords and what makes this folder a home, unless they are there."""
        if not self._passwords:
            self._passwords = {name: _new_passwords() for name in ENGINE_NAMES}
            _write_json(self.path / CREDENTIALS_FILE, self._passwords)
        if not self.is_home:
            self._write_state()

    def _write_state(self) -> None:
        servers = {name: asdict(known) for name, known in self._servers.items()}
        _write_json(self.path / STATE_FILE, {"account": self.account.name, "servers": servers})

    @contextmanager
    def locked(self, progress: Progress) -> Iterator[None]:
        """Hold the home's lock; the kernel lets go of it if this process dies.

        Raises:
            LockError: another process holds it for too long.
            ServerError: the home belongs to somebody else.
        """
        try:
            file = (self.path / LOCK_FILE).open("a", encoding="utf-8")
        except PermissionError as error:
            message = f"{self.path} belongs to another user"
            raise ServerError(message, "set SVP_HOME to a folder of yours") from error
        with file:
            _wait_for_lock(file.fileno(), self.path, progress)
            if not (self.path / LOCK_FILE).exists():
                message = f"{self.path} was deleted while this svp waited for it"
                raise LockError(message, "try again")
            yield


def open_home(path: Path) -> Home:
    """Return the home at a path, whether or not it exists yet."""
    return Home(path.absolute())


def prepare_folder(home: Home, progress: Progress) -> None:
    """Make the home's folder if need be, and see that the servers' user can enter it.

    Raises:
        UsageError: the folder holds other things.
        ServerError: the servers' user can't get there.
    """
    path = home.path
    if _makes(path):
        path.chmod(0o711 if home.account.is_other else 0o700)
        progress.say(f"made {path} for the local servers")
    written = {_unfinished(path / name).name for name in OWN_FILES}
    known = {*OWN_FILES, *written, *OTHER_FOLDERS, "engines"}
    strangers = {entry.name for entry in path.iterdir()} - known
    if strangers and not home.is_home:
        message = f"{path} is not a home of local servers: it holds {shorten(min(strangers))}"
        raise UsageError(message, "set SVP_HOME to a new or empty folder")
    if not can_reach(home.account, path) and path.stat().st_uid == os.geteuid():
        path.chmod(path.stat().st_mode | 0o011)
        progress.say(
            f"let other users enter {path}, not read it: {home.account.name} runs the servers"
        )
    require_reach(home.account, path)


def _makes(path: Path) -> bool:
    """Make a folder; return False if it was there, or another ``svp up`` was faster.

    Raises:
        UsageError: it can't be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir()
    except OSError as error:
        if path.is_dir():
            return False
        message = f"{path} can't be made: {error.strerror}"
        raise UsageError(message, "set SVP_HOME to a folder that you may write to") from error
    return True


def _wait_for_lock(file: int, path: Path, progress: Progress) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    said = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                message = f"another svp is starting or stopping the servers of {path}"
                raise LockError(message, "wait for it to end, then try again") from error
        else:
            return
        if not said:
            progress.say(
                f"waiting for another svp that is starting or stopping the servers of {path}"
            )
            said = True
        time.sleep(LOCK_POLL_SECONDS)


def _new_passwords() -> dict[str, str]:
    return {name: secrets.token_urlsafe(PASSWORD_BYTES) for name in ("admin_password", "password")}


def _remembered(known: Mapping[str, Any]) -> Remembered:
    program = known["program"]
    return Remembered(
        port=known["port"],
        program=program and Program(program["flavour"], tuple(program["command"]), program["root"]),
        description=known["description"],
    )


def _read_json(path: Path) -> dict[str, Any]:
    """Return the content of one of the home's files; nothing if it isn't there."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        message = f"{path} can't be read: {error}"
        raise ServerError(
            message, "run as the user who ran 'svp up', or restore the file"
        ) from error
    return content if isinstance(content, dict) else {}


def _unfinished(path: Path) -> Path:
    """Return where a file is written before it takes its place; a killed run may leave it."""
    return path.with_name(f".{path.name}.new")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file by a new one that only its owner can read; it is never half written."""
    unfinished = _unfinished(path)
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
