"""How long the pages of the report take to show, asked as ``svp report open`` asks: over some connections at once.

    python -m benchmarks.pages [--connections 1 4] [--pages NAME ...]
                               [--mysql mysql|mariadb] [--home FOLDER] [--workspace benchmark_marts]

It reads the warehouse that ``python -m benchmarks.marts`` leaves: two years, 10 million sessions, 100,000 customers,
5,000 titles. Each page is asked for each month, once of all countries and once of one, its slicers and all its visuals,
with nothing remembered; the page of one customer or title for one of both, another one each month. A first round, which
fetches rows from the disk, does not count. Printed are, by page and by whether a country is chosen, the median, the
95th percentile (nearest rank) and the slowest next to the time that a page has; the processor time that the server took
for one, which other work on the machine changes least; and the visual that took longest.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.reports import MONTHS, PERCENT, percentile, processor_seconds, server_process
from benchmarks.servers import start_roomy
from report.browser.readers import Readers
from report.definition import PERIOD, load_report
from svp.errors import VerifyError
from svp.settings import Workspace, load_settings
from warehouse.connections import fetch_one, open_warehouse
from warehouse.reader import ensure_reader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import psutil

    from report.browser.reader import Answer
    from report.definition import Page
    from report.queries import Choice

LIMIT_SECONDS = 2.0
COUNTRY = "country.country"
MEMBERS = {"customer.customer_code": "U{:08d}", "title.content_id": "C{}"}
"""How the warehouse of ``benchmarks.marts`` calls its customers and titles, by their numbers."""
MEMBER_STEP = 101
HEADER = """\
| page | visuals | country | median, s | p95, s | slowest, s | limit, s | | processor, s | slowest visual: median, s |
|---|---:|---|---:|---:|---:|---:|---|---:|---|"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, shown once."""

    page: Page
    has_country: bool
    seconds: float
    processor_seconds: float
    """Of the server."""
    answers: Sequence[Answer]


def choices(page: Page) -> Iterable[Choice]:
    """Yield what is chosen: each month, of all countries and of one; of a customer and a title, and of nobody."""
    for (number, month), has_country in product(enumerate(MONTHS, start=1), (False, True)):
        chosen = {
            PERIOD: (month,),
            **({COUNTRY: (f"Country {number}",)} if has_country else {}),
            **{field: (MEMBERS[field].format(number * MEMBER_STEP),) for field in page.drill},
        }
        if page.drill and not has_country:
            yield {PERIOD: (month,)}
        if not has_country or COUNTRY in page.slicers:
            yield {field: chosen[field] for field in chosen if field in page.slicers + page.drill}


def show(readers: Readers, server: psutil.Process, page: Page, choice: Choice) -> Shown:
    """Show a page as if nobody had looked at it before.

    Raises:
        VerifyError: a visual was not answered.
    """
    readers.memory.forget()
    started, before = perf_counter(), processor_seconds(server)
    with readers.lent() as reader:
        reader.opening_choice(page)
        for field in page.slicers:
            reader.values(field)
    answers = readers.answers(page, choice)
    seconds = perf_counter() - started
    if failures := [answer.failure for answer in answers if answer.failure]:
        raise VerifyError(failures[0])
    worked = processor_seconds(server) - before
    return Shown(page, COUNTRY in choice, seconds, worked, answers)


def measure(readers: Readers, server: psutil.Process, page: Page) -> list[Shown]:
    """Show a page with every choice, twice, and return the second time."""
    for _ in range(2):
        shown = [show(readers, server, page, choice) for choice in choices(page)]
    return shown


def line(shown: Sequence[Shown]) -> str:
    """Return the line of a page that was shown some times."""
    page = shown[0].page
    seconds = [each.seconds for each in shown]
    by_visual = {
        visual.name: median(each.answers[place].seconds for each in shown)
        for place, visual in enumerate(page.visuals)
    }
    slowest = max(by_visual, key=lambda name: by_visual[name])
    p95 = percentile(seconds, PERCENT) / 1000
    cells = (
        page.name,
        len(page.visuals),
        "one" if shown[0].has_country else "all",
        f"{median(seconds):.2f}",
        f"{p95:.2f}",
        f"{max(seconds):.2f}",
        f"{LIMIT_SECONDS:.0f}",
        "yes" if p95 <= LIMIT_SECONDS else "**no**",
        f"{median(each.processor_seconds for each in shown):.2f}",
        f"{slowest}: {by_visual[slowest]:.2f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def report(readers: Readers, server: psutil.Process, pages: Collection[Page]) -> None:
    """Measure pages, and print a line for each and way to choose."""
    print(HEADER)
    for page in pages:
        shown = measure(readers, server, page)
        for has_country in sorted({each.has_country for each in shown}):
            told = line([each for each in shown if each.has_country == has_country])
            print(told, flush=True)


def main() -> None:
    """Show and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--connections", type=int, nargs="+", default=[1, 4])
    options.add_argument("--pages", nargs="*", default=(), metavar="NAME", help="default: all")
    options.add_argument("--mysql", choices=["mysql", "mariadb"], default="mysql")
    options.add_argument("--home", type=Path, default=None, help="folder of the local servers")
    options.add_argument("--workspace", default="benchmark_marts")
    given = options.parse_args()
    home = load_settings({"home": given.home and str(given.home)}).home
    start_roomy(home, given.mysql)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace(given.workspace))
    ensure_reader(settings)
    pages = [page for page in load_report().pages if not given.pages or page.name in given.pages]
    with open_warehouse(settings) as connection:
        (version,) = fetch_one(connection, "SELECT version()")
    for count in given.connections:
        print(f"\n{version}; visuals over {count} connections at once\n")
        with closing(Readers(settings, load_report(), connections=count)) as readers:
            report(readers, server_process(settings), pages)


if __name__ == "__main__":
    main()
