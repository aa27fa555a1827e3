from datetime import datetime
from typing import Self
from uuid import UUID

from services.identity.approval.queries import Judged
from services.identity.bureaus.schemas import AddressOut, BureauOut
from services.identity.people.schemas import EmailOut, PersonNameOut
from shared.http.schemas import Answer


class AdminOut(Answer):
    """Who signed the bureau up."""

    name: PersonNameOut
    """As the bureau has it."""
    email: EmailOut
    """By which the person logs in."""
    email_verified: bool
    """Whether the person has followed the link in a mail to this address."""


class JudgedBureauOut(BureauOut):
    """What operators go by. `name` differs from `approved_name` where another name waits to be approved."""

    admin: AdminOut
    """Who signed it up."""
    decided_at: datetime | None
    """When it was last approved or suspended."""
    decided_by: UUID | None
    """The operator who did it; null at the command line, and where no operator was asked."""

    @classmethod
    def of_judged(cls, judged: Judged) -> Self:
        bureau, admin_name, user = judged
        admin = {"name": admin_name, "email": user.email, "email_verified": user.email_verified}
        address = AddressOut.model_validate(bureau)
        return cls.model_validate({**vars(bureau), "address": address, "admin": admin})
