"""Where others find the keys that access tokens are checked with."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.identity.dependencies import Configured
from shared.tokens import ALGORITHM

router = APIRouter(tags=["keys"])


@router.get("/.well-known/jwks.json")
async def jwks(request: Request, response: Response) -> dict[str, Any]:
    response.headers["Cache-Control"] = "public, max-age=300"
    keys: dict[str, Any] = request.app.state.keys.keys().as_dict(private=False)
    return keys


@router.get("/.well-known/openid-configuration")
async def openid_configuration(settings: Configured) -> dict[str, Any]:
    issuer = settings.issuer.rstrip("/")
    return {
        "issuer": settings.issuer,
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "token_endpoint": f"{issuer}/v1/sessions",
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["sub", "iat", "exp", "email", "email_verified", "name", "session_id", "hat"],
    }
