"""What a request needs beside the document: which thing of a tenant an id is, and bodies of one's own.

A new route most often needs nothing here: its ids are known by their names, and its body is the example in
its document. A thing of a new kind is made in `tenants.py`; an id of another name is told in `THINGS`.
"""

from dataclasses import dataclass
from typing import Any

SEEDS = "tests/security/surface/seeds.py"

# Ids of other names than `Tenant.ids` has; with the operation, where the name alone does not tell.
THINGS: dict[str, str] = {
    "assignee": "employee_id",
    "assignee_id": "employee_id",
    "customer": "customer_id",
    "default_assignee_id": "employee_id",
    "follower_ids": "employee_id",
    "participant_ids": "contact_id",
    "replaces": "file_id",
    "responsible": "employee_id",
    "responsible_id": "employee_id",
    "transfer_to": "employee_id",
    "accept_item case_id": "request_id",
    "acknowledge_case case_id": "information_id",
    "add_file: item case_id": "request_id",
    "add_file: replaces case_id": "approval_id",
    "add_file: replaces replaces": "document_id",
    "answer_item case_id": "request_id",
    "answer_item file_ids": "paper_id",
    "answer_item item_id": "open_item_id",
    "change_customer participant_ids": "employee_id",
    "decide_approval case_id": "approval_id",
    "deactivate_employee transfer_to": "colleague_id",
    "register_customer participant_ids": "employee_id",
    "return_item case_id": "request_id",
    "return_item item_id": "returned_item_id",
    "send_case case_id": "draft_id",
}

# What stands in a path and is no id.
VALUES: dict[str, str] = {
    "code": "engagement_letters",
    "event_type": "se.arende.case.created.v1",
    "month": "2026-10",
    "token": "AZMvXopMfRCbPk9qLIHX5c8hQm3x1yZ0",
}


@dataclass(frozen=True)
class Own:
    """A value that a tenant has beside its ids."""

    name: str


# Bodies where the example does not do, by the operation, with `: form` where it has several. Ids are filled
# in by their names.
ID = "an id"
TEXTS = {"subject": "Lönerna", "body": "Hur gick det?"}
TEMPLATE = {"name": "Moms", "type": "question", **TEXTS, "default_assignee_id": ID}
PERSON = {"name": "Anna Ek", "password": Own("password")}
BODIES: dict[str, Any] = {
    "add_file": {},
    "add_file: item": {"item_id": ID},
    "add_file: replaces": {"replaces": ID},
    "add_template": TEMPLATE,
    "answer_item": {"file_ids": ID},
    "change_case": {"priority": "high", "labels": ["moms"]},
    "change_customer": {"name": "Nya namnet AB", "responsible_id": ID, "participant_ids": ID},
    "change_employee": {"name": "Bo Lind", "customers": "limited"},
    "change_template": {"name": "Momsen", "default_assignee_id": ID},
    "create_case: employee": {
        "customer_id": ID,
        "participant_ids": ID,
        "assignee_id": ID,
        "follower_ids": ID,
        "template_id": ID,
        "send": True,
    },
    "create_case: member": {
        "account_id": ID,
        "bureau_id": ID,
        "customer_id": ID,
        "employee_id": ID,
        **TEXTS,
    },
    "decide_approval": {"decision": "approve", "document_hashes": [Own("document_sha256")]},
    "log_in: bureau": {
        "email": Own("email"),
        "password": Own("password"),
        "act_as": {"bureau_id": ID},
    },
    "log_in: account": {
        "email": Own("owner_email"),
        "password": Own("password"),
        "act_as": {"account_id": ID},
    },
    "refresh_session: bureau": {"refresh_token": Own("refresh_token"), "act_as": {"bureau_id": ID}},
    "refresh_session: account": {
        "refresh_token": Own("owner_refresh_token"),
        "act_as": {"account_id": ID},
    },
    "set_price": {"amount": {"amount": 12500, "currency": "SEK"}, "valid_from": "2099-01-01"},
    "sign_up": {**PERSON, "email": Own("new_email")},
    "sign_up_bureau": {
        "name": "Nya byrån AB",
        "organisation_number": Own("new_number"),
        "address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"},
        "email": Own("new_bureau_email"),
        "admin": {**PERSON, "email": Own("new_bureau_email")},
    },
    "start_billing_run": {"month": "2026-01"},
}
