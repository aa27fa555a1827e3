from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete

from services.notifications.mails.tables import Mail
from services.notifications.settings import Settings
from shared.events.identity import BureauRegistered, CustomerRegistered, EmployeeAdded, MemberAdded
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.keys import Keys
from tests.factories.records import Bureau
from tests.factories.service import Service, serve
from tests.factories.world import World, new_world

API = "https://api.arende.example"


@pytest.fixture(scope="session")
def settings(common_settings: Any) -> Settings:
    addresses = {"web_url": "https://app.arende.example", "api_url": f"{API}/"}
    return Settings(**common_settings("notifications", **addresses))


@pytest.fixture(scope="session")
async def service(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    async with serve(settings, keys) as service:
        yield service


@pytest.fixture
async def world(service: Service) -> World:
    """Two sides that the copies know of."""
    return await known(service, new_world())


@pytest.fixture
async def other_world(service: Service) -> World:
    return await known(service, new_world())


async def known(service: Service, world: World) -> World:
    # The copies alone are told, so that the partner feed of each bureau begins empty.
    await service.deliver(event_of(BureauRegistered, world.bureau), queue="track-bureau")
    await service.deliver(event_of(CustomerRegistered, world.customer), queue="track-customer")
    await service.deliver(event_of(EmployeeAdded, world.employee), queue="track-employee")
    await service.deliver(event_of(MemberAdded, world.member), queue="track-member")
    return world


@pytest.fixture
def bureau(world: World) -> Bureau:
    return world.bureau


@pytest.fixture
def employee(service: Service, world: World) -> Caller:
    return service.caller(world.employee)


@pytest.fixture
def member(service: Service, world: World) -> Caller:
    return service.caller(world.member)


@pytest.fixture
async def nothing_waits(service: Service) -> None:
    """No mails of earlier tests are left to be sent."""
    async with service.database.transaction() as session:
        await session.execute(delete(Mail))
