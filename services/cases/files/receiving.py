"""Receiving a file: streamed from the request to the folder, before any database connection is taken."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.cases.dependencies import Configured
from services.cases.files.kinds import kind_of, name_for
from services.cases.files.storage import Incoming
from shared.errors import FieldError, InvalidRequest, NotLoggedIn, TooLarge
from shared.http.session import read_principal

# What a request may hold beside the file: headers of the parts, `item_id`, boundaries.
AROUND = 64 * 1024
LONGEST_FIELD = 100
WRITTEN_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Upload:
    incoming: Incoming
    name: str
    content_type: str
    item_id: UUID | None


class Form:
    """The parts of one `multipart/form-data` request as they come: a `file`, and fields."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, bytes] = {}
        self.filename: str | None = None
        self.content = bytearray()
        self._part = ""
        self._header, self._value, self._disposition = b"", b"", b""
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
            },
        )

    def take_content(self) -> bytes:
        """What has come of the file since the last time."""
        content, self.content = bytes(self.content), bytearray()
        return content

    def _begin(self) -> None:
        self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "file" and self.filename is not None:
            raise wrong("file", "too_many", "one file a request")
        if self._part == "file":
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")
        elif self._part != "item_id":
            raise wrong(self._part[:LONGEST_FIELD], "unknown_field", "the fields are file and item_id")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self.content += data[start:end]
            return
        self.fields[self._part] = self.fields.get(self._part, b"") + data[start:end]
        if len(self.fields[self._part]) > LONGEST_FIELD:
            raise wrong(self._part, "too_long", f"at most {LONGEST_FIELD} bytes")


async def receive(request: Request, settings: Configured) -> AsyncIterator[Upload]:
    """Only for who holds a token. What the route does not keep is gone when it has answered."""
    if read_principal(request) is None:
        raise NotLoggedIn
    form, limit = _form(request), settings.largest_file
    if int(request.headers.get("content-length", "0")) > limit + AROUND:
        raise TooLarge(limit=limit)
    incoming = await asyncio.to_thread(Incoming, settings.files_folder)
    try:
        await _stream(request, form, incoming, limit)
        await asyncio.to_thread(incoming.finish)
        if not form.filename or not incoming.size:
            raise wrong("file", "required" if form.filename is None else "empty", "a file with a name")
        kind = await asyncio.to_thread(kind_of, incoming.path, form.filename)
        yield Upload(incoming, name_for(form.filename, kind), kind, _item_id(form))
    finally:
        # In this thread: a request that was broken off may not wait for another.
        incoming.discard()


Received = Annotated[Upload, Depends(receive, scope="function")]


async def _stream(request: Request, form: Form, incoming: Incoming, limit: int) -> None:
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            form.parser.write(chunk)
            if incoming.size + len(form.content) > limit or received > limit + AROUND:
                raise TooLarge(limit=limit)
            if len(form.content) >= WRITTEN_AT_ONCE:
                await asyncio.to_thread(incoming.write, form.take_content())
        form.parser.finalize()
    except FormParserError as error:
        raise wrong("file", "malformed", "the body is no multipart/form-data") from error
    await asyncio.to_thread(incoming.write, form.take_content())


def _form(request: Request) -> Form:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise wrong("file", "required", "send multipart/form-data with a part named file")
    try:
        return Form(options[b"boundary"])
    except FormParserError as error:
        raise wrong("file", "malformed", "the boundary is too long") from error


def _item_id(form: Form) -> UUID | None:
    given = form.fields.get("item_id", b"").decode("ascii", "replace").strip()
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise wrong("item_id", "uuid_parsing", "no UUID") from error


def wrong(field: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=[FieldError(field=field, code=code, detail=detail)])
