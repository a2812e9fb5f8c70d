"""Servers as processes: start them apart from this program, know them again, end them.

The process table is the truth. A server of ours is a process of the right user whose arguments name
its data folder; there is no file with a process id that could go stale or point at somebody else.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, Signals
from typing import TYPE_CHECKING

import psutil

from svp.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from svp.servers.accounts import Account

__all__ = [
    "POLL_SECONDS",
    "STOP_SECONDS",
    "end",
    "end_leftovers",
    "find_servers",
    "is_gone",
    "last_lines",
    "run",
    "running",
    "spawn",
]

DETACH = 'ulimit -S -n 65536 2>/dev/null; log=$1; shift; "$@" >>"$log" 2>&1 & echo $!'
"""The server becomes nobody's child, so it outlives this program and leaves it no zombie."""

SERVER_PROCESSES = ("postgres", "initdb", "mongod", "mysqld", "mariadbd", "ld-linux")
"""How names of server processes begin; ``ld-linux`` runs unpacked ones."""

POLL_SECONDS = 0.05

STOP_SECONDS = 60
"""How long a server may take to end well before it is killed."""


def spawn(command: Sequence[str], *, log: Path, folder: Path, account: Account) -> psutil.Process:
    """Start a server apart from this program and return its process."""
    started = subprocess.run(  # noqa: S603  (a fixed script; the command is its argument)
        ["/bin/sh", "-c", DETACH, "sh", str(log), *command],
        check=True,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        umask=0o077,
        **account.popen_options,
    )
    return psutil.Process(int(started.stdout))


@contextmanager
def running(
    command: Sequence[str], *, log: Path, account: Account, stop_signal: Signals
) -> Iterator[psutil.Process]:
    """Run a server in the folder of its log, for as long as the block lasts."""
    process = spawn(command, log=log, folder=log.parent, account=account)
    try:
        yield process
    finally:
        end([process], stop_signal, seconds=STOP_SECONDS)


def run(
    command: Sequence[str], *, folder: Path, account: Account, text: str = "", advice: str = ""
) -> str:
    """Run a program to its end, ``text`` on its standard input, and return what it wrote.

    Raises:
        ServerError: it failed; the last lines it wrote are in the message.
    """
    finished = subprocess.run(  # noqa: S603  (the engines' own programs and paths)
        command,
        check=False,
        cwd=folder,
        env=_environment(),
        input=text,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0o077,
        **account.popen_options,
    )
    if finished.returncode != 0:
        message = f"{Path(command[0]).name} failed:\n{last_lines(finished.stdout)}"
        raise ServerError(message, advice)
    return str(finished.stdout)


def _environment() -> dict[str, str]:
    """Return what a server needs of the environment: nothing that could hold a secret."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def last_lines(text: str, *, lines: int = 8) -> str:
    """Return the end of a log, indented."""
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines()[-lines:])


def find_servers(data_arguments: Collection[str], account: Account) -> dict[str, psutil.Process]:
    """Return the running servers by the argument that names their data folder."""
    found: dict[str, psutil.Process] = {}
    for process in _processes_of(account):
        for argument in process.info["cmdline"] or ():
            if argument in data_arguments:
                found[argument] = process
    return found


def end(processes: Collection[psutil.Process], signal: Signals, *, seconds: float) -> bool:
    """Ask processes to end and kill those that don't in time; return False if some had to be."""
    _send(processes, signal)
    if _wait_gone(processes, seconds):
        return True
    _send(processes, SIGKILL)
    _wait_gone(processes, seconds)
    return False


def end_leftovers(folder: Path, account: Account) -> None:
    """Kill server processes that work in a folder whose main server is dead."""
    left = [
        process
        for process in _processes_of(account)
        if (process.info["name"] or "").startswith(SERVER_PROCESSES) and _works_in(process, folder)
    ]
    end(left, SIGKILL, seconds=10)


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended, even if nobody took notice of it yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except psutil.Error:
        return False


def _processes_of(account: Account) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline", "name", "uids"]):
        user_ids = process.info["uids"]
        if user_ids and user_ids.effective == account.user_id:
            yield process


def _send(processes: Collection[psutil.Process], signal: Signals) -> None:
    for process in processes:
        try:
            process.send_signal(signal)
        except psutil.NoSuchProcess:
            continue


def _wait_gone(processes: Collection[psutil.Process], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not all(is_gone(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
