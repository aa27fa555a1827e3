"""What a partner gets of an event: ids, a few plain facts named here, and a link. Nothing else, whatever
fields an event is given later: reading the rest is a call to the API, authorised and audited."""

from collections.abc import Mapping
from typing import Any, Final, get_args
from uuid import UUID

import orjson

from shared.events import (
    TYPES,
    Event,
    billing,
    cases,
    identity,
    invitations,
    notifications,
)
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, InvoiceIssued
from shared.events.cases import CaseEvent, CaseStatusChanged
from shared.events.identity import CustomerEvent
from shared.events.invitations import InvitationRevoked

# Named so that importing them, which declares their events, can't be taken for idle.
PUBLISHERS: Final = (billing, cases, identity, invitations, notifications)
PUBLIC: Final[Mapping[str, type[Event]]] = {
    name: TYPES[name]
    for name in sorted(TYPES)
    if TYPES[name].public and TYPES[name].__module__ in {each.__name__ for each in PUBLISHERS}
}
_PLAIN: Final[Mapping[type[Event], tuple[str, ...]]] = {
    CaseEvent: ("number", "case_type", "status", "by"),
    CaseStatusChanged: ("previous",),
    CustomerEvent: ("active",),
    InvoiceIssued: ("number", "month", "due_on"),
    CaseManagementActivated: ("activated_on",),
    CaseManagementCancelled: ("ends_on",),
    InvitationRevoked: ("replaced",),
}
# Where the subject is read; relative to the API's address.
_LINKS: Final = {
    "case_id": "/v1/cases/{}",
    "customer_id": "/v1/customers/{}",
    "invitation_id": "/v1/invitations/{}",
    "collaboration_id": "/v1/collaborations",
    "invoice_id": "/v1/invoices/{}",
    "subscription_id": "/v1/subscription",
}
_ENVELOPE: Final = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "bureauid",
    "customerid",
    "sequence",
)


def partner_document(event: Event) -> dict[str, Any]:
    """A CloudEvents 1.0 document."""
    whole: dict[str, Any] = orjson.loads(event.to_wire())
    document: dict[str, Any] = {name: whole[name] for name in _ENVELOPE if name in whole}
    data = {name: whole["data"][name] for name in partner_fields(type(event))}
    return {**document, "data": {**data, "link": link_of(event, str(whole["subject"]))}}


def link_of(event: Event, subject: str) -> str:
    return _LINKS[type(event).subject].format(subject)


def partner_fields(kind: type[Event]) -> list[str]:
    """The event's own fields that hold ids and nothing else, and the plain ones."""
    plain = {name for parent, names in _PLAIN.items() if issubclass(kind, parent) for name in names}
    own = {name: field for name, field in kind.model_fields.items() if name not in Event.model_fields}
    return [name for name, field in own.items() if name in plain or _holds_ids(field.annotation)]


def schema_of(kind: type[Event]) -> dict[str, Any]:
    """JSON Schema (2020-12) of the document."""
    properties = kind.model_json_schema(mode="serialization")["properties"]
    data = {name: properties[name] for name in partner_fields(kind)}
    text = {"type": "string"}
    identifier = {"type": "string", "format": "uuid"}
    envelope = {
        "specversion": {"const": "1.0"},
        "id": identifier,
        "source": {"const": kind.source},
        "type": {"const": kind.type},
        "subject": text,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri-reference"},
        "bureauid": identifier,
        "customerid": identifier,
        "sequence": {"type": "integer"},
        "data": {
            "type": "object",
            "properties": {**data, "link": {"type": "string", "format": "uri-reference"}},
            "required": [*data, "link"],
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/v1/event-types/{kind.type}/schema",
        "title": kind.__name__,
        "type": "object",
        "properties": envelope,
        "required": [name for name in envelope if name != "customerid"],
    }


def _holds_ids(annotation: Any) -> bool:
    kinds = {each for each in get_args(annotation) if each is not type(None)} or {annotation}
    return kinds == {UUID}
