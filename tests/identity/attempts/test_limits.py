"""Limits on guessing passwords."""

import asyncio

import httpx

from tests.factories.people import Person
from tests.factories.records import address
from tests.factories.service import Service


async def test_guesses_at_one_person_are_limited(person: Person) -> None:
    for _ in range(10):
        assert (await person.try_log_in(password="en annan gissning")).status_code == 401
    answer = await person.try_log_in()
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_many_guesses_at_once_do_not_slip_under_the_limit(person: Person) -> None:
    guesses = [person.try_log_in(password="en annan gissning") for _ in range(16)]
    answers = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (answers.count(401), answers.count(429)) == (10, 6)


async def test_success_forgets_the_failures(person: Person) -> None:
    for _ in range(2):
        for _ in range(9):
            await person.try_log_in(password="en annan gissning")
        await person.log_in()


async def test_guesses_from_one_address_are_limited(service: Service, person: Person) -> None:
    for _ in range(50):
        body = {"email": address(), "password": "en gissning"}
        assert (await service.client.post("/v1/sessions", json=body)).status_code == 401
    assert (await person.try_log_in()).status_code == 429
    elsewhere = httpx.ASGITransport(app=service.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://arende.test") as other:
        assert (await Person(other, person.email).try_log_in()).status_code == 201
