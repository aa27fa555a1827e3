"""Passkeys, with a device without a browser. test_browser.py does it with a real one."""

import asyncio
from typing import Any

import httpx
import pytest

from services.identity.credentials.jobs import run_forget_challenges
from shared.encoding import encode
from shared.events.credentials import CredentialsChanged
from shared.ids import uuid7
from shared.tokens import TokenKeys
from tests.factories.callers import refusal
from tests.factories.clock import MovedClock
from tests.factories.keys import ISSUER, Keys
from tests.factories.passkeys import (
    PASSKEYS,
    PRESENT,
    SYNCABLE,
    SYNCED,
    VERIFIED,
    Device,
    add_passkey,
    options_of,
    try_adding,
)
from tests.factories.people import Person
from tests.factories.second_factors import log_in_with
from tests.factories.service import Service

LOG_IN = "/v1/sessions/passkey"


async def shown(service: Service, device: Device) -> dict[str, Any]:
    asked = await service.client.post(f"{LOG_IN}/begin")
    assert asked.status_code == 200, asked.text
    return device.show(asked.json()["public_key"])


async def try_log_in(service: Service, device: Device, **body: Any) -> httpx.Response:
    return await service.client.post(LOG_IN, json={"credential": await shown(service, device), **body})


@pytest.fixture
async def device(person: Person) -> Device:
    """Holds a passkey of the person."""
    device = Device()
    await add_passkey(person, device)
    return device


async def test_a_device_is_asked_for_a_key_of_this_person_that_it_can_find_itself(person: Person) -> None:
    asked = await options_of(person)
    assert asked["rp"] == {"id": "localhost", "name": "Ärende"}
    assert asked["user"]["name"] == person.email
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    device = Device()
    await add_passkey(person, device)
    assert [each["id"] for each in (await options_of(person))["excludeCredentials"]] == [
        encode(device.credential_id)
    ]


async def test_a_passkey_alone_logs_in(service: Service, person: Person, keys: Keys) -> None:
    for flags, kind in ((PRESENT | VERIFIED, "hwk"), (PRESENT | VERIFIED | SYNCABLE | SYNCED, "swk")):
        device = Device(flags=flags)
        added = await add_passkey(person, device)
        assert added["passkey"]["synced"] is (kind == "swk")
        session = (await try_log_in(service, device)).json()
        principal = TokenKeys(keys.public_file, ISSUER).verify(session["access_token"])
        assert (str(principal.sub), principal.amr) == (person.user_id, (kind, "user", "mfa"))
    listed = (await person.read("/v1/me/credentials"))["passkeys"]
    assert all(each["last_used_at"] for each in listed)


async def test_recovery_codes_come_with_the_first_second_factor(service: Service, person: Person) -> None:
    first, second = await add_passkey(person, Device()), await add_passkey(person, Device())
    assert (len(first["recovery_codes"]), second["recovery_codes"]) == (10, [])
    await log_in_with(person, first["recovery_codes"][0])
    told = await service.published(CredentialsChanged, user_id=person.user_id)
    assert [event.change for event in told] == ["passkey_added", "passkey_added", "recovery_code_used"]


async def test_a_password_alone_changes_no_credentials_of_who_has_a_passkey(
    person: Person, device: Device
) -> None:
    await person.log_in()
    (listed,) = (await person.read("/v1/me/credentials"))["passkeys"]
    for method, path in (
        ("DELETE", f"{PASSKEYS}/{listed['id']}"),
        ("POST", f"{PASSKEYS}/begin"),
        ("POST", "/v1/me/credentials/totp"),
        ("POST", "/v1/me/credentials/recovery-codes"),
    ):
        assert refusal(await person.call(method, path)) == (403, "second_factor_required")


