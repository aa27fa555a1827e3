"""What a partner gets of an event: ids, the facts that its class names, and a link. Nothing else, whatever
fields an event is given later: reading the rest is a call to the API, which is authorised and audited."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from shared.errors import NotFound
from shared.events import TYPES, Event, billing, cases, identity, invitations, notifications

# Importing them declares their events; naming them says that the import is not idle.
PUBLISHERS: Final = (billing, cases, identity, invitations, notifications)
PUBLIC: Final[Mapping[str, type[Event]]] = {
    name: TYPES[name]
    for name in sorted(TYPES)
    if TYPES[name].public and TYPES[name].__module__ in {each.__name__ for each in PUBLISHERS}
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
    "bureauid",
    "customerid",
    "sequence",
)


def partner_document(event: Event) -> dict[str, Any]:
    """A CloudEvents 1.0 document as it is kept; `dataschema` is added where it is read, for it names the
    address of the API."""
    whole: dict[str, Any] = orjson.loads(event.to_wire())
    document: dict[str, Any] = {name: whole[name] for name in _ENVELOPE if name in whole}
    data = {name: whole["data"][name] for name in event.partner_fields()}
    return {**document, "data": {**data, "link": link_of(event, str(whole["subject"]))}}


def link_of(event: Event, subject: str) -> str:
    return _LINKS[type(event).subject].format(subject)


def schema_address(name: str, *, api: str) -> str:
    """The absolute URI at which the schema of a type of event is read."""
    return f"{api}/v1/event-types/{name}/schema"


def get_schema(name: str, *, api: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the documents of one public type. Raises NotFound."""
    if name not in PUBLIC:
        raise NotFound("event type")
    kind = PUBLIC[name]
    properties = kind.model_json_schema(mode="serialization")["properties"]
    data = {field: properties[field] for field in kind.partner_fields()}
    text = {"type": "string"}
    identifier = {"type": "string", "format": "uuid"}
    address = schema_address(name, api=api)
    envelope = {
        "specversion": {"const": "1.0"},
        "id": identifier,
        "source": {"const": kind.source},
        "type": {"const": kind.type},
        "subject": text,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": address},
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
        "$id": address,
        "title": kind.__name__,
        "type": "object",
        "properties": envelope,
        "required": [field for field in envelope if field != "customerid"],
    }
