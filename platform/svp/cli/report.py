"""svp report: the pages that people see, as a Power BI project and in a browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, console, emit, new_group, path_from, settings_from
from svp.settings import Settings

if TYPE_CHECKING:
    from report.browser.reader import Reader
    from report.export import Export

__all__ = ["register"]

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
"""Variables one of which is set where a browser has a screen."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    reports = new_group("The report over the marts: pages, visuals and measures, defined once.")
    reports.command("export")(export)
    reports.command("open")(open_pages)
    app.add_typer(reports, name="report")


def export(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="Folder for the project; made if need be.", parser=path_from)
    ] = Path("powerbi"),
    *,
    imports: Annotated[
        bool,
        typer.Option(
            "--import",
            help="Copy the marts into Power BI by MySQL's connector, in place of asking them live.",
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace the project of a folder that is not empty."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a Power BI project (PBIP) over the marts, and connection files for other tools.

    \b
    Example: svp report export ./powerbi --workspace demo
    """
    from dataclasses import asdict

    from report.export import export_report

    written = export_report(
        settings_from(context),
        folder,
        mode="import" if imports else "directQuery",
        force=force,
    )
    emit(asdict(written), as_json=as_json, show=lambda: _told(written))


def _told(written: Export) -> str:
    how = "asks the marts live" if written.mode == "directQuery" else "copies the marts"
    month = f", opens with {written.opens_with:%B %Y}" if written.opens_with else ""
    return (
        f"{written.files} files in {written.folder}: a project that {how} "
        f"({written.server}, {written.database}){month}.\n"
        f"Open {written.project} in Power BI Desktop on Windows; docs/power-bi.md tells how.\n"
        "The account to sign in with: svp warehouse reader"
    )


def open_pages(
    context: typer.Context,
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")
    ] = 8501,
    host: Annotated[
        str, typer.Option(help="Address to listen on; another one than this lets others look.")
    ] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the pages in a browser.")
    ] = True,
    static: Annotated[
        Path | None,
        typer.Option(
            "--static",
            metavar="DIR",
            parser=path_from,
            help="Write the pages to this folder as one HTML file, and serve nothing.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="With --static: write into a folder that is not empty."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the same pages in a browser, live, until Ctrl-C.

    They are asked of the marts as Power BI asks, by the account of 'svp warehouse reader'. It takes the extra 'report'.

    \b
    Example: svp report open --workspace demo
    """
    from report.browser.reader import open_reader
    from report.browser.serving import check_packages

    check_packages()
    settings = settings_from(context)
    with open_reader(settings) as reader:
        if static:
            _write_pages(reader, static, name=settings.workspace.name, force=force, as_json=as_json)
    if not static:
        _serve(settings, host=host, port=port, browser=browser, as_json=as_json)


def _write_pages(reader: Reader, folder: Path, *, name: str, force: bool, as_json: bool) -> None:
    from report.browser.static import export_pages

    file = export_pages(reader, folder, name=name, force=force)
    told = f"{file} holds all pages: open it in a browser, or print it."
    emit({"file": file}, as_json=as_json, show=lambda: told)


def _serve(settings: Settings, *, host: str, port: int, browser: bool, as_json: bool) -> None:
    """Serve the live pages until somebody ends them."""
    from report.browser.serving import is_loopback, serving

    if not is_loopback(host):
        warning = f"whoever reaches {host} sees the marts: the pages ask for no password"
        console(stderr=True).print(warning)
    with suppress(KeyboardInterrupt), serving(settings, host=host, port=port) as served:
        told = f"The report is at {served.address}; Ctrl-C ends it."
        emit({"address": served.address}, as_json=as_json, show=lambda: told)
        sys.stdout.flush()
        if browser:
            _open_browser(served.address)
        served.wait()


def _open_browser(address: str) -> None:
    """Open a browser where there is a screen; elsewhere one would take over the terminal."""
    if any(map(os.environ.get, SCREENS)):
        webbrowser.open(address)
