from uuid import UUID

from services.cases.parties.queries import names_of
from services.cases.queries import case_for
from services.cases.timeline import queries
from services.cases.timeline.schemas import EntryOut
from shared.callers import CallerEmployee
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

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
