"""Answering what a case asks for, and judging the answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import actor_of
from services.cases.case.commands import ask_customer
from services.cases.case.news import announce
from services.cases.case.queries import lock_case_to_answer, lock_case_to_answer_as_participant
from services.cases.case.tables import Case
from services.cases.files.queries import list_files_of
from services.cases.items.queries import get_item, list_items
from services.cases.items.tables import Item
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee, CallerMember
from shared.errors import FieldError, InvalidRequest, NotFound, named_in
from shared.events.cases import CaseEvent, CaseResolved, ItemAccepted, ItemAnswered, ItemReturned


async def answer_item(
    session: AsyncSession,
    *,
    case_id: UUID,
    item_id: UUID,
    file_ids: Sequence[UUID],
    not_applicable: str | None,
    by: CallerMember,
    at: datetime,
) -> Case:
    """An answer is files, or the reason why the item does not apply. The same answer again changes nothing.

    After the last answer the case waits for the bureau.
    """
    case = await lock_case_to_answer_as_participant(session, by, case_id)
    case.require_type("document_request")
    item = await get_item(session, case, item_id)
    case.require_open()
    answering = [] if not_applicable is not None else await _answering(session, case, item, file_ids)
    if item.has_answer(answering, not_applicable):
        return case
    if not_applicable is not None:
        item.not_applicable(not_applicable, by=by.user_id, at=at)
    else:
        item.answer(file_ids=answering, by=by.user_id, at=at)
    actor, previous = actor_of(by), case.status
    waiting = any(each.with_customer for each in await list_items(session, case))
    if not waiting and case.status != "waiting_for_bureau":
        case.take("hand_to_bureau", at=at)
    case.changed(at=at, news_from="customer")
    facts = {"item_id": item.id, "state": item.state, "file_ids": item.file_ids}
    contents = item.answer_contents()
    record(session, case=case, action="item_answered", by=actor, at=at, facts=facts, contents=contents)
    await announce(session, case, ItemAnswered, by=actor, previous=previous, item_id=item.id)
    return case


async def accept_item(
    session: AsyncSession, *, case_id: UUID, item_id: UUID, by: CallerEmployee, at: datetime
) -> Case:
    """The case is resolved when all of its items are accepted. Accepting again changes nothing."""
    case, item = await _lock_item(session, case_id, item_id, by)
    if item.state == "accepted":
        return case
    case.require_open()
    item.accept()
    previous = case.status
    kinds: list[type[CaseEvent]] = [ItemAccepted]
    if all(each.state == "accepted" for each in await list_items(session, case)):
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    _record_judgement(session, case, item, action="item_accepted", by=by, at=at)
    await announce(session, case, *kinds, by=actor_of(by), previous=previous, item_id=item.id)
    return case


async def return_item(
    session: AsyncSession, *, case_id: UUID, item_id: UUID, reason: str, by: CallerEmployee, at: datetime
) -> Case:
    """The case waits for the customer again, unless nobody there could answer. Returning again for the same
    reason changes nothing."""
    case, item = await _lock_item(session, case_id, item_id, by)
    if (item.state, item.reason) == ("returned", reason):
        return case
    case.require_open()
    item.give_back(reason)
    previous = case.status
    await ask_customer(session, case=case, at=at)
    _record_judgement(session, case, item, action="item_returned", by=by, at=at)
    await announce(session, case, ItemReturned, by=actor_of(by), previous=previous, item_id=item.id)
    return case


async def _lock_item(
    session: AsyncSession, case_id: UUID, item_id: UUID, by: CallerEmployee
) -> tuple[Case, Item]:
    case = await lock_case_to_answer(session, by, case_id)
    case.require_type("document_request")
    return case, await get_item(session, case, item_id)


def _record_judgement(
    session: AsyncSession, case: Case, item: Item, *, action: str, by: CallerEmployee, at: datetime
) -> None:
    case.changed(at=at, news_from="bureau")
    facts = {"item_id": item.id, "reason": item.reason, "status": case.status}
    contents = item.answer_contents()
    record(session, case=case, action=action, by=actor_of(by), at=at, facts=facts, contents=contents)


async def _answering(session: AsyncSession, case: Case, item: Item, named: Sequence[UUID]) -> Sequence[UUID]:
    """The files that were named, or else those that the item takes where none are named."""
    files = await list_files_of(session, case)
    known = {each.id for each in files}
    for place, file_id in enumerate(named):
        with named_in(f"file_ids.{place}"):
            if file_id not in known:
                raise NotFound("file")
    answering = named or item.answered_without_names(files)
    if not answering:
        none = FieldError(
            "file_ids",
            "required",
            en="Name files, or send not_applicable with a reason.",
            sv="Ange filer, eller skicka not_applicable med en anledning.",
        )
        raise InvalidRequest(errors=[none])
    return answering
