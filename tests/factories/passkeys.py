"""A device that holds passkeys, without a browser: what it does wrong is up to the test."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc.jwk import OKPKey
from webauthn.helpers import encode_cbor

from shared.encoding import decode, encode
from tests.factories.people import Person

PASSKEYS = "/v1/me/credentials/passkeys"
ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, SYNCABLE, SYNCED, NEW_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
Options = dict[str, Any]


@dataclass
class Device:
    """`flags` is what it says of its person; `count` is its count of uses, which it does not keep if 0."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    count: int = 0
    rp_id: str | None = None
    user_handle: str = ""
    key: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519"))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(20))

    def make(self, options: Options) -> dict[str, Any]:
        """`navigator.credentials.create()`."""
        self.rp_id, self.user_handle = self.rp_id or options["rp"]["id"], options["user"]["id"]
        public = {1: 1, 3: -8, -1: 6, -2: decode(str(self.key.as_dict(private=False)["x"]))}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(NEW_KEY) + attested + encode_cbor(public)
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        asked = self._asked("webauthn.create", options)
        return self._credential({"clientDataJSON": encode(asked), "attestationObject": encode(attestation)})

    def show(self, options: Options) -> dict[str, Any]:
        """`navigator.credentials.get()`."""
        self.count += 1 if self.count else 0
        asked, data = self._asked("webauthn.get", options), self._data()
        private: Any = self.key.private_key
        signature = private.sign(data + hashlib.sha256(asked).digest())
        return self._credential(
            {
                "clientDataJSON": encode(asked),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": self.user_handle,
            }
        )

    def _asked(self, kind: str, options: Options) -> bytes:
        asked = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(asked).encode()

    def _data(self, more: int = 0) -> bytes:
        rp = hashlib.sha256((self.rp_id or "").encode()).digest()
        return rp + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {**response, "transports": ["internal"]},
        }


async def options_of(person: Person) -> dict[str, Any]:
    answer = await person.post(f"{PASSKEYS}/begin")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["public_key"])


async def try_adding(person: Person, device: Device, name: str = "Telefonen") -> httpx.Response:
    made = device.make(await options_of(person))
    return await person.post(PASSKEYS, {"name": name, "credential": made})


async def add_passkey(person: Person, device: Device) -> dict[str, Any]:
    answer = await try_adding(person, device)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
