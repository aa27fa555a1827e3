"""Reading mails, and what decides whether and with which names they leave."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.tables import (
    Bureau,
    CaseReading,
    Collaboration,
    Contact,
    Customer,
    Employee,
    Member,
)
from services.notifications.mails.tables import HELD_AT_MOST, Mail
from shared.events.identity import BureauStatus


def lock_due_mails(limit: int) -> CTE:
    """The ids of the mails that have waited longest, as a part of the statement that claims them; a mail that
    another worker is claiming is passed over."""
    return (
        select(Mail.id)
        .where(Mail.state == "waiting", Mail.due_at <= func.now())
        .order_by(Mail.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )


async def list_needless(session: AsyncSession, mail_ids: Collection[UUID]) -> set[UUID]:
    """Of these mails, those that tell of nothing unread, and those whose recipient has lost what tied them to
    it since the mail was added."""
    lost = or_(_has_left_bureau(), _has_left_account(), _is_no_contact(), _has_ended())
    wanted = select(Mail.id).where(Mail.id.in_(mail_ids), or_(_is_read(), lost))
    return set(await session.scalars(wanted))


@dataclass(frozen=True)
class Today:
    """What is known now of the two sides of a mail; None where there is none, or no news of it has come.

    `is_old`: it has waited for its bureau to be approved for as long as a mail waits.
    """

    bureau_name: str | None
    bureau_status: BureauStatus | None
    customer_name: str | None
    is_old: bool


async def list_today(session: AsyncSession, mail_ids: Collection[UUID]) -> dict[UUID, Today]:
    """By the ids of the mails."""
    bureau = Bureau.bureau_id == Mail.bureau_id
    customer = and_(Customer.bureau_id == Mail.bureau_id, Customer.customer_id == Mail.customer_id)
    is_old = Mail.added_at < func.now() - HELD_AT_MOST
    wanted = select(Mail.id, Bureau.name, Bureau.status, Customer.name, is_old).outerjoin(Bureau, bureau)
    rows: Any = await session.execute(wanted.outerjoin(Customer, customer).where(Mail.id.in_(mail_ids)))
    return {mail_id: Today(*known) for mail_id, *known in rows}


def _is_read() -> ColumnElement[bool]:
    return exists().where(
        CaseReading.case_id == Mail.about_id,
        CaseReading.user_id == Mail.user_id,
        CaseReading.sequence >= Mail.case_version,
    )


def _has_left_bureau() -> ColumnElement[bool]:
    left = exists().where(
        Employee.bureau_id == Mail.bureau_id, Employee.user_id == Mail.user_id, ~Employee.active
    )
    return and_(Mail.account_id.is_(None), left)


def _has_left_account() -> ColumnElement[bool]:
    return exists().where(
        Member.account_id == Mail.account_id, Member.user_id == Mail.user_id, ~Member.active
    )


def _is_no_contact() -> ColumnElement[bool]:
    listed = exists().where(
        Contact.bureau_id == Mail.bureau_id,
        Contact.customer_id == Mail.customer_id,
        Contact.email == Mail.email,
        Contact.active,
    )
    return and_(Mail.as_contact, ~listed)


def _has_ended() -> ColumnElement[bool]:
    """A collaboration that no news has come of yet counts as open."""
    between = and_(
        Collaboration.bureau_id == Mail.bureau_id,
        Collaboration.customer_id == Mail.customer_id,
        Collaboration.account_id == Mail.account_id,
    )
    ended = exists().where(between, ~Collaboration.active)
    return and_(Mail.about == "case", ended, ~exists().where(between, Collaboration.active))
