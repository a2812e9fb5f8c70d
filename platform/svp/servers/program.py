"""A server program that can be run on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Program"]


@dataclass(frozen=True, slots=True)
class Program:
    """How to run one server program; ``command`` is the program, or a loader and the program."""

    flavour: str
    """PostgreSQL, MongoDB, MySQL or MariaDB."""
    command: tuple[str, ...]
    root: str = ""
    """The folder that holds its ``share`` and ``lib``; empty when the program knows."""

    @property
    def path(self) -> Path:
        """The program itself."""
        return Path(self.command[-1])

    @property
    def is_there(self) -> bool:
        """Whether every file of the command still exists and can be run."""
        return os.access(self.command[0], os.X_OK) and self.path.exists()
