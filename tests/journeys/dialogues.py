"""What the people of a town do with cases."""

from typing import Any

from tests.factories.people import Person
from tests.journeys.lives import MOST_CASES, Answered, Lives, Office, nth

QUESTION = {"subject": "Lönerna i mars", "body": "Hur gick det?"}
APPROVAL = {"type": "approval", "statement": "Jag godkänner årsredovisningen."}


async def open_case(
    lives: Lives, office: Office, number: int, who: int, *, approval: str | None, send: bool
) -> Answered | None:
    """With one contact of the customer who can receive, or, where an `approval` is asked for, with all;
    it says whose decisions are needed."""
    customer = await office.customer(number)
    if customer is None or len(await office.listed_cases()) >= MOST_CASES:
        return None
    contacts = await office.contacts(customer["id"])
    chosen = contacts if approval else [each for each in (nth(contacts, who),) if each]
    members = await members_of(lives, office, customer["id"])
    people = [each["id"] for each in chosen if each["email"] in members]
    kind: dict[str, Any] = {**APPROVAL, "approval_rule": approval} if approval else {"type": "question"}
    assignee = {"assignee_id": nth(list(office.colleagues), who)}
    body = {"customer_id": customer["id"], "participant_ids": people, **QUESTION, **kind, **assignee}
    return Answered("open case", await office.admin.post("/v1/cases", {**body, "send": send}))


async def members_of(lives: Lives, office: Office, customer_id: str) -> dict[str, str]:
    for each in await office.collaborations():
        if each["customer_id"] == customer_id and each["status"] == "open":
            return await lives.members(each["account_id"])
    return {}


async def ask(lives: Lives, number: int, who: int) -> Answered | None:
    """A member asks a bureau that has a collaboration with the account."""
    person = nth(lives.people, who)
    found = [(office, each) for office in lives.offices for each in await office.collaborations()]
    chosen = nth(found, number)
    if chosen is None or person is None or len(await chosen[0].listed_cases()) >= MOST_CASES:
        return None
    office, collaboration = chosen
    own = await lives.person_at(person, collaboration["account_id"])
    if own is None:
        return None
    whom = {"bureau_id": office.bureau_id, "customer_id": collaboration["customer_id"]}
    return Answered("ask", await own.post("/v1/cases", {**QUESTION, **whom}))


async def with_case(office: Office, number: int, how: str, who: int) -> Answered | None:
    """One of the bureau's steps in a case."""
    case = nth(await office.listed_cases(), number)
    if case is None:
        return None
    path, admin = f"/v1/cases/{case['id']}", office.admin
    if how == "message":
        return Answered(how, await admin.post(f"{path}/messages", {"body": "Tack"}))
    if how == "document":
        file = {"file": ("bokslut.txt", f"Summa {who}".encode(), "text/plain")}
        return Answered(how, await admin.call("POST", f"{path}/files", files=file))
    if how == "assign":
        body = {"assignee_id": nth(list(office.colleagues), who)}
        return Answered(how, await admin.call("PUT", f"{path}/assignee", json=body, version="*"))
    if how == "participants":
        contact = nth(await office.contacts(case["customer_id"]), who)
        people = {"contact_ids": [contact["id"]] if contact else []}
        return Answered(how, await admin.call("PUT", f"{path}/participants", json=people, version="*"))
    return Answered(how, await admin.post(f"{path}/{how}"))


async def answer(lives: Lives, number: int, who: int, how: str) -> Answered | None:
    """One of the customer's answers, of whoever can see a case."""
    seen = [(own, case) for own, cases in await everybodys_cases(lives) for case in cases]
    chosen = nth(seen, number + who)
    if chosen is None:
        return None
    own, case = chosen
    path = f"/v1/cases/{case['id']}"
    if how == "message":
        return Answered(how, await own.post(f"{path}/messages", {"body": "Bra"}))
    return Answered(how, await own.post(f"{path}/approval", decision(how, await own.read(path))))


def decision(how: str, case: dict[str, Any]) -> dict[str, Any]:
    """On the documents that the person sees."""
    seen = [each["sha256"] for each in case["documents"]]
    comment = {"comment": "Beloppet är fel."} if how == "decline" else {}
    return {"decision": how, "document_hashes": seen, **comment}


async def end_collaboration(
    lives: Lives, office: Office, number: int, *, by_customer: bool
) -> Answered | None:
    found = [each for each in await office.collaborations() if each["status"] == "open"]
    chosen = nth(found, number)
    if chosen is None:
        return None
    by: Person | None = office.admin
    if by_customer:
        by = await lives.administrator(chosen["account_id"])
    if by is None:
        return None
    return Answered("end", await by.post(f"/v1/collaborations/{chosen['id']}/end"))


async def everybodys_cases(lives: Lives) -> list[tuple[Person, list[dict[str, Any]]]]:
    """What each person sees in each account, with the log-ins that they have or once had."""
    found = []
    for account_id in await lives.accounts():
        for person in lives.people:
            own = await lives.person_at(person, account_id)
            page = await own.get("/v1/cases", limit=200) if own else None
            if own and page and page.status_code == 200:
                found.append((own, list(page.json()["items"])))
    return found
