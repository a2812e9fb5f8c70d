"""Numbered MySQL migrations, applied once, never edited: one repeatable statement a file.

MySQL commits each DDL statement by itself, so a statement that is interrupted is simply run again.
"""

from __future__ import annotations
