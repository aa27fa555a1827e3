"""`arende provision`: an installation on servers, from nothing to services that start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from arende.local.postgres import PostgresServer
from arende.provision import SERVICES
from tests.command import arende


@pytest.fixture(scope="module")
def bare_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("bare")) as server:
        yield server


def variables(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def test_it_writes_what_each_service_needs_and_no_more(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    options = ("--database", bare_postgres.url, "--broker", "amqp://broker/", "--keys-at", str(folder))
    done = arende("provision", str(folder), *options)
    assert done.returncode == 0, done.stderr
    first = {service: variables(folder / f"{service}.env") for service in SERVICES}
    for service, own in first.items():
        assert own["ARENDE_ENVIRONMENT"] == "production"
        assert f"arende_{service}" in own["ARENDE_DATABASE_URL"]
        assert "ARENDE_OWNER_DATABASE_URL" not in own
        assert ("ARENDE_SIGNING_KEYS_FILE" in own) == (service == "identity")
        assert bare_postgres.url not in " ".join(own.values())
        assert (folder / f"{service}.env").stat().st_mode & 0o077 == 0
    assert arende("provision", str(folder), *options).returncode == 0
    assert {service: variables(folder / f"{service}.env") for service in SERVICES} == first


def test_its_settings_migrate_a_service(
    bare_postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    options = ("--database", bare_postgres.url, "--broker", "amqp://broker/", "--keys-at", str(folder))
    assert arende("provision", str(folder), *options).returncode == 0
    for name, value in variables(folder / "identity.owner.env").items():
        monkeypatch.setenv(name, value)
    done = arende("migrate", "identity")
    assert done.returncode == 0, done.stderr
    assert "newest revision" in done.stdout
