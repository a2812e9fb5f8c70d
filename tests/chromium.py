"""A headless Chromium that a test drives: it opens pages, asks them, takes pictures, tells what they complain of."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

__all__ = ["Tab", "chromium", "find_chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--font-render-hinting=none",
    "--remote-debugging-port=0",
)
PATIENCE_SECONDS = 30
PORT_FILE = "DevToolsActivePort"
COMPLAINTS = {"Runtime.exceptionThrown", "Log.entryAdded"}


def find_chromium() -> str:
    """Return the program; a test that needs it skips without it. CI installs it where a package has it."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on the path: apt-get install chromium fonts-liberation")


class Tab:
    """The one tab of a browser, over its debugging protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self.complaints: list[Any] = []
        """What the page threw, and what the browser refused it."""
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command, and return its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        self._connection.send(json.dumps(message))
        while True:
            told = json.loads(self._connection.recv(timeout=PATIENCE_SECONDS))
            if told.get("method") in COMPLAINTS:
                self.complaints.append(told["params"])
            if told.get("id") == number:
                assert "error" not in told, told["error"]
                result: dict[str, Any] = told["result"]
                return result

    def show(self, *, width: int, height: int, look: str = "light") -> None:
        """Set the size of the window, and what the system prefers."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": look}
        self.ask("Emulation.setEmulatedMedia", features=[feature])

    def open(self, address: str, *, until: str = "document.readyState === 'complete'") -> None:
        """Open an address, and wait until an expression holds."""
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=address)
        self.wait(f"location.href !== 'about:blank' && ({until})")

    def wait(self, expression: str) -> None:
        """Wait until an expression holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"never true: {expression}"
            time.sleep(0.05)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        told = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, *, is_whole: bool = False) -> bytes:
        """Return what is seen, or the whole page, as PNG."""
        told = self.ask("Page.captureScreenshot", captureBeyondViewport=is_whole)
        return base64.b64decode(told["data"])

    def printed(self) -> bytes:
        """Return what a printer would get, as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])


@contextmanager
def chromium() -> Iterator[Tab]:
    """Run a browser with a profile of its own."""
    with tempfile.TemporaryDirectory(prefix="svp-chromium-", ignore_cleanup_errors=True) as profile:
        command = [find_chromium(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with connect(debugger(Path(profile, PORT_FILE)), max_size=None) as connection:
                yield Tab(connection)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def debugger(file: Path) -> str:
    """Return where the browser's one tab listens, once the browser has written its port."""
    import urllib.request

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not file.exists() or len(file.read_text().splitlines()) < 2:
        assert time.monotonic() < deadline, "Chromium does not start"
        time.sleep(0.05)
    port = file.read_text().splitlines()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        (tab,) = (each for each in json.load(answer) if each["type"] == "page")
    return str(tab["webSocketDebuggerUrl"])
