"""The intent to mail, written in the transaction of the reaction; the job `send-mails` does the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import and_, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.mails.tables import Mail
from shared.ids import uuid7
from shared.telemetry import current_traceparent

About = Literal["invitation", "case", "invoice", "person", "customer"]
LinkPurpose = Literal[
    "verify",
    "password-reset",
    "new-password",
    "invitation",
    "case",
    "invoice",
    "account",
    "customer",
    "credentials",
]
AT_ONCE = timedelta()


@dataclass(frozen=True)
class Recipient:
    """Who gets the mail. `email` is None for a person of whom no copy has come yet: at sending the person is
    looked up again, among the members of `account_id`, or else among the employees of the mail's bureau."""

    email: str | None
    language: str
    user_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True)
class Intent:
    """One mail. A bureau has only one mail with a given `key`, so that a repeated event mails nobody twice.

    `sender` is the bureau in whose name the mail comes, `wait` the time until the mail may leave. The last
    three fields are those of `Mail`.
    """

    kind: str
    key: str
    to: Recipient
    values: Mapping[str, str]
    link: tuple[LinkPurpose, UUID]
    about: tuple[About, UUID]
    bureau_id: UUID | None = None
    sender: str | None = None
    wait: timedelta = AT_ONCE
    customer_id: UUID | None = None
    as_contact: bool = False
    case_version: int | None = None


async def add_intents(session: AsyncSession, *, intents: Sequence[Intent]) -> list[Intent]:
    """An intent joins the mail that waits under its key. Returns the intents that could not join it, because
    a worker has taken that mail already."""
    if not intents:
        return []
    statement = insert(Mail).values([_row(intent) for intent in intents])
    taken = await session.scalars(
        statement.on_conflict_do_update(
            index_elements=[Mail.bureau_id, Mail.dedupe_key],
            set_={"case_version": func.greatest(Mail.case_version, statement.excluded.case_version)},
            where=and_(Mail.state == "waiting", Mail.attempts == 0),
        ).returning(Mail.dedupe_key)
    )
    keys = set(taken)
    return [intent for intent in intents if intent.key not in keys]


def _row(intent: Intent) -> dict[str, Any]:
    link_purpose, link_id = intent.link
    about, about_id = intent.about
    return {
        "id": uuid7(),
        "bureau_id": intent.bureau_id,
        "kind": intent.kind,
        "sender": intent.sender,
        "user_id": intent.to.user_id,
        "account_id": intent.to.account_id,
        "email": intent.to.email,
        "language": intent.to.language,
        "values": dict(intent.values),
        "link_purpose": link_purpose,
        "link_id": link_id,
        "about": about,
        "about_id": about_id,
        "dedupe_key": intent.key,
        "customer_id": intent.customer_id,
        "as_contact": intent.as_contact,
        "case_version": intent.case_version,
        "traceparent": current_traceparent(),
        "due_at": func.now() + intent.wait,
    }
