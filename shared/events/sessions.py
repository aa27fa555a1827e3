"""What identity publishes about log-ins."""

from uuid import UUID

from shared.events.identity import IdentityEvent


class SessionsEnded(IdentityEvent):
    """These log-ins have ended: from now on no access token of theirs is good. Each event has a few hundred
    ids at most."""

    type = "se.arende.sessions.ended.v1"
    subject = "user_id"

    user_id: UUID
    session_ids: list[UUID]
