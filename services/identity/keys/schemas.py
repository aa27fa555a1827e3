from typing import Annotated

from pydantic import ConfigDict, Field

from shared.http.schemas import Answer


class KeyOut(Answer):
    """One public key (RFC 7517, RFC 8037)."""

    model_config = ConfigDict(extra="allow")

    kid: Annotated[str, Field(examples=["2026-11"])]
    """Which key it is: the `kid` in the header of the tokens that it checks."""
    kty: Annotated[str, Field(examples=["OKP"])]
    """The type of key."""
    crv: Annotated[str, Field(examples=["Ed25519"])]
    """The curve."""
    x: Annotated[str, Field(examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])]
    """The public key itself, in base64url."""
    use: Annotated[str, Field(examples=["sig"])] | None = None
    """For signatures."""


class KeySetOut(Answer):
    keys: list[KeyOut]
    """All that tokens may be signed with now; more than one while keys are exchanged."""


class ConfigurationOut(Answer):
    """OpenID Connect Discovery 1.0, section 3."""

    issuer: Annotated[str, Field(examples=["https://arende.example"])]
    """`iss` of the access tokens."""
    jwks_uri: Annotated[str, Field(examples=["https://arende.example/.well-known/jwks.json"])]
    """Where the public keys are."""
    token_endpoint: Annotated[str, Field(examples=["https://arende.example/v1/sessions"])]
    """Where a person logs in."""
    response_types_supported: list[Annotated[str, Field(examples=["token"])]]
    """What a log-in returns."""
    subject_types_supported: list[Annotated[str, Field(examples=["public"])]]
    """`public`: `sub` is the same for every reader."""
    id_token_signing_alg_values_supported: list[Annotated[str, Field(examples=["Ed25519"])]]
    """How tokens are signed."""
    claims_supported: list[Annotated[str, Field(examples=["sub"])]]
    """What an access token says."""
