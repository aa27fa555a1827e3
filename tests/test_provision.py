"""`arende provision`: an installation on servers, from nothing to services that start."""

import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from arende.installation import PROCESSES
from arende.local.postgres import PostgresServer
from arende.registry import NAMES
from tests.command import arende

ADMIN, PASSWORD = "managing", "managing-password"


@pytest.fixture(scope="module")
def bare_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("bare")) as server:
        yield server


@pytest.fixture(scope="module")
def managed_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("managed")) as server:
        yield server


@pytest.fixture
async def managed_url(managed_postgres: PostgresServer) -> str:
    """The address of an administrator as managed servers have it: one with CREATEDB and CREATEROLE only."""
    superuser = await asyncpg.connect(f"{managed_postgres.url}/postgres")
    if not await superuser.fetchval("select 1 from pg_roles where rolname = $1", ADMIN):
        await superuser.execute(f"create role {ADMIN} login createdb createrole password '{PASSWORD}'")
    await superuser.close()
    url = make_url(managed_postgres.url).set(username=ADMIN, password=PASSWORD)
    return url.render_as_string(hide_password=False)


def provision(folder: Path, database: str, *options: str) -> str:
    """Run `arende provision`. Returns what it has printed."""
    done = arende("provision", str(folder), "--database", database, "--broker", "amqp://broker/", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def variables(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def all_variables(folder: Path) -> dict[str, dict[str, str]]:
    return {file.name: variables(file) for file in sorted(folder.glob("*.env"))}


def test_each_process_gets_what_it_needs_and_no_more(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url, "--smtp-url", "smtp://mail:1025")
    given = all_variables(folder)
    assert set(given) == {f"{service}.{process}.env" for service in NAMES for process in PROCESSES}
    for service in NAMES:
        api, worker, owner = (given[f"{service}.{process}.env"] for process in PROCESSES)
        links = {"ARENDE_LINK_SECRET"} if service in ("identity", "invitations", "notifications") else set()
        mails = {"ARENDE_SMTP_URL"} if service == "notifications" else set()
        web = {"ARENDE_WEB_URL"}
        signing = {"ARENDE_SIGNING_KEYS_FILE", "ARENDE_OPERATOR_EMAILS", "ARENDE_CREDENTIALS_SECRET"}
        of_api = {"identity": signing | web, "notifications": web}.get(service, set())
        of_worker = mails | web if service == "notifications" else set()
        common = {"ARENDE_ENVIRONMENT"} | links
        assert set(api) == common | of_api | {"ARENDE_DATABASE_URL", "ARENDE_JWKS_FILE"}
        assert set(worker) == common | of_worker | {"ARENDE_WORKER_DATABASE_URL", "ARENDE_BROKER_URL"}
        assert set(owner) == {"ARENDE_OWNER_DATABASE_URL", "ARENDE_BROKER_URL"}
        assert make_url(api["ARENDE_DATABASE_URL"]).username == f"arende_{service}"
        assert make_url(worker["ARENDE_WORKER_DATABASE_URL"]).username == f"arende_{service}_worker"
        assert make_url(owner["ARENDE_OWNER_DATABASE_URL"]).username == f"arende_{service}_owner"
        assert make_url(worker["ARENDE_BROKER_URL"]).username == f"arende_{service}_worker"
        assert make_url(owner["ARENDE_BROKER_URL"]).username == f"arende_{service}_owner"


def test_what_is_secret_is_readable_by_its_owner_alone(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url)
    assert folder.stat().st_mode & 0o077 == 0
    loose = {file.name for file in folder.iterdir() if file.is_file() and file.stat().st_mode & 0o077}
    # The broker's user must read this file. It has salted hashes, of long random passwords.
    assert loose == {"rabbitmq-definitions.json"}
    everything = "".join(file.read_text() for file in folder.glob("*.env"))
    assert bare_postgres.url not in everything


def test_a_second_run_changes_nothing(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url)
    first = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    said = provision(folder, bare_postgres.url)
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == first
    assert "keeps its own" not in said


def test_what_was_edited_by_hand_stays(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url)
    file = folder / "notifications.worker.env"
    edited = "# our own\nARENDE_MAIL_FROM=hej@bureau.example\n" + "".join(
        f"{name}={'https://app.bureau.example' if name == 'ARENDE_WEB_URL' else value}\n"
        for name, value in variables(file).items()
        if name != "ARENDE_SMTP_URL"
    )
    file.write_text(edited.removesuffix("\n"))
    (folder / "cases.env").write_text("ARENDE_LARGEST_FILE=1000\n")
    said = provision(folder, bare_postgres.url, "--smtp-url", "smtp://other:25")
    assert file.read_text() == f"{edited}ARENDE_SMTP_URL=smtp://other:25\n"
    (told,) = [line for line in said.splitlines() if "keeps its own" in line]
    assert told.startswith("notifications.worker.env keeps its own ARENDE_WEB_URL;")
    assert "app.bureau.example" not in said
    assert "cases.env is no longer used" in said


def test_a_value_that_is_read_in_two_ways_is_refused(bare_postgres: PostgresServer, tmp_path: Path) -> None:
    options = ("--database", bare_postgres.url, "--broker", "amqp://b/", "--smtp-url", "smtp://u:pa$s@mail")
    done = arende("provision", str(tmp_path / "secrets"), *options)
    assert done.returncode == 1
    assert "ARENDE_SMTP_URL" in done.stderr
    assert "pa$s" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_its_settings_migrate_a_service(
    bare_postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url)
    for name, value in variables(folder / "identity.owner.env").items():
        monkeypatch.setenv(name, value)
    done = arende("migrate", "identity")
    assert done.returncode == 0, done.stderr
    assert "newest revision" in done.stdout


async def test_an_administrator_who_is_no_superuser_runs_it_twice(
    managed_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    provision(folder, managed_url)
    first = all_variables(folder)
    provision(folder, managed_url)
    assert all_variables(folder) == first
    monkeypatch.setenv("ARENDE_OWNER_DATABASE_URL", first["billing.owner.env"]["ARENDE_OWNER_DATABASE_URL"])
    assert arende("migrate", "billing").returncode == 0
    admin = await asyncpg.connect(make_url(managed_url).set(database="postgres").render_as_string(False))
    roles = await admin.fetch("select rolname from pg_roles where rolname like 'arende_%' and rolbypassrls")
    strangers = await admin.fetch(
        "select datname from pg_database where datname like 'arende_%'"
        " and has_database_privilege('arende_cases', datname, 'connect') and datname <> 'arende_cases'"
    )
    await admin.close()
    assert (roles, strangers) == ([], [])


async def test_another_administrators_roles_are_left_alone(
    managed_url: str, managed_postgres: PostgresServer, tmp_path: Path
) -> None:
    """Since PostgreSQL 16 a role that isn't a superuser changes only what it has created itself."""
    provision(tmp_path / "secrets", managed_url)
    superuser = await asyncpg.connect(f"{managed_postgres.url}/postgres")
    await superuser.execute("create role another login createdb createrole password 'another'")
    await superuser.close()
    theirs = make_url(managed_url).set(username="another", password="another")
    database = theirs.render_as_string(hide_password=False)
    done = arende("provision", str(tmp_path / "theirs"), "--database", database, "--broker", "amqp://broker/")
    assert done.returncode == 1
    assert "permission denied to alter role" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_broker_gets_a_user_for_each_worker_and_owner(
    bare_postgres: PostgresServer, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    provision(folder, bare_postgres.url)
    definitions = json.loads((folder / "rabbitmq-definitions.json").read_text())
    named = {user["name"] for user in definitions["users"]}
    files = [values for values in all_variables(folder).values() if "ARENDE_BROKER_URL" in values]
    assert {make_url(values["ARENDE_BROKER_URL"]).username for values in files} == named
    assert len(named) == 2 * len(NAMES)
