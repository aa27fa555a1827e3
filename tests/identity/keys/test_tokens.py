"""Forged and spoiled tokens."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from shared.encoding import encode
from shared.ids import uuid7
from shared.tokens import new_key, sign
from tests.factories.keys import ISSUER, Keys
from tests.factories.service import Service

Forge = Callable[[dict[str, Any], Keys], str]


def claims() -> dict[str, Any]:
    now = time.time()
    return {
        "sub": str(uuid7()),
        "iat": now,
        "exp": now + 600,
        "iss": ISSUER,
        "aud": "arende",
        "email": "eva@byran.example",
        "email_verified": True,
        "name": "Eva",
        "session_id": str(uuid7()),
        "hat": {"kind": "operator"},
    }


def raw(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    return ".".join(
        encode(part) for part in (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    )


def signed(body: dict[str, Any], keys: Keys, **header: Any) -> str:
    header = {"alg": "Ed25519", "kid": "test-1", "typ": "at+jwt", **header}
    present = {name: value for name, value in header.items() if value is not None}
    return jwt.encode(present, body, keys.key, algorithms=["Ed25519", "EdDSA"])


def by_public_key(body: dict[str, Any], keys: Keys) -> str:
    secret = OctKey.import_key(keys.public_file.read_bytes())
    return jwt.encode({"alg": "HS256", "kid": "test-1", "typ": "at+jwt"}, body, secret, algorithms=["HS256"])


FORGERIES: dict[str, Forge] = {
    "no token": lambda body, keys: "x",
    "three empty parts": lambda body, keys: "..",
    "alg none": lambda body, keys: raw({"alg": "none", "typ": "at+jwt", "kid": "test-1"}, body),
    "alg none in other letters": lambda body, keys: raw(
        {"alg": "nOnE", "typ": "at+jwt", "kid": "test-1"}, body
    ),
    "no signature": lambda body, keys: signed(body, keys).rsplit(".", 1)[0] + ".",
    "zero signature": lambda body, keys: raw(
        {"alg": "Ed25519", "typ": "at+jwt", "kid": "test-1"}, body, bytes(64)
    ),
    "symmetric with the public key": by_public_key,
    "another key": lambda body, keys: sign(body, new_key("test-1"), issuer=ISSUER),
    "another kid": lambda body, keys: signed(body, keys, kid="../../test-1"),
    "no kid": lambda body, keys: signed(body, keys, kid=None),
    "another type": lambda body, keys: signed(body, keys, typ="JWT"),
    "no type": lambda body, keys: signed(body, keys, typ=None),
    "key in the header": lambda body, keys: signed(
        body, keys, jwk=new_key("own").as_dict(private=False), kid="own"
    ),
    "other issuer": lambda body, keys: signed({**body, "iss": "https://evil.example"}, keys),
    "other audience": lambda body, keys: signed({**body, "aud": "other"}, keys),
    "list of audiences": lambda body, keys: signed({**body, "aud": ["arende", "other"]}, keys),
    "expired": lambda body, keys: signed({**body, "exp": time.time() - 1}, keys),
    "from the future": lambda body, keys: signed({**body, "iat": time.time() + 3600}, keys),
    "never expires": lambda body, keys: signed({k: v for k, v in body.items() if k != "exp"}, keys),
    "no number": lambda body, keys: signed({**body, "exp": "tomorrow"}, keys),
    "no person": lambda body, keys: signed({**body, "sub": "root"}, keys),
    "unknown hat": lambda body, keys: signed({**body, "hat": {"kind": "god"}}, keys),
    "hat with more in it": lambda body, keys: signed({**body, "hat": {"kind": "operator", "x": 1}}, keys),
    "huge": lambda body, keys: signed({**body, "more": "x" * 5000}, keys),
    "changed after signing": lambda body, keys: _swapped(signed(body, keys), {**body, "sub": str(uuid7())}),
}


def _swapped(token: str, body: dict[str, Any]) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{encode(json.dumps(body).encode())}.{signature}"


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_a_forged_token_is_nobody(service: Service, keys: Keys, forge: Forge) -> None:
    bearer = {"Authorization": f"Bearer {forge(claims(), keys)}"}
    answer = await service.client.get("/v1/sessions", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_the_same_token_unforged(service: Service, keys: Keys) -> None:
    bearer = {"Authorization": f"Bearer {signed(claims(), keys)}"}
    assert (await service.client.get("/v1/sessions", headers=bearer)).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi"])
async def test_no_bearer_at_all(service: Service, header: str) -> None:
    answer = await service.client.get("/v1/sessions", headers={"Authorization": header})
    assert answer.status_code == 401
    assert (await service.client.get("/v1/sessions")).json()["code"] == "not_logged_in"