async def test_a_challenge_is_good_once_and_for_five_minutes(
    service: Service, device: Device, moved_clock: MovedClock
) -> None:
    credential = await shown(service, device)
    both = await asyncio.gather(
        *(service.client.post(LOG_IN, json={"credential": credential}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in both) == [201, 401, 401]
    late = await shown(service, device)
    moved_clock.move(minutes=5)
    assert refusal(await service.client.post(LOG_IN, json={"credential": late})) == (401, "wrong_credentials")
    assert (await try_log_in(service, device)).status_code == 201


async def test_a_challenge_of_one_purpose_serves_no_other(
    service: Service, person: Person, device: Device
) -> None:
    credential = device.show(await options_of(person))
    answer = await service.client.post(LOG_IN, json={"credential": credential})
    assert refusal(answer) == (401, "wrong_credentials")
    for_log_in = (await service.client.post(f"{LOG_IN}/begin")).json()["public_key"]
    asked = {**await options_of(person), "challenge": for_log_in["challenge"]}
    answer = await person.post(PASSKEYS, {"name": "Telefonen", "credential": Device().make(asked)})
    assert refusal(answer) == (422, "unusable_passkey")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://arende.example.org"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "example.org"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"credential_id": b"another one"},
        {"user_handle": encode(uuid7().bytes)},
        {"user_handle": "AAAA"},
        {"key": Device().key},
    ],
    ids=str,
)
async def test_what_is_not_the_persons_own_is_refused(
    service: Service, device: Device, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    assert refusal(await try_log_in(service, device)) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": PRESENT}], ids=str
)
async def test_a_key_made_for_others_is_not_added(person: Person, wrong: dict[str, Any]) -> None:
    assert refusal(await try_adding(person, Device(**wrong))) == (422, "unusable_passkey")
    assert (await person.read("/v1/me/credentials"))["passkeys"] == []


@pytest.mark.parametrize(
    "part", ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "rawId", "id"]
)
async def test_rubbish_is_refused(service: Service, person: Person, device: Device, part: str) -> None:
    for rubbish in ("AAAA", "A", encode(b"[1]"), encode(b'{"challenge": 1}'), encode(b"[" * 2500), "é"):
        made = Device().make(await options_of(person))
        seen = await shown(service, device)
        for credential in (made, seen):
            (credential if part in credential else credential["response"])[part] = rubbish
        added = await person.post(PASSKEYS, {"name": "Telefonen", "credential": made})
        logged_in = await service.client.post(LOG_IN, json={"credential": seen})
        if part not in ("authenticatorData", "signature"):
            assert added.status_code == 422
        if part != "attestationObject":
            assert logged_in.status_code in (401, 422)


async def test_the_count_of_a_copied_key_does_not_grow(service: Service, person: Person) -> None:
    device = Device(count=7)
    await add_passkey(person, device)
    assert (await try_log_in(service, device)).status_code == 201
    device.count = 7
    assert refusal(await try_log_in(service, device)) == (401, "wrong_credentials")
    device.count = 8
    assert (await try_log_in(service, device)).status_code == 201


async def test_a_passkey_is_added_once(service: Service, person: Person, device: Device) -> None:
    assert refusal(await try_adding(person, device)) == (409, "passkey_exists")


async def test_a_passkey_is_renamed_and_removed(
    service: Service, person: Person, device: Device, admin: Person
) -> None:
    (listed,) = (await person.read("/v1/me/credentials"))["passkeys"]
    path = f"{PASSKEYS}/{listed['id']}"
    for method, body in (("PATCH", {"name": "Min"}), ("DELETE", None)):
        assert refusal(await admin.call(method, path, json=body)) == (404, "not_found")
    assert (await person.call("PATCH", path, json={"name": "Datorn"})).json()["name"] == "Datorn"
    assert (await person.call("DELETE", path)).status_code == 204
    assert refusal(await try_log_in(service, device)) == (401, "wrong_credentials")
    assert await person.read("/v1/me/credentials") == {
        "totp": None,
        "passkeys": [],
        "recovery_codes_left": 0,
    }


async def test_passkeys_are_as_many_as_anybody_needs(person: Person) -> None:
    for _ in range(20):
        await add_passkey(person, Device())
    assert refusal(await person.post(f"{PASSKEYS}/begin")) == (409, "too_many_passkeys")


async def test_guesses_from_one_address_are_limited(service: Service, device: Device) -> None:
    device.user_handle = encode(uuid7().bytes)
    answers = [(await try_log_in(service, device)).status_code for _ in range(50)]
    assert set(answers) == {401}
    asked = await service.client.post(f"{LOG_IN}/begin")
    assert refusal(asked) == (429, "too_many_attempts")


async def test_what_was_never_answered_is_forgotten(
    service: Service, device: Device, moved_clock: MovedClock
) -> None:
    await shown(service, device)
    assert await service.rows("select 1 from challenges") != []
    moved_clock.move(minutes=6)
    await run_forget_challenges(service.database)
    assert await service.rows("select 1 from challenges") == []
