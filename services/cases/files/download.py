"""A file on its way to the caller."""

import base64
from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from services.cases.files.errors import RangeNotSatisfiable
from services.cases.files.storage import path_of
from services.cases.files.tables import File
from shared.http.head import is_head


class Download(FileResponse):
    """The file whole, in the ranges that are asked for (RFC 9110, 14), or 304 to a client that has it."""

    def __init__(self, folder: Path, file: File) -> None:
        self.size = file.size
        super().__init__(
            path_of(folder, file.storage_key),
            media_type=file.content_type,
            filename=file.name,
            headers=_headers(file),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def refuse_or_send(message: Message) -> None:
            # Starlette refuses a range with 400 or 416 in plain text; here it is problem+json.
            if message.get("status") in (400, RangeNotSatisfiable.status):
                raise RangeNotSatisfiable(size=self.size)
            await send(_without_time(message))

        if self._is_known(Headers(scope=scope)):
            kept = {name: self.headers[name] for name in ("etag", "cache-control")}
            await Response(status_code=304, headers=kept)(scope, receive, send)
        else:
            await super().__call__(_with_usable_range(scope), receive, refuse_or_send)

    def _is_known(self, request: Headers) -> bool:
        """Whether the request names this content as one that it has (RFC 9110, 13.1.2)."""
        known = [tag.strip() for line in request.getlist("if-none-match") for tag in line.split(",")]
        return "*" in known or self.headers["etag"] in (tag.removeprefix("W/") for tag in known)


def _with_usable_range(scope: Scope) -> Scope:
    """The request as Starlette should see it. A range that is not of bytes, or in a HEAD, is to be ignored
    (RFC 9110, 14.2)."""
    unit = Headers(scope=scope).get("range", "").partition("=")[0].strip().lower()
    if is_head(scope):
        scope = {**scope, "method": "HEAD"}
    elif unit == "bytes":
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}


def _without_time(message: Message) -> Message:
    """The time of the stored file would tell a member when the bureau worked on a draft; `ETag` is enough to
    know the content by."""
    if message["type"] != "http.response.start":
        return message
    kept = [(name, value) for name, value in message["headers"] if name != b"last-modified"]
    return {**message, "headers": kept}


def _headers(file: File) -> dict[str, str]:
    """They keep a browser from showing a file as a page of ours, because it may hold scripts."""
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    return {
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
