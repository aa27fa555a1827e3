"""An access token dies with its log-in: at once in identity, with the event in the other services."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from arende.registry import SERVICES
from shared.database.access import forget_ended
from shared.events.sessions import SessionsEnded
from shared.ids import uuid7
from tests.factories.keys import Keys
from tests.factories.people import Person, log_in_first_employee, reset_of, sign_up_bureau
from tests.factories.records import Employee
from tests.factories.service import Service, serve

# A read and a write of each of the others.
OTHERS = {
    "billing": ("/v1/usage", "POST", "/v1/subscription"),
    "cases": ("/v1/cases", "POST", "/v1/cases"),
    "invitations": ("/v1/invitations", "POST", "/v1/invitations"),
    "notifications": ("/v1/notifications", "PUT", f"/v1/notifications/{uuid7()}/read"),
}
Services = dict[str, Service]


@pytest.fixture(scope="module")
async def services(
    common_settings: Any, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    cheap = {"password_memory_kib": 64, "password_rounds": 1}
    own: dict[str, dict[str, Any]] = {
        "identity": {"signing_keys_file": keys.private_file, **cheap},
        "cases": {"files_folder": tmp_path_factory.mktemp("files")},
    }
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                serve(each.settings(**common_settings(name, **own.get(name, {}))), keys)
            )
            for name, each in SERVICES.items()
        }


@pytest.fixture
async def anna(services: Services) -> Person:
    """The first employee of a bureau, acting for it."""
    identity = services["identity"]
    return await log_in_first_employee(identity, await sign_up_bureau(identity))


def later(person: Person) -> Person:
    """The same person with the token of now, when `person` has logged in again."""
    return Person(person.client, person.email, session=person.session, headers=dict(person.headers))


async def log_out(anna: Person, first: Person, identity: Service) -> None:
    assert (await first.call("DELETE", "/v1/sessions/current")).status_code == 204


async def end_elsewhere(anna: Person, first: Person, identity: Service) -> None:
    answer = await anna.call("DELETE", f"/v1/sessions/{first.session['session_id']}")
    assert answer.status_code == 204


async def reset_password(anna: Person, first: Person, identity: Service) -> None:
    await identity.client.post("/v1/password-resets", json={"email": anna.email})
    path = f"/v1/password-resets/{await reset_of(identity, anna.email)}"
    assert (await identity.client.put(path, json={"password": anna.password})).status_code == 204


@pytest.mark.parametrize("end", [log_out, end_elsewhere, reset_password])
async def test_a_token_dies_with_its_log_in(services: Services, anna: Person, end: Any) -> None:
    identity = services["identity"]
    first, bureau_id = later(anna), anna.hat["bureau_id"]
    renewed = await identity.client.post(
        "/v1/sessions/refresh", json={"refresh_token": first.session["refresh_token"]}
    )
    without_hat = later(first)
    without_hat.headers = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    await anna.log_in(bureau_id=bureau_id)
    await end(anna, first, identity)
    for dead in (first, without_hat):
        assert (await dead.get("/v1/me")).json()["code"] == "invalid_token"
        assert (await dead.call("PATCH", "/v1/me", json={"name": "Mallory"})).status_code == 401
    assert "Mallory" not in str(
        await identity.rows("select name from users where email = :it", it=anna.email)
    )
    lives_on = (await anna.get("/v1/me")).status_code
    assert lives_on == (401 if end is reset_password else 200)
    (event, *_) = await identity.published(SessionsEnded, user_id=anna.user_id)
    assert UUID(first.session["session_id"]) in event.session_ids


@pytest.mark.parametrize("name", OTHERS)
async def test_other_services_refuse_it_when_they_hear_of_the_end(services: Services, name: str) -> None:
    service, asa, ended = services[name], Employee(uuid7()), uuid7()
    read, method, write = OTHERS[name]
    dead, other = service.caller(asa, session_id=str(ended)), service.caller(asa)
    assert (await dead.get(read)).status_code == 200
    event = SessionsEnded(user_id=asa.user_id, session_ids=[ended])
    await service.deliver(event)
    await service.deliver(event.model_copy(update={"id": uuid7()}))
    assert (await dead.get(read)).json()["code"] == "invalid_token"
    assert (await dead.sending(idempotency_key="k").call(method, write, json={})).status_code == 401
    assert (await other.get(read)).status_code == 200


async def test_what_has_ended_is_forgotten_when_no_token_can_live(services: Services) -> None:
    service = services["billing"]
    old, new = uuid7(), uuid7()
    await service.deliver(SessionsEnded(user_id=uuid7(), session_ids=[old, new]))
    await service.rows(
        "update ended_sessions set kept_at = now() - interval '121 minutes'"
        " where session_id = :old returning 1",
        old=old,
    )
    async with service.database.transaction() as session:
        assert await forget_ended(session, limit=1000) == 1
    kept = await service.rows(
        "select session_id from ended_sessions where session_id in (:old, :new)", old=old, new=new
    )
    assert [row.session_id for row in kept] == [new]


async def test_an_end_of_many_log_ins_is_told_in_several_events(services: Services, anna: Person) -> None:
    identity = services["identity"]
    await identity.rows(
        "insert into sessions (id, user_id, created_at, last_used_at, expires_at, amr)"
        " select gen_random_uuid(), cast(:user as uuid), now(), now(), now() + interval '1 day', '{}'"
        " from generate_series(1, 600) returning 1",
        user=anna.user_id,
    )
    await reset_password(anna, anna, identity)
    events = await identity.published(SessionsEnded, user_id=anna.user_id)
    assert [len(event.session_ids) for event in events] == [500, 101]
