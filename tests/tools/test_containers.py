"""The node in containers: one image, nobody is root, every part is watched."""

import re
from typing import Any

import pytest
import yaml

from tools.paths import ROOT

TIERS = ("migrate", "web", "settler", "worker", "beat")
LASTING = TIERS[1:]
SERVERS = ("postgres", "redis")
# Only ./dev and the tests read these; in containers they mean nothing.
NOT_IN_CONTAINERS = {"PYTHON", "CHROMIUM", "SERVICE_STATE_DIR", "DEMO_WORLD"}
NOT_IN_CONTAINERS |= {"TEST_DATABASE_NAME", "TEST_DATABASE_URL", "TEST_REDIS_URL"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def documented() -> set[str]:
    """The names in .env.example, set or commented out."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?([A-Z][A-Z_0-9]+)=", text, re.MULTILINE))


def test_the_parts_are_those_of_a_node(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*SERVERS, *TIERS}


def test_every_tier_runs_the_same_image(compose: dict[str, Any]) -> None:
    assert len({compose["services"][name]["image"] for name in TIERS}) == 1


def test_nothing_runs_as_root(compose: dict[str, Any]) -> None:
    users = {name: str(service.get("user", "root")) for name, service in compose["services"].items()}
    assert {name for name, user in users.items() if user in ("root", "0") or user.startswith("0:")} == set()
    assert re.search(r"^USER node$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_every_lasting_part_has_a_health_check_and_is_started_again(compose: dict[str, Any]) -> None:
    for name in (*SERVERS, *LASTING):
        service = compose["services"][name]
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_every_lasting_part_waits_for_the_migrations(compose: dict[str, Any]) -> None:
    for name in LASTING:
        condition = compose["services"][name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_data_lies_in_named_volumes(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    assert {mount.partition(":")[0] for mount in mounts} == set(compose["volumes"])


def test_only_the_migrations_know_the_password_of_the_owner(compose: dict[str, Any]) -> None:
    knowing = {
        name for name, service in compose["services"].items() if "OWNER_DATABASE_PASSWORD" in str(service)
    }
    assert knowing == {"postgres", "migrate"}


def test_every_variable_of_a_node_reaches_the_containers(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    named = set(compose["services"]["migrate"]["environment"]) | set(re.findall(r"\$\{([A-Z_]+)", text))
    assert documented() - named == NOT_IN_CONTAINERS
    assert named - documented() == set()
