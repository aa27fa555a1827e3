from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from services.identity.settings import Settings
from tests.factories.keys import Keys
from tests.factories.people import Person, accepted, log_in_first_employee, new_person, sign_up_bureau
from tests.factories.service import Service, from_own_address, serve


@pytest.fixture(scope="package")
async def served(common_settings: Any, keys: Keys) -> AsyncIterator[Service]:
    values = common_settings("identity", signing_keys_file=keys.private_file)
    async with serve(Settings(**values, password_memory_kib=64, password_rounds=1), keys) as service:
        yield service


@pytest.fixture
async def service(served: Service) -> AsyncIterator[Service]:
    """Identity, called from an address of its own in each test, since attempts are counted by address."""
    async with from_own_address(served) as service:
        yield service


@pytest.fixture
async def admin(service: Service) -> Person:
    return await log_in_first_employee(service, await sign_up_bureau(service))


@pytest.fixture
async def owner(service: Service) -> Person:
    return await new_person(service)


@pytest.fixture
async def account_id(service: Service, owner: Person) -> UUID:
    """An account of which `owner` is the administrator; the owner is logged in for it."""
    event = accepted(owner)
    await service.deliver(event)
    await owner.log_in(account_id=str(event.account_id))
    return event.account_id
