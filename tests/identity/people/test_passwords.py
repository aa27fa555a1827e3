"""Forgotten passwords are replaced by mailed links."""

import httpx

from shared.events.identity import (
    PasswordResetRequested,
)
from tests.identity.factories import PASSWORD, Register, address


async def test_a_forgotten_password(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.sign_up()
    session = await person.log_in()
    known = await client.post("/v1/password-resets", json={"email": person.email.upper()})
    unknown = await client.post("/v1/password-resets", json={"email": address()})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (202, known.text)
    path = f"/v1/password-resets/{await register.reset_of(person.email)}"
    assert (await client.put(path, json={"password": "kort"})).status_code == 422
    assert (await client.put(path, json={"password": "ett nytt lösenord"})).status_code == 204
    again = await client.put(path, json={"password": "ett tredje lösenord"})
    assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    assert (await person.try_log_in()).status_code == 401
    person.password = "ett nytt lösenord"
    await person.log_in()
    # The link came by mail, so it verified the address; earlier log-ins have ended.
    assert (await person.call("GET", "/v1/me")).json()["email_verified"] is True
    old = {"refresh_token": session["refresh_token"]}
    assert (await client.post("/v1/sessions/refresh", json=old)).json()["code"] == "session_ended"


async def test_a_newer_password_ends_the_older_links(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.person()
    links = []
    for _ in range(2):
        await client.post("/v1/password-resets", json={"email": person.email})
        links.append(await register.reset_of(person.email))
    assert (await client.put(f"/v1/password-resets/{links[1]}", json={"password": PASSWORD})).is_success
    assert (
        await client.put(f"/v1/password-resets/{links[0]}", json={"password": PASSWORD})
    ).status_code == 410


async def test_nobody_is_flooded_with_mails(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.person()
    answers = [await client.post("/v1/password-resets", json={"email": person.email}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(await register.published(PasswordResetRequested, email=person.email)) == 5
