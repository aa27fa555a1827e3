"""Invitations, and how customers answer them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from arende.demo.bureau import buy_quoted, register_bureau
from arende.demo.client import Caller, Unexpected, patiently, until
from arende.demo.story import Company, Story

CHUNK = 50
COMPANIES = 4


async def choose_companies(story: Story) -> None:
    """Four companies that can be invited, chosen by the seed; two get an account by another bureau first."""
    story.screen.chapter("Two of the companies already work with another bureau")
    ready = await story.admin.all("/v1/customers", active="true", kind="company", readiness="ready")
    addresses = Counter(each["main_contact"]["email"].lower() for each in ready)
    single = [each for each in ready if addresses[each["main_contact"]["email"].lower()] == 1]
    if len(single) < COMPANIES:
        raise RuntimeError(f"the journey needs {COMPANIES} companies that are ready to be invited")
    for customer in story.choice.sample(single, COMPANIES):
        contact = customer["main_contact"]
        story.companies.append(Company(customer, story.caller(contact["name"], contact["email"])))
    story.letters.look()
    known = set(story.letters.seen)
    await _customers_of_another_bureau(story, story.companies[1], story.companies[2])
    story.letters.set_aside(known)


async def _customers_of_another_bureau(story: Story, same: Company, other: Company) -> None:
    """Another bureau has both as customers and invites them first. Its main contact at the second is another
    person, who becomes the administrator of the account."""
    director, email = f"vd.{other.person.email}", "rolf.gran@grannbyran.example"
    story.letters.outsiders.add(email)
    _, neighbour = await register_bureau(story, name="Grannbyrån AB", email=email, admin="Rolf Gran")
    people = {same.name: same.person, other.name: story.caller("Vera Direktör", director)}
    for number, company in enumerate((same, other), start=1):
        customer = await neighbour.post("/v1/customers", _as_customer(number, company))
        person = people[company.name]
        contact = {"name": person.name, "email": person.email}
        await neighbour.post(f"/v1/customers/{customer['id']}/contacts", contact)

    async def quoted() -> dict[str, Any] | None:
        quote: dict[str, Any] = await neighbour.get("/v1/subscription/quote")
        return quote if quote["billable_customers"] == 2 else None

    quote = await until(quoted, "billing to know the neighbour's customers")
    order = {name: quote[name] for name in ("billable_customers", "price_version")}
    await buy_quoted(neighbour, order)
    for customer in await neighbour.all("/v1/customers"):
        await _invite_one(neighbour, customer["id"])
        person = people[customer["name"]]
        await _log_in(story, person)
        invitation = await _invitation(story, person)
        await person.post(f"/v1/invitations/{invitation}/accept")
        story.screen.did(f"{customer['name']} has an account, its administrator is {person.name}")
        await _account_of(person)


async def _invite_one(caller: Caller, customer_id: str) -> None:
    passing = {"not_found", "bureau_not_approved", "feature_not_bought", "customer_not_ready"}
    body = {"customer_id": customer_id}
    await patiently(lambda: caller.post("/v1/invitations", body), while_refused=passing)


def _as_customer(number: int, company: Company) -> dict[str, Any]:
    kept = ("name", "kind", "organisation_number", "address")
    return {"number": str(number), **{name: company.customer[name] for name in kept}}


async def invite_all(story: Story) -> None:
    story.screen.chapter("All active customers are invited")
    customers = await story.admin.all("/v1/customers", active="true")
    results: list[dict[str, Any]] = []
    with story.screen.progress("invitations", len(customers)) as bar:
        for start in range(0, len(customers), CHUNK):
            ids = [each["id"] for each in customers[start : start + CHUNK]]
            results += await _invite(story.admin, ids)
            bar.at(len(results))
    sent = [each for each in results if each["status"] == "sent"]
    refused = [each for each in results if each["status"] != "sent"]
    story.screen.did(f"{len(sent)} invitations sent")
    reasons = Counter(point for each in refused for point in each.get("points") or [each["code"]])
    for reason, number in reasons.most_common():
        story.screen.refused(f"{number} not invited: {reason}")
    story.report["invitations"] = {
        "sent": len(sent),
        "refused": len(refused),
        "accepted": 0,
        "declined": 0,
        "refused_by_reason": dict(reasons),
    }
    await story.letters.count("invitation", len(sent))
    story.screen.did(f"{len(sent)} mails have come, each with its own link")


async def _invite(admin: Caller, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Asks again for customers that the service does not know yet, because identity's event is on its way."""
    body = {"customer_ids": list(ids)}
    job = await patiently(
        lambda: admin.post("/v1/invitations/batch", body),
        while_refused={"bureau_not_approved", "feature_not_bought"},
    )
    results: list[dict[str, Any]] = [each for each in job["results"] if each.get("code") != "not_found"]
    missing = [each["customer_id"] for each in job["results"] if each.get("code") == "not_found"]

    async def again() -> list[dict[str, Any]] | None:
        later = await admin.post("/v1/invitations/batch", {"customer_ids": missing})
        known: list[dict[str, Any]] = later["results"]
        return None if any(each.get("code") == "not_found" for each in known) else known

    return results + (await until(again, "invitations to know the register") if missing else [])


