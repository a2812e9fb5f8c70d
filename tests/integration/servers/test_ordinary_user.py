"""Everything again as a user without rights; these tests need root, to become one."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

USER = pwd.getpwnam("nobody")

ROOT = Path(__file__).parents[3]

SCRIPT = """
import json, os, sys
from pathlib import Path
from svp.servers import delete, start
from svp.servers.home import open_home
home = Path(sys.argv[1])
start(home)
again = start(home)
known = open_home(home)
names = ("postgres", "mongodb", "mysql")
print(json.dumps({
    "user": os.geteuid(),
    "descriptions": [known.remembered(name).description.split()[0] for name in names],
    "owners": sorted({path.stat().st_uid for path in home.rglob("*")}),
    "home_mode": oct(home.stat().st_mode & 0o777),
}))
delete(home)
"""


def environment(cache: Path) -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "platform"), sysconfig.get_path("platlib")]
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(paths), "XDG_CACHE_HOME": str(cache)}


def run_as_user(command: list[str], cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment(cache),
        user=USER.pw_uid,
        group=USER.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
    )


def reachable_python(cache: Path) -> str:
    """Return a Python of this version that the user can run with our packages, or skip."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        trial = ["/bin/sh", "-c", '"$1" -c "import psutil, psycopg2, svp"', "sh", python]
        if run_as_user(trial, cache).returncode == 0:
            return python
    pytest.skip("no Python that an ordinary user could run has these packages")


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user: the other tests cover it")
def test_up_works_for_an_ordinary_user(empty_home: Path) -> None:
    base = empty_home.parent / "ordinary"
    base.mkdir()
    os.chown(base, USER.pw_uid, USER.pw_gid)
    python = reachable_python(base / "cache")
    finished = run_as_user([python, "-c", SCRIPT, str(base / "home")], base / "cache")
    assert finished.stderr == ""
    assert json.loads(finished.stdout) == {
        "user": USER.pw_uid,
        "descriptions": ["PostgreSQL", "MongoDB", "MySQL"],
        "owners": [USER.pw_uid],
        "home_mode": "0o700",
    }
    assert not (base / "home").exists()
