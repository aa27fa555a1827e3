from collections.abc import AsyncIterator

import pytest

from tests.factories.keys import Keys
from tests.factories.town import Town, founded


@pytest.fixture(scope="package")
async def town(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> AsyncIterator[Town]:
    async with founded(tmp_path_factory.mktemp("town"), keys) as town:
        yield town
