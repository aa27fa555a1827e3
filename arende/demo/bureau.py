"""The bureau's first steps: sign-up, employees, register, checklist, purchase."""

import csv
import io
import time
from typing import Any

from arende.demo.client import Caller, Unexpected, patiently, until
from arende.demo.screen import kronor
from arende.demo.story import Story, organisation_number

ADDRESS = {"street": "Storgatan 1", "postal_code": "211 34", "city": "Malmö", "country": "SE"}
# The kinds of employees that a bureau has, by their rights.
RIGHTS = (
    {"account_role": "administrator", "maintenance": "full", "customers": "full"},
    {"account_role": "user", "maintenance": "none", "customers": "full"},
    {"account_role": "user", "maintenance": "none", "customers": "limited"},
)


async def register_bureau(story: Story, *, name: str, email: str, admin: str) -> tuple[str, Any]:
    """Sign up a bureau. Returns its id, and its first employee, logged in."""
    body = {
        "name": name,
        "organisation_number": organisation_number(story.choice),
        "address": ADDRESS,
        "email": email,
        "admin": {"name": admin, "email": email, "password": story.password},
        "language": "sv",
    }
    caller = story.caller(admin, email)
    bureau = await caller.post("/v1/bureaus", body)
    if story.mails_arrive:
        letter = await story.letters.to(email, "verify_address")
        chosen = {"token": letter.token, "password": story.password}
        await caller.post("/v1/users/verify", chosen)
    await caller.log_in({"bureau_id": bureau["id"]})
    await _approve(story, bureau["id"])
    return bureau["id"], caller


async def _approve(story: Story, bureau_id: str) -> None:
    """The operator of the service looks at who waits, and approves the bureau."""
    email, password = story.operator
    operator = Caller(story.http, name="Operator", email=email, password=password)
    await operator.log_in({"operator": True})
    for waiting in await operator.all("/v1/bureaus", status="registered"):
        if waiting["id"] == bureau_id:
            await operator.post(f"/v1/bureaus/{bureau_id}/approve")
            story.screen.did(f"{waiting['name']}, {waiting['organisation_number']}: approved by the operator")


async def sign_up(story: Story) -> None:
    story.screen.chapter("A bureau signs up, with its employees")
    responsible = responsible_addresses(story.register)
    domain = responsible[0].partition("@")[2] if responsible else "byran.example"
    story.bureau_id, story.admin = await register_bureau(
        story, name="Räkna & Vänner AB", email=f"astrid.berg@{domain}", admin="Astrid Berg"
    )
    story.screen.did(f"Räkna & Vänner AB, by Astrid Berg <{story.admin.email}>")
    for place, email in enumerate(responsible):
        name = email.partition("@")[0].replace(".", " ").title()
        rights = RIGHTS[place % len(RIGHTS)]
        await story.admin.post("/v1/employees", {"name": name, "email": email, **rights})
        if story.mails_arrive:
            story.employees.append(await _log_in_first(story, name, email))
        held = (
            f"{rights['account_role']}, maintenance {rights['maintenance']}, customers {rights['customers']}"
        )
        story.screen.did(f"{name}: {held}")


async def _log_in_first(story: Story, name: str, email: str) -> Caller:
    """A new employee follows the link in the mail, chooses a password and logs in."""
    letter = await story.letters.to(email, "employee_welcome")
    employee = story.caller(name, email)
    await employee.put(f"/v1/password-resets/{letter.token}", {"password": story.password})
    await employee.log_in({"bureau_id": story.bureau_id})
    return employee


def responsible_addresses(register: bytes) -> list[str]:
    """The distinct `responsible_email` of the register, in the order of their first customer."""
    try:
        text = register.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = register.decode("cp1252")
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    found = [(row.get("responsible_email") or "").strip().lower() for row in rows]
    return list(dict.fromkeys(email for email in found if "@" in email))


