from services.cases.case.schemas import CaseId
from services.cases.timeline import queries
from services.cases.timeline.schemas import EntryOut
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("timeline")


@router.get("/v1/cases/{case_id}/timeline", responses=refusals(NotFound))
async def list_timeline(
    case_id: CaseId, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[EntryOut]:
    """List what was done in a case

    For everyone who may see the case. Oldest first. Members see neither what concerns the bureau alone, such
    as notes, nor what was done before the case was sent. Entries are never changed or removed; each is
    chained to the one before by its hash, which anyone can recompute. The bureau and the customer have a
    chain each, so that positions and hashes tell the customer nothing of the bureau's own entries.
    """
    entries = await queries.list_entries(session, caller, case_id, paging)
    return page(entries, paging, out=EntryOut.of, key=lambda each: [each.position])
