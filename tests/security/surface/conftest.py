from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.factories.keys import Keys
from tests.factories.people import Person, new_person
from tests.factories.town import Town, founded
from tests.security.surface.tenants import SOMEONES, Tenant, found

OPERATORS = "operators.example"


@pytest.fixture(scope="package")
async def town(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> AsyncIterator[Town]:
    modules = [file.stem for file in Path(__file__).parent.glob("test_*.py")]
    operators = ",".join(f"{module}@{OPERATORS}" for module in modules)
    settings = {"operator_emails": operators, "login_attempts_per_address": 10_000}
    settings |= {"login_attempts_per_person": 10_000, "mails_per_window": 10_000}
    async with founded(tmp_path_factory.mktemp("surface"), keys, **settings) as town:
        yield town


@pytest.fixture(scope="module")
async def operator(town: Town, request: pytest.FixtureRequest) -> Person:
    """Another one for each module, since generated requests leave nobody as they were."""
    person = await new_person(town.identity, f"{request.module.__name__.rpartition('.')[2]}@{OPERATORS}")
    await person.log_in(operator=True)
    return person


@pytest.fixture(scope="module")
async def nobody(town: Town) -> Person:
    """A person without a hat."""
    return await new_person(town.identity)


@pytest.fixture(scope="module")
async def tenant(town: Town, operator: Person, nobody: Person) -> Tenant:
    tenant = await found(town, operator, SOMEONES)
    tenant.people["nobody"] = nobody
    return tenant
