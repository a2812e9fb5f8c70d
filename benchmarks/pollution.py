"""How much of a polluted file is loaded truly: one clean file a kind, thousands of variants, and the share of its rows.

    python -m benchmarks.pollution [--peer DUCKDB_PYTHON]    a Python of an environment that has DuckDB

The idea is Pollock's (Vitagliano et al., VLDB 2023), for our kinds. A variant says what the clean file says in another
way, or has one place at which it says something no more. Of each variant one of these comes true:

    true     every row and value of the clean file, and nothing else
    named    what was loaded is the clean file's; what was not was refused, for the reason that the pollution is
    other    the same, but the reason that was given is another
    wrong    a row that the clean file does not have, or one that is missing without a word

The score is the mean share of the clean file's rows that came in truly; wrong is what nobody would notice.
pandas and DuckDB read the same CSV files as text, as ``readers`` asks them to; every error of theirs counts as named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.variants import Variant, clean_files, variants_of
from loaders.recognise import recognise_all
from loaders.wanted import wanted
from svp.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.variants import CleanFile

READERS = Path(__file__).with_name("readers.py")
VERDICTS = ("true", "named", "other", "wrong")
ZONE = "UTC"

Rows = list[str]
"""Rows as text, each with all its values."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a reader made of a variant."""

    reader: str
    family: str
    pollution: str
    verdict: str
    share: float
    """Of the clean file's rows that came in truly."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was loaded of a file, and what was said of the rest."""

    rows: Rows
    reasons: str
    """Codes and messages; empty if nothing was refused."""


def judged(clean: Rows, found: Reading, reason: str) -> tuple[str, float]:
    """Return the verdict on a reading, and its share of the clean file's rows; ``reason`` is part of a right one."""
    left = Counter(clean) - Counter(found.rows)
    added = Counter(found.rows) - Counter(clean)
    share = 1 - left.total() / len(clean)
    if added or (left and not found.reasons):
        return "wrong", share
    if not left:
        return "true", share
    return ("named" if any(part in found.reasons for part in reason.split("|")) else "other"), share


def read_by_us(path: Path) -> Reading:
    """Read a file as ``svp ingest --dry-run`` does."""
    try:
        return accepted(path)
    except (InputError, UsageError) as refused:
        return Reading([], f"{refused.message}\n{refused.advice}")


def accepted(path: Path) -> Reading:
    """Return the rows that the contract accepts, with the codes of the others."""
    rows: Rows = []
    codes: list[str] = []
    for file in recognise_all([path], wanted(zone=ZONE)):
        for batch in file.batches():
            checked = file.judge(batch)
            names = [name for name in checked.accepted.schema.names if name != "line"]
            rows += [f"{row}" for row in checked.accepted.select(names).to_pylist()]
            codes += [refusal.code for refusal in checked.refusals]
    return Reading(rows, " ".join(codes))


def ours(clean: CleanFile, variants: Iterable[tuple[Variant, Path]], folder: Path) -> list[Result]:
    """Return what became of every variant of a file here."""
    expected = read_by_us(clean.write(folder)).rows
    results = []
    for variant, path in variants:
        verdict, share = judged(expected, read_by_us(path), variant.reason)
        results.append(Result("svp", clean.family, variant.pollution, verdict, share))
    return results


def theirs(
    reader: str, python: str, clean: CleanFile, variants: Sequence[tuple[Variant, Path]]
) -> list[Result]:
    """Return what became of every variant of a CSV file in another reader."""
    expected = [json.dumps(row) for row in clean.rows]
    paths = "\n".join(f"{path}" for _, path in variants)
    done = subprocess.run(
        (python, READERS, reader), input=paths, stdout=subprocess.PIPE, check=True, text=True
    )
    results = []
    for (variant, _), line in zip(variants, done.stdout.splitlines(), strict=True):
        found = reading_of(clean, json.loads(line))
        verdict, share = judged(expected, found, "")
        results.append(Result(reader, clean.family, variant.pollution, verdict, share))
    return results


