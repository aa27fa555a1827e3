"""`arende …` as an operator types it: what goes wrong is one line that names the thing."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from arende.local.postgres import PostgresServer
from tests.arende.conftest import Variables
from tests.command import arende

# The part that every secret in these settings contains. It must never be printed.
SECRET = "hemligt-losenord-0123456789-0123456789"
NOWHERE = f"postgresql+asyncpg://arende:{SECRET}@127.0.0.1:1/arende"
NO_BROKER = f"amqp://arende:{SECRET}@127.0.0.1:1/"


def complaint(*arguments: str, variables: dict[str, str] | None = None, code: int = 1) -> str:
    """The one line on stderr of a command that fails."""
    done = arende(*arguments, env=variables)
    assert done.returncode == code, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
    return line


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_is_named(taken_port: int, variables: Variables) -> None:
    own = variables("cases", management_port=0)
    line = complaint("serve", "cases", "--port", str(taken_port), variables=own)
    assert line == f"arende: 127.0.0.1:{taken_port} can't be listened on: address already in use"


def test_the_whole_system_names_a_taken_port_too(taken_port: int, tmp_path: Path) -> None:
    line = complaint("up", "--port", str(taken_port), "--data", str(tmp_path / "data"))
    assert f"127.0.0.1:{taken_port}" in line


def test_a_taken_data_folder_is_named(tmp_path: Path) -> None:
    with PostgresServer.start(tmp_path / "data" / "postgres"):
        line = complaint("up", "--port", "0", "--data", str(tmp_path / "data"))
    assert line == f"arende: {tmp_path}/data/postgres is in use by another process"


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in complaint("up", "--port", "0", "--data", str(tmp_path / "file" / "data"))


def test_a_demo_touches_nothing_that_no_demo_made(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "precious").write_text("1")
    line = complaint("demo", "--data", str(tmp_path / "data"))
    assert line == f"arende: {tmp_path}/data holds data that no demo made; name another folder by --data"
    assert (tmp_path / "data" / "precious").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("migrate", "cases", "--wait", "0"), "the database of cases at 127.0.0.1:1 can't be used"),
        (("dead-letters", "list", "cases"), "the database of cases at 127.0.0.1:1 can't be used"),
        (("billing", "run", "2026-09"), "the database of billing at 127.0.0.1:1 can't be used"),
        (("audit", "verify"), "the database of cases at 127.0.0.1:1 can't be used"),
        (("declare", "--wait", "0"), "RabbitMQ at 127.0.0.1:1 can't be used"),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_an_unreachable_server_is_named(arguments: tuple[str, ...], what: str, variables: Variables) -> None:
    urls = dict.fromkeys(("database_url", "worker_database_url", "owner_database_url"), NOWHERE)
    own = variables("billing" if arguments[0] == "billing" else "cases", broker_url=NO_BROKER, **urls)
    assert complaint(*arguments, variables=own).startswith(f"arende: {what}")


def test_a_password_that_is_not_let_in_is_told_as_such(
    variables: Variables, postgres: PostgresServer
) -> None:
    url = f"postgresql+asyncpg://arende_cases_worker:{SECRET}@127.0.0.1:{postgres.port}/arende_cases"
    own = variables("cases", worker_database_url=url)
    line = complaint("dead-letters", "list", "cases", variables=own)
    assert re.fullmatch(r"arende: the database of cases at 127.0.0.1:\d+ can't be used: .*Password.*", line)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        (
            "DATABASE_URL",
            f"mysql://arende:{SECRET}@host/x",
            "is no address of the kind postgresql+asyncpg://",
        ),
        ("DATABASE_URL", f"postgresql+asyncpg://u:{SECRET}@host:{SECRET}/x", "is no address of the kind"),
        ("BROKER_URL", f"http://arende:{SECRET}@host/", "is no address of the kind amqp://"),
        ("MANAGEMENT_PORT", SECRET, "valid integer"),
        ("RETRY_DELAYS", SECRET, "is not valid JSON"),
        ("RETRY_DELAYS", f'["{SECRET}"]', "valid number"),
        ("ENVIRONMENT", SECRET, "'production'"),
        ("JWKS_FILE", "/nowhere/jwks.json", "/nowhere/jwks.json can't be read: No such file or directory"),
        ("JWKS_FILE", "/dev/null", "/dev/null is no JWK Set"),
        ("DATABASE_URL", "", "is missing"),
        ("JWKS_FILE", None, "is missing"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named_and_never_its_value(
    variable: str, value: str | None, words: str, variables: Variables
) -> None:
    name, own = f"ARENDE_{variable}", variables("cases", link_secret=SECRET)
    own.pop(name, None)
    told = {**own, name: value} if value is not None else own
    line = complaint("serve", "cases", "--port", "0", variables=told)
    assert name in line
    assert words in line


def test_a_missing_set_of_signing_keys_ends_the_start(variables: Variables) -> None:
    own = variables("identity", signing_keys_file="/nowhere/keys.json")
    line = complaint("serve", "identity", "--port", "0", variables=own)
    assert line.startswith("arende: ARENDE_SIGNING_KEYS_FILE: /nowhere/keys.json can't be read")


def test_several_wrong_settings_are_one_line(variables: Variables) -> None:
    own = variables("cases", management_port=-1, database_pool=0)
    line = complaint("serve", "cases", "--port", "0", variables=own)
    assert "ARENDE_MANAGEMENT_PORT" in line
    assert "ARENDE_DATABASE_POOL" in line


@pytest.mark.parametrize(
    "arguments",
    [("serve", "nowhere"), ("declare", "nowhere"), ("billing", "run", "2026-13"), ("serve", "cases", "--no")],
    ids=" ".join,
)
def test_a_wrong_word_is_one_line_too(arguments: tuple[str, ...]) -> None:
    assert arguments[-1] in complaint(*arguments, code=2, variables={"ARENDE_BROKER_URL": NO_BROKER})


def test_without_a_command_there_is_help_in_80_columns() -> None:
    done = arende()
    assert max(map(len, done.stdout.splitlines())) <= 80
    for command in ("serve", "work", "migrate", "declare", "settings", "up", "demo", "dead-letters"):
        assert re.search(rf"^│ {command} ", done.stdout, re.MULTILINE)


def test_the_version_is_told() -> None:
    done = arende("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"arende \d+\.\d+\.\d+\n", done.stdout)


def test_a_shell_can_complete_commands_and_services() -> None:
    def completed(*words: str) -> list[str]:
        asked = {"COMP_WORDS": " ".join(["arende", *words]), "COMP_CWORD": str(len(words))}
        done = arende(env={"_ARENDE_COMPLETE": "complete_bash", **asked})
        return done.stdout.split()

    assert "dead-letters" in completed("d")
    assert completed("serve", "ca") == ["cases"]


@pytest.mark.parametrize(
    "address", [f"postgresql://a:{SECRET}@h:1x/", f"postgresql://a:{SECRET}@[h/", SECRET]
)
def test_a_wrong_address_for_provision_is_not_repeated(tmp_path: Path, address: str) -> None:
    good = {"--database": "postgresql://a@127.0.0.1:1/", "--broker": "amqp://127.0.0.1:1/"}
    for option, kind in (("--database", "postgresql"), ("--broker", "amqp")):
        given = [word for pair in {**good, option: address}.items() for word in pair]
        line = complaint("provision", str(tmp_path), *given)
        assert line == f"arende: {option} is no address of the kind {kind}://host:port/…"
