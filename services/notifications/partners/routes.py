from typing import Annotated, Any

from fastapi import Query

from services.notifications.partners import queries
from services.notifications.partners.schemas import EventPage, EventTypes
from shared.database.keyset import LARGEST_PAGE
from shared.errors import InvalidCursor, MissingPermission, NotFound, WrongHat
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("partners")


@router.get("/v1/events", responses=refusals(InvalidCursor, MissingPermission, WrongHat))
async def list_events(
    employee: Employee,
    session: Session,
    after: Annotated[str | None, Query(max_length=100)] = None,
    types: Annotated[list[str], Query(alias="type", max_length=50)] = [],  # noqa: B006 - FastAPI copies it
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
) -> EventPage:
    return await queries.events(session, by=employee, after=after, types=types, limit=limit)


@router.get("/v1/event-types")
async def list_event_types() -> EventTypes:
    return queries.event_types()


@router.get("/v1/event-types/{event_type}/schema", responses=refusals(NotFound))
async def show_event_schema(event_type: str) -> dict[str, Any]:
    return queries.event_schema(event_type)
