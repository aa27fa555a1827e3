"""Somebody signs up with the address of a customer's contact before the contact does."""

from shared.events.identity import UserRegistered
from tests.factories.callers import refusal
from tests.factories.customers import new_contact, new_customer
from tests.factories.people import Person, log_in_first_employee, sign_up, sign_up_bureau, verify_token
from tests.factories.records import address
from tests.factories.subscriptions import buy
from tests.factories.town import Town


async def test_who_signed_up_ahead_never_answers_the_invitation(town: Town) -> None:
    identity = town.identity
    admin = await log_in_first_employee(identity, await sign_up_bureau(identity))
    attacker = await sign_up(identity, address("karin", "kund.example"))
    await attacker.log_in()
    (mail,) = await identity.published(UserRegistered, email=attacker.email)
    customer = await new_customer(admin)
    await new_contact(admin, customer["id"], email=attacker.email)
    await town.settle()
    await buy(admin)
    await town.settle()
    invited = await admin.post("/v1/invitations", {"customer_id": customer["id"]})
    assert invited.status_code == 201, invited.text
    accept = f"/v1/invitations/{invited.json()['id']}/accept"
    assert refusal(await attacker.post(accept)) == (403, "email_not_verified")

    owner = Person(attacker.client, attacker.email, password="fyra gula stolar")
    chosen = {"token": verify_token(mail), "password": owner.password}
    assert (await owner.post("/v1/users/verify", chosen)).status_code == 200
    await town.settle()

    # Whatever the attacker holds: the access token says what it said, the rest is refused.
    assert refusal(await attacker.post(accept))[0] in (401, 403)
    assert refusal(await attacker.try_log_in()) == (401, "wrong_credentials")
    refresh = {"refresh_token": attacker.session["refresh_token"]}
    refused = await attacker.client.post("/v1/sessions/refresh", json=refresh)
    assert refusal(refused) == (401, "session_ended")
    await owner.log_in()
    assert (await owner.post(accept)).status_code == 200
