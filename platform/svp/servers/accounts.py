"""Which system user runs the servers, and what that user can reach.

An ordinary user runs them. Root does not: PostgreSQL refuses it and the others don't need it, so an
unprivileged user that the machine has runs them. No user is made, and no foreign folder changes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svp.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Account",
    "can_reach",
    "choose_account",
    "give",
    "private_folder",
    "require_reach",
    "write_private",
]

UNPRIVILEGED_USERS = ("postgres", "nobody")
"""In order of preference: one that exists for databases, then the one that exists everywhere."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system user."""

    name: str
    user_id: int
    group_id: int

    @property
    def is_other(self) -> bool:
        """Whether it is not the user that this program runs as."""
        return self.user_id != os.geteuid()

    @property
    def popen_options(self) -> dict[str, Any]:
        """What makes ``subprocess`` run a program as this user."""
        if not self.is_other:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}


def choose_account(remembered: str = "") -> Account:
    """Return the user who runs the servers; for root the one remembered, else an unprivileged one.

    Raises:
        ServerError: this is root, and the machine has none of the users that could do it.
    """
    if os.geteuid() != 0:
        return _account(os.geteuid())
    for name in (remembered, *UNPRIVILEGED_USERS):
        try:
            return _account(name)
        except KeyError:
            continue
    message = "root may not run PostgreSQL, and this machine has no user 'postgres' or 'nobody'"
    raise ServerError(message, "run 'svp up' as an ordinary user")


def _account(user: str | int) -> Account:
    entry = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_reach(account: Account, path: Path) -> bool:
    """Tell whether the account may enter a folder, or run a file."""
    if not account.is_other:
        return os.access(path, os.X_OK)
    check = subprocess.run(  # noqa: S603  (a fixed script; the path is its argument)
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        cwd="/",
        check=False,
        **account.popen_options,
    )
    return check.returncode == 0


def require_reach(account: Account, home: Path) -> None:
    """Raise ServerError unless the account can enter the home."""
    if not can_reach(account, home):
        message = f"the user {account.name}, who runs the servers for root, can't enter {home}"
        raise ServerError(message, "choose a folder all may enter: SVP_HOME=/var/lib/svp")


def give(path: Path, account: Account) -> None:
    """Make the account the owner of a file or folder that this program made."""
    if account.is_other:
        os.chown(path, account.user_id, account.group_id, follow_symlinks=False)


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a new file that only the account can read."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")
    give(path, account)


@contextmanager
def private_folder(account: Account) -> Iterator[Path]:
    """Give a new folder that only the account can enter, for a socket.

    Its name is short, because the path of a socket ends at 107 bytes; it goes afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="svp-", dir="/tmp"))
    try:
        give(folder, account)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
