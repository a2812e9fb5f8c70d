"""Checksums of the migrations, so that none that was applied somewhere is edited.

    python -m tests.frozen    add the new ones to tests/migrations.txt

To change a schema, add a migration; a changed one makes every workspace that has it refuse to work (exit 8).
"""

from __future__ import annotations

from pathlib import Path

from svp.core.migrations import load_migrations

__all__ = ["FILE", "present", "recorded"]

FILE = Path(__file__).with_name("migrations.txt")
ROOMS = {"oltp": ".sql", "nosql": ".json", "warehouse": ".sql"}


def present() -> dict[str, str]:
    """Return the checksum of every migration by room and name."""
    return {
        f"{room}/{migration.name}": migration.checksum
        for room, suffix in ROOMS.items()
        for migration in load_migrations(f"{room}.migrations", suffix=suffix)
    }


def recorded() -> dict[str, str]:
    """Return what was recorded."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {name: checksum for checksum, name in (line.split() for line in lines)}


def main() -> None:
    """Record what is not recorded yet; what is, stays."""
    known = recorded() if FILE.exists() else {}
    lines = [f"{checksum}  {name}\n" for name, checksum in (present() | known).items()]
    FILE.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
