import math
from datetime import timedelta

from shared.errors import ServiceError


class InvitationNotOpen(ServiceError):
    status = 409
    code = "invitation_not_open"
    en = "The invitation is no longer open: it is {state}."
    sv = "Inbjudan är inte längre öppen: den är {state}."


class ResentTooSoon(ServiceError):
    """`wait` is how long until it can be sent again."""

    status = 429
    code = "resent_too_soon"
    en = "The invitation was sent again less than ten minutes ago. Try again in {retry_after} seconds."
    sv = "Inbjudan skickades om för mindre än tio minuter sedan. Försök igen om {retry_after} sekunder."

    def __init__(self, wait: timedelta) -> None:
        super().__init__(retry_after=math.ceil(wait.total_seconds()))

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.facts["retry_after"])}


class InvitedTooSoon(ResentTooSoon):
    """An invitation to the same contact was revoked; `wait` is how long until there can be another one."""

    code = "invited_too_soon"
    en = "The contact was sent an invitation less than ten minutes ago. Try again in {retry_after} seconds."
    sv = "Kontakten fick en inbjudan för mindre än tio minuter sedan. Försök igen om {retry_after} sekunder."
