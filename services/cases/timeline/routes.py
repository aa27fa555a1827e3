from uuid import UUID

from services.cases.parties.queries import names_of
from services.cases.queries import case_for
from services.cases.timeline import queries
from services.cases.timeline.schemas import EntryOut
from shared.api import create_router
from shared.auth import CallerEmployee, EmployeeOrMember
from shared.db import Session
from shared.errors import NotFound, refusals
from shared.pagination import Page, Paging, page

router = create_router("timeline")


@router.get("/v1/cases/{case_id}/timeline", responses=refusals(NotFound))
async def list_timeline(
    case_id: UUID, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[EntryOut]:
    case = await case_for(session, caller, case_id)
    entries = await queries.entries_of(
        session, case, internal=isinstance(caller, CallerEmployee), paging=paging
    )
    people = [each.entry.user_id for each in entries]
    names = await names_of(session, case.bureau_id, case.account_id, people)
    return page(
        entries, paging, out=lambda each: EntryOut.of(each, names), key=lambda each: [each.entry.position]
    )
