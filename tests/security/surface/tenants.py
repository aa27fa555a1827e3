"""Two bureaus with everything that a bureau can have, made by the public API, and the people around them.

`Tenant.ids` has the id of each kind of thing by the name that routes and bodies give it. Where an operation
needs a thing in a state of its own, `seeds.py` names another one.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from services.billing.runs.commands import bill_month
from services.identity.imports.jobs import import_next
from shared.clock import month_at, utcnow
from tests.factories.cases import add_file, post
from tests.factories.customers import new_contact, new_customer
from tests.factories.passkeys import Device, add_passkey
from tests.factories.people import Person, bureau_body, employ, new_person, verify
from tests.factories.records import address, organisation_number
from tests.factories.register_files import line, register_file, upload_register
from tests.factories.subscriptions import buy
from tests.factories.town import WEB_URL, Town

# The permissions of an employee, by the letters of the matrix: administrator, maintenance, customers.
PERMISSIONS = {
    f"{a}{m}{c}": {
        "account_role": "administrator" if a == "A" else "user",
        "maintenance": "full" if m == "M" else "none",
        "customers": "full" if c == "C" else "limited",
    }
    for a in "A-"
    for m in "M-"
    for c in "C-"
}


@dataclass(frozen=True)
class Marks:
    """Words that stand in all texts of a bureau, of one of its customers, of that customer's cases, and in
    the internal notes of these cases."""

    bureau: str
    customer: str
    case: str
    note: str


@dataclass
class Tenant:
    """`people` are logged in: the employees by their permissions, and the customer's people by their part.
    The employee who is `own` has limited customers, and takes part in this one."""

    town: Town
    marks: Marks
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def admin(self) -> Person:
        return self.people["AMC"]

    async def employ_all(self) -> None:
        for letters, rights in PERMISSIONS.items():
            if letters != "AMC":
                _, self.people[letters] = await employ(self.town.identity, self.admin, **rights)
        employee, own = await employ(self.town.identity, self.admin)
        self.people["own"], self.ids["employee_id"] = own, employee["id"]
        self.ids["passkey_id"] = (await add_passkey(own, Device(origin=WEB_URL)))["passkey"]["id"]

    async def invite(self, customer_id: str, contact: Person, **named: str) -> str:
        await new_contact(self.admin, customer_id, email=contact.email, **named)
        await self.town.settle()
        invitation = await self.admin.post("/v1/invitations", {"customer_id": customer_id})
        assert invitation.status_code == 201, invitation.text
        return str(invitation.json()["id"])

    async def accept(self, invitation_id: str, contact: Person) -> str:
        """Returns the id of the account, for which the contact is logged in."""
        accepted = await contact.post(f"/v1/invitations/{invitation_id}/accept")
        assert accepted.status_code == 200, accepted.text
        await self.town.settle()
        await contact.log_in()
        (hat,) = [each for each in contact.session["hats"] if each["kind"] == "member"]
        await contact.log_in(account_id=hat["account_id"])
        self.ids["collaboration_id"] = accepted.json()["collaboration_id"]
        return str(hat["account_id"])


SOMEONES = Marks("Skiffer", "Smultron", "Silltrut", "Snigel")
OURS = Marks("Kvartsit", "Violruta", "Sotkopia", "Internhumla")
THEIRS = Marks("Granit", "Prästkrage", "Gråsugga", "Jordgeting")


async def found(town: Town, operator: Person, marks: Marks) -> Tenant:
    tenant = Tenant(town, marks, {"operator": operator})
    await sign_up(tenant)
    await tenant.employ_all()
    takes_part = {"participant_ids": [tenant.ids["employee_id"]]}
    customer = await new_customer(tenant.admin, name=f"{marks.customer} AB", **takes_part)
    neighbour = await new_customer(tenant.admin, name="Grannen AB")
    waiting = await new_customer(tenant.admin, name=f"{marks.customer} Bygg AB")
    await town.settle()
    await buy(tenant.admin)
    await town.settle()
    await seat_customers(tenant, customer["id"], neighbour["id"], waiting["id"])
    await open_cases(tenant)
    await keep_records(tenant)
    return tenant


async def sign_up(tenant: Tenant) -> None:
    identity = tenant.town.identity
    body = bureau_body(name=f"{tenant.marks.bureau} Redovisning AB")
    body["admin"]["name"] = f"Anna {tenant.marks.bureau}"
    answer = await identity.client.post("/v1/bureaus", json=body)
    assert answer.status_code == 201, answer.text
    approved = await tenant.people["operator"].post(f"/v1/bureaus/{answer.json()['id']}/approve")
    assert approved.status_code == 200, approved.text
    admin = Person(identity.client, body["email"])
    await verify(identity, admin)
    await admin.log_in(bureau_id=answer.json()["id"])
    admin.user_id = (await admin.read("/v1/me"))["id"]
    tenant.people["AMC"] = admin
    tenant.ids |= {"bureau_id": answer.json()["id"], "session_id": admin.session["session_id"]}
    tenant.ids |= {"email": admin.email, "password": admin.password}
    tenant.ids |= {"refresh_token": admin.session["refresh_token"]}
    tenant.ids |= {"colleague_id": admin.hat["employee_id"], "new_number": organisation_number()}
    tenant.ids |= {"new_email": address(), "new_bureau_email": address()}


async def seat_customers(tenant: Tenant, customer_id: str, neighbour_id: str, waiting_id: str) -> None:
    """One customer with its people, one that is its neighbour, and one that has not accepted yet."""
    town, people, named = tenant.town, tenant.people, {"name": f"Karin {tenant.marks.customer}"}
    for part in ("owner", "participant", "bystander", "neighbour", "invited"):
        people[part] = await new_person(town.identity)
    waiting = await tenant.invite(waiting_id, people["invited"], **named)
    await tenant.accept(await tenant.invite(neighbour_id, people["neighbour"]), people["neighbour"])
    invitation = await tenant.invite(customer_id, people["owner"], **named)
    account_id = await tenant.accept(invitation, people["owner"])
    for part in ("participant", "bystander"):
        await new_contact(tenant.admin, customer_id, email=people[part].email, **named)
        member = {"email": people[part].email, "role": "user"}
        added = await people["owner"].post(f"/v1/accounts/{account_id}/members", member)
        assert added.status_code == 201, added.text
        await people[part].log_in(account_id=account_id)
    await town.settle()
    contacts = (await tenant.admin.read(f"/v1/customers/{customer_id}/contacts"))["items"]
    by_email = {each["email"]: each["id"] for each in contacts}
    tenant.ids |= {
        "customer_id": customer_id,
        "invitation_id": waiting,
        "account_id": account_id,
        "owner_email": people["owner"].email,
        "owner_refresh_token": people["owner"].session["refresh_token"],
        "user_id": people["participant"].user_id,
        "contact_id": by_email[people["participant"].email],
    }


async def open_cases(tenant: Tenant) -> None:
    admin, participant, ids, mark = tenant.admin, tenant.people["participant"], tenant.ids, tenant.marks.case
    question = await open_case(tenant, type="question")
    document = await add_file(participant, question, name=f"{mark}.txt")
    message = await post(admin, question, "messages", {"body": f"Svar om {mark}"})
    note = await post(admin, question, "notes", {"body": f"Bara för oss: {tenant.marks.note}"})
    assert (message.status_code, note.status_code) == (201, 201), (message.text, note.text)
    request = await open_case(tenant, type="document_request", items=[f"{mark} {n}" for n in range(3)])
    answer = {"not_applicable": True, "reason": f"Ingen {mark}"}
    items = [each["id"] for each in request["items"]]
    for item_id in items[:2]:
        path = f"/v1/cases/{request['id']}/items/{item_id}/answer"
        assert (await participant.put(path, answer)).is_success
    approval = await open_case(tenant, type="approval", statement=f"Jag godkänner {mark}.")
    signed = await add_file(admin, approval, name=f"{mark} bokslut.txt")
    information = await open_case(tenant, type="information", must_acknowledge=True)
    draft = await open_case(tenant, type="question", send=False)
    ids |= {
        "case_id": question["id"],
        "request_id": request["id"],
        "approval_id": approval["id"],
        "information_id": information["id"],
        "draft_id": draft["id"],
        "file_id": document["id"],
        "document_id": signed["id"],
        "document_sha256": signed["sha256"],
        "message_id": message.json()["id"],
        "item_id": items[0],
        "returned_item_id": items[1],
        "open_item_id": items[2],
        "paper_id": (await add_file(participant, request, item_id=items[2]))["id"],
    }


async def open_case(tenant: Tenant, **fields: Any) -> dict[str, Any]:
    ids, mark = tenant.ids, tenant.marks.case
    body = {"customer_id": ids["customer_id"], "participant_ids": [ids["contact_id"]], "send": True}
    texts = {"subject": f"Om {mark}", "body": f"Vad är {mark}?", "labels": [tenant.marks.bureau]}
    answer = await tenant.admin.post("/v1/cases", {**body, **texts, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def keep_records(tenant: Tenant) -> None:
    """A template, an import, a batch, an invoice and news: what a bureau has beside its customers."""
    town, admin, mark = tenant.town, tenant.admin, tenant.marks.bureau
    texts = {"name": f"{mark}mall", "subject": mark, "body": f"Skicka {mark}."}
    template = await admin.post("/v1/templates", {"type": "question", **texts})
    assert template.status_code == 201, template.text
    job = await upload_register(admin, register_file(line("77", name=f"{mark} import AB")))
    assert job.status_code == 202, job.text
    while await import_next(town.identity.database):
        pass
    waiting = await new_customer(admin, name=f"{mark} utskick AB")
    await new_contact(admin, waiting["id"], email=address("nils", "kund.example"))
    await town.settle()
    batch = await admin.post("/v1/invitations/batch", {"customer_ids": [waiting["id"]]})
    assert batch.status_code == 202, batch.text
    await town.settle()
    run = await tenant.people["operator"].post("/v1/billing-runs", {"month": "2026-01"})
    assert run.status_code == 201, run.text
    later = utcnow() + timedelta(days=62)
    await bill_month(
        town.services["billing"].database, month=month_at(utcnow()), dry_run=False, at=later, batch=100
    )
    await town.settle()
    tenant.ids |= {
        "template_id": template.json()["id"],
        "job_id": job.json()["id"],
        "run_id": run.json()["id"],
        "batch_id": batch.json()["id"],
        "invoice_id": (await admin.read("/v1/invoices"))["items"][0]["id"],
        "notification_id": (await admin.read("/v1/notifications"))["items"][0]["id"],
    }


def without_login(person: Person) -> Person:
    return replace(person, headers={})
