"""What a route may ask its app for. Kept apart from the settings, because a worker loads no FastAPI."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.identity.persons.passwords import Passwords
from services.identity.persons.sessions.signing import Signer
from services.identity.settings import Settings


def configured(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


def hashing(request: Request) -> Passwords:
    return cast(Passwords, request.app.state.passwords)


def signing(request: Request) -> Signer:
    return cast(Signer, request.app.state.signer)


Configured = Annotated[Settings, Depends(configured)]
Hashing = Annotated[Passwords, Depends(hashing)]
Signing = Annotated[Signer, Depends(signing)]
