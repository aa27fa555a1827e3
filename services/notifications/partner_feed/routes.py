from typing import Annotated, Any

from fastapi import Depends, Path, Query

from services.notifications.dependencies import ApiAddress
from services.notifications.partner_feed import queries
from services.notifications.partner_feed.documents import PUBLIC, get_schema
from services.notifications.partner_feed.errors import UnknownEventType
from services.notifications.partner_feed.schemas import EventPage, EventTypes
from shared.database.cursors import InvalidCursor
from shared.errors import MissingPermission, NotFound, WrongHat
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.pagination import Limit
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("partners")

After = Annotated[
    str | None,
    Query(
        max_length=100,
        description="The id of the last event that was read; without it the feed begins 30 days ago.",
    ),
]
Types = Annotated[
    list[str],
    Query(alias="type", max_length=50, description="Only these types of events; give it once for each."),
]


async def known_types(types: Types = []) -> list[str]:  # noqa: B006 - FastAPI copies it
    """Raises UnknownEventType."""
    for name in types:
        if name not in PUBLIC:
            raise UnknownEventType(event_type=name[:100])
    return types


KnownTypes = Annotated[list[str], Depends(known_types)]
EventTypeName = Annotated[str, Path(description="A name from `GET /v1/event-types`.")]


@router.get("/v1/events", responses=refusals(InvalidCursor, UnknownEventType, MissingPermission, WrongHat))
async def list_events(
    employee: Employee,
    session: Session,
    api: ApiAddress,
    types: KnownTypes,
    after: After = None,
    limit: Annotated[Limit, Query()] = 50,
) -> EventPage:
    """Read what has happened, in a stable order

    The bureau's events of the last 30 days, the oldest first, for programs that keep up with them: for an
    employee with `maintenance: full`. An event that was read is never followed by one that belongs before it.
    `next` is where to go on, also at the end of the feed: ask again with it as `after`. An `after` that is
    not an event of this feed, or no longer one, is 422 `invalid_cursor`; a `type` that is none of
    `GET /v1/event-types` is 422 `unknown_event_type`.
    """
    rows = await queries.list_events(session, by=employee, after=after, types=types, limit=limit)
    return EventPage.of(rows, after=after, limit=limit, api=api)


@router.get("/v1/event-types")
async def list_event_types(api: ApiAddress) -> EventTypes:
    """List the types of events in the feed

    For everyone, without an access token.
    """
    return EventTypes.of(PUBLIC, api=api)


@router.get("/v1/event-types/{event_type}/schema", responses=refusals(NotFound))
async def get_event_schema(event_type: EventTypeName, api: ApiAddress) -> dict[str, Any]:
    """Read the JSON Schema of a type of event

    For everyone, without an access token. Within a version of a type only fields are added.
    """
    return get_schema(event_type, api=api)
