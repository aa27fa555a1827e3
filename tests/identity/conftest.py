from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from services.identity.settings import Settings
from tests.factories.keys import Keys
from tests.factories.people import Person, accepted, log_in_first_employee, new_person, sign_up_bureau
from tests.factories.records import Bureau
from tests.factories.service import Service, from_own_address, serve

OPERATOR = "operator@arende.example"


@pytest.fixture(scope="session")
def settings(common_settings: Any, keys: Keys) -> Settings:
    values = common_settings("identity", signing_keys_file=keys.private_file, operator_emails=OPERATOR)
    return Settings(**values, password_memory_kib=64, password_rounds=1)


@pytest.fixture(scope="session")
async def served(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    async with serve(settings, keys) as service:
        yield service


@pytest.fixture
async def service(served: Service) -> AsyncIterator[Service]:
    """Called from an address of its own in each test, since failed log-ins are counted by address."""
    async with from_own_address(served) as service:
        yield service


@pytest.fixture
async def person(service: Service) -> Person:
    return await new_person(service)


@pytest.fixture
async def bureau(service: Service) -> Bureau:
    """A bureau of its own for each test; `admin` is its first employee, logged in."""
    return await sign_up_bureau(service)


@pytest.fixture
async def other_bureau(service: Service) -> Bureau:
    return await sign_up_bureau(service)


@pytest.fixture
async def admin(service: Service, bureau: Bureau) -> Person:
    return await log_in_first_employee(service, bureau)


@pytest.fixture
async def other_admin(service: Service, other_bureau: Bureau) -> Person:
    return await log_in_first_employee(service, other_bureau)


@pytest.fixture
async def account_id(service: Service, person: Person) -> UUID:
    """An account of which `person` is the administrator; the person is logged in for it."""
    event = accepted(person)
    await service.deliver(event)
    await person.log_in(account_id=str(event.account_id))
    return event.account_id