async def answer_invitations(story: Story) -> None:
    story.screen.chapter("Customers answer")
    first, second, third, fourth = story.companies
    for company in story.companies:
        await _log_in(story, company.person)
        company.invitation_id = await _invitation(story, company.person)
    await _accept(story, first, "its account was opened by it")
    await _accept(story, second, "its account was there, and its main contact is administrator")
    await _refused_acceptance(story, third)
    await _accept(story, third, "its main contact is administrator now")
    await fourth.person.post(f"/v1/invitations/{fourth.invitation_id}/decline", {"reason": "Vi byter byrå."})
    story.screen.did(f"{fourth.name} declined")
    story.report["invitations"] |= {"accepted": 3, "declined": 1}
    await story.letters.count("invitation_accepted", 3)
    await story.letters.count("invitation_declined", 1)
    story.screen.note("who invited has been told by mail of each answer")


async def _accept(story: Story, company: Company, how: str) -> None:
    await company.person.post(f"/v1/invitations/{company.invitation_id}/accept")
    company.account_id = await _account_of(company.person)
    await company.person.log_in({"account_id": company.account_id})
    story.screen.did(f"{company.name} accepted by {company.person.name}: {how}")


async def _refused_acceptance(story: Story, company: Company) -> None:
    """The main contact is no administrator of the account, and is refused. The administrator is told by mail,
    and adds the main contact as another administrator."""
    try:
        await company.person.post(f"/v1/invitations/{company.invitation_id}/accept")
    except Unexpected as refusal:
        if refusal.code != "not_administrator":
            raise
        story.screen.refused(f"{company.name}: {refusal.answer.json()['detail']}")
    else:
        raise RuntimeError("a person who is no administrator could accept")
    director = story.caller("Vera Direktör", f"vd.{company.person.email}")
    await story.letters.to(director.email, "acceptance_refused_unnamed")
    told = f"told by mail, without names: {director.email}"
    story.screen.note(f"{told}; {company.person.name} asks to be made administrator")
    await director.log_in()
    account = await _account_of(director)
    await director.log_in({"account_id": account})
    body = {"email": company.person.email, "role": "administrator"}
    await director.post(f"/v1/accounts/{account}/members", body)

    async def accepted() -> bool | None:
        try:
            await company.person.post(f"/v1/invitations/{company.invitation_id}/accept")
        except Unexpected as refusal:
            if refusal.code != "not_administrator":
                raise
            return None
        return True

    await until(accepted, "invitations to know the new administrator")


async def _log_in(story: Story, person: Caller) -> None:
    """Sign up, unless the person has done it already, and log in without choosing a hat."""
    person.act_as = None
    try:
        await person.log_in()
    except Unexpected as refusal:
        if refusal.code != "wrong_credentials":
            raise
        person.token = (await story.sign_up(person.name, person.email)).token


async def _invitation(story: Story, person: Caller) -> str:
    """The id of the invitation behind the link in the newest mail."""
    letter = await story.letters.to(person.email, "invitation")
    shown = await person.get(f"/v1/invitations/by-token/{letter.token}")
    return str(shown["invitation_id"])


async def _account_of(person: Caller) -> str:
    async def hat() -> str | None:
        hats = (await person.get("/v1/me"))["hats"]
        return next((each["account_id"] for each in hats if each["kind"] == "member"), None)

    return await until(hat, f"the account of {person.name}")
