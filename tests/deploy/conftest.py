"""Servers that `arende provision` may fill: the one of all tests has roles with passwords of their own."""

from collections.abc import Iterator

import pytest

from arende.local.postgres import PostgresServer


@pytest.fixture(scope="package")
def bare_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("bare"), settings={"fsync": "off"}) as server:
        yield server
