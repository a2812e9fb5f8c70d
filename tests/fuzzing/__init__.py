"""Valid files of every kind, damaged at random, and what must hold of each.

``samples`` writes them, ``damage`` changes them, ``examine`` says what must hold. A case is known by seed, sample and
number, and is the same on every machine. Two environment variables go further than a quick run:

    SVP_TEST_MUTATIONS=5000 SVP_TEST_SEED=7 pytest tests/unit/loaders/test_mutations.py

tries so many cases of every sample, drawn by that seed; what fails is kept in a file that the failure names.
"""

from __future__ import annotations

import os

__all__ = ["MUTATIONS", "SEED"]

MUTATIONS = int(os.environ.get("SVP_TEST_MUTATIONS", "60"))
"""Cases of every sample."""
SEED = int(os.environ.get("SVP_TEST_SEED", "1"))
"""Draws them."""
