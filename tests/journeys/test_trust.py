"""A stranger opens an account with a company's number before the company's own bureau invites it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from arende.demo.bureau import ADDRESS
from arende.demo.client import Caller, Unexpected, until
from arende.demo.letters import Letters
from arende.installation import Installation
from arende.local.system import embedded
from tests.factories.records import organisation_number

PASSWORD = "korrekt häst batteri"
NUMBER = organisation_number()


class Town:
    """Bureaus and people, who use the system by its public API and the mails that they get."""

    def __init__(self, http: httpx.AsyncClient, letters: Letters) -> None:
        self.http, self.letters = http, letters

    def caller(self, name: str, email: str) -> Caller:
        return Caller(self.http, name=name, email=email, password=PASSWORD)

    async def person(self, name: str, email: str) -> Caller:
        person = self.caller(name, email)
        body = {"name": name, "email": email, "password": PASSWORD, "language": "sv"}
        await person.post("/v1/users", body)
        await self.verify(person)
        await person.log_in()
        return person

    async def verify(self, person: Caller) -> None:
        letter = await self.letters.to(person.email, "verify_address")
        await person.post("/v1/users/verify", {"token": letter.token, "password": PASSWORD})

    async def bureau(self, name: str, email: str) -> Caller:
        """Sign up a bureau. Returns its first employee, logged in."""
        admin = self.caller(name, email)
        body = {
            "name": name,
            "organisation_number": organisation_number(),
            "address": ADDRESS,
            "email": email,
            "admin": {"name": name, "email": email, "password": PASSWORD},
        }
        bureau = await admin.post("/v1/bureaus", body)
        await self.verify(admin)
        await admin.log_in({"bureau_id": bureau["id"]})
        return admin

    async def invitation(self, bureau: Caller, contact: Caller) -> dict[str, Any]:
        """The bureau registers the company with this main contact, buys and invites. Returns the customer
        with the id of the invitation."""
        company = {"name": "Bageriet AB", "kind": "company", "organisation_number": NUMBER}
        customer: dict[str, Any] = await bureau.post(
            "/v1/customers", {**company, "number": "1", "address": ADDRESS}
        )
        person = {"name": contact.name, "email": contact.email}
        await bureau.post(f"/v1/customers/{customer['id']}/contacts", person)

        async def bought() -> bool:
            quote = await bureau.get("/v1/subscription/quote")
            if quote["billable_customers"] == 1:
                order = {name: quote[name] for name in ("billable_customers", "price_version")}
                await bureau.post("/v1/subscription", order)
            return bool(quote["billable_customers"] == 1)

        await until(bought, "the purchase")
        sent = await patient(bureau, "/v1/invitations", {"customer_id": customer["id"]})
        return {**customer, "invitation_id": sent["id"]}


async def patient(caller: Caller, path: str, body: Any = None, *, refused: str = "") -> Any:
    """Repeat the call while another service's event is on its way."""
    passing = {
        "bureau_not_approved",
        "feature_not_bought",
        "customer_not_ready",
        "not_found",
        "no_collaboration",
        refused,
    }
    passing.add("contact_cannot_receive")

    async def attempt() -> tuple[Any] | None:
        try:
            return (await caller.post(path, body),)
        except Unexpected as refusal:
            if refusal.code not in passing:
                raise
            return None

    return (await until(attempt, path))[0]


async def hat_of(person: Caller) -> str:
    async def hat() -> str | None:
        hats = (await person.get("/v1/me"))["hats"]
        return next((each["account_id"] for each in hats if each["kind"] == "member"), None)

    account_id = await until(hat, f"the account of {person.name}")
    await person.log_in({"account_id": account_id})
    return account_id


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with (
        embedded(Installation(tmp_path / "data", approve_bureaus="automatic")) as system,
        httpx.AsyncClient(base_url=system.url, timeout=60, trust_env=False) as http,
    ):
        yield Town(http, Letters(system.mailbox))


async def test_who_took_the_account_first_learns_nothing_of_another_bureau(town: Town) -> None:
    rogue_bureau = await town.bureau("Skojarbyrån AB", "rolf@skojar.example")
    bureau = await town.bureau("Byrån AB", "anna@byran.example")
    rogue = await town.person("Rolf Grå", "rolf@privat.example")
    karin = await town.person("Karin Berg", "karin@bageriet.example")

    false = await town.invitation(rogue_bureau, rogue)
    await rogue.post(f"/v1/invitations/{false['invitation_id']}/accept")
    account_id = await hat_of(rogue)

    # The real contact is refused, and the one who has the account is told no names.
    customer = await town.invitation(bureau, karin)
    with pytest.raises(Unexpected, match="not_administrator"):
        await karin.post(f"/v1/invitations/{customer['invitation_id']}/accept")
    letter = await town.letters.to(rogue.email, "acceptance_refused_unnamed")
    names = [name for name in town.letters.mailbox.names() if name in town.letters.seen]
    [mail] = [name for name in names if town.letters.seen[name] is letter]
    text = town.letters.mailbox.read(mail).as_string()
    assert not [word for word in ("Karin", "Bageriet", "Byrån AB", "anna@") if word in text]

    # The contact is made an administrator, and accepts.
    member = {"email": karin.email, "role": "administrator"}
    await rogue.post(f"/v1/accounts/{account_id}/members", member)
    accept = f"/v1/invitations/{customer['invitation_id']}/accept"
    await patient(karin, accept, refused="not_administrator")

    # The bureau sees who administers before its first case, and that one of them is no contact of its own.
    async def account() -> Any:
        answer = await bureau.send("GET", f"/v1/customers/{customer['id']}/account")
        return answer.json() if answer.status_code == 200 else None

    shown = await until(account, "identity to know the collaboration")
    known = {each["email"]: each["contact_id"] is not None for each in shown["administrators"]}
    assert known == {rogue.email: False, karin.email: True}

    contacts = (await bureau.get(f"/v1/customers/{customer['id']}/contacts"))["items"]
    question = {"type": "question", "subject": "Lönerna", "body": "Hemligt", "send": True}
    case = await patient(
        bureau,
        "/v1/cases",
        {"customer_id": customer["id"], "participant_ids": [contacts[0]["id"]], **question},
    )
    await bureau.post(f"/v1/cases/{case['id']}/messages", {"body": "Hemligt"})
    file = await bureau.upload(f"/v1/cases/{case['id']}/files", "lon.txt", b"Hemligt", "text/plain")

    await hat_of(karin)
    assert [each["id"] for each in (await karin.get("/v1/cases"))["items"]] == [case["id"]]
    await rogue.log_in()
    assert (await rogue.get("/v1/cases"))["items"] == []
    assert (await rogue.get("/v1/cases/counts"))["total"] == 0
    for path in ("", "/messages", "/files", "/timeline"):
        assert (await rogue.send("GET", f"/v1/cases/{case['id']}{path}")).status_code == 404
    assert (await rogue.send("GET", f"/v1/files/{file['id']}")).status_code == 404
    bureaus = [each["bureau_name"] for each in (await rogue.get("/v1/collaborations"))["items"]]
    assert bureaus == ["Skojarbyrån AB"]

    # A change of who administers is told to the bureau at once.
    helper = await town.person("Hjalmar Ny", "hjalmar@privat.example")
    new = {"email": helper.email, "role": "administrator"}
    await rogue.post(f"/v1/accounts/{account_id}/members", new)
    assert "Bageriet AB" in (await town.letters.to(bureau.email, "administrator_added")).subject