async def import_register(story: Story) -> None:
    story.screen.chapter("The register is imported")
    headers = {"Content-Type": "text/csv"}
    answer = await story.admin.send("POST", "/v1/customers/import", headers=headers, content=story.register)
    if not answer.is_success:
        raise Unexpected("POST /v1/customers/import", answer)
    job = answer.json()
    began = time.monotonic()
    with story.screen.progress("lines", job["total"]) as bar:

        async def finished() -> dict[str, Any] | None:
            now: dict[str, Any] = await story.admin.get(f"/v1/jobs/{job['id']}")
            bar.at(now["done"], now["total"])
            return now if now["status"] in ("finished", "failed") else None

        job = await until(finished, "the import", seconds=120)
    rejected = [{"line": each["line"], "code": each["code"]} for each in job["rejected"]]
    imported = job["created"] + job["updated"] + job["unchanged"]
    story.screen.did(f"{imported} customers in {time.monotonic() - began:.1f} s")
    for each in rejected:
        story.screen.refused(f"line {each['line']}: {each['code']}")
    story.report |= {"customers_imported": imported, "lines_rejected": rejected}


async def read_checklist(story: Story) -> None:
    story.screen.chapter("The checklist before buying")
    await _deactivate(story)
    checklist = await story.admin.get("/v1/activation-checklist")
    rows = [
        [point["code"], str(point["count"]), ", ".join(each["name"] for each in point["customers"][:2])]
        for point in checklist["points"]
    ]
    story.screen.table(("to mend", "customers", "such as"), rows, numbers=(1,))
    story.screen.did(f"{checklist['billable_customers']} customers would be billed")
    story.screen.did(f"{checklist['ready_customers']} customers are ready to be invited")
    for duty in checklist["duties"]:
        await story.admin.put(f"/v1/activation-checklist/duties/{duty['code']}")
        story.screen.did(f"duty confirmed: {duty['code']}")
    story.report |= {
        "checklist": {point["code"]: point["count"] for point in checklist["points"]},
        "billable_customers": checklist["billable_customers"],
        "ready_customers": checklist["ready_customers"],
    }


async def _deactivate(story: Story) -> None:
    """Deactivate as many customers as `arende demo --deactivate` says, so that the price falls: companies
    chosen by the seed. A bureau would begin with those it has not heard of for long; here all are new."""
    if story.deactivate == 0:
        return
    active = await story.admin.all("/v1/customers", active="true", kind="company")
    chosen = story.choice.sample(active, min(story.deactivate, len(active)))
    for customer in chosen:
        await story.admin.post(f"/v1/customers/{customer['id']}/deactivate")
        story.screen.did(f"deactivated {customer['number']} {customer['name']}")


async def buy(story: Story) -> None:
    story.screen.chapter("The feature is bought")
    wanted = story.report["billable_customers"]

    async def quoted() -> dict[str, Any] | None:
        quote: dict[str, Any] = await story.admin.get("/v1/subscription/quote")
        return quote if quote["billable_customers"] == wanted else None

    quote = await until(quoted, "billing to know the register")
    story.screen.table(
        ("customers", "price each", "a month", "VAT", "with VAT"),
        [
            [
                str(quote["billable_customers"]),
                *(
                    kronor(quote[name]["amount"])
                    for name in ("price_per_customer", "monthly_cost", "vat", "monthly_cost_with_vat")
                ),
            ]
        ],
        numbers=range(5),
    )
    order = {name: quote[name] for name in ("billable_customers", "price_version")}
    for employee in story.employees[1:2]:
        await _refused_purchase(story, employee, order)
    await buy_quoted(story.admin, order)
    story.screen.did("bought by Astrid Berg, who is administrator and has maintenance")


async def buy_quoted(admin: Caller, order: dict[str, Any]) -> None:
    """Billing may hear of the approval a moment after it hears of the register."""
    await patiently(lambda: admin.post("/v1/subscription", order), while_refused={"bureau_not_approved"})


async def _refused_purchase(story: Story, employee: Any, order: dict[str, Any]) -> None:
    try:
        await employee.post("/v1/subscription", order)
    except Unexpected as refusal:
        if refusal.answer.status_code != 403:
            raise
        story.screen.refused(f"{employee.name} may not buy: {refusal.answer.json()['detail']}")
    else:
        raise RuntimeError("an employee without the rights could buy")
