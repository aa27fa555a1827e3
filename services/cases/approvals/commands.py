"""Asking for approvals, and deciding."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.errors import DocumentsChanged, NotAnApprover
from services.cases.approvals.queries import is_approved, list_approvals
from services.cases.approvals.tables import Approval, ApprovalState
from services.cases.case.actors import Actor, actor_of
from services.cases.case.commands import ask_customer
from services.cases.case.news import announce
from services.cases.case.queries import list_reachable, lock_case_to_answer
from services.cases.case.tables import Case
from services.cases.files.queries import list_documents
from services.cases.timeline.commands import record
from shared.callers import CallerMember
from shared.errors import FieldError, InvalidRequest
from shared.events.cases import (
    ApprovalApproved,
    ApprovalDeclined,
    ApprovalRequested,
    CaseEvent,
    CaseResolved,
)


async def decide_approval(
    session: AsyncSession,
    *,
    case_id: UUID,
    state: ApprovalState,
    comment: str | None,
    document_hashes: Collection[str] | None,
    by: CallerMember,
    at: datetime,
) -> Case:
    """The decision names the bureau's documents by their hashes, which the person has seen.

    The case is resolved once its rule is met; when somebody declines, it waits for the bureau. The same
    decision again changes nothing.
    """
    case = await lock_case_to_answer(session, by, case_id)
    case.require_type("approval")
    reachable = await list_reachable(session, case)
    asked = await list_approvals(session, case, voided=False)
    approval = next((each for each in asked if each.user_id == by.user_id), None)
    if approval is None or by.user_id not in reachable:
        raise NotAnApprover
    if approval.is_decided(state, comment=comment):
        return case
    approval.require_pending()
    case.require_open()
    documents = await _documents_as_seen(session, case, document_hashes)
    # Tokens that don't say how the person logged in are from log-ins by password.
    proof = " ".join(by.amr) or "password"
    approval.decide(state, comment=comment, documents=documents, authenticated_by=proof, at=at)
    previous = case.status
    kinds: list[type[CaseEvent]] = [ApprovalApproved if approval.state == "approved" else ApprovalDeclined]
    if await is_approved(session, case, reachable):
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    elif approval.state == "declined" and case.status != "waiting_for_bureau":
        case.take("hand_to_bureau", at=at)
    _record_decision(session, case, approval, by=actor_of(by), at=at)
    await announce(session, case, *kinds, by=actor_of(by), previous=previous, approval_id=approval.id)
    return case


async def _documents_as_seen(
    session: AsyncSession, case: Case, hashes: Collection[str] | None
) -> list[dict[str, str]]:
    """The documents as they are now. Raises DocumentsChanged where the person saw others."""
    documents = await list_documents(session, case)
    if documents and hashes is None:
        unnamed = FieldError(
            "document_hashes",
            "required",
            en="Give the sha256 of each of the documents that you saw.",
            sv="Ange sha256 för vart och ett av de dokument som du såg.",
        )
        raise InvalidRequest(errors=[unnamed])
    current = [each.as_document() for each in documents]
    if {each.lower() for each in hashes or ()} != {each.sha256 for each in documents}:
        raise DocumentsChanged(documents=current)
    return current


def _record_decision(
    session: AsyncSession, case: Case, approval: Approval, *, by: Actor, at: datetime
) -> None:
    case.changed(at=at, news_from="customer")
    facts = {
        "approval_id": approval.id,
        "documents": [each["sha256"] for each in approval.document_hashes],
        "authenticated_by": approval.authenticated_by,
        "comment": approval.comment,
    }
    contents = approval.contents()
    record(session, case=case, action=approval.state, by=by, at=at, facts=facts, contents=contents)


async def ask_approvers(session: AsyncSession, *, case: Case, people: Sequence[UUID]) -> bool:
    """Each of the participants of an approval gets a pending one, and those who no longer take part lose
    theirs. What was decided stays.

    Returns whether anybody was asked who had not been asked before.
    """
    if case.type != "approval":
        return False
    asked = {each.user_id: each for each in await list_approvals(session, case, voided=False)}
    for user_id, approval in asked.items():
        if user_id not in people and approval.state == "pending":
            await session.delete(approval)
    new = [user_id for user_id in people if user_id not in asked]
    session.add_all(Approval.asked_of(case, user_id) for user_id in new)
    return bool(new)


async def void_approvals(session: AsyncSession, *, case: Case, by: Actor, at: datetime) -> None:
    """After a new version of a document: what was decided on the earlier one stays visible as void, and those
    who decided are asked again."""
    asked = await list_approvals(session, case, voided=False)
    decided = [each for each in asked if each.state != "pending"]
    if case.type != "approval" or not decided or case.status in ("closed", "cancelled"):
        return
    reachable = await list_reachable(session, case)
    for approval in decided:
        approval.voided_at = at
    # The voided rows must leave the unique index before the new ones enter it.
    await session.flush()
    session.add_all(
        Approval.asked_of(case, approval.user_id) for approval in decided if approval.user_id in reachable
    )
    previous = case.status
    await ask_customer(session, case=case, at=at)
    case.changed(at=at, news_from="bureau")
    facts = {"approval_ids": [each.id for each in decided]}
    record(session, case=case, action="approvals_voided", by=by, at=at, facts=facts)
    await announce(session, case, ApprovalRequested, by=by, previous=previous)
