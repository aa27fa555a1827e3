"""compose.yaml, Dockerfile and nginx.conf, read by a parser: no engine is needed to see these faults."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from arende.registry import SERVICES
from shared.surface import OWNERS

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {name: each for name, each in COMPOSE["services"].items() if str(each["image"]).startswith("arende-")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_an_api_a_worker_and_a_migration(service: str) -> None:
    processes = {f"{service}-api": None, f"{service}-worker": ["work"], f"migrate-{service}": ["migrate"]}
    for name, command in processes.items():
        process = COMPOSE["services"][name]
        assert process.get("command") == command
        assert process["image"] == f"arende-{service}"
        assert process["build"]["args"] == {"SERVICE": service}
        owner = ".owner" if name.startswith("migrate") else ""
        assert process["env_file"] == f"secrets/{service}{owner}.env"


@pytest.mark.parametrize("name", OURS)
def test_every_container_of_ours_is_confined(name: str) -> None:
    process = OURS[name]
    assert process["read_only"] is True
    assert process["cap_drop"] == ["ALL"]
    assert process["security_opt"] == ["no-new-privileges:true"]
    assert not process["user"].startswith(("0", "root"))
    assert "privileged" not in process


def test_only_identity_holds_the_signing_keys() -> None:
    holders = {name for name, each in OURS.items() if "signing-keys" in str(each.get("volumes"))}
    assert holders == {"identity-api"}


def test_nothing_is_published_but_the_front_on_loopback() -> None:
    published = {name: each["ports"] for name, each in COMPOSE["services"].items() if "ports" in each}
    assert published == {"front": ["127.0.0.1:8000:8080"]}


def test_what_serves_starts_after_the_migrations_and_the_queues() -> None:
    first = {f"migrate-{service}" for service in SERVICES} | {"declare"}
    for name, each in OURS.items():
        if name.endswith(("-api", "-worker")):
            assert set(each["depends_on"]) == first
            assert {need["condition"] for need in each["depends_on"].values()} == {
                "service_completed_successfully"
            }


def test_every_variable_is_a_setting() -> None:
    common = set.intersection(*(set(service.settings.model_fields) for service in SERVICES.values()))
    for name, each in OURS.items():
        given = {variable.removeprefix("ARENDE_").lower() for variable in each.get("environment", {})}
        assert name == "provision" or given <= common, name


def test_every_image_has_a_version() -> None:
    for each in COMPOSE["services"].values():
        image = str(each["image"])
        assert image.startswith("arende-") or re.search(r":\d", image), image


def test_the_image_runs_as_nobody_and_installs_what_is_locked() -> None:
    *_, last = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    assert "ARG SERVICE" in last
    assert re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert "USER 0" not in last
    assert "--require-hashes -r requirements/prod.lock" in DOCKERFILE
    assert len(DOCKERFILE.splitlines()) <= 30


def test_nginx_has_the_same_table_as_the_surface() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    table: dict[str, str] = {}
    for resources, owner in re.findall(r"~\^/\(?v1/\(([a-z|-]+)\)\S* ([a-z]+);", text):
        table |= dict.fromkeys(resources.split("|"), owner)
    assert table == OWNERS
    assert r"\.well-known)(/|$) identity;" in text


def test_apis_come_before_workers_and_the_broker_where_the_cores_are_taken() -> None:
    behind = {name for name, each in COMPOSE["services"].items() if each.get("cpu_shares", 1024) <= 128}
    assert behind == {"rabbitmq", *(f"{service}-worker" for service in SERVICES)}
