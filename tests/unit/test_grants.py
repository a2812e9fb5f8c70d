"""What ``svp init --print-grants`` prints: four accounts of a workspace, without a server and without a password."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

import pytest

from svp import cli
from svp.grants import MAX_ACCOUNT_CHARACTERS, Role, account_name, grants
from svp.settings import Workspace
from warehouse.store import staging_tables

if TYPE_CHECKING:
    from pathlib import Path

ROLES: tuple[Role, ...] = get_args(Role)


@pytest.mark.parametrize("role", ROLES)
def test_long_workspaces_have_short_accounts_of_their_own(role: Role) -> None:
    names = {account_name(Workspace("a" * 30 + letter), role) for letter in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {MAX_ACCOUNT_CHARACTERS}
    assert all(name.endswith(f"_{role}") for name in names)


def test_accounts_and_databases_are_those_of_the_workspace() -> None:
    printed = grants(Workspace("trial"), ["stg_watch"])
    assert r"ON `svp\_trial\_warehouse`.* TO 'svp_trial_owner'@'%'" in printed["mysql"]
    assert (
        "GRANT CREATE, DROP ON `svp_trial_warehouse`.`stg_watch` TO 'svp_trial_loader'@'%'"
        in (printed["mysql"])
    )
    assert "\\connect svp_trial\n" in printed["postgres"]
    assert 'db.getSiblingDB("svp_trial")' in printed["mongo"]
    assert "$" not in "".join(printed.values())


def test_grants_are_printed_without_a_server_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SVP_HOME", str(tmp_path / "home"))
    texts = []
    for arguments in (["init", "--print-grants"], ["init", "--print-grants", "--json"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert not ended.value.code
        texts.append(capsys.readouterr().out)
    expected = grants(Workspace("default"), staging_tables())
    assert texts[0] == "\n\n".join(expected.values()) + "\n"
    assert json.loads(texts[1]) == {"workspace": "default", **expected}
    assert list(tmp_path.iterdir()) == []
