"""The events of a person: most cause a mail, one says that an address is verified, one that access tokens are
good no more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.tables import User
from shared import security
from shared.bus import outbox
from shared.database.access import keep_ended
from shared.events.identity import (
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
    UserVerified,
)
from shared.events.sessions import SessionsEnded

MOST_SESSIONS = 500


def publish_registration(session: AsyncSession, user: User, *, verification_id: UUID) -> None:
    event = UserRegistered.model_validate({**_facts(user), "verification_id": verification_id})
    outbox.add(session, event)


def publish_repeated_sign_up(session: AsyncSession, user: User) -> None:
    outbox.add(session, SignUpRepeated.model_validate(_facts(user)))


def publish_verification(session: AsyncSession, user: User) -> None:
    outbox.add(session, UserVerified(sequence=user.version, user_id=user.id, email=user.email))


def publish_password_reset(session: AsyncSession, user: User, *, reset_id: UUID) -> None:
    outbox.add(session, PasswordResetRequested.model_validate({**_facts(user), "reset_id": reset_id}))


def publish_password_change(session: AsyncSession, user: User) -> None:
    outbox.add(session, PasswordChanged.model_validate(_facts(user)))


async def publish_ended_sessions(
    session: AsyncSession, *, user_id: UUID, session_ids: Sequence[UUID]
) -> None:
    """From this transaction on, identity refuses the access tokens of these log-ins."""
    for first in range(0, len(session_ids), MOST_SESSIONS):
        some = list(session_ids[first : first + MOST_SESSIONS])
        event = SessionsEnded(user_id=user_id, session_ids=some)
        await keep_ended(session, [event])
        outbox.add(session, event)
        security.note(session, "sessions_ended", person=user_id, sessions=len(some))


def _facts(user: User) -> dict[str, object]:
    return {
        "sequence": user.version,
        "user_id": user.id,
        "name": user.name,
        "email": user.email,
        "language": user.language,
    }
