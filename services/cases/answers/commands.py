from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.actors import Actor, actor_of
from services.cases.announcing import announce
from services.cases.answers import queries
from services.cases.answers.errors import NotAnApprover, NotAParticipant
from services.cases.answers.tables import Acknowledgement, Approval, ApprovalState, Item
from services.cases.files.queries import files_of
from services.cases.queries import participants_of
from services.cases.rights import case_to_answer
from services.cases.tables import Case
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee, CallerMember
from shared.errors import FieldError, InvalidRequest, NotFound
from shared.events.cases import (
    ApprovalApproved,
    ApprovalDeclined,
    ApprovalRequested,
    CaseChanged,
    CaseEvent,
    CaseResolved,
    ItemAccepted,
    ItemAnswered,
    ItemReturned,
)
from shared.ids import uuid7


async def answer_item(
    session: AsyncSession,
    case_id: UUID,
    item_id: UUID,
    *,
    file_ids: Sequence[UUID],
    not_applicable: str | None,
    by: CallerMember,
    at: datetime,
) -> Case:
    """With files, or with the reason why it does not apply. The last answer hands the case to the bureau."""
    case = await _case_to_answer_as_customer(session, case_id, by)
    case.require_type("document_request")
    item = await queries.get_item(session, case, item_id)
    case.require_open()
    if not_applicable is not None:
        item.not_applicable(not_applicable, by=by.user_id, at=at)
    else:
        item.answer(file_ids=await _answering(session, case, item, file_ids), by=by.user_id, at=at)
    items, actor, previous = await queries.items_of(session, case), actor_of(by), case.status
    if not any(each.with_customer for each in items) and case.status != "waiting_for_bureau":
        case.take("hand_to_bureau", at=at)
    case.changed(at=at, news_from="customer")
    facts = {"item_id": item.id, "state": item.state, "file_ids": item.file_ids}
    await record(session, case, action="item_answered", by=actor, at=at, facts=facts)
    await announce(session, case, ItemAnswered, by=actor, previous=previous, item_id=item.id)
    return case


async def accept_item(
    session: AsyncSession, case_id: UUID, item_id: UUID, *, by: CallerEmployee, at: datetime
) -> Case:
    """The case resolves itself when all are accepted."""
    case, item = await _answered_item(session, case_id, item_id, by)
    item.accept()
    previous = case.status
    kinds: list[type[CaseEvent]] = [ItemAccepted]
    if all(each.state == "accepted" for each in await queries.items_of(session, case)):
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    await _record_item(session, case, item, action="item_accepted", by=by, at=at)
    await announce(session, case, *kinds, by=actor_of(by), previous=previous, item_id=item.id)
    return case


async def return_item(
    session: AsyncSession, case_id: UUID, item_id: UUID, *, reason: str, by: CallerEmployee, at: datetime
) -> Case:
    case, item = await _answered_item(session, case_id, item_id, by)
    item.give_back(reason)
    previous = case.status
    if case.status != "waiting_for_customer":
        case.take("ask_customer", at=at)
    await _record_item(session, case, item, action="item_returned", by=by, at=at)
    await announce(session, case, ItemReturned, by=actor_of(by), previous=previous, item_id=item.id)
    return case


async def decide(
    session: AsyncSession,
    case_id: UUID,
    *,
    state: ApprovalState,
    comment: str | None,
    by: CallerMember,
    at: datetime,
) -> Case:
    """The decision names the documents by their hashes, as they are at that moment."""
    case = await case_to_answer(session, by, case_id)
    case.require_type("approval")
    people = {each.user_id for each in await participants_of(session, case)}
    asked = await queries.approvals_of(session, case, voided=False)
    approvals = [each for each in asked if each.user_id in people]
    approval = next((each for each in approvals if each.user_id == by.user_id), None)
    if approval is None:
        raise NotAnApprover
    documents = [
        {"file_id": str(each.id), "name": each.name, "sha256": each.sha256}
        for each in await files_of(session, case.id)
        if each.side == "bureau"
    ]
    approval.decide(state, comment=comment, documents=documents, authenticated_by="password", at=at)
    case.require_open()
    await _settle(session, case, approvals, approval, by=actor_of(by), at=at)
    return case


async def acknowledge(session: AsyncSession, case_id: UUID, *, by: CallerMember, at: datetime) -> Case:
    """'I have read it'; saying so again changes nothing. All participants have: resolved."""
    case = await _case_to_answer_as_customer(session, case_id, by)
    case.require_type("information")
    readers = {each.user_id for each in await queries.acknowledgements_of(session, case)}
    if by.user_id in readers:
        return case
    case.require_open()
    row = Acknowledgement(case_id=case.id, user_id=by.user_id, bureau_id=case.bureau_id, at=at)
    session.add(row)
    everyone = {each.user_id for each in await participants_of(session, case)}
    previous, actor = case.status, actor_of(by)
    kinds: list[type[CaseEvent]] = [CaseChanged]
    if case.must_acknowledge and everyone <= readers | {by.user_id}:
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    case.changed(at=at, news_from="customer")
    await record(session, case, action="acknowledged", by=actor, at=at, facts={"status": case.status})
    await announce(session, case, *kinds, by=actor, previous=previous)
    return case


