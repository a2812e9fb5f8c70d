"""What an export asks the marts, one statement a file."""

from __future__ import annotations
