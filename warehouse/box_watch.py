"""The time of set-top boxes on its way into the warehouse: by the keys that contracts and applications have there.

A day may have millions of rows, so keys are looked up here, by columns, and rows are staged as the fact holds them, in
its order.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from loaders.arrow import Positions, Values, compute, letters
from svp.core.sqlfiles import read_sql
from warehouse.connections import execute, fetch
from warehouse.staging import NULL, StagedFile, Staging

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from svp.core.mysql import Connection

__all__ = ["BoxKeys", "DayWatch"]

DayWatch = tuple["date", pa.Table]
"""A day, and its time by ``contract_code`` and ``application``, null for none, in ``watch_seconds`` (int64)."""

UNKNOWN = 0
"""Key of the customer, and of the application, that has no name."""

SOURCES = {"customer": "set-top box", "application": NULL}
"""Where members come from, by dimension; names of applications are all of one kind."""

MEMBER: dict[str, pa.DataType] = {"name": pa.string(), "key": pa.int32()}
MEMBERS = pa.schema(MEMBER)

AS_LOADED = pacsv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")


class BoxKeys:
    """The keys of the contracts and applications that an export has met; others get one when they are met first."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        self._connection, self._staging = connection, staging
        self._members = dict.fromkeys(SOURCES, MEMBERS.empty_table())

    def write(self, watch: Iterable[DayWatch]) -> StagedFile:
        """Write some days in their order to a file of stg_box_watch, after members that nobody knew were added."""
        days = [
            self._rows(day, pa.concat_tables(table for _, table in tables))
            for day, tables in groupby(watch, key=itemgetter(0))
        ]

        def write(file: BinaryIO) -> int:
            for rows in days:
                pacsv.write_csv(rows, file, AS_LOADED)
            return sum(rows.num_rows for rows in days)

        return self._staging.write("stg_box_watch", write)

    def _rows(self, day: date, watch: pa.Table) -> pa.Table:
        """Return the rows of a day as the fact has them: each pair of keys once, in their order."""
        customers = self._keys(watch.column("contract_code"), "customer")
        applications = self._keys(watch.column("application"), "application")
        # As one number, which is sorted in a tenth of the time of two.
        pairs = customers.astype(np.int64) << 32 | applications
        order = np.argsort(pairs)
        starts = np.flatnonzero(np.diff(pairs[order], prepend=-1))
        chosen = order[starts]
        seconds = watch.column("watch_seconds").to_numpy()[order]
        columns = {
            "date_key": np.full(len(chosen), int(f"{day:%Y%m%d}")),
            "customer_key": customers[chosen],
            "application_key": applications[chosen],
            "watch_seconds": np.add.reduceat(seconds, starts) if len(starts) else seconds,
        }
        return pa.table({name: pa.array(values) for name, values in columns.items()})

    def _keys(self, names: pa.ChunkedArray[pa.StringScalar], dimension: str) -> Positions:
        """Return the key of each name."""
        words = names.combine_chunks().dictionary_encode()
        keys = self._known(words.dictionary, dimension)
        if keys.null_count:
            self._learn(words.dictionary.filter(keys.is_null()), dimension)
            keys = self._known(words.dictionary, dimension)
        found = compute.fill_null(compute.take(keys, words.indices), UNKNOWN)
        return np.asarray(found.to_numpy(zero_copy_only=False))

    def _known(self, names: Values, dimension: str) -> Values:
        """Return the keys of names, null for those that nobody met."""
        known, keys = (column.combine_chunks() for column in self._members[dimension].columns)
        return compute.take(keys, compute.index_in(names, value_set=known))

    def _learn(self, names: Values, dimension: str) -> None:
        """Add members that may be new, and keep the keys of all of them."""
        numbers = pa.array(np.arange(len(names))).cast(pa.string())
        escaped = compute.replace_substring(names, "\\", "\\\\")
        rows = compute.binary_join_element_wise(
            dimension, numbers, SOURCES[dimension], escaped, "\t"
        )

        def write(file: BinaryIO) -> int:
            file.write(letters(compute.binary_join_element_wise(rows, "", "\n"))[1].data)
            return len(names)

        self._staging.stage("stg_member", write)
        execute(self._connection, "CALL publish_members()")
        lists = fetch(self._connection, read_sql("warehouse.queries", "listed_member_keys"))
        keys = [int(key) for (listed,) in lists for key in listed.split(",")]
        learned = pa.table([names, pa.array(keys, pa.int32())], schema=MEMBERS)
        both = [self._members[dimension], learned]
        self._members[dimension] = pa.concat_tables(both).combine_chunks()
