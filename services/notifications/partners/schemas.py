from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.http.pagination import Page
from shared.http.schemas import Answer


class PartnerEventOut(Answer):
    """CloudEvents 1.0. `data` holds ids, a few plain facts and `link`; its schema is at `dataschema`."""

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"]
    dataschema: str
    bureauid: UUID
    customerid: UUID | None = None
    sequence: int
    data: dict[str, Any]


class EventPage(Page[PartnerEventOut]):
    """To go on later from where `next` was null, send the last event's `id` as `after`."""


class EventType(Answer):
    type: str
    dataschema: str


class EventTypes(Page[EventType]):
    """The catalogue, whole."""
