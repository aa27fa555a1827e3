"""The people of the journey: each an HTTP client of the public API, with a token of their own."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from shared.ids import uuid7

T = TypeVar("T")
WAIT_SECONDS = 30.0


class Unexpected(RuntimeError):
    """An answer that the journey did not expect."""

    def __init__(self, request: str, answer: httpx.Response) -> None:
        super().__init__(f"{request}: {answer.status_code} {answer.text[:500]}")
        self.answer = answer

    @property
    def code(self) -> str:
        try:
            return str(self.answer.json().get("code", ""))
        except ValueError:
            return ""


@dataclass
class Caller:
    """Somebody at the API; `act_as` is the hat they choose at log-in."""

    http: httpx.AsyncClient
    name: str = ""
    email: str = ""
    password: str = ""
    act_as: dict[str, Any] | None = None
    token: str | None = field(default=None, repr=False)

    async def log_in(self, act_as: dict[str, Any] | None = None) -> dict[str, Any]:
        if act_as is not None:
            self.act_as = act_as
        body: dict[str, Any] = {"email": self.email, "password": self.password}
        if self.act_as:
            body["act_as"] = self.act_as
        self.token = None
        session: dict[str, Any] = await self.post("/v1/sessions", body)
        self.token = session["access_token"]
        return session

    async def get(self, path: str, **query: Any) -> Any:
        return await self._json("GET", path, params=query)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        key = {"Idempotency-Key": str(uuid7())}
        return await self._json("POST", path, json=body, headers=key, **more)

    async def put(self, path: str, body: Any = None) -> Any:
        return await self._json("PUT", path, json=body)

    async def all(self, path: str, *, resume_by: str = "cursor", **query: Any) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            here = {resume_by: cursor} if cursor else {}
            page = await self.get(path, limit=200, **query, **here)
            items += page["items"]
            cursor = page["next"]
            # The feed of events names where to go on also at its end.
            if cursor is None or not page["items"]:
                return items

    async def upload(self, path: str, name: str, content: bytes, media_type: str) -> Any:
        return await self._json("POST", path, files={"file": (name, content, media_type)})

    async def _json(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> Any:
        more = {name: value for name, value in more.items() if value is not None}
        answer = await self.send(method, path, headers=headers, **more)
        if not answer.is_success:
            raise Unexpected(f"{method} {path}", answer)
        return answer.json() if answer.content else None

    async def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """Logs in again and repeats the request, once, where the token has run out."""
        answer = await self._send(method, path, headers, more)
        if answer.status_code == 401 and self.token is not None:
            await self.log_in()
            answer = await self._send(method, path, headers, more)
        return answer

    async def _send(
        self, method: str, path: str, headers: dict[str, str] | None, more: dict[str, Any]
    ) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.request(method, path, headers={**(headers or {}), **bearer}, **more)


async def until(check: Callable[[], Awaitable[T | None]], what: str, *, seconds: float = WAIT_SECONDS) -> T:
    """Repeat the check until it returns something: another service's events take a moment to arrive. Raises
    RuntimeError where the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        found = await check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:.0f} s in vain: {what}")
        await asyncio.sleep(0.05)


async def patiently(call: Callable[[], Awaitable[T]], *, while_refused: set[str]) -> T:
    """Repeat the call while it ends in one of these refusals: they pass once an event of another service has
    arrived."""

    async def attempt() -> tuple[T] | None:
        try:
            return (await call(),)
        except Unexpected as refusal:
            if refusal.code not in while_refused:
                raise
            return None

    return (await until(attempt, f"no longer {', '.join(sorted(while_refused))}"))[0]
