"""The PostgreSQL room: migrations of the relational store, and what leaves it for the warehouse."""

from __future__ import annotations
