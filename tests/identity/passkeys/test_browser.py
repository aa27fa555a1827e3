"""Passkeys with a real browser, whose device is virtual."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Error

from shared.tokens import TokenKeys
from tests.factories.callers import refusal
from tests.factories.keys import ISSUER, Keys
from tests.factories.passkeys import ORIGIN, PASSKEYS, options_of
from tests.factories.people import Person
from tests.factories.service import Service
from tests.servers.chromium import Browser, browser_at

pytestmark = pytest.mark.servers
LOG_IN = "/v1/sessions/passkey"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browser_at(ORIGIN) as browser:
        yield browser


async def test_a_browser_makes_a_passkey_and_logs_in_by_it(
    service: Service, person: Person, browser: Browser, keys: Keys
) -> None:
    made = await browser.make(await options_of(person))
    added = await person.post(PASSKEYS, {"name": "Telefonen", "credential": made})
    assert added.status_code == 201, added.text
    for _ in range(2):
        asked = (await service.client.post(f"{LOG_IN}/begin")).json()["public_key"]
        seen = await browser.show(asked)
        answer = await service.client.post(LOG_IN, json={"credential": seen})
        assert answer.status_code == 201, answer.text
        principal = TokenKeys(keys.public_file, ISSUER).verify(answer.json()["access_token"])
        assert str(principal.sub) == person.user_id
        assert principal.amr[1:] == ("user", "mfa")
        again = await service.client.post(LOG_IN, json={"credential": seen})
        assert refusal(again) == (401, "wrong_credentials")


async def test_a_browser_makes_no_second_passkey_on_the_same_device(person: Person, browser: Browser) -> None:
    made = await browser.make(await options_of(person))
    assert (await person.post(PASSKEYS, {"name": "Datorn", "credential": made})).status_code == 201
    with pytest.raises(Error, match="InvalidStateError"):
        await browser.make(await options_of(person))


async def test_a_device_that_does_not_know_its_person_makes_none(person: Person, browser: Browser) -> None:
    await browser.know_the_person(False)
    with pytest.raises(Error, match="NotAllowedError"):
        await browser.make(await options_of(person))
    await browser.know_the_person(True)
