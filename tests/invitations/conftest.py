from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from services.invitations.settings import Settings
from shared.events.billing import CaseManagementActivated
from shared.events.identity import BureauRegistered
from tests.factories.events import event_of
from tests.factories.keys import Keys
from tests.factories.records import Bureau
from tests.factories.service import Service, serve


@pytest.fixture(scope="session")
async def service(common_settings: Any, keys: Keys) -> AsyncIterator[Service]:
    async with serve(Settings(**common_settings("invitations")), keys) as service:
        yield service


@pytest.fixture
async def bureau(service: Service) -> Bureau:
    """A bureau of its own for each test, which has bought the feature."""
    return await with_feature(service, Bureau())


@pytest.fixture
async def other_bureau(service: Service) -> Bureau:
    return await with_feature(service, Bureau())


async def with_feature(service: Service, bureau: Bureau) -> Bureau:
    activated = event_of(CaseManagementActivated, bureau, activated_on=date(2026, 10, 1))
    await service.deliver(event_of(BureauRegistered, bureau), activated)
    return bureau
