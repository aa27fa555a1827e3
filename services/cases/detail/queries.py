"""One case with all that is shown of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.acknowledgements.queries import list_acknowledgements
from services.cases.acknowledgements.tables import Acknowledgement
from services.cases.approvals.queries import list_approvals
from services.cases.approvals.tables import Approval
from services.cases.case.actors import Caller
from services.cases.case.queries import get_case, list_participants
from services.cases.case.tables import Case, Participant, ReadMark
from services.cases.copies.queries import is_writable, list_names
from services.cases.copies.tables import Contact, Member
from services.cases.files.queries import list_files_of
from services.cases.files.tables import File
from services.cases.items.queries import list_items
from services.cases.items.tables import Item
from shared.callers import CallerEmployee


@dataclass(frozen=True)
class Detail:
    """`names` holds the names of people on both sides, `contact_ids` the customer's contacts with the address
    of a participant, by their user ids. `read` is the shared version that
    the reader has read, 0 before the first time. `writable` is False where an employee can take no step."""

    case: Case
    people: Sequence[Participant]
    names: Mapping[UUID, str]
    contact_ids: Mapping[UUID, UUID]
    items: Sequence[Item] = ()
    files: Sequence[File] = ()
    approvals: Sequence[Approval] = ()
    acknowledgements: Sequence[Acknowledgement] = ()
    read: int = 0
    writable: bool = True


async def get_detail(session: AsyncSession, caller: Caller, case_id: UUID) -> Detail:
    return await get_detail_of(session, await get_case(session, caller, case_id), reader=caller)


async def get_detail_of(session: AsyncSession, case: Case, *, reader: Caller) -> Detail:
    """The case must be one that the reader may see."""
    people = await list_participants(session, case)
    approvals = await list_approvals(session, case)
    acknowledgements = await list_acknowledgements(session, case)
    named = {each.user_id for each in people} | {each.user_id for each in approvals}
    named |= {each.user_id for each in acknowledgements}
    items = await list_items(session, case)
    return Detail(
        case,
        people=people,
        names=await list_names(session, case.bureau_id, case.account_id, list(named)),
        contact_ids=await _list_contact_ids(session, case, [each.user_id for each in people]),
        items=items,
        files=await list_files_of(session, case) if items or case.type == "approval" else [],
        approvals=approvals,
        acknowledgements=acknowledgements,
        read=await get_read_version(session, case, reader.user_id),
        writable=isinstance(reader, CallerEmployee)
        and await is_writable(session, case.bureau_id, case.customer_id),
    )


async def get_read_version(session: AsyncSession, case: Case, user_id: UUID) -> int:
    """The shared version that this person has read; 0 before the first time."""
    wanted = select(ReadMark.version).where(
        ReadMark.bureau_id == case.bureau_id, ReadMark.case_id == case.id, ReadMark.user_id == user_id
    )
    return await session.scalar(wanted) or 0


async def _list_contact_ids(session: AsyncSession, case: Case, user_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """By their addresses of today: a person may become a contact after the case was opened."""
    wanted = (
        select(Member.user_id, Contact.contact_id)
        .join(Contact, Contact.email == Member.email)
        .where(
            Member.account_id == case.account_id,
            Member.user_id.in_(user_ids),
            Member.active.is_(True),
            Contact.bureau_id == case.bureau_id,
            Contact.customer_id == case.customer_id,
            Contact.active.is_(True),
        )
    )
    rows = await session.execute(wanted.order_by(Contact.contact_id.desc()))
    return {row.user_id: row.contact_id for row in rows}
