"""Write the data dictionaries and diagrams of docs/ from what real servers say of the schemas they hold.

    python -m tests.dictionary

Servers are those of ``SVP_TEST_HOME``, else temporary ones; the workspace is made for this and dropped again.
An integration test compares the committed pages with the servers.
"""

from __future__ import annotations
