"""Prints the versions that the tests run on, so that a log says for which of them its result holds."""

import platform
import subprocess

from arende.local.postgres import find_binaries
from tests.servers.rabbitmq import BIN


def main() -> None:
    print(f"Python {platform.python_version()}, {_postgres()}, {_rabbitmq()}, {_system()}")  # noqa: T201 - a command prints its result


def _postgres() -> str:
    command = [str(find_binaries() / "postgres"), "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our words
    return said.strip().replace("postgres (PostgreSQL)", "PostgreSQL")


def _rabbitmq() -> str:
    """By the name of the folder that the package installs: a node would need seconds to start and tell it."""
    found = sorted(BIN.parent.glob("lib/rabbitmq_server-*"))
    return f"RabbitMQ {found[-1].name.partition('-')[2]}" if found else "no RabbitMQ"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = platform.platform(terse=True)
    return f"{name}, {platform.machine()}"


if __name__ == "__main__":
    main()
