"""One case as it is shown, all of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.answers import queries as answers
from services.cases.answers.schemas import AcknowledgementOut, ApprovalOut, ItemFile, ItemOut
from services.cases.answers.tables import Approval, Item
from services.cases.files.queries import files_of
from services.cases.files.tables import File
from services.cases.parties.queries import names_of
from services.cases.queries import participants_of, read_version
from services.cases.schemas import CaseOut, ParticipantOut
from services.cases.tables import Case
from shared.auth import CallerEmployee, CallerMember


async def show(
    session: AsyncSession, case: Case, *, to: CallerEmployee | CallerMember, at: datetime
) -> CaseOut:
    people = await participants_of(session, case)
    approvals = await answers.approvals_of(session, case)
    readers = await answers.acknowledgements_of(session, case)
    named = [each.user_id for each in people] + [each.user_id for each in approvals]
    named += [each.user_id for each in readers]
    names = await names_of(session, case.bureau_id, case.account_id, named)
    items = await answers.items_of(session, case)
    files = await files_of(session, case.id) if items else []
    at_bureau = isinstance(to, CallerEmployee)
    read = await read_version(session, case, to.user_id)
    return CaseOut.of(
        case,
        unread=case.news_for("bureau" if at_bureau else "customer") > read,
        to=to,
        at=at,
        follower_ids=case.follower_ids if at_bureau else [],
        allowed_transitions=case.allowed_transitions() if at_bureau else [],
        participants=[
            ParticipantOut(contact_id=each.contact_id, user_id=each.user_id, name=names.get(each.user_id))
            for each in people
        ],
        items=[_item(item, files) for item in items],
        approvals=[_approval(each, names) for each in approvals],
        acknowledgements=[
            AcknowledgementOut(user_id=each.user_id, name=names.get(each.user_id), at=each.at)
            for each in readers
        ],
    )


def _item(item: Item, files: Sequence[File]) -> ItemOut:
    own = [each for each in files if each.item_id == item.id or each.id in item.file_ids]
    return ItemOut(
        id=item.id,
        text=item.text,
        state=item.state,
        files=[ItemFile.model_validate(each) for each in own],
        reason=item.reason,
        answered_by=item.answered_by,
        answered_at=item.answered_at,
    )


def _approval(approval: Approval, names: Mapping[UUID, str]) -> ApprovalOut:
    return ApprovalOut(
        id=approval.id,
        user_id=approval.user_id,
        name=names.get(approval.user_id),
        state=approval.state,
        comment=approval.comment,
        decided_at=approval.decided_at,
        document_hashes=approval.document_hashes,
        authenticated_by=approval.authenticated_by,
        voided_at=approval.voided_at,
    )
