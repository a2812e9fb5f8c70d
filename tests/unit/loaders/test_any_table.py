"""Any valid rows of any table, in any form that a file may have, are read as they were written.

``SVP_TEST_EXAMPLES`` tries so many of each table at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from loaders.recognise import recognise
from svp.model import TABLES
from tests.fuzzing.tables import Form, examples, forms, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from svp.model import Table


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_any_rows_in_any_form_are_read_as_they_were_written(tmp_path: Path, table: Table) -> None:
    @examples(15)
    @given(rows=rows_of(table), form=forms())
    def read_back(rows: list[dict[str, Any]], form: Form) -> None:
        file = recognise(form.write(tmp_path, table, rows))
        judged = [file.judge(batch) for batch in file.batches()]
        assert [refusal for one in judged for refusal in one.refusals] == []
        read = [
            row for one in judged for row in one.accepted.select(table.schema.names).to_pylist()
        ]
        assert read == rows

    read_back()
