"""A file on its way to the caller."""

import base64
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from services.cases.files.errors import MalformedRange, RangeNotSatisfiable
from services.cases.files.storage import path_of
from services.cases.files.tables import File


class Download(FileResponse):
    """The file whole, or in the ranges that the request asks for (RFC 9110, 14)."""

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
            # Starlette refuses in plain text; all refusals of this API are problem+json.
            if message.get("status") == RangeNotSatisfiable.status:
                raise RangeNotSatisfiable(size=self.size)
            if message.get("status") == MalformedRange.status:
                raise MalformedRange
            await send(message)

        await super().__call__(scope, receive, refuse_or_send)


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
