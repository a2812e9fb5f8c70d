"""``svp report open`` as a person runs it: served to a real browser, quietly, and ended well."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from report.definition import load_report
from report.theme import DARK, LIGHT
from svp.cli import main
from tests.chromium import chromium
from warehouse.reader import ensure_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from report.theme import Look
    from tests.chromium import Tab
    from tests.integration.warehouse.builders import Platform

pytestmark = pytest.mark.any_warehouse

REPORT = load_report()
PATIENCE_SECONDS = 60
AT_REST = (
    "document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')"
    " && document.querySelectorAll('.js-plotly-plot').length"
)
HEEDING_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""What a shell starts in the background inherits that Ctrl-C is ignored."""
SVP = (sys.executable, "-c", f"{HEEDING_CTRL_C}; from svp.cli import main; main()")


@pytest.fixture
def environment(report_platform: Platform) -> dict[str, str]:
    """The environment of somebody whose folder, and nothing else, knows the servers."""
    settings = report_platform.settings
    ensure_reader(settings)
    file = settings.home / "connections.json"
    urls = {name: getattr(settings, name) for name in ("postgres_url", "mongo_url", "mysql_url")}
    file.write_text(json.dumps(urls), encoding="utf-8")
    file.chmod(0o600)
    own = {"SVP_HOME": str(settings.home), "SVP_WORKSPACE": settings.workspace.name}
    return {**os.environ, **own}


@contextmanager
def opened(
    environment: dict[str, str], *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until the block ends; give it and the line in which it says where the pages are."""
    process = subprocess.Popen(
        [*SVP, "report", "open", "--no-browser", "--port", "0", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.communicate()
        yield process, line
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)


def address_in(line: str) -> str:
    found = re.search(r"http://\S+?(?=;)", line)
    assert found, line
    return found[0]


def test_pages_are_drawn_in_both_looks_and_lead_to_a_customer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with opened(environment) as (_, line), chromium() as tab:
        address = address_in(line)
        for look in (LIGHT, DARK):
            tab.show(width=1400, height=1300, look=look.name)
            tab.open(address, until=AT_REST)
            assert_overview(tab, address, look)
            (tmp_path / f"{look.name}.png").write_bytes(tab.picture())
        printed = downloaded(tab, tmp_path, "Page for printing").read_text("utf-8")
        assert all(page.heading in printed for page in REPORT.pages)
        tab.open(f"{address}/?page=Customers", until=f"{AT_REST} && {table_of('declining')}")
        choose_first_row(tab)
        tab.wait("location.search.includes('page=Detail')")
        tab.wait("document.querySelector('.st-key-visual-Detail-customer')")
        assert "Customer: U" in tab.evaluate("document.body.innerText")
        assert tab.complaints == []


def assert_overview(tab: Tab, address: str, look: Look) -> None:
    """Hold the first page to what is on it, where it comes from and how it looks."""
    text = tab.evaluate("document.body.innerText")
    for visual in REPORT.pages[0].visuals:
        assert visual.title in text
    assert "Preview of the Power BI report" in text
    assert "Deploy" not in text
    assert "Traceback" not in text
    ground = tab.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground == rgb(look.ground)
    loaded = tab.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert {urlsplit(name).netloc for name in loaded} == {urlsplit(address).netloc}


def downloaded(tab: Tab, folder: Path, label: str) -> Path:
    """Click a button, and return the file that comes of it."""
    known = set(folder.iterdir())
    tab.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    tab.evaluate(
        "[...document.querySelectorAll('button')]"
        f".find(button => button.innerText.includes({label!r})).click()"
    )
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        fresh = [file for file in folder.iterdir() if file not in known]
        if fresh and fresh[0].suffix != ".crdownload":
            return fresh[0]
        sleep(0.1)
    message = f"nothing was downloaded by {label}"
    raise AssertionError(message)


def rgb(color: str) -> str:
    """Return a colour as browsers tell it."""
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


def table_of(visual: str) -> str:
    """Return the expression for the table of a visual that can be chosen from."""
    return f"document.querySelector('[class*=st-key-table-][class*={visual}] canvas')"


def choose_first_row(tab: Tab) -> None:
    """Click on the first row of the table of declining customers: it is drawn, not made of elements."""
    left, top = tab.evaluate(
        f"(place => [place.left, place.top])({table_of('declining')}.getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased"):
        tab.ask(
            "Input.dispatchMouseEvent",
            type=kind,
            x=left + 80,
            y=top + 50,
            button="left",
            clickCount=1,
        )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_command_ends_with_its_child(
    environment: dict[str, str], number: signal.Signals, code: int
) -> None:
    with opened(environment) as (process, _):
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == code
        assert "Traceback" not in told
        psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
        assert not any(child.is_running() for child in children)


def test_no_password_is_on_a_command_line_or_in_an_environment(
    environment: dict[str, str], report_platform: Platform
) -> None:
    account = ensure_reader(report_platform.settings)
    owner = urlsplit(report_platform.settings.mysql_url).password
    assert owner
    with opened(environment) as (process, _):
        for child in psutil.Process(process.pid).children(recursive=True):
            seen = " ".join((*child.cmdline(), *child.environ().values()))
            assert account.password not in seen
            assert owner not in seen


def test_other_hosts_are_warned_of(environment: dict[str, str]) -> None:
    with opened(environment, "--host", "0.0.0.0", "--json") as (process, line):  # noqa: S104  (the option's own value)
        assert json.loads(line)["address"].startswith("http://0.0.0.0:")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)
    assert "ask for no password" in told


@pytest.mark.parametrize("stranger", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_pages_of_strangers_are_not_answered(
    environment: dict[str, str], stranger: dict[str, str]
) -> None:
    with opened(environment) as (_, line):
        stream = f"{address_in(line).replace('http', 'ws')}/_stcore/stream"
        with connect(stream):
            pass
        with pytest.raises(InvalidStatus, match=r"HTTP 40[03]"):
            connect(stream, additional_headers=stranger)


def refused(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> tuple[int, str]:
    """Run the command, which is to be refused; return its exit code and what it says."""
    for name in ("SVP_HOME", "SVP_WORKSPACE"):
        monkeypatch.setenv(name, environment[name])
    with pytest.raises(SystemExit) as ended:
        main(["report", "open", "--no-browser", *arguments])
    return int(ended.value.code or 0), capsys.readouterr().err


def test_port_that_is_taken_is_told(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        code, told = refused(environment, monkeypatch, capsys, "--port", port)
    assert code == 2
    assert "--port" in told


def test_missing_packages_are_told(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "streamlit", None)
    code, told = refused(environment, monkeypatch, capsys)
    assert code == 2
    assert "extra 'report'" in told


def test_pages_are_written_to_a_folder(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "pages"
    assert refused(environment, monkeypatch, capsys, "--static", str(folder))[0] == 0
    assert (folder / "index.html").stat().st_size > 1_000_000
    code, told = refused(environment, monkeypatch, capsys, "--static", str(folder))
    assert (code, "is not empty" in told) == (2, True)
    assert refused(environment, monkeypatch, capsys, "--static", str(folder), "--force")[0] == 0
