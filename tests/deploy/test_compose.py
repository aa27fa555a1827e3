"""compose.yaml, parsed and compared with what `arende provision` writes. That finds its faults without an
engine for containers."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from arende.local.postgres import PostgresServer
from arende.registry import SERVICES
from shared.surface import OWNERS
from tests.command import arende

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in CONTAINERS.items() if str(each["image"]).startswith("arende-")}
PORTS = {"postgres": 5432, "rabbitmq": 5672, "mailpit": 1025}
GIVEN = {"POSTGRES_PASSWORD": "chosen"}


def interpolated(text: str, variables: dict[str, str]) -> str:
    """The text with `${NAME}`, `${NAME:-default}` and `${NAME:?what to do}` replaced as Compose does."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if variables.get(name):
            return variables[name]
        assert kind != ":?", rest
        return rest or ""

    return re.sub(r"\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}", value, text)


def env_file(name: str) -> str:
    (file,) = OURS[name]["env_file"]
    assert file["required"] is False
    return str(file["path"])


@pytest.fixture(scope="module")
def provisioned(bare_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that `docker compose run provision` writes to ./secrets, made with its environment."""
    folder = tmp_path_factory.mktemp("compose")
    environment = {
        name: interpolated(value, GIVEN) for name, value in CONTAINERS["provision"]["environment"].items()
    }
    admin = urlsplit(environment.pop("ARENDE_ADMIN_DATABASE_URL"))
    reached = ("--database", bare_postgres.url, "--reached", admin.netloc.rpartition("@")[2])
    assert CONTAINERS["provision"]["command"] == ["provision", "/secrets"]
    done = arende("provision", str(folder / "secrets"), *reached, env=environment)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_processes(service: str) -> None:
    commands = {
        f"{service}-api": (None, "api"),
        f"{service}-worker": (["work"], "worker"),
        f"migrate-{service}": (["migrate"], "owner"),
        f"declare-{service}": (["declare"], "owner"),
    }
    for name, (command, process) in commands.items():
        assert OURS[name].get("command") == command
        assert OURS[name]["image"] == f"arende-{service}"
        assert OURS[name]["build"]["args"] == {"SERVICE": service}
        assert env_file(name) == f"secrets/{service}.{process}.env"


@pytest.mark.parametrize("name", {*OURS, "owners", "mailpit", "front"})
def test_every_container_of_ours_is_confined(name: str) -> None:
    process = CONTAINERS[name]
    assert process["read_only"] is True
    assert process["cap_drop"] == ["ALL"]
    assert process["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in process
    if name == "owners":
        assert (process["cap_add"], process["network_mode"]) == (["CHOWN"], "none")
    else:
        assert "cap_add" not in process
        # nginx comes with a user of its own.
        assert process.get("user", "101") in ("101", "${ARENDE_UID:-1000}:${ARENDE_GID:-1000}")


def test_every_file_that_is_named_is_there_once_provisioned(provisioned: Path) -> None:
    for name in OURS:
        if name != "provision":
            assert (provisioned / env_file(name)).read_text()
    for kind in ("secrets", "configs"):
        for source in COMPOSE[kind].values():
            assert (provisioned / source["file"]).exists() or (ROOT / source["file"]).exists()
    for each in CONTAINERS.values():
        for kind in ("secrets", "configs"):
            assert {mount["source"] for mount in each.get(kind, [])} <= set(COMPOSE[kind])


def test_every_key_is_mounted_where_its_process_looks(provisioned: Path) -> None:
    for service in SERVICES:
        text = (provisioned / env_file(f"{service}-api")).read_text()
        looked_for = set(re.findall(r"_FILE=(\S+)", text))
        assert {mount["target"] for mount in OURS[f"{service}-api"]["secrets"]} == looked_for
    assert [name for name, each in OURS.items() if "signing-keys" in str(each)] == ["identity-api"]
    assert [name for name in OURS if name.endswith("-worker") and "secrets" in OURS[name]] == []


def test_every_address_is_a_container_and_a_port_of_it(provisioned: Path) -> None:
    addresses = [
        urlsplit(address)
        for file in (provisioned / "secrets").glob("*.env")
        for address in re.findall(r"=((?:postgresql|amqp|smtp)\S+)", file.read_text())
    ]
    assert {(each.hostname, each.port) for each in addresses} == set(PORTS.items())
    assert set(PORTS) <= set(CONTAINERS)


def test_the_broker_reads_its_users_and_may_read_them(provisioned: Path) -> None:
    mounts = {mount["source"]: mount["target"] for mount in CONTAINERS["rabbitmq"]["configs"]}
    assert f"load_definitions = {mounts['definitions']}\n" in (ROOT / "deploy/rabbitmq.conf").read_text()
    assert mounts["rabbitmq"].startswith("/etc/rabbitmq/conf.d/")
    assert mounts["rabbitmq"].endswith(".conf")
    assert (provisioned / "secrets/rabbitmq-definitions.json").stat().st_mode & 0o004


def test_whoever_writes_to_a_volume_owns_it() -> None:
    owners = CONTAINERS["owners"]
    assert owners["user"] == "0:0"
    program, user, *folders = owners["command"]
    assert (program, user) == ("chown", OURS["provision"]["user"])
    volumes = dict(volume.split(":") for volume in owners["volumes"])
    assert set(folders) == set(volumes.values())
    written = {"./secrets": ["provision"], "files": ["cases-api", "cases-worker"]}
    assert set(volumes) == set(written)
    for volume, writers in written.items():
        users = [name for name, each in OURS.items() if f"{volume}:" in str(each.get("volumes"))]
        assert users == writers
        for name in users:
            assert OURS[name]["depends_on"]["owners"] == {"condition": "service_completed_successfully"}
    (files,) = OURS["cases-api"]["volumes"]
    assert files == f"files:{SERVICES['cases'].settings.model_fields['files_folder'].default}"
    assert set(COMPOSE["volumes"]) == {"files", "databases", "broker", "signatures"}


def test_what_is_secret_is_not_committed() -> None:
    assert {"secrets/", ".env"} <= set((ROOT / ".gitignore").read_text().splitlines())


def test_every_variable_stands_in_the_example() -> None:
    named = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == named
    with pytest.raises(AssertionError, match=r"copy .env.example to .env"):
        interpolated(CONTAINERS["postgres"]["environment"]["POSTGRES_PASSWORD"], {})


def test_nothing_is_published_but_the_front_and_the_mails_on_loopback() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert published == {"front": ["127.0.0.1:8000:8080"], "mailpit": ["127.0.0.1:8025:8025"]}
    assert "listen 8080;" in (ROOT / "deploy/nginx.conf").read_text()


def test_what_serves_starts_after_the_migrations_and_the_queues() -> None:
    first = {f"{job}-{service}" for service in SERVICES for job in ("migrate", "declare")} | {"owners"}
    for name, each in OURS.items():
        if name.endswith(("-api", "-worker")):
            assert set(each["depends_on"]) == first


def test_whoever_is_waited_for_can_come_to_that_state() -> None:
    for name, each in CONTAINERS.items():
        for other, need in each.get("depends_on", {}).items():
            if need["condition"] == "service_healthy":
                assert CONTAINERS[other]["healthcheck"]["test"][0] == "CMD", (name, other)
            else:
                assert need["condition"] == "service_completed_successfully"
                assert "restart" not in CONTAINERS[other], (name, other)
    # For `up --wait` a container that ends has failed, unless another one depends on its end.
    awaited = {
        other
        for each in CONTAINERS.values()
        for other, need in each.get("depends_on", {}).items()
        if need["condition"] == "service_completed_successfully"
    }
    assert awaited == {name for name, each in CONTAINERS.items() if not {"restart", "profiles"} & set(each)}
    assert set(CONTAINERS["front"]["depends_on"]) == {f"{service}-api" for service in SERVICES}


def test_every_process_has_time_to_end_and_a_probe() -> None:
    for name, each in OURS.items():
        if name.endswith(("-api", "-worker")):
            assert each["stop_grace_period"] == "40s"
            assert each["restart"] == "unless-stopped"
            *_, program = each["healthcheck"]["test"]
            port = SERVICES["cases"].settings.model_fields["management_port"].default
            assert f"http://127.0.0.1:{port}/readyz" in program
            compile(program, "healthcheck", "exec")


def test_every_variable_is_a_setting() -> None:
    for name, each in OURS.items():
        known = set(SERVICES[each["build"]["args"]["SERVICE"]].settings.model_fields)
        given = {variable.removeprefix("ARENDE_").lower() for variable in each.get("environment", {})}
        assert name == "provision" or given <= known, name


def test_every_image_has_a_version() -> None:
    for each in CONTAINERS.values():
        image = str(each["image"])
        assert image.startswith("arende-") or re.search(r":v?\d", image), image


def test_nginx_has_the_same_table_as_the_surface() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    table: dict[str, str] = {}
    for resources, owner in re.findall(r"~\^/\(?v1/\(([a-z|-]+)\)\S* ([a-z]+);", text):
        table |= dict.fromkeys(resources.split("|"), owner)
    assert table == OWNERS
    assert r"\.well-known)(/|$) identity;" in text


def test_apis_come_before_workers_and_the_broker_where_the_cores_are_taken() -> None:
    behind = {name for name, each in CONTAINERS.items() if each.get("cpu_shares", 1024) <= 128}
    assert behind == {"rabbitmq", *(f"{service}-worker" for service in SERVICES)}
