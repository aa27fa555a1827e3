"""A process loads its own service and no other, so that a broken service stops only itself."""

import asyncio
import shutil
from pathlib import Path

import pytest

from arende.registry import NAMES
from tests.arende.conftest import Variables
from tests.arende.processes import Running, running
from tests.command import arende
from tests.servers.rabbitmq import RabbitServer

ROOT = Path(__file__).parent.parent.parent
# A worker also starts without a broker.
NO_BROKER = "amqp://127.0.0.1:1/"


def loaded(modules: set[str], *packages: str) -> set[str]:
    """Which modules of these packages are among the loaded ones."""
    return {name for name in modules if any(f"{name}.".startswith(f"{each}.") for each in packages)}


def services_in(modules: set[str]) -> set[str]:
    return {name.split(".")[1] for name in loaded(modules, "services") if "." in name}


@pytest.mark.parametrize("service", NAMES)
async def test_an_api_loads_its_own_service(service: str, tmp_path: Path, variables: Variables) -> None:
    async with running(tmp_path, "serve", service, variables=variables(service)) as process:
        assert await process.leave() == 0
    modules = process.modules()
    assert services_in(modules) == {service}
    assert loaded(modules, "arende.local", "arende.demo") == set()
    assert loaded(modules, "aio_pika", f"services.{service}.handlers", f"services.{service}.jobs") == set()
    assert loaded(modules, "alembic", "opentelemetry.sdk", "opentelemetry.exporter") == set()


@pytest.mark.parametrize("service", NAMES)
async def test_a_worker_loads_its_own_service_and_no_routes(
    service: str, tmp_path: Path, variables: Variables
) -> None:
    own = variables(service, broker_url=NO_BROKER)
    async with running(tmp_path, "work", service, variables=own) as process:
        assert await process.leave() == 0
    modules = process.modules()
    assert services_in(modules) == {service}
    assert loaded(modules, "arende.local", "arende.demo") == set()
    assert {name for name in modules if name.startswith("services.") and name.endswith(".routes")} == set()
    assert loaded(modules, "fastapi", "joserfc", "shared.http.api", "shared.http.session") == set()
    assert loaded(modules, "alembic", "opentelemetry.sdk", "opentelemetry.exporter") == set()


@pytest.fixture(scope="module")
def with_a_broken_service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product in which billing can't be imported."""
    copy = tmp_path_factory.mktemp("broken")
    for package in ("arende", "shared", "services"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "services" / "billing" / "__init__.py").write_text("raise RuntimeError('broken on purpose')\n")
    return copy


async def test_a_broken_service_stops_no_other(
    with_a_broken_service: Path, tmp_path: Path, variables: Variables
) -> None:
    async def start(command: str, service: str) -> Running:
        folder = tmp_path / f"{command}-{service}"
        folder.mkdir()
        own = variables(service, broker_url=NO_BROKER)
        async with running(folder, command, service, variables=own, code=with_a_broken_service) as process:
            assert await process.leave() == 0
            return process

    others = [name for name in NAMES if name != "billing"]
    ended = await asyncio.gather(*(start(command, name) for command in ("serve", "work") for name in others))
    assert {process.process.returncode for process in ended} == {0}
    with pytest.raises(AssertionError, match="broken on purpose"):
        await start("serve", "billing")


def test_a_broken_service_is_told_and_the_others_are_declared(
    with_a_broken_service: Path, rabbit: RabbitServer
) -> None:
    rabbit.ctl("add_vhost", "broken")
    rabbit.ctl("set_permissions", "-p", "broken", "guest", ".*", ".*", ".*")
    done = arende("declare", "--broker", f"{rabbit.url}broken", code=with_a_broken_service)
    assert done.returncode == 1
    assert "not declared: billing" in done.stderr
    assert "broken on purpose" in done.stderr
    queues = rabbit.ctl("list_queues", "-p", "broken", "name").split()
    assert {name.partition(".")[0] for name in queues[1:]} == {*NAMES, "arende"} - {"billing"}


def test_one_service_is_declared_alone(rabbit: RabbitServer) -> None:
    rabbit.ctl("add_vhost", "alone")
    rabbit.ctl("set_permissions", "-p", "alone", "guest", ".*", ".*", ".*")
    done = arende("declare", "cases", "--broker", f"{rabbit.url}alone")
    assert done.returncode == 0, done.stderr
    queues = rabbit.ctl("list_queues", "-p", "alone", "name").split()
    assert {name.partition(".")[0] for name in queues[1:]} == {"cases", "arende"}
