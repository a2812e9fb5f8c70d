"""MongoDB: collections and validators as migrations, questions as named aggregation pipelines."""

from __future__ import annotations
