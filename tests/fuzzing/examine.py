"""What must hold of a damaged file: it is refused with a reason, or every row of it is accounted for."""

from __future__ import annotations

import io
import json
import random
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception_only
from typing import TYPE_CHECKING

from loaders.codes import FLAGS, REFUSALS
from loaders.preview import explain
from loaders.recognise import Recognised, recognise_all
from loaders.wanted import wanted
from svp import cli
from svp.errors import InputError, UsageError
from tests.fuzzing import MUTATIONS, SEED
from tests.fuzzing.damage import damaged, repacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.fuzzing.samples import Sample

__all__ = ["FORMS", "ZONE", "Case", "cases", "examine", "examine_command", "failures"]

ZONE = "Europe/Paris"
FORMS = (("--explain",), ("--dry-run", "--json"), ("--dry-run",), ("--explain", "--json"))
"""What the command is asked for; none needs a server."""
DONE, WRONG_USAGE, REFUSED = 0, 2, 4


@dataclass(frozen=True, slots=True)
class Case:
    """A sample, damaged as its number and the seed say."""

    sample: Sample
    number: int
    seed: int = SEED

    @property
    def name(self) -> str:
        return f"seed{self.seed}-{self.sample.name.replace(' ', '-')}-{self.number}"

    def write(self, folder: Path) -> Path:
        """Write it under its sample's name, which may tell the day that it holds; return the file."""
        name, content = valid(self.sample)
        path = folder / name
        path.write_bytes(damaged(content, self.sample.format, random.Random(self.name)))
        return path


@cache
def valid(sample: Sample) -> tuple[str, bytes]:
    """Return the name and the bytes of a sample."""
    with TemporaryDirectory() as folder:
        path = sample.write(Path(folder))
        content = path.read_bytes()
        return path.name, repacked(content) if sample.format == "workbook" else content


def cases(sample: Sample, count: int = MUTATIONS) -> Iterator[Case]:
    return (Case(sample, number) for number in range(count))


def failures(
    tried: Iterable[Case], folder: Path, examined: Callable[[Path], None]
) -> dict[str, str]:
    """Return what went wrong, by the file that it went wrong with; those files are kept in the folder."""
    found = {}
    for case in tried:
        place = folder / case.name
        place.mkdir()
        path = case.write(place)
        try:
            examined(path)
        except Exception as error:  # whatever it is, it is what is looked for
            found[f"{path}"] = "".join(format_exception_only(error))
        else:
            path.unlink()
            place.rmdir()
    return found


def examine(path: Path) -> None:
    """Read and judge a file, all that is said of it included."""
    try:
        for file in recognise_all([path], wanted(zone=ZONE)):
            explain(file)
            account(file)
    except (InputError, UsageError) as refused:
        require(path.name in refused.message, f"does not name the file: {refused.message}")
        require(bool(refused.advice), f"no advice: {refused.message}")
        require(refused.message.isprintable(), f"not one printable line: {refused.message!r}")


def account(file: Recognised) -> None:
    """Require that every row is accepted, refused with a storable text, or skipped."""
    for batch in file.batches():
        judged = file.judge(batch)
        accounted = judged.accepted.num_rows + len(judged.refusals) + batch.skipped_rows
        require(accounted == batch.read_rows, f"{accounted} of {batch.read_rows} rows")
        judged.accepted.validate(full=True)
        flags = ",".join(map(str, judged.accepted.column("quality_flags").to_pylist()))
        require(set(filter(None, flags.split(","))) <= FLAGS.keys(), flags)
        for refusal in judged.refusals:
            require(refusal.code in REFUSALS, refusal.code)
            require(b"\x00" not in f"{refusal.row_text}{refusal.value}".encode(), "NUL is kept")


def examine_command(words: Sequence[str], path: Path) -> None:
    """Run the command on a file, in one of its ``FORMS``; what it prints moves no cursor."""
    code, printed, told = run("ingest", f"{path}", "--zone", ZONE, *words)
    require(code in {DONE, WRONG_USAGE, REFUSED}, f"exit code {code}: {told}")
    require("Traceback" not in told, told)
    shown = f"{printed}{told}".replace("\n", "")
    require(all(sign.isprintable() for sign in shown), f"control characters: {shown!r}")
    if code == DONE and "--json" in words:
        json.loads(printed)


def run(*words: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of the command."""
    printed, told = io.StringIO(), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(told):
        try:
            cli.main(list(words))
        except SystemExit as left:
            return int(left.code or 0), printed.getvalue(), told.getvalue()


def require(holds: bool, why: str) -> None:  # noqa: FBT001  (a condition, not an option)
    if not holds:
        raise AssertionError(why)
