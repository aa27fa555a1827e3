"""The events of a person: most cause a mail, one says that an address is verified."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.tables import User
from shared.bus import outbox
from shared.events.identity import (
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
    UserVerified,
)


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


def _facts(user: User) -> dict[str, object]:
    return {
        "sequence": user.version,
        "user_id": user.id,
        "name": user.name,
        "email": user.email,
        "language": user.language,
    }
