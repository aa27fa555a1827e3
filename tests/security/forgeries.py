"""Access tokens that must not be believed, each wrong in one way."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from shared.encoding import encode
from shared.ids import uuid7
from shared.tokens import new_key
from tests.factories.keys import ISSUER

Claims = dict[str, Any]


def claims(**changes: Any) -> Claims:
    now = time.time()
    whole: Claims = {
        "sub": str(uuid7()),
        "iat": now,
        "exp": now + 600,
        "email": "anna.ek@byran.example",
        "email_verified": True,
        "name": "Anna Ek",
        "session_id": str(uuid7()),
        "iss": ISSUER,
        "aud": "arende",
        "hat": {
            "kind": "employee",
            "bureau_id": str(uuid7()),
            "employee_id": str(uuid7()),
            "account_role": "administrator",
            "maintenance": "full",
            "customers": "full",
        },
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def part(value: Any) -> str:
    return encode(json.dumps(value).encode())


def signed(key: OKPKey, header: dict[str, Any] | None = None, **changes: Any) -> str:
    whole = {"alg": "Ed25519", "kid": key.kid, "typ": "at+jwt", **(header or {})}
    whole = {name: value for name, value in whole.items() if value is not ...}
    return jwt.encode(whole, claims(**changes), key, algorithms=["Ed25519"])


def by_hand(header: dict[str, Any], signature: Callable[[bytes], bytes] | bytes = b"") -> str:
    """A token with a header that no library would write."""
    text = f"{part(header)}.{part(claims())}"
    made = signature(text.encode()) if callable(signature) else signature
    return f"{text}.{encode(made)}"


def truly_signed(key: OKPKey, *, header: str = "", body: str = "", **changes: Any) -> str:
    """Signed with the real key, whatever stands in it. `header` and `body` are JSON that is put before the
    last bracket, and so may say things twice or be what no dictionary can hold."""
    whole = json.dumps({"alg": "Ed25519", "kid": key.kid, "typ": "at+jwt"})[:-1] + header + "}"
    told = json.dumps(claims(**changes))[:-1] + body + "}"
    text = f"{encode(whole.encode())}.{encode(told.encode())}"
    return f"{text}.{encode(JWSRegistry.algorithms['Ed25519'].sign(text.encode(), key))}"


def _signed_with_wrong_times(key: OKPKey) -> dict[str, str]:
    now, late = time.time(), time.time() + 3600
    return {
        "not before the future": truly_signed(key, nbf=late),
        "not before a text": truly_signed(key, nbf=str(now)),
        "not before never": truly_signed(key, body=', "nbf": Infinity'),
        "expiry in text": truly_signed(key, exp=str(now + 600)),
        "expiry true": truly_signed(key, exp=True, iat=0),
        "expiry null": truly_signed(key, exp=None),
        "expiry infinite": truly_signed(key, exp=float("inf")),
        "expiry too large to be told from infinite": truly_signed(key, exp=..., body=', "exp": 1e999'),
        "expiry no number": truly_signed(key, exp=float("nan")),
        "expiry of 300 digits": truly_signed(key, exp=10**300),
        "expiry of 3000 digits": truly_signed(key, exp=10**3000),
        "expiry in ten years": truly_signed(key, exp=now + 315_576_000),
        "expiry in a day": truly_signed(key, exp=now + 86_400),
        "issued in text": truly_signed(key, iat=str(now)),
        "issued never": truly_signed(key, iat=...),
        "issued at no number": truly_signed(key, iat=float("nan")),
        "issued before all times": truly_signed(key, iat=float("-inf")),
        "issued long ago": truly_signed(key, iat=0, exp=now + 600),
        "issued far in the future": truly_signed(key, iat=10**12, exp=10**12 + 600),
        "issued in two minutes": truly_signed(key, iat=now + 120),
        "expired before it was issued": truly_signed(key, iat=now + 30, exp=now + 10),
    }


def _signed_with_what_is_not_ours(key: OKPKey) -> dict[str, str]:
    evil = "https://evil.example/jwks.json"
    return {
        "unknown critical extension": truly_signed(key, header=', "crit": ["x"], "x": 1'),
        "critical extension that is missing": truly_signed(key, header=', "crit": ["exp"]'),
        "no critical extensions": truly_signed(key, header=', "crit": []'),
        "unencoded payload": truly_signed(key, header=', "b64": false, "crit": ["b64"]'),
        "jku, by our key": truly_signed(key, header=f', "jku": "{evil}"'),
        "x5c, by our key": truly_signed(key, header=', "x5c": []'),
        "compressed": truly_signed(key, header=', "zip": "DEF"'),
        "two algorithms": truly_signed(key, header=', "alg": "Ed25519"'),
        "two types": truly_signed(key, header=', "typ": "at+jwt"'),
        "two kids": truly_signed(key, header=f', "kid": "{key.kid}"'),
        "two subjects": truly_signed(key, body=f', "sub": "{uuid7()}"'),
        "two expiries": truly_signed(key, body=f', "exp": {time.time() + 600}'),
        "two kinds of hats": truly_signed(
            key, hat=..., body=', "hat": {"kind": "operator", "kind": "operator"}'
        ),
        "verified in text": truly_signed(key, email_verified="true"),
        "verified as a number": truly_signed(key, email_verified=1),
        "a number for the name": truly_signed(key, name=1),
        "deep": truly_signed(key, hat=..., body=', "hat": ' + "[" * 1000 + "]" * 1000),
    }


def forgeries(key: OKPKey) -> dict[str, str]:
    """The tokens by name. Some are signed with `key`, the real one, and wrong in another way."""
    public = json.dumps(key.as_dict(private=False)).encode()
    other, kid = new_key("other"), key.kid
    same_kid = new_key(str(kid))
    elliptic, rsa = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
    good = signed(key)
    head, body, tail = good.split(".")
    evil = "https://evil.example/jwks.json"

    def hs256(text: bytes) -> bytes:
        return hmac.digest(public, text, hashlib.sha256)

    return {
        "alg none": by_hand({"alg": "none", "typ": "at+jwt", "kid": kid}),
        "alg None": by_hand({"alg": "None", "typ": "at+jwt", "kid": kid}),
        "alg missing": by_hand({"typ": "at+jwt", "kid": kid}),
        "alg list": by_hand({"alg": ["Ed25519"], "typ": "at+jwt", "kid": kid}),
        "HS256 by the public key": by_hand({"alg": "HS256", "typ": "at+jwt", "kid": kid}, hs256),
        "HS256 by the empty key": by_hand(
            {"alg": "HS256", "typ": "at+jwt", "kid": kid}, lambda text: hmac.digest(b"", text, hashlib.sha256)
        ),
        "ES256": jwt.encode(
            {"alg": "ES256", "kid": kid, "typ": "at+jwt"}, claims(), elliptic, algorithms=["ES256"]
        ),
        "RS256": jwt.encode(
            {"alg": "RS256", "kid": kid, "typ": "at+jwt"}, claims(), rsa, algorithms=["RS256"]
        ),
        "another key": signed(other),
        "another key by our id": signed(same_kid),
        "unknown kid": signed(key, {"kid": "unknown"}),
        "no kid": signed(key, {"kid": ...}),
        "kid of a path": signed(key, {"kid": "../../../../dev/null"}),
        "kid of SQL": signed(key, {"kid": "' or 1=1 --"}),
        "jku": signed(other, {"kid": kid, "jku": evil}),
        "x5u": signed(other, {"kid": kid, "x5u": evil}),
        "jwk of its own": signed(other, {"kid": kid, "jwk": other.as_dict(private=False)}),
        "wrong typ": signed(key, {"typ": "JWT"}),
        "no typ": signed(key, {"typ": ...}),
        "critical extension": by_hand(
            {"alg": "Ed25519", "kid": kid, "typ": "at+jwt", "crit": ["x"], "x": 1}, b"x" * 64
        ),
        "wrong issuer": signed(key, iss="https://evil.example"),
        "no issuer": signed(key, iss=...),
        "wrong audience": signed(key, aud="other"),
        "audience list": signed(key, aud=["arende", "other"]),
        "no audience": signed(key, aud=...),
        "expired": signed(key, iat=time.time() - 1200, exp=time.time() - 600),
        "just expired": signed(key, exp=time.time() - 0.001),
        "no expiry": signed(key, exp=...),
        "expiry of text": signed(key, exp="never"),
        "issued in the future": signed(key, iat=time.time() + 3600, exp=time.time() + 7200),
        **_signed_with_wrong_times(key),
        **_signed_with_what_is_not_ours(key),
        "no subject": signed(key, sub=...),
        "subject no id": signed(key, sub="admin"),
        "unknown hat": signed(key, hat={"kind": "root"}),
        "hat with more": signed(key, hat={**claims()["hat"], "superuser": True}),
        "hat lacking rights": signed(key, hat={"kind": "employee", "bureau_id": str(uuid7())}),
        "rights unknown": signed(key, hat={**claims()["hat"], "customers": "everyone"}),
        "body altered": f"{head}.{part(claims())}.{tail}",
        "signature altered": f"{head}.{body}.{tail[:-4]}AAAA",
        "signature cut off": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{tail}",
        "only dots": "..",
        "no token": "x",
        "bad base64": f"{head}.%%%.{tail}",
        "header no object": f"{part([1])}.{body}.{tail}",
        "huge": good + "A" * 100_000,
        "control characters": f"{head}.\x01{body}.{tail}",
    }
