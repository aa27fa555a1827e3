"""Where others find the keys that access tokens are checked with."""

from fastapi import APIRouter, Request, Response

from services.identity.dependencies import Configured
from services.identity.keys.schemas import ConfigurationOut, KeySetOut
from shared.http.route import Route
from shared.tokens import ALGORITHM

router = APIRouter(tags=["keys"], route_class=Route)


@router.get("/.well-known/jwks.json", response_model_exclude_none=True)
async def get_keys(request: Request, response: Response) -> KeySetOut:
    """Get the public keys of access tokens

    For anybody, without a token. Keep them for five minutes; ask again when a token names another `kid`.
    """
    response.headers["Cache-Control"] = "public, max-age=300"
    return KeySetOut.model_validate(request.app.state.keys.keys().as_dict(private=False))


@router.get("/.well-known/openid-configuration")
async def get_openid_configuration(settings: Configured) -> ConfigurationOut:
    """Get what a client needs to check access tokens

    For anybody, without a token.
    """
    issuer = settings.issuer.rstrip("/")
    return ConfigurationOut(
        issuer=settings.issuer,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        token_endpoint=f"{issuer}/v1/sessions",
        response_types_supported=["token"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
        claims_supported=[
            "sub",
            "iat",
            "exp",
            "email",
            "email_verified",
            "name",
            "session_id",
            "amr",
            "hat",
        ],
    )
