"""One case as it is shown, all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.answers import queries as answers
from services.cases.answers.schemas import AcknowledgementOut, ApprovalOut, ItemFile, ItemOut
from services.cases.answers.tables import Acknowledgement, Approval, Item
from services.cases.files.queries import files_of
from services.cases.files.tables import File
from services.cases.parties.queries import names_of
from services.cases.queries import participants_of, read_version
from services.cases.schemas import CaseOut, ParticipantOut
from services.cases.tables import Case, Participant
from shared.callers import CallerEmployee, CallerMember


@dataclass(frozen=True)
class Details:
    """`names` of people of both sides, by user id; `read`: the version that the reader has read."""

    case: Case
    people: Sequence[Participant]
    names: Mapping[UUID, str]
    items: Sequence[Item] = ()
    files: Sequence[File] = ()
    approvals: Sequence[Approval] = ()
    readers: Sequence[Acknowledgement] = ()
    read: int = 0

    def shown(self, *, to: CallerEmployee | CallerMember, at: datetime) -> CaseOut:
        case, names, at_bureau = self.case, self.names, isinstance(to, CallerEmployee)
        return CaseOut.of(
            case,
            unread=case.news_for("bureau" if at_bureau else "customer") > self.read,
            to=to,
            at=at,
            follower_ids=case.follower_ids if at_bureau else [],
            allowed_transitions=case.allowed_transitions() if at_bureau else [],
            participants=[
                ParticipantOut(contact_id=each.contact_id, user_id=each.user_id, name=names.get(each.user_id))
                for each in self.people
            ],
            items=[_item(item, self.files) for item in self.items],
            approvals=[_approval(each, names) for each in self.approvals],
            acknowledgements=[
                AcknowledgementOut(user_id=each.user_id, name=names.get(each.user_id), at=each.at)
                for each in self.readers
            ],
        )


async def show(
    session: AsyncSession, case: Case, *, to: CallerEmployee | CallerMember, at: datetime
) -> CaseOut:
    return (await details_of(session, case, reader_id=to.user_id)).shown(to=to, at=at)


async def details_of(session: AsyncSession, case: Case, *, reader_id: UUID) -> Details:
    people = await participants_of(session, case)
    approvals = await answers.approvals_of(session, case)
    readers = await answers.acknowledgements_of(session, case)
    named = [each.user_id for each in people] + [each.user_id for each in approvals]
    named += [each.user_id for each in readers]
    items = await answers.items_of(session, case)
    return Details(
        case,
        people=people,
        names=await names_of(session, case.bureau_id, case.account_id, named),
        items=items,
        files=await files_of(session, case.id) if items else [],
        approvals=approvals,
        readers=readers,
        read=await read_version(session, case, reader_id),
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
