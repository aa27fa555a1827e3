from typing import Any
from uuid import UUID

from services.identity.persons.schemas import PersonName
from services.identity.persons.sessions.hats import NamedHat
from shared.http.schemas import Answer, Body, Language


class MeOut(Answer):
    """`hat`: what this token acts as, with today's `permissions`. `menu`: what there is to show for it."""

    id: UUID
    name: str
    email: str
    email_verified: bool
    language: Language
    hat: NamedHat | None
    hats: list[NamedHat]
    permissions: dict[str, Any]
    menu: list[str]


class MyChange(Body):
    name: PersonName | None = None
    language: Language | None = None
