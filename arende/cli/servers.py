"""The servers that an operator's commands need: a service's database, the broker."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from arende.registry import SERVICES, ServiceName
from shared.failures import Failure

if TYPE_CHECKING:
    from shared.database.engine import Database

T = TypeVar("T")
# The SQLSTATEs by which PostgreSQL refuses a user or a password, or knows no such database.
_NOT_LET_IN = ("28", "3D000")


def with_database(service: ServiceName, action: "Callable[[Database], Awaitable[T]]") -> T:
    """Run `action` in the worker's role and return its result. Raises Failure where the database is away."""
    from shared import clock
    from shared.database.engine import Database
    from shared.settings import read_settings, required

    settings = read_settings(SERVICES[service].settings)
    url = required(settings.worker_database_url, "ARENDE_WORKER_DATABASE_URL")
    clock.follow(settings.clock_file)

    async def within() -> T:
        database = Database(url, name=f"arende-{service}-operator", pool=1, service=service)
        try:
            return await action(database)
        finally:
            await database.close()

    with reached(f"the database of {service}", url):
        return asyncio.run(within())


@contextmanager
def reached(what: str, url: str) -> Iterator[None]:
    """Turns the error of a server that can't be used into a Failure that names it by host and port."""
    from sqlalchemy import make_url

    from shared.outages import is_down, sqlstate

    try:
        yield
    except Exception as error:
        if not is_down(error) and not sqlstate(error).startswith(_NOT_LET_IN):
            raise
        server = make_url(url)
        place = server.host if server.port is None else f"{server.host}:{server.port}"
        # SQLAlchemy's error holds that of its dialect, and this in turn the driver's, which says most.
        wrapped = getattr(error, "orig", None)
        cause = (wrapped and wrapped.__cause__) or wrapped or error
        raise Failure(f"{what} at {place} can't be used: {type(cause).__name__}") from error
