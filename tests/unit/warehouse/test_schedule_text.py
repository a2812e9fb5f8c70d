"""Text for cron and systemd: what it runs acts with the settings of whoever asked for it."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from svp.settings import load_settings
from warehouse.schedule import cron_text, find_surroundings, systemd_text

if TYPE_CHECKING:
    from pathlib import Path

WAREHOUSE_URL = "mysql://root:secret@db:3306/"


def texts(folder: Path, environment: dict[str, str]) -> tuple[str, str]:
    """Return both texts of a project."""
    environment |= {"XDG_CONFIG_HOME": "/config", "SVP_HOME": "/homes/ours"}
    settings = load_settings(environment=environment, folder=folder)
    around = find_surroundings(folder, environment)
    at = time(2, 30)
    return cron_text(settings, "svp", at, around), systemd_text(settings, "svp", at, around)


def test_text_of_local_servers_needs_no_folder_and_no_variables(tmp_path: Path) -> None:
    cron, systemd = texts(tmp_path, {})
    command = "svp --home /homes/ours --workspace default warehouse refresh"
    assert cron == f"CRON_TZ=UTC\n30 2 * * * {command}"
    assert f"Type=oneshot\nExecStart={command}\n" in systemd


def test_text_names_the_project_and_variables_but_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "a 50%"
    folder.mkdir()
    (folder / "svp.toml").write_text('report_currency = "EUR"\n')
    cron, systemd = texts(folder, {"SVP_MYSQL_URL": WAREHOUSE_URL})
    escaped = str(folder).replace("%", r"\%")
    start = f"30 2 * * * cd '{escaped}' && set -a && . /config/svp/schedule.env && svp --home"
    assert start in cron
    assert f"WorkingDirectory={folder}\n".replace("%", "%%") in systemd
    assert "EnvironmentFile=/config/svp/schedule.env\n" in systemd
    for text in (cron, systemd):
        assert "mode 0600" in text
        assert "SVP_MYSQL_URL='…'" in text
        assert "secret" not in text


def test_text_names_where_the_settings_of_the_user_are_if_that_is_not_the_usual_place(
    tmp_path: Path,
) -> None:
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert find_surroundings(tmp_path, environment).variables == ()
    (tmp_path / "svp").mkdir()
    (tmp_path / "svp" / "svp.toml").write_text('report_currency = "EUR"\n')
    assert find_surroundings(tmp_path, environment).variables == ("XDG_CONFIG_HOME",)
    assert find_surroundings(tmp_path, {}).variables == ()
