"""Mutation tests of the SQL: change a procedure, a mart view or a query in one place, and see whether a test notices.

    python -m tests.mutations --sample 200 --seed 1 --files 'procedures/refresh_*.sql'

``mutants`` changes the text by sqlfluff's parse tree, ``covering`` tells which tests to ask, nearest first, ``asking``
forks a process for each mutant in which ``plugin`` installs it where pytest would install the original, ``journal``
keeps what was found, and ``__main__`` runs and reports.
"""

from __future__ import annotations
