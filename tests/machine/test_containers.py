"""docker-compose.yml and Dockerfile: valid by the Compose Specification's schema, and what they promise.

No container engine runs here, so nothing more than this is known of them.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from aims.machine.health import as_from_proxy, is_healthy
from aims.machine.places import ROOT
from aims.machine.setup import PANGO_PACKAGES

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
APPLICATION = ("prepare", "web", "worker", "beat")


def test_the_compose_schema_accepts_it() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    validator = jsonschema.Draft201909Validator(schema)
    validator.validate(COMPOSE)
    assert not validator.is_valid({"services": {"web": {"imagine": "aims"}}})


def test_the_parts_of_production_are_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", *APPLICATION}


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "prepare"])
def test_every_lasting_service_is_watched_and_restarted(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_application_waits_for_what_it_needs(name: str) -> None:
    conditions = {on: rule["condition"] for on, rule in SERVICES[name]["depends_on"].items()}
    assert conditions == {
        "prepare": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


def test_no_secret_is_written_down_and_none_has_a_default() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD", name) and not name.startswith("EMAIL"):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]*\}", value), name
            if name.startswith("DATABASE"):
                assert re.match(r"postgresql://[a-z_]+:\$\{[A-Z]+_PASSWORD:\?\}@", value), name


def test_only_who_needs_a_role_knows_its_password() -> None:
    knows = {
        name: {k for k in SERVICES[name]["environment"] if k.startswith("DATABASE")} for name in APPLICATION
    }
    assert knows == {
        "prepare": {"DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL"},
        "web": {"DATABASE_URL"},
        "worker": {"DATABASE_URL", "DATABASE_SYSTEM_URL"},
        "beat": {"DATABASE_URL"},
    }


def test_only_the_web_is_reachable_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


@pytest.mark.parametrize("name", APPLICATION)
def test_the_application_has_no_rights_to_spare(name: str) -> None:
    service = SERVICES[name]
    assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_setting_of_the_file_is_read_by_the_settings() -> None:
    settings = (ROOT / "aims" / "settings.py").read_text() + (ROOT / "aims/machine/bootstrap.py").read_text()
    for name in APPLICATION:
        for variable in SERVICES[name]["environment"]:
            assert f'"{variable}"' in settings, variable


def test_variables_named_at_the_head_are_all_that_must_be_set() -> None:
    required = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT))
    head = TEXT.partition("\nx-")[0]
    assert required == {name for name in re.findall(r"\b[A-Z_]{5,}\b", head) if name in required}
    assert len(required) == 7


def test_the_image_runs_as_nobody_special_with_locked_packages() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER aims"]
    assert any("--require-hashes -r requirements.txt" in line for line in lines)
    assert all(any(package in line for line in lines) for package in PANGO_PACKAGES)
    assert lines.index("USER aims") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))


def test_what_must_not_be_in_an_image_stays_out() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "var", "tests", ".env"} <= set(ignored)


def test_the_health_check_asks_as_the_proxy_would() -> None:
    assert as_from_proxy({"ALLOWED_HOSTS": "aims.example.org,other"}) == {
        "Host": "aims.example.org",
        "X-Forwarded-Proto": "https",
    }
    assert as_from_proxy({"ALLOWED_HOSTS": ".example.org"})["Host"] == "example.org"
    assert as_from_proxy({})["Host"] == "127.0.0.1"


def test_nobody_at_the_port_is_not_healthy(free_port: int) -> None:
    assert not is_healthy(free_port)
