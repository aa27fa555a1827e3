from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from services.identity.attempts.errors import TooManyAttempts
from services.identity.credentials.errors import FreshLoginRequired, SecondFactorRequired
from services.identity.credentials.schemas import PasskeyOut
from services.identity.dependencies import Agent, ClientAddress, Configured
from services.identity.keys.dependencies import Signing
from services.identity.passkeys import commands
from services.identity.passkeys.dependencies import Party
from services.identity.passkeys.errors import PasskeyExists, TooManyPasskeys, UnusablePasskey, WrongPasskey
from services.identity.passkeys.schemas import (
    AddedPasskeyOut,
    PasskeyChange,
    PasskeyIn,
    PasskeySessionIn,
    PublicKeyOptionsOut,
)
from services.identity.sessions.errors import NoSuchHat
from services.identity.sessions.schemas import TokensOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.idempotency import UnstoredRoute
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("credentials")
secret_router = APIRouter(route_class=UnstoredRoute)
PasskeyId = Annotated[UUID, Path(description="One of the caller's own passkeys.")]


@secret_router.post(
    "/v1/me/credentials/passkeys/begin",
    responses=refusals(FreshLoginRequired, SecondFactorRequired, TooManyPasskeys),
)
async def begin_passkey(person: Person, session: Session, party: Party) -> PublicKeyOptionsOut:
    """Get what a device needs to make a passkey

    For everyone who has logged in within ten minutes, with the second factor if there is one. The device must
    know its person by a PIN, a fingerprint or the like.
    """
    options = await commands.begin_registration(session, by=person, party=party, at=utcnow())
    return PublicKeyOptionsOut(public_key=options)


@secret_router.post(
    "/v1/me/credentials/passkeys",
    status_code=201,
    responses=refusals(
        FreshLoginRequired, PasskeyExists, SecondFactorRequired, TooManyPasskeys, UnusablePasskey
    ),
)
async def add_passkey(body: PasskeyIn, person: Person, session: Session, party: Party) -> AddedPasskeyOut:
    """Add a passkey that a device has made

    For everyone who has logged in within ten minutes. This log-in has the second factor from its next renewal
    on; all others of the person end.
    """
    added = await commands.add_passkey(
        session,
        by=person,
        name=body.name,
        response=body.credential.model_dump(),
        party=party,
        at=utcnow(),
    )
    return AddedPasskeyOut.model_validate(added)


@router.patch("/v1/me/credentials/passkeys/{passkey_id}", responses=refusals(NotFound))
async def rename_passkey(
    passkey_id: PasskeyId, body: PasskeyChange, person: Person, session: Session
) -> PasskeyOut:
    """Give a passkey another name

    For everyone who is logged in.
    """
    renamed = await commands.rename_passkey(session, by=person, passkey_id=passkey_id, name=body.name)
    return PasskeyOut.model_validate(renamed)


@router.delete(
    "/v1/me/credentials/passkeys/{passkey_id}",
    status_code=204,
    responses=refusals(FreshLoginRequired, NotFound, SecondFactorRequired),
)
async def remove_passkey(passkey_id: PasskeyId, person: Person, session: Session) -> None:
    """Remove a passkey

    For everyone who has logged in with the second factor within ten minutes. With the last second factor the
    recovery codes go too. The person's other log-ins end.
    """
    await commands.remove_passkey(session, by=person, passkey_id=passkey_id, at=utcnow())


@secret_router.post("/v1/sessions/passkey/begin", responses=refusals(TooManyAttempts))
async def begin_passkey_log_in(
    client_address: ClientAddress, session: Session, settings: Configured, party: Party
) -> PublicKeyOptionsOut:
    """Get what a device needs to log in by a passkey

    For anybody, without a token. The device finds the passkey by itself, so no address is asked for.
    """
    options = await commands.begin_log_in(
        session, client_address=client_address, party=party, limits=settings.limits, at=utcnow()
    )
    return PublicKeyOptionsOut(public_key=options)


@secret_router.post(
    "/v1/sessions/passkey", status_code=201, responses=refusals(WrongPasskey, NoSuchHat, TooManyAttempts)
)
async def log_in_by_passkey(
    body: PasskeySessionIn,
    client_address: ClientAddress,
    session: Session,
    settings: Configured,
    party: Party,
    signer: Signing,
    agent: Agent,
) -> TokensOut:
    """Log in by a passkey

    For anybody, without a token. A passkey counts as two factors, so neither a password nor a code is asked
    for. `wrong_credentials`: it is unknown or was removed, or its answer came too late or twice.
    """
    tokens = await commands.log_in(
        session,
        response=body.credential.model_dump(),
        act_as=body.act_as.key if body.act_as else None,
        client_address=client_address,
        agent=agent,
        party=party,
        signer=signer,
        settings=settings,
        at=utcnow(),
    )
    return TokensOut.model_validate(tokens)


router.include_router(secret_router)
