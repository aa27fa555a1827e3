"""What is asked of a device and what it answers (W3C Web Authentication, level 3), as far as it needs no row.

The library is loaded where it is used: a process at rest does without it.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from services.identity.passkeys.errors import UnusablePasskey
from shared.encoding import decode

_LOOPBACK = ("127.0.0.1", "::1")
Options = dict[str, Any]
Response = dict[str, Any]


@dataclass(frozen=True)
class RelyingParty:
    """Whom passkeys are made for: the host of the web address, and the only origin that may ask for them.

    A device knows no numeric address, so a system that is tried at 127.0.0.1 is `localhost` to it.
    """

    id: str
    origin: str

    @classmethod
    def at(cls, web_url: str) -> "RelyingParty":
        parts = urlsplit(web_url)
        host = parts.hostname or ""
        host = "localhost" if host in _LOOPBACK else host
        port = f":{parts.port}" if parts.port else ""
        return cls(id=host, origin=f"{parts.scheme}://{host}{port}")


@dataclass(frozen=True)
class NewKey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool


def creation_options(
    party: RelyingParty, *, user_id: UUID, email: str, name: str, known: list[bytes], challenge: bytes
) -> Options:
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Ärende",
        user_id=user_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=300_000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return _as_json(webauthn.options_to_json(options))


def request_options(party: RelyingParty, *, challenge: bytes) -> Options:
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=300_000,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _as_json(webauthn.options_to_json(options))


def challenge_in(response: Response) -> bytes:
    """The challenge that the device says it has signed. Raises UnusablePasskey where it says none."""
    try:
        return decode(str(json.loads(decode(response["response"]["clientDataJSON"]))["challenge"]))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise UnusablePasskey from error


def person_in(response: Response) -> UUID:
    """Whose passkey the device says it is. Raises UnusablePasskey."""
    try:
        return UUID(bytes=decode(response["response"]["userHandle"]))
    except (ValueError, TypeError, LookupError) as error:
        raise UnusablePasskey from error


def credential_id_in(response: Response) -> bytes:
    """What the device calls the passkey. Raises UnusablePasskey."""
    try:
        return decode(response["rawId"])
    except (ValueError, TypeError, LookupError) as error:
        raise UnusablePasskey from error


def check_registration(party: RelyingParty, response: Response, *, challenge: bytes) -> NewKey:
    """Raises UnusablePasskey."""
    import webauthn
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        made = webauthn.verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever the library stumbles over, a stranger has sent it
        raise UnusablePasskey from error
    synced = made.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count, synced)


def check_assertion(
    party: RelyingParty, response: Response, *, challenge: bytes, public_key: bytes, sign_count: int
) -> int:
    """Returns the device's new count. Raises UnusablePasskey, also where the count has not grown: then there
    are two devices with one key."""
    import webauthn

    try:
        shown = webauthn.verify_authentication_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # whatever the library stumbles over, a stranger has sent it
        raise UnusablePasskey from error
    return shown.new_sign_count


def _as_json(options: str) -> Options:
    read: Options = json.loads(options)
    return read
