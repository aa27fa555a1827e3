from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.identity.credentials.schemas import PasskeyOut, RecoveryCode
from services.identity.sessions.schemas import ActAsIn
from shared.http.schemas import Answer, Body, Line

# What a browser makes of a short text and of a key that it attests.
LONGEST_ID, LONGEST_TEXT, LONGEST_ATTESTATION = 1400, 4000, 16_000
PasskeyName = Annotated[Line, Field(max_length=100, examples=["Annas telefon"])]
_BASE64URL = "^[A-Za-z0-9_-]+$"
CredentialId = Annotated[
    str, StringConstraints(max_length=LONGEST_ID, pattern=_BASE64URL), Field(examples=["q83vEjRWeJq7zN3u_w"])
]
Encoded = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TEXT, pattern=_BASE64URL),
    Field(examples=["eyJ0eXBlIjoid2ViYXV0aG4"]),
]


class PublicKeyOptionsOut(Answer):
    public_key: Annotated[
        dict[str, Any], Field(examples=[{"challenge": "q83vEjRWeJq7zN3u_w", "rpId": "arende.example"}])
    ]
    """For the browser, as its `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes them. The
    challenge in them is good once and for five minutes."""


class _FromBrowser(Body):
    """As the browser's `PublicKeyCredential.toJSON()` gives it: what it says beside this is not looked at."""

    model_config = ConfigDict(extra="ignore")


class AttestationIn(_FromBrowser):
    """What the device answers when it has made a key."""

    clientDataJSON: Encoded
    """What the browser has asked of the device."""
    attestationObject: Annotated[
        str,
        StringConstraints(max_length=LONGEST_ATTESTATION, pattern=_BASE64URL),
        Field(examples=["o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YQ"]),
    ]
    """The new public key, and what the device says of it."""


class AssertionIn(_FromBrowser):
    """What the device answers when it has signed."""

    clientDataJSON: Encoded
    """What the browser has asked of the device."""
    authenticatorData: Encoded
    """What the device says of itself."""
    signature: Encoded
    """Of the two, by the private key."""
    userHandle: Encoded
    """Whose passkey it is."""


class _CredentialIn(_FromBrowser):
    id: CredentialId
    """The device's own name of the passkey."""
    rawId: CredentialId
    """The same again."""
    type: Literal["public-key"]
    """The only type there is."""


class NewCredentialIn(_CredentialIn):
    """A passkey that was made, as the browser gives it."""

    response: AttestationIn
    """What the device answered."""


class ShownCredentialIn(_CredentialIn):
    """A passkey that was shown, as the browser gives it."""

    response: AssertionIn
    """What the device answered."""


class PasskeyIn(Body):
    name: PasskeyName
    """What the person calls it, to know it from the others."""
    credential: NewCredentialIn
    """What `navigator.credentials.create()` returned."""


class PasskeyChange(Body):
    name: PasskeyName
    """What the person calls it, to know it from the others."""


class AddedPasskeyOut(Answer):
    passkey: PasskeyOut
    """The new passkey."""
    recovery_codes: list[RecoveryCode]
    """Ten codes, to be kept on paper; each lets one log in once in place of the second factor. They are never
    shown again. Empty where the person was given theirs before."""


class PasskeySessionIn(Body):
    credential: ShownCredentialIn
    """What `navigator.credentials.get()` returned."""
    act_as: ActAsIn | None = None
    """Which hat the access token has. Without it the token serves to see one's hats and to choose one."""
