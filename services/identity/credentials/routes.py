from fastapi import APIRouter

from services.identity.attempts.errors import TooManyAttempts
from services.identity.credentials import commands, queries
from services.identity.credentials.dependencies import Sealing
from services.identity.credentials.errors import (
    FreshLoginRequired,
    NoSecondFactor,
    SecondFactorRequired,
    TotpExists,
    WrongCode,
)
from services.identity.credentials.schemas import BegunTotpOut, CredentialsOut, RecoveryCodesOut, TotpCodeIn
from services.identity.dependencies import Configured
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.idempotency import UnstoredRoute
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("credentials")
secret_router = APIRouter(route_class=UnstoredRoute)


@router.get("/v1/me/credentials")
async def list_credentials(person: Person, session: Session) -> CredentialsOut:
    """List one's own second factors

    For everyone who is logged in, with or without a hat. No secret is shown.
    """
    return CredentialsOut.of(await queries.get_credentials(session, person.user_id))


@secret_router.post(
    "/v1/me/credentials/totp",
    status_code=201,
    responses=refusals(FreshLoginRequired, SecondFactorRequired, TotpExists),
)
async def begin_totp(person: Person, session: Session, seal: Sealing) -> BegunTotpOut:
    """Begin to set up an authenticator app

    For everyone who has logged in within ten minutes, with the second factor if there is one. It is asked for
    at log-in only once a code of it was confirmed, within half an hour; beginning again replaces the secret.
    """
    return BegunTotpOut.model_validate(await commands.begin_totp(session, by=person, seal=seal, at=utcnow()))


@secret_router.post(
    "/v1/me/credentials/totp/confirm",
    responses=refusals(
        FreshLoginRequired, NotFound, SecondFactorRequired, TooManyAttempts, TotpExists, WrongCode
    ),
)
async def confirm_totp(
    body: TotpCodeIn, person: Person, session: Session, settings: Configured, seal: Sealing
) -> RecoveryCodesOut:
    """Confirm the authenticator app by its first code

    For everyone who has logged in within ten minutes. From then on `POST /v1/sessions` wants `otp`. This
    log-in has the second factor from its next renewal on; all others of the person end.
    """
    codes = await commands.confirm_totp(
        session, by=person, code=body.code, seal=seal, limits=settings.limits, at=utcnow()
    )
    return RecoveryCodesOut(recovery_codes=codes)


@router.delete(
    "/v1/me/credentials/totp",
    status_code=204,
    responses=refusals(FreshLoginRequired, NotFound, SecondFactorRequired),
)
async def remove_totp(person: Person, session: Session) -> None:
    """Remove the authenticator app

    For everyone who has logged in with the second factor within ten minutes. With the last second factor the
    recovery codes go too. The person's other log-ins end.
    """
    await commands.remove_totp(session, by=person, at=utcnow())


@secret_router.post(
    "/v1/me/credentials/recovery-codes",
    responses=refusals(FreshLoginRequired, NoSecondFactor, SecondFactorRequired),
)
async def renew_recovery_codes(person: Person, session: Session) -> RecoveryCodesOut:
    """Get new recovery codes

    For everyone who has logged in with the second factor within ten minutes. The codes before are good no
    more.
    """
    return RecoveryCodesOut(
        recovery_codes=await commands.renew_recovery_codes(session, by=person, at=utcnow())
    )


router.include_router(secret_router)
