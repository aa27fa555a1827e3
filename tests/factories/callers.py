"""Callers of a service, with their access tokens."""

import time
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self

import httpx

from shared.ids import uuid7
from shared.tokens import sign
from tests.factories.keys import ISSUER, Keys
from tests.factories.records import Employee, Member, Operator, User

Headers = dict[str, str]
Who = Employee | Member | User | Operator


@dataclass
class Caller:
    """A client of one service that sends these headers with each call."""

    client: httpx.AsyncClient
    headers: Headers = field(default_factory=dict, kw_only=True)

    def sending(self, **headers: str) -> Self:
        """The same caller with more headers: `karin.sending(accept_language="sv")`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    async def call(
        self, method: str, path: str, *, version: int | Literal["*"] | None = None, **more: Any
    ) -> httpx.Response:
        """`version` is sent as If-Match: the version that the caller has seen, or "*" for any."""
        seen = {} if version is None else {"If-Match": "*" if version == "*" else f'"{version}"'}
        return await self.client.request(method, path, headers={**self.headers, **seen}, **more)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.call("GET", path, params=params or None)

    async def read(self, path: str, **params: Any) -> Any:
        """GET, which must succeed. Returns the body."""
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.call("POST", path, json=body)

    async def put(self, path: str, body: Any = None) -> httpx.Response:
        return await self.call("PUT", path, json=body)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def failing_field(answer: httpx.Response) -> tuple[int, str, str]:
    """Status of a refusal, and the field and code of the only field that it names."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["field"], error["code"]


def bearer(keys: Keys, who: Who, **overrides: Any) -> Headers:
    """The header with an access token as identity signs it, for the hat that the record describes.

    `overrides` name fields of the record (`maintenance="none"`) or claims of the token (`amr=["pwd"]`).
    """
    own = {each.name for each in fields(who)}
    who = replace(who, **{name: overrides.pop(name) for name in own & overrides.keys()})
    now = time.time()
    claims = {
        "sub": str(who.user_id),
        "iat": now,
        "exp": now + 600,
        "email": who.email,
        "email_verified": True,
        "name": who.name,
        "session_id": str(uuid7()),
        "hat": _hat(who),
        **overrides,
    }
    return {"Authorization": f"Bearer {sign(claims, keys.key, issuer=ISSUER)}"}


def _hat(who: Who) -> dict[str, str] | None:
    match who:
        case Employee():
            return {
                "kind": "employee",
                "bureau_id": str(who.bureau_id),
                "employee_id": str(who.employee_id),
                "account_role": who.account_role,
                "maintenance": who.maintenance,
                "customers": who.customers,
            }
        case Member():
            return {"kind": "member", "account_id": str(who.account_id), "role": who.role}
        case Operator():
            return {"kind": "operator"}
        case User():
            return None
