"""docker-compose.yml, read as a file: no Docker engine is needed, and none is asked."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from svp.servers import mongodb, mysql

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES = ("postgres", "mongodb", "mysql")


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.mark.skipif(
    importlib.util.find_spec("check_jsonschema") is None,
    reason="needs the package check-jsonschema",
)
def test_file_is_valid_by_the_published_compose_schema() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    finished = subprocess.run([*check, str(COMPOSE)], check=False, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout


def test_services_are_the_three_servers(compose: Any) -> None:
    images = {name: service["image"] for name, service in compose["services"].items()}
    assert images == {"postgres": "postgres:18", "mongodb": "mongo:8.0", "mysql": "mysql:8.4"}


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_bound_to_loopback(compose: Any, name: str) -> None:
    ports = compose["services"][name]["ports"]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", SERVICES)
def test_service_has_a_health_check_and_named_volumes(compose: Any, name: str) -> None:
    service = compose["services"][name]
    named = [volume.split(":")[0] for volume in service["volumes"] if not volume.startswith("./")]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert named
    assert set(named) <= set(compose["volumes"])


def test_postgres_volume_is_where_images_from_18_on_keep_their_data(compose: Any) -> None:
    assert "postgres:/var/lib/postgresql" in compose["services"]["postgres"]["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_passwords_have_no_default(compose: Any, name: str) -> None:
    environment = compose["services"][name]["environment"]
    passwords = [value for key, value in environment.items() if key.endswith("PASSWORD")]
    assert len(passwords) == 2
    assert [value for value in passwords if not re.match(r"\$\{SVP_\w+:\?", value)] == []


def test_mounted_files_exist(compose: Any) -> None:
    mounts = [volume for name in SERVICES for volume in compose["services"][name]["volumes"]]
    sources = [ROOT / mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert [source for source in sources if not source.exists()] == []


def test_mysql_has_the_settings_of_the_local_server(compose: Any) -> None:
    wanted = [option for option in (*mysql.SETTINGS, *mysql.STORAGE) if "bind-" not in option]
    wanted = [option for option in wanted if not option.startswith(("--socket", "--pid-file"))]
    assert [
        option for option in wanted if option not in compose["services"]["mysql"]["command"]
    ] == []


def test_mongodb_account_has_the_roles_of_the_local_server() -> None:
    script = (ROOT / "docker" / "mongodb" / "accounts.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r'"(\w+Any\w+|clusterMonitor)"', script)) == mongodb.ROLES


def test_example_names_every_variable_and_no_password() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text(encoding="utf-8")))
    assert used <= set(given)
    assert (given["SVP_PASSWORD"], given["SVP_ADMIN_PASSWORD"]) == ("", "")
