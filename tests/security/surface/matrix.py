"""What comes of each operation for each role, and the table in `matrix.txt` that says what has to come."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx

from tests.factories.customers import new_contact, new_customer
from tests.factories.invitations import ten_minutes_pass
from tests.factories.people import Person, sign_up_bureau
from tests.factories.records import address
from tests.security.surface.operations import Operation, request
from tests.security.surface.tenants import PERMISSIONS, Tenant, open_case

FILE = Path(__file__).parent / "matrix.txt"
ANONYMOUS = "none"
# The columns of the table, and who of a tenant's people stands for each.
ROLES = {
    ANONYMOUS: "nobody",
    "person": "nobody",
    "invited": "invited",
    "oper": "operator",
    "admin": "owner",
    "user": "participant",
    **{letters: letters for letters in PERMISSIONS},
    "own": "own",
}
# Operations after which others would find nothing to do.
LAST = ("remove_passkey", "remove_member", "end_collaboration", "cancel_subscription")
# Operations that end the log-in that they are called with.
END_LOGIN = ("log_out",)
# Nobody is allowed these by who they are, but by a token, a code or a device, which the request here has not.
BY_TOKEN = (
    *("get_invitation_by_token", "reset_password", "verify_address"),
    *("add_passkey", "confirm_totp", "log_in_by_passkey", "remove_totp", "renew_recovery_codes"),
)
Thing = Callable[[Tenant, Person], Awaitable[str]]


async def new_employee(tenant: Tenant, _: Person) -> str:
    answer = await tenant.admin.post("/v1/employees", {"name": "Bo Ek", "email": address("bo")})
    return str(answer.json()["id"])


async def new_member(tenant: Tenant, _: Person) -> str:
    path = f"/v1/accounts/{tenant.ids['account_id']}/members"
    body = {"email": address("nils", "kund.example"), "role": "user"}
    return str((await tenant.people["owner"].post(path, body)).json()["user_id"])


async def another_customer(tenant: Tenant, _: Person) -> str:
    own = {"participant_ids": [tenant.ids["employee_id"]]}
    customer = await new_customer(tenant.admin, **own)
    await new_contact(tenant.admin, customer["id"])
    await tenant.town.settle()
    return str(customer["id"])


async def another_contact(tenant: Tenant, _: Person) -> str:
    return str((await new_contact(tenant.admin, tenant.ids["customer_id"]))["id"])


async def another_template(tenant: Tenant, _: Person) -> str:
    body = {"name": "Moms", "type": "question", "subject": "Moms", "body": "Skicka momsen."}
    return str((await tenant.admin.post("/v1/templates", body)).json()["id"])


async def another_invitation(tenant: Tenant, _: Person) -> str:
    """Mailed ten minutes ago, so that it can be sent again."""
    customer_id = await another_customer(tenant, _)
    sent = await tenant.admin.post("/v1/invitations", {"customer_id": customer_id})
    await ten_minutes_pass(tenant.town.services["invitations"], sent.json())
    return str(sent.json()["id"])


async def invitation_to_invited(tenant: Tenant, _: Person) -> str:
    own = {"participant_ids": [tenant.ids["employee_id"]]}
    customer = await new_customer(tenant.admin, **own)
    return await tenant.invite(customer["id"], tenant.people["invited"])


async def another_bureau(tenant: Tenant, _: Person) -> str:
    return str((await sign_up_bureau(tenant.town.identity, approve=False)).id)


async def another_session(tenant: Tenant, by: Person) -> str:
    """Of the caller."""
    return str((await again(by)).session["session_id"])


async def another_case(tenant: Tenant, _: Person) -> str:
    return str((await open_case(tenant, type="question"))["id"])


async def another_draft(tenant: Tenant, _: Person) -> str:
    return str((await open_case(tenant, type="question", send=False))["id"])


async def resolved_case(tenant: Tenant, _: Person) -> str:
    case_id = await another_case(tenant, _)
    assert (await tenant.admin.post(f"/v1/cases/{case_id}/resolve")).is_success
    return case_id


def refresh_token_of(name: str) -> Thing:
    async def token(tenant: Tenant, _: Person) -> str:
        return str((await again(tenant.people[name])).session["refresh_token"])

    return token


# What an operation uses up, so that each role gets one of its own.
FRESH: dict[str, dict[str, Thing]] = {
    "activate_customer": {"customer_id": another_customer},
    "approve_bureau": {"bureau_id": another_bureau},
    "cancel_case": {"case_id": another_case},
    "change_contact": {"contact_id": another_contact},
    "change_employee": {"employee_id": new_employee},
    "change_member": {"user_id": new_member},
    "close_case": {"case_id": resolved_case},
    "deactivate_customer": {"customer_id": another_customer},
    "deactivate_employee": {"employee_id": new_employee},
    "decline_invitation": {"invitation_id": invitation_to_invited},
    "end_session": {"session_id": another_session},
    "invite_customer": {"customer_id": another_customer},
    "refresh_session: account": {"owner_refresh_token": refresh_token_of("owner")},
    "refresh_session: bureau": {"refresh_token": refresh_token_of("AMC")},
    "remove_contact": {"contact_id": another_contact},
    "remove_member": {"user_id": new_member},
    "remove_template": {"template_id": another_template},
    "reopen_case": {"case_id": resolved_case},
    "resend_invitation": {"invitation_id": another_invitation},
    "resolve_case": {"case_id": another_case},
    "revoke_invitation": {"invitation_id": another_invitation},
    "send_case": {"draft_id": another_draft},
    "suspend_bureau": {"bureau_id": another_bureau},
}


async def again(person: Person) -> Person:
    """Logged in once more, with the same hat."""
    hat = person.session["hat"] or {}
    act_as = {name: hat[name] for name in ("bureau_id", "account_id") if name in hat}
    act_as |= {"operator": True} if hat.get("kind") == "operator" else {}
    other = Person(person.client, person.email)
    await other.log_in(**act_as)
    return other


async def answers_of(operation: Operation, tenant: Tenant) -> dict[str, httpx.Response]:
    """What each role gets, by its column."""
    answers = {}
    for role, name in ROLES.items():
        by = tenant.people[name]
        fresh = FRESH.get(operation.label, {})
        ids = {**tenant.ids, **{each: await make(tenant, by) for each, make in fresh.items()}}
        by = await again(by) if operation.name in END_LOGIN else by
        by = replace(by, headers={}) if role == ANONYMOUS else by
        answers[role] = await request(operation, ids).send(by)
    return answers


def outcome(answer: httpx.Response) -> str:
    """`ok` where the caller may do it: a conflict with the state of things is no refusal of the caller."""
    if answer.status_code in (401, 403, 404, 422):
        return f"{answer.status_code} {answer.json()['code']}"
    return "ok"


class Table:
    """The file: `# word  outcome` says what a word means; each operation has a line with a word a role."""

    def __init__(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line.strip()]
        notes = [line[2:].split(maxsplit=1) for line in lines if line.startswith("# ")]
        self.words = {meaning: word for word, meaning in notes if meaning == "ok" or meaning[:3].isdigit()}
        self.lines = {
            " ".join(line.split()[: -len(ROLES)]): line for line in lines if not line.startswith("#")
        }

    def line(self, label: str, outcomes: dict[str, str]) -> str:
        words = [self.words.get(each, each) for each in outcomes.values()]
        return f"{label:<26}" + "".join(f"{word:<5}" for word in words).rstrip()
