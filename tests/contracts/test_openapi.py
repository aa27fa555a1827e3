"""The HTTP contract as it is checked in."""

import json

from tests.contracts import openapi

METHODS = {"get", "post", "put", "patch", "delete"}


def test_the_document_is_as_checked_in() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run `make snapshots`, read what changed, commit it"


def test_nothing_that_was_promised_is_gone() -> None:
    """api.md's routes of the main job; a removal breaks partners."""
    paths = json.loads(openapi.FILE.read_text())["paths"]
    offered = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    missing = [route for route in PROMISED if _shape(route) not in {_shape(each) for each in offered}]
    assert missing == []


def _shape(route: str) -> str:
    """Without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in route.split("/"))


PROMISED = ["", "POST /v1/bureaus", "POST /v1/sessions", "POST /v1/sessions/refresh", "DELETE /v1/sessions/current", "GET /v1/sessions", "DELETE /v1/sessions/{id}", "POST /v1/users", "POST /v1/users/verify", "POST /v1/password-resets", "PUT /v1/password-resets/{token}", "GET /v1/me", "PATCH /v1/me", "GET /.well-known/jwks.json", "GET /.well-known/openid-configuration", "GET /v1/employees", "POST /v1/employees", "GET /v1/employees/{id}", "PATCH /v1/employees/{id}", "POST /v1/employees/{id}/deactivate", "GET /v1/customers", "POST /v1/customers", "GET /v1/customers/{id}", "PATCH /v1/customers/{id}", "POST /v1/customers/{id}/deactivate", "POST /v1/customers/{id}/activate", "POST /v1/customers/import", "GET /v1/jobs/{id}", "GET /v1/customers/{id}/contacts", "POST /v1/customers/{id}/contacts", "PATCH /v1/contacts/{id}", "DELETE /v1/contacts/{id}", "PUT /v1/customers/{id}/main-contact", "GET /v1/activation-checklist", "PUT /v1/activation-checklist/duties/{duty}", "GET /v1/accounts/{id}", "GET /v1/accounts/{id}/members", "POST /v1/accounts/{id}/members", "PATCH /v1/accounts/{id}/members/{user_id}", "DELETE /v1/accounts/{id}/members/{user_id}", "GET /v1/subscription/quote", "POST /v1/subscription", "GET /v1/subscription", "POST /v1/subscription/cancel", "GET /v1/usage", "GET /v1/usage/{month}", "GET /v1/invoices", "GET /v1/invoices/{id}", "POST /v1/billing-runs", "GET /v1/billing-runs/{id}", "PUT /v1/prices", "POST /v1/invitations", "POST /v1/invitations/batch", "GET /v1/invitations", "GET /v1/invitations/{id}", "POST /v1/invitations/{id}/resend", "POST /v1/invitations/{id}/revoke", "GET /v1/invitations/received", "GET /v1/invitations/by-token/{token}", "POST /v1/invitations/{id}/accept", "POST /v1/invitations/{id}/decline", "GET /v1/collaborations", "POST /v1/collaborations/{id}/end", "POST /v1/cases", "GET /v1/cases", "GET /v1/cases/counts", "GET /v1/cases/{id}", "PATCH /v1/cases/{id}", "POST /v1/cases/{id}/send", "POST /v1/cases/{id}/resolve", "POST /v1/cases/{id}/close", "POST /v1/cases/{id}/reopen", "POST /v1/cases/{id}/cancel", "PUT /v1/cases/{id}/read", "PUT /v1/cases/{id}/assignee", "PUT /v1/cases/{id}/followers", "PUT /v1/cases/{id}/participants", "GET /v1/cases/{id}/messages", "POST /v1/cases/{id}/messages", "PATCH /v1/cases/{id}/messages/{message_id}", "GET /v1/cases/{id}/notes", "POST /v1/cases/{id}/notes", "POST /v1/cases/{id}/files", "GET /v1/files/{id}", "PUT /v1/cases/{id}/items/{item_id}/answer", "POST /v1/cases/{id}/items/{item_id}/accept", "POST /v1/cases/{id}/items/{item_id}/return", "POST /v1/cases/{id}/approval", "POST /v1/cases/{id}/acknowledge", "GET /v1/cases/{id}/timeline", "GET /v1/templates", "POST /v1/templates", "GET /v1/templates/{id}", "PATCH /v1/templates/{id}", "DELETE /v1/templates/{id}", "POST /v1/templates/{id}/preview", "GET /v1/notifications", "PUT /v1/notifications/{id}/read", "GET /v1/events", "GET /v1/event-types", "GET /v1/event-types/{type}/schema", ""][1:-1]


def test_every_operation_that_changes_something_says_what_it_may_refuse() -> None:
    paths = json.loads(openapi.FILE.read_text())["paths"]
    silent = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in METHODS - {"get"} and not any(code.startswith("4") for code in operation["responses"])
    ]
    assert silent == []
