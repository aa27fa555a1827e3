from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.billing.settings import Settings
from shared.events.identity import BureauApproved
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.keys import Keys
from tests.factories.records import Bureau, Operator
from tests.factories.service import Service, serve


@pytest.fixture(scope="session")
def settings(common_settings: Any) -> Settings:
    return Settings(**common_settings("billing"))


@pytest.fixture(scope="session")
async def service(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    async with serve(settings, keys) as service:
        yield service


@pytest.fixture
async def bureau(service: Service) -> Bureau:
    """A bureau of its own for each test, which has been approved."""
    return await known(service, Bureau())


@pytest.fixture
async def other_bureau(service: Service) -> Bureau:
    return await known(service, Bureau())


async def known(service: Service, bureau: Bureau) -> Bureau:
    await service.deliver(event_of(BureauApproved, bureau))
    return bureau


@pytest.fixture
def operator(service: Service) -> Caller:
    return service.caller(Operator())