def reading_of(clean: CleanFile, told: Mapping[str, Any]) -> Reading:
    """Return what a reader told of a file: the clean file's columns by their names in any case, whatever else it has.

    Where a name is missing no row is the clean file's.
    """
    if "error" in told:
        return Reading([], told["error"])
    names = [name.casefold() for name in told["columns"]]
    places = [names.index(name.casefold()) for name in clean.header if name.casefold() in names]
    is_named = len(places) == len(clean.header)
    chosen = [
        [row[at] for at in places] if is_named else [told["columns"], row] for row in told["rows"]
    ]
    return Reading([json.dumps(row) for row in chosen], "")


def written(variants: Iterable[Variant], folder: Path) -> list[tuple[Variant, Path]]:
    """Write variants into folders of their own, since a name may tell a day."""
    paths = []
    for number, variant in enumerate(variants):
        place = folder / f"{number}"
        place.mkdir()
        path = place / variant.name
        path.write_bytes(variant.content)
        paths.append((variant, path))
    return paths


def table(results: Sequence[Result], by: str) -> str:
    """Return a table of Markdown: a row for each kind or pollution, the verdicts and the score of each reader."""
    readers = tuple(dict.fromkeys(result.reader for result in results))
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[getattr(result, by)].append(result)
    head = [f"| {by} | variants |", "|---|---:|"]
    for reader in readers:
        head[0] += f" {reader}: {' / '.join(VERDICTS)} | score |"
        head[1] += "---:|---:|"
    rows = [
        f"| {name} | {sum(one.reader == 'svp' for one in of)} |"
        + "".join(cells([one for one in of if one.reader == reader]) for reader in readers)
        for name, of in groups.items()
    ]
    return "\n".join((*head, *rows, ""))


def means(results: Sequence[Result]) -> str:
    """Return each reader's mean over pollutions, so that one with many places counts as much as one with few."""
    told = []
    for reader in dict.fromkeys(result.reader for result in results):
        shares = defaultdict(list)
        for result in results:
            if result.reader == reader:
                shares[result.pollution].append(result.share)
        mean = sum(sum(of) / len(of) for of in shares.values()) / len(shares)
        wrong = sum(one.verdict == "wrong" for one in results if one.reader == reader)
        told.append(
            f"{reader}: {100 * mean:.1f} over {len(shares)} pollutions, {wrong} variants wrong"
        )
    return "\n".join(told)


def cells(results: Sequence[Result]) -> str:
    """Return how many have each verdict, and the score."""
    if not results:
        return " | |"
    verdicts = Counter(result.verdict for result in results)
    score = 100 * sum(result.share for result in results) / len(results)
    return f" {' / '.join(str(verdicts[verdict]) for verdict in VERDICTS)} | {score:.1f} |"


def main(arguments: Sequence[str]) -> None:
    """Print the scores by pollution and by kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pollution")
    parser.add_argument("--peer", help="a Python of an environment that has DuckDB")
    parser.add_argument("--wrong", action="store_true", help="name what we loaded wrongly")
    options = parser.parse_args(arguments)
    peers = {"pandas": sys.executable, **({"duckdb": options.peer} if options.peer else {})}
    results: list[Result] = []
    for clean in clean_files():
        with TemporaryDirectory() as made:
            folder = Path(made)
            variants = written(variants_of(clean), folder)
            results += ours(clean, variants, folder)
            if clean.header:
                for reader, python in peers.items():
                    results += theirs(reader, python, clean, variants)
    if options.wrong:
        print(
            *(one for one in results if one.reader == "svp" and one.verdict in {"wrong", "other"}),
            sep="\n",
        )
    for by in ("pollution", "family"):
        print(table(results, by))
    print(means(results))
    print(means([one for one in results if one.family.endswith("CSV")]))


if __name__ == "__main__":
    main(sys.argv[1:])
