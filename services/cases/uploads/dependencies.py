"""A file that is streamed from the request to the folder, before any database connection is taken."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError

from services.cases.dependencies import Configured
from services.cases.files.storage import Incoming
from services.cases.uploads.form import FIELDS, Form, form_of, wrong
from services.cases.uploads.kinds import kind_of, name_for
from services.cases.uploads.scanner import find_virus
from services.cases.uploads.upload import Upload
from shared.errors import NotLoggedIn, TooLarge
from shared.http.idempotency import set_body_digest
from shared.http.middleware import lift_body_limit
from shared.http.session import read_principal
from shared.kill_points import kill_point

# What a request may hold beside the file: headers of the parts, ids, boundaries.
AROUND = 64 * 1024
WRITTEN_AT_ONCE = 1 << 20


async def receive(request: Request, settings: Configured) -> AsyncIterator[Upload]:
    """Takes a file only from callers with a token. Routes name it before their `Session`, so that what comes
    after the `yield` runs after the commit."""
    lift_body_limit(request)
    if read_principal(request) is None:
        raise NotLoggedIn
    form, limit = form_of(request), settings.largest_file
    if int(request.headers.get("content-length", "0")) > limit + AROUND:
        raise TooLarge(limit=limit)
    incoming = await asyncio.to_thread(Incoming, settings.files_folder)
    try:
        await _stream(request, form, incoming, limit)
        await asyncio.to_thread(incoming.finish)
        if not form.filename or not incoming.size:
            lacking = "required" if form.filename is None else "empty"
            raise wrong("file", lacking, en="Send a file with a name.", sv="Skicka en fil med ett namn.")
        kind = await asyncio.to_thread(kind_of, incoming.path, form.filename)
        virus = await _scanned(incoming, settings)
        kill_point("upload-received")
        ids = {field: form.id_in(field) for field in FIELDS}
        # Not of the bytes as they came: a client that sends the form again chooses another boundary.
        set_body_digest(request, f"{incoming.sha256} {ids} {form.filename}".encode())
        yield Upload(incoming, name_for(form.filename, kind), kind, virus=virus, **ids)
        if incoming.claimed:
            await asyncio.to_thread(incoming.accept)
    finally:
        if not incoming.claimed:
            # In this thread: a request that was broken off may not wait for another one.
            incoming.discard()


Received = Annotated[Upload, Depends(receive, scope="function")]


async def _scanned(incoming: Incoming, settings: Configured) -> str | None:
    """What the virus scanner finds; None also where no scanner is configured."""
    if settings.clamd is None:
        return None
    return await find_virus(incoming.path, clamd=settings.clamd, seconds=settings.scan_seconds)


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
        raise wrong(
            "file",
            "malformed",
            en="Send the body as multipart/form-data.",
            sv="Skicka innehållet som multipart/form-data.",
        ) from error
    if not form.ended:
        # The parser takes a body that was cut off; the file would be a part of what was sent.
        raise wrong(
            "file",
            "malformed",
            en="Send the whole body: it ends before its last boundary.",
            sv="Skicka hela innehållet: det slutar före sin sista avgränsare (boundary).",
        )
    await asyncio.to_thread(incoming.write, form.take_content())
