from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field

from services.notifications.partner_feed.documents import schema_address
from services.notifications.partner_feed.tables import PartnerEvent
from shared.http.pagination import Page
from shared.http.schemas import Answer

_CASE_SENT = "se.arende.case.sent.v1"
TypeName = Annotated[str, Field(examples=[_CASE_SENT])]
SchemaAddress = Annotated[
    str,
    Field(
        json_schema_extra={"format": "uri"},
        examples=[schema_address(_CASE_SENT, api="https://arende.example")],
    ),
]


class PartnerEventOut(Answer):
    """One event as a CloudEvents 1.0 document."""

    specversion: Literal["1.0"]
    """The version of CloudEvents."""
    id: UUID
    """The same at each delivery of the event, by which a receiver knows what it has seen before."""
    source: Annotated[str, Field(examples=["/arende/cases"])]
    """The service in which it happened."""
    type: TypeName
    """What happened, and the version of the schema; `GET /v1/event-types` lists them."""
    subject: Annotated[str, Field(examples=["0192f3a0-7c4e-7b3a-9d51-2f6c1e8a4b90"])]
    """The id of the case, customer, invitation … to which it happened."""
    time: datetime
    """When it happened, which may be some time before it stands in the feed."""
    datacontenttype: Literal["application/json"]
    """Of `data`."""
    dataschema: SchemaAddress
    """Where the JSON Schema of this document is read."""
    bureauid: UUID
    """The bureau whose event it is: the caller's own."""
    customerid: UUID | None = None
    """The customer whom it concerns; null where it concerns the bureau alone."""
    sequence: int
    """The version of the subject, one more with each of its changes: what is older than a version that was
    seen before may be left aside."""
    data: Annotated[
        dict[str, Any],
        Field(
            examples=[
                {
                    "case_id": "0192f3a0-7c4e-7b3a-9d51-2f6c1e8a4b90",
                    "number": "2026-000123",
                    "status": "sent",
                    "link": "/v1/cases/0192f3a0-7c4e-7b3a-9d51-2f6c1e8a4b90",
                }
            ]
        ),
    ]
    """Ids, a few plain facts, and `link`: the path at which the subject is read, by those who may."""


class EventPage(Page[PartnerEventOut]):
    """A part of the feed. `next` is the `after` to ask with next, also at the end, where nothing has come
    yet; null in a feed without events."""

    @classmethod
    def of(cls, rows: Sequence[PartnerEvent], *, after: str | None, limit: int, api: str) -> Self:
        """`rows` may be one more than `limit`; `api` is the address of the API."""
        shown = rows[:limit]
        following = str(shown[-1].id) if shown else after
        items = [{**row.document, "dataschema": schema_address(row.type, api=api)} for row in shown]
        return cls.model_validate({"items": items, "next": following})


class EventType(Answer):
    """A type of event that partners can read."""

    type: TypeName
    """As events in the feed name it."""
    dataschema: SchemaAddress
    """Where its JSON Schema is read."""


class EventTypes(Page[EventType]):
    """All of them on one page; `next` is always null."""

    @classmethod
    def of(cls, names: Iterable[str], *, api: str) -> Self:
        items = [EventType(type=name, dataschema=schema_address(name, api=api)) for name in names]
        return cls(items=items, next=None)
