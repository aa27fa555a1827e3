"""What identity publishes about that with which a person logs in beside the password."""

from typing import Literal
from uuid import UUID

from shared.events.identity import IdentityEvent, Language

CredentialsChange = Literal[
    "totp_added", "totp_removed", "passkey_added", "passkey_removed",
    "recovery_codes_renewed", "recovery_code_used", "second_factors_reset",
]  # fmt: skip


class CredentialsChanged(IdentityEvent):
    """Something happened to what the person logs in with beside the password."""

    type = "se.arende.credentials.changed.v1"
    subject = "user_id"

    user_id: UUID
    name: str
    email: str
    language: Language
    change: CredentialsChange
