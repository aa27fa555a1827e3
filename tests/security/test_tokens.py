"""Every service refuses every forged token, with the same words."""

from typing import Any

import pytest

from arende.registry import SERVICES
from shared.tokens import new_key
from tests.factories.keys import Keys
from tests.security.forgeries import forgeries, signed

# One route for employees of each service.
ROUTES = {
    "identity": "/v1/employees",
    "invitations": "/v1/invitations",
    "cases": "/v1/cases",
    "billing": "/v1/usage",
    "notifications": "/v1/notifications",
}
NAMES = sorted(forgeries(new_key("names")))


@pytest.mark.parametrize("service", SERVICES)
async def test_the_real_one_is_believed(clients: Any, keys: Keys, service: str) -> None:
    """Otherwise the refusals below would prove nothing."""
    headers = {"Authorization": f"Bearer {signed(keys.key)}"}
    assert (await clients[service].get(ROUTES[service], headers=headers)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_forgery_is_refused(clients: Any, keys: Keys, service: str, name: str) -> None:
    headers = {b"authorization": b"Bearer " + forgeries(keys.key)[name].encode()}
    answer = await clients[service].get(ROUTES[service], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("service", SERVICES)
async def test_two_tokens_are_refused(clients: Any, keys: Keys, service: str) -> None:
    header = ("Authorization", f"Bearer {signed(keys.key)}")
    answer = await clients[service].get(ROUTES[service], headers=[header, header])
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "bearer", "Token x", ""])
@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_no_bearer_token_is_refused(clients: Any, service: str, header: str) -> None:
    answer = await clients[service].get(ROUTES[service], headers={"Authorization": header})
    assert answer.status_code == 401
