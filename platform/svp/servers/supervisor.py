"""Starts, adopts, repairs and stops the servers of a home."""

from __future__ import annotations

import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from svp.core.progress import SILENT, Progress
from svp.errors import ServerError
from svp.servers import mongodb, mysql, postgres
from svp.servers.accounts import give
from svp.servers.engine import ENGINE_NAMES, Engine, EngineName, Instance, MySQLChoice, Search
from svp.servers.home import OWN_FILES, Connections, Home, open_home, prepare_folder
from svp.servers.processes import (
    POLL_SECONDS,
    STOP_SECONDS,
    end,
    end_leftovers,
    find_servers,
    is_gone,
    last_lines,
    spawn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    import psutil

    from svp.servers.program import Program

__all__ = ["ENGINES", "delete", "find_process", "is_free", "start", "stop"]

ENGINES: dict[EngineName, Engine] = {"postgres": postgres, "mongodb": mongodb, "mysql": mysql}

READY_SECONDS = 120
"""How long a server may take to answer: after a crash it repeats its log first."""

PORT_TRIES = 3
MAX_LOG_BYTES = 16 * 1024 * 1024


def start(
    home: Path,
    *,
    mysql: MySQLChoice = "auto",
    only: Collection[EngineName] | None = None,
    progress: Progress = SILENT,
) -> Connections:
    """Bring up the servers of a home, making what is missing; those that run are left alone.

    Args:
        home: the folder; made if need be.
        mysql: which server plays MySQL; "auto" is the one this home had, else MySQL if possible.
        only: names of the servers wanted; None is all.
        progress: is told of every change to the machine.

    Raises:
        ServerError: a server can't be had or doesn't start.
        LockError: another process is at work in this home.
        UsageError: the folder holds other things.
    """
    names = [name for name in ENGINE_NAMES if only is None or name in only]
    servers = open_home(home)
    prepare_folder(servers, progress)
    with servers.locked(progress):
        servers = open_home(home)  # read again: it may have changed while we waited
        servers.set_up()
        try:
            _in_parallel(partial(_bring_up, home=servers, choice=mysql, progress=progress), names)
        finally:
            servers.write_connections(_connections(servers))
    return servers.read_connections()


def _in_parallel(act: Callable[[Engine], None], names: Iterable[EngineName]) -> None:
    """Do the same with several servers at once; the first error comes through at the end."""
    with ThreadPoolExecutor(len(ENGINES)) as pool:
        for done in [pool.submit(act, ENGINES[name]) for name in names]:
            done.result()


def _connections(home: Home) -> Connections:
    """Return the URLs of every server that was ever started here."""
    urls = {
        name: ENGINES[name].url(home.instance(name))
        for name in ENGINE_NAMES
        if home.remembered(name).port
    }
    return Connections(urls.get("postgres", ""), urls.get("mongodb", ""), urls.get("mysql", ""))


def stop(home: Path, *, progress: Progress = SILENT) -> None:
    """Stop every server of a home; nothing if none runs.

    Raises:
        UsageError: the folder is no home.
        LockError: another process is at work in this home.
    """
    servers = open_home(home)
    servers.require_home()
    with servers.locked(progress):
        _in_parallel(partial(_shut_down, home=servers, progress=progress), ENGINE_NAMES)


def delete(home: Path, *, progress: Progress = SILENT) -> None:
    """Stop every server of a home, then remove all data, passwords and logs that svp put there.

    What svp did not put there stays, and so do engines, which other homes share.

    Raises:
        UsageError: the folder is no home.
        LockError: another process is at work in this home.
    """
    servers = open_home(home)
    servers.require_home()
    with servers.locked(progress):
        _in_parallel(partial(_shut_down, home=servers, progress=progress), ENGINE_NAMES)
        for folder in servers.own_folders:
            shutil.rmtree(folder)
        for name in OWN_FILES:
            (servers.path / name).unlink(missing_ok=True)
    if not any(servers.path.iterdir()):
        servers.path.rmdir()
    progress.say(f"deleted the servers of {servers.path} and their data")


def _bring_up(engine: Engine, home: Home, choice: MySQLChoice, progress: Progress) -> None:
    """Make one server run and answer."""
    if engine.NAME == "mysql":
        _leave_other_flavour(engine, home, choice, progress)
    instance = home.instance(engine.NAME)
    process = find_process(engine, instance)
    if process is not None:
        _wait_until_ready(engine, instance, process)
        return
    known = home.remembered(engine.NAME)
    program = engine.find_program(Search(home.account, progress, choice, known.program))
    home.remember(engine.NAME, replace(known, program=program))
    instance = home.instance(engine.NAME)
    _make_folder(instance)
    _repair(engine, instance)
    if not instance.data.exists():
        _initialise(engine, program, instance, progress)
    _launch(engine, program, home, progress)


def _leave_other_flavour(
    engine: Engine, home: Home, choice: MySQLChoice, progress: Progress
) -> None:
    """Stop MySQL when MariaDB is wanted, and the other way round; each keeps its own data."""
    known = home.remembered(engine.NAME)
    if known.program is None or choice in {"auto", known.program.flavour.lower()}:
        return
    progress.say(
        f"{known.program.flavour} gives way to the server you asked for; its data stays where it is"
    )
    _shut_down(engine, home, progress)
    home.remember(engine.NAME, replace(known, program=None, description=""))


def find_process(engine: Engine, instance: Instance) -> psutil.Process | None:
    """Return the process of a server, if it runs."""
    argument = engine.data_argument(instance.data)
    return find_servers([argument], instance.account).get(argument)


def _make_folder(instance: Instance) -> None:
    if not instance.folder.exists():
        instance.folder.mkdir(mode=0o700)
        give(instance.folder, instance.account)


def _repair(engine: Engine, instance: Instance) -> None:
    """Clear away what a killed server or a killed initialisation left."""
    end_leftovers(instance.folder, instance.account)
    shutil.rmtree(_unfinished(instance), ignore_errors=True)
    for name in engine.STALE_FILES:
        (instance.data / name).unlink(missing_ok=True)
    if instance.log.exists() and instance.log.stat().st_size > MAX_LOG_BYTES:
        instance.log.replace(instance.log.with_suffix(".log.1"))


def _unfinished(instance: Instance) -> Path:
    return instance.folder / "unfinished"


def _initialise(engine: Engine, program: Program, instance: Instance, progress: Progress) -> None:
    """Make the data folder beside its place and rename it, so that it is complete or absent."""
    progress.say(f"making a {program.flavour} data folder in {instance.folder}{_run_by(instance)}")
    unfinished = _unfinished(instance)
    unfinished.mkdir(mode=0o700)
    give(unfinished, instance.account)
    engine.initialise(program, instance, unfinished / "data")
    (unfinished / "data").rename(instance.data)
    shutil.rmtree(unfinished)


def _run_by(instance: Instance) -> str:
    return (
        f", owned and run by the user {instance.account.name}" if instance.account.is_other else ""
    )


def _launch(engine: Engine, program: Program, home: Home, progress: Progress) -> None:
    """Start a server and wait until it answers, on another port if somebody took the one it had."""
    for _ in range(PORT_TRIES):
        _settle_port(engine, home, progress)
        instance = home.instance(engine.NAME)
        command = engine.command(program, instance)
        process = spawn(command, log=instance.log, folder=instance.data, account=instance.account)
        try:
            _wait_until_ready(engine, instance, process)
        except ServerError:
            end([process], engine.STOP_SIGNAL, seconds=STOP_SECONDS)
            if is_free(instance.port):
                raise
        else:
            description = engine.describe(engine.url(instance))
            home.remember(
                engine.NAME, replace(home.remembered(engine.NAME), description=description)
            )
            progress.say(f"{description} runs on 127.0.0.1:{instance.port}")
            return
    message = f"{engine.TITLE} found no free port"
    raise ServerError(message, "try again, or see which programs listen on 127.0.0.1")


def _settle_port(engine: Engine, home: Home, progress: Progress) -> None:
    """Remember a free port for a server: the one it had, if nobody took it."""
    known = home.remembered(engine.NAME)
    if known.port and is_free(known.port):
        return
    port = next(
        port for port in range(engine.FIRST_PORT, engine.FIRST_PORT + 1000) if is_free(port)
    )
    if known.port:
        progress.say(
            f"port {known.port} is taken by another program: {engine.TITLE} moves to {port}"
        )
    home.remember(engine.NAME, replace(known, port=port))


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_until_ready(engine: Engine, instance: Instance, process: psutil.Process) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            engine.check_ready(instance)
        except ServerError as error:
            if is_gone(process):
                message = f"{engine.TITLE} ended while it was starting"
                raise _start_error(message, instance) from error
            if time.monotonic() > deadline:
                message = f"{engine.TITLE} does not answer: {error.message}"
                raise _start_error(message, instance) from error
        else:
            return
        time.sleep(POLL_SECONDS)


def _start_error(message: str, instance: Instance) -> ServerError:
    text = (
        instance.log.read_text(encoding="utf-8", errors="replace") if instance.log.exists() else ""
    )
    return ServerError(f"{message}\n{last_lines(text)}", f"its whole log is {instance.log}")


def _shut_down(engine: Engine, home: Home, progress: Progress) -> None:
    instance = home.instance(engine.NAME)
    process = find_process(engine, instance)
    if process is None:
        return
    if not end([process], engine.STOP_SIGNAL, seconds=STOP_SECONDS):
        progress.say(f"{engine.TITLE} did not stop in {STOP_SECONDS} s and was killed")
    end_leftovers(instance.folder, instance.account)
    progress.say(f"{engine.TITLE} is stopped")
