"""What an ingest would make of files, told without any store: one explained, or all of them judged by their contracts.

What only the stores know is left open: whether what a row refers to is there, and whether the row itself is already.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from loaders.codes import REFUSALS
from loaders.contract import count_flags
from loaders.tolerance import ANY, Tolerance
from svp.core.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

    from loaders.batches import Batch, Refusal
    from loaders.contract import Checked, Field
    from loaders.recognise import Recognised

__all__ = ["Explanation", "Judgement", "explain", "judge", "judge_all"]

EXPLAINED_ROWS = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a file is, and what becomes of its columns and its first rows."""

    file: Recognised
    compression: tuple[str, ...]
    """From the outside."""
    fields: tuple[tuple[Field, bool], ...]
    """Each field of the kind, and whether the file has it."""
    rows: tuple[dict[str, object], ...]
    """As they will be stored, by column; ``line`` is that of the file."""
    refusals: tuple[Refusal, ...]
    """Of the first rows."""


@dataclass(slots=True)
class Judgement:
    """How the contract judges the rows of one file: read = accepted + rejected + skipped."""

    file: Recognised
    read_rows: int = 0
    accepted_rows: int = 0
    skipped_rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """Rows by the code of the reason."""
    flags: Counter[str] = field(default_factory=Counter)
    """Accepted rows by the code of the remark."""
    late_names: dict[str, int] = field(default_factory=dict)
    """Columns that come after the first rows only, each with its first line."""
    is_placed: bool = False
    """Whether its reader tells where rows begin."""

    @property
    def rejected_rows(self) -> int:
        """Rows that would be in quarantine."""
        return self.rejected.total()

    @property
    def advice(self) -> str | None:
        """What to do if every row is rejected: then it is the file that is not as its kind says."""
        if self.accepted_rows or not self.rejected:
            return None
        (code, rows), *_ = self.rejected.most_common(1)
        return (
            f"{self.file.short_name}: every row is rejected, {rows:,} of {self.rejected_rows:,} with {code}"
            f" ({REFUSALS[code]}); --explain shows what each column may hold, and --map says how a file of another"
            " form is written"
        )

    def add(self, batch: Batch, checked: Checked) -> None:
        """Count a batch."""
        self.read_rows += batch.read_rows
        self.skipped_rows += batch.skipped_rows
        batch.note_late_names(self.late_names)
        self.is_placed = self.is_placed or batch.is_placed
        self.rejected.update(refusal.code for refusal in checked.refusals)
        self.accepted_rows += checked.rows.num_rows
        self.flags.update(count_flags(checked.rows.column("quality_flags")))


def explain(file: Recognised) -> Explanation:
    """Return what a file is, and what becomes of its columns and its first rows.

    Raises:
        InputError: the file is damaged near its start, or a value leaves open what the whole file means.
    """
    checked = [file.judge(batch, is_first=True) for batch in islice(file.batches(), 1)]
    names = {field.to for field in file.kind.fields} | {"line", "quality_flags"}
    rows = [row for one in checked for row in one.accepted[:EXPLAINED_ROWS].to_pylist()]
    refusals = sorted(
        (refusal for one in checked for refusal in one.refusals), key=attrgetter("line")
    )[:EXPLAINED_ROWS]
    lines = [*(row["line"] for row in rows), *(refusal.line for refusal in refusals)]
    first = sorted(lines)[:EXPLAINED_ROWS]
    return Explanation(
        file=file,
        compression=file.file.compression(),
        fields=tuple(
            (field, set(field.columns) <= set(file.reader.columns)) for field in file.kind.fields
        ),
        rows=tuple(
            {name: row[name] for name in row if name in names}
            for row in rows
            if row["line"] in first
        ),
        refusals=tuple(refusal for refusal in refusals if refusal.line in first),
    )


def judge(
    file: Recognised,
    tolerance: Tolerance = ANY,
    progress: Progress = SILENT,
    *,
    see: Callable[[pa.RecordBatch], None] | None = None,
) -> Judgement:
    """Return how the contract judges a file; of one with more rejected rows than are borne, its first part.

    ``see`` is shown the rows that are accepted.

    Raises:
        InputError: it is damaged, or changed while it was read.
    """
    judgement = Judgement(file)
    with progress.task(f"{file.path.name}, judged", total=None, unit="rows") as task:
        for batch, checked in file.judged():
            judgement.add(batch, checked)
            if see is not None:
                see(checked.rows)
            if tolerance.is_past(judgement.rejected_rows):
                break
            task.advance(batch.read_rows, share=file.share_read)
    file.refuse_if_changed()
    return judgement


def judge_all(
    files: Iterable[Recognised], tolerance: Tolerance, progress: Progress = SILENT
) -> Iterator[Judgement]:
    """Yield how the contract judges each file, up to the first that has more rejected rows than are borne.

    Raises:
        InputError: a file is damaged, or changed while it was read.
    """
    for file in files:
        judgement = judge(file, tolerance, progress)
        yield judgement
        if tolerance.refuses(judgement):
            return
