"""Forgotten passwords are replaced by mailed links."""

from shared.events.identity import PasswordResetRequested
from tests.factories.people import PASSWORD, new_person, reset_of, sign_up
from tests.factories.records import address
from tests.factories.service import Service


async def test_a_forgotten_password(service: Service) -> None:
    person = await sign_up(service)
    session = await person.log_in()
    known = await service.client.post("/v1/password-resets", json={"email": person.email.upper()})
    unknown = await service.client.post("/v1/password-resets", json={"email": address()})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (202, known.text)
    path = f"/v1/password-resets/{await reset_of(service, person.email)}"
    assert (await service.client.put(path, json={"password": "kort"})).status_code == 422
    assert (await service.client.put(path, json={"password": "ett nytt lösenord"})).status_code == 204
    again = await service.client.put(path, json={"password": "ett tredje lösenord"})
    assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    assert (await person.try_log_in()).status_code == 401
    person.password = "ett nytt lösenord"
    await person.log_in()
    # The link came by mail, so it verified the address; earlier log-ins have ended.
    assert (await person.get("/v1/me")).json()["email_verified"] is True
    old = {"refresh_token": session["refresh_token"]}
    assert (await service.client.post("/v1/sessions/refresh", json=old)).json()["code"] == "session_ended"


async def test_a_newer_password_ends_the_older_links(service: Service) -> None:
    person = await new_person(service)
    links = []
    for _ in range(2):
        await service.client.post("/v1/password-resets", json={"email": person.email})
        links.append(await reset_of(service, person.email))
    assert (
        await service.client.put(f"/v1/password-resets/{links[1]}", json={"password": PASSWORD})
    ).is_success
    assert (
        await service.client.put(f"/v1/password-resets/{links[0]}", json={"password": PASSWORD})
    ).status_code == 410


async def test_nobody_is_flooded_with_mails(service: Service) -> None:
    person = await new_person(service)
    answers = [
        await service.client.post("/v1/password-resets", json={"email": person.email}) for _ in range(6)
    ]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(await service.published(PasswordResetRequested, email=person.email)) == 5
