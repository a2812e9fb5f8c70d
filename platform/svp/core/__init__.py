"""What every room needs: connections, SQL files, migrations, progress, time."""

from __future__ import annotations