def new_items(case: Case, texts: Sequence[str]) -> list[Item]:
    return [
        Item(
            id=uuid7(),
            bureau_id=case.bureau_id,
            case_id=case.id,
            position=position,
            text=text,
            state="open",
            file_ids=[],
        )
        for position, text in enumerate(texts, start=1)
    ]


async def ask_approvers(session: AsyncSession, case: Case) -> bool:
    """A pending approval for each participant, none for whom has left; False where nobody is new."""
    asked = {each.user_id: each for each in await queries.approvals_of(session, case, voided=False)}
    people = [each.user_id for each in await participants_of(session, case)]
    for user_id, approval in asked.items():
        if user_id not in people and approval.state == "pending":
            await session.delete(approval)
    fresh = [user_id for user_id in people if user_id not in asked]
    session.add_all(pending(case, user_id) for user_id in fresh)
    return bool(fresh)


async def void_approvals(session: AsyncSession, case: Case, *, at: datetime, by: Actor) -> None:
    """A new version of a document: what was decided on the earlier one stands, visibly void, and is asked
    again."""
    decided = [
        each for each in await queries.approvals_of(session, case, voided=False) if each.state != "pending"
    ]
    if case.type != "approval" or not decided or case.status in ("closed", "cancelled"):
        return
    for approval in decided:
        approval.voided_at = at
    # The voided rows leave the unique index before the new ones enter it.
    await session.flush()
    session.add_all(pending(case, approval.user_id) for approval in decided)
    previous = case.status
    if case.status != "waiting_for_customer":
        case.take("ask_customer", at=at)
    case.changed(at=at, news_from="bureau")
    facts = {"approval_ids": [each.id for each in decided]}
    await record(session, case, action="approvals_voided", by=by, at=at, facts=facts)
    await announce(session, case, ApprovalRequested, by=by, previous=previous)


async def _case_to_answer_as_customer(session: AsyncSession, case_id: UUID, by: CallerMember) -> Case:
    case = await case_to_answer(session, by, case_id)
    if by.user_id not in {each.user_id for each in await participants_of(session, case)}:
        raise NotAParticipant
    return case


async def _answered_item(
    session: AsyncSession, case_id: UUID, item_id: UUID, by: CallerEmployee
) -> tuple[Case, Item]:
    case = await case_to_answer(session, by, case_id)
    case.require_type("document_request")
    item = await queries.get_item(session, case, item_id)
    case.require_open()
    return case, item


async def _record_item(
    session: AsyncSession, case: Case, item: Item, *, action: str, by: CallerEmployee, at: datetime
) -> None:
    case.changed(at=at, news_from="bureau")
    facts = {"item_id": item.id, "reason": item.reason, "status": case.status}
    await record(session, case, action=action, by=actor_of(by), at=at, facts=facts)


async def _answering(session: AsyncSession, case: Case, item: Item, named: Sequence[UUID]) -> Sequence[UUID]:
    """The files that were named, or else those that the customer added to the item."""
    files = await files_of(session, case.id)
    if not {each.id for each in files}.issuperset(named):
        raise NotFound("file")
    answering = named or [each.id for each in files if each.item_id == item.id and each.side == "customer"]
    if not answering:
        none = FieldError(field="file_ids", code="required", detail="files, or not_applicable with a reason")
        raise InvalidRequest(errors=[none])
    return answering


async def _settle(
    session: AsyncSession,
    case: Case,
    approvals: Sequence[Approval],
    approval: Approval,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Approved by the case's rule: resolved. Declined: the ball is with the bureau."""
    previous, approved = case.status, [each.state == "approved" for each in approvals]
    kinds: list[type[CaseEvent]] = [ApprovalApproved if approval.state == "approved" else ApprovalDeclined]
    if any(approved) if case.approval_rule == "one" else all(approved):
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    elif approval.state == "declined" and case.status != "waiting_for_bureau":
        case.take("hand_to_bureau", at=at)
    case.changed(at=at, news_from="customer")
    facts = {
        "approval_id": approval.id,
        "documents": [each["sha256"] for each in approval.document_hashes],
        "authenticated_by": approval.authenticated_by,
        "comment": approval.comment,
    }
    await record(session, case, action=approval.state, by=by, at=at, facts=facts)
    await announce(session, case, *kinds, by=by, previous=previous, approval_id=approval.id)


def pending(case: Case, user_id: UUID) -> Approval:
    return Approval(
        id=uuid7(),
        bureau_id=case.bureau_id,
        case_id=case.id,
        user_id=user_id,
        state="pending",
        document_hashes=[],
    )
