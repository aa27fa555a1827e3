"""The events of a person: two cause a mail with a link, one says that an address is verified."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.tables import User
from shared.bus import outbox
from shared.events.identity import PasswordResetRequested, UserRegistered, UserVerified


def publish_registration(session: AsyncSession, user: User, *, verification_id: UUID) -> None:
    event = UserRegistered.model_validate({**_facts(user), "verification_id": verification_id})
    outbox.add(session, event)


def publish_verification(session: AsyncSession, user: User) -> None:
    outbox.add(session, UserVerified(sequence=user.version, user_id=user.id, email=user.email))


def publish_password_reset(session: AsyncSession, user: User, *, reset_id: UUID) -> None:
    outbox.add(session, PasswordResetRequested.model_validate({**_facts(user), "reset_id": reset_id}))


def _facts(user: User) -> dict[str, object]:
    return {
        "sequence": user.version,
        "user_id": user.id,
        "name": user.name,
        "email": user.email,
        "language": user.language,
    }
