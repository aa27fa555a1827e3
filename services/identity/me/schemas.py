from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from services.identity.me.queries import Me
from services.identity.people.schemas import EmailOut, PersonName, PersonNameOut
from services.identity.sessions.schemas import HatOut
from shared.http.schemas import Answer, Body, Language

_NOT_PERMISSIONS = {"kind", "bureau_id", "bureau_name", "employee_id", "account_id", "account_name"}


class MeOut(Answer):
    id: UUID
    """The person, whatever the hat: `user_id` elsewhere."""
    name: PersonNameOut
    """As others see it."""
    email: EmailOut
    """To log in with, in lower case."""
    email_verified: bool
    """Whether the person has followed a link that was mailed to the address."""
    language: Language
    """Of the mails to this person."""
    hat: HatOut | None
    """What this token acts as, with today's permissions; null where no hat was chosen or it is gone."""
    hats: list[HatOut]
    """All that the person may act as."""
    permissions: dict[str, Any]
    """Those of `hat`, by their names; empty without one."""
    menu: list[Annotated[str, Field(examples=["cases"])]]
    """What a user interface has to show for this hat."""

    @classmethod
    def of(cls, me: Me) -> Self:
        return cls.model_validate(
            {
                **vars(me.user),
                "email_verified": me.user.email_verified,
                "hat": me.hat,
                "hats": me.hats,
                "permissions": me.hat.model_dump(exclude=_NOT_PERMISSIONS) if me.hat else {},
                "menu": me.menu,
            }
        )


class MeChange(Body):
    """What is left out stays as it is."""

    name: PersonName | None = None
    """As others are to see it; every bureau and account of the person takes it over."""
    language: Language | None = None
    """Of the mails to this person."""
