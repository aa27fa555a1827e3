from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.tables import User
from shared import security
from shared.bus import outbox
from shared.events.credentials import CredentialsChange, CredentialsChanged


def publish_credentials(session: AsyncSession, user: User, change: CredentialsChange) -> None:
    """The event mails the person, who may not be the one who did it. The security log is told too."""
    security.note(session, "second_factor_changed", person=user.id, change=change)
    user.version += 1
    event = {
        "sequence": user.version,
        "user_id": user.id,
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "change": change,
    }
    outbox.add(session, CredentialsChanged.model_validate(event))
