from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.billing.settings import Settings
from tests.factories.callers import Caller
from tests.factories.keys import Keys
from tests.factories.records import Operator
from tests.factories.service import Service, serve


@pytest.fixture(scope="session")
def settings(common_settings: Any) -> Settings:
    return Settings(**common_settings("billing"))


@pytest.fixture(scope="session")
async def service(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    async with serve(settings, keys) as service:
        yield service


@pytest.fixture
def operator(service: Service) -> Caller:
    return service.caller(Operator())
