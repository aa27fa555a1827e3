"""A local SMTP server that keeps what it receives as files, and the page to read them at."""

import asyncio
import email
import email.policy
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from arende.local.pages import page
from shared.errors import NotFound
from shared.ids import uuid7

LARGEST_MAIL = 5_000_000


@dataclass(frozen=True)
class Mailbox:
    """Mails in a folder, one `.eml` file each. Their names sort by the time of arrival."""

    folder: Path

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 no content"
        temporary = self.folder / f"{uuid7()}.part"
        temporary.write_bytes(content)
        temporary.rename(temporary.with_suffix(".eml"))
        return "250 kept"

    def names(self) -> list[str]:
        return sorted((file.stem for file in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage:
        file = self.folder / f"{name}.eml"
        if name not in self.names():
            raise NotFound("mail")
        return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


@asynccontextmanager
async def receiving(mailbox: Mailbox) -> AsyncIterator[str]:
    """Receive mails while the block runs. Yields the server's `smtp://` address."""
    mailbox.folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True),
        host="127.0.0.1",
        port=0,
    )
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def mail_pages(mailbox: Mailbox) -> APIRouter:
    """`/mails`: all received mails, the newest first. The HTML of a mail is shown in a sandboxed frame."""
    router = APIRouter(include_in_schema=False)

    @router.get("/mails", response_class=HTMLResponse)
    async def mails() -> str:
        rows = "".join(_row(name, mailbox.read(name)) for name in mailbox.names()[:500])
        return page("Mails", f"<table>{rows or '<tr><td>No mail yet.</td></tr>'}</table>")

    @router.get("/mails/{name}", response_class=HTMLResponse)
    async def mail(name: str) -> str:
        message = mailbox.read(name)
        body = message.get_body(("html", "plain"))
        content = html.escape(body.get_content() if body else "", quote=True)
        sandbox = "allow-popups allow-top-navigation-by-user-activation"
        return page(
            str(message["subject"]),
            f"<p><a href='/mails'>All mails</a></p>"
            f"<p>To {html.escape(str(message['to']))}, {html.escape(str(message['date']))}</p>"
            f"<iframe sandbox='{sandbox}' srcdoc=\"{content}\"></iframe>",
        )

    return router


def _row(name: str, message: EmailMessage) -> str:
    cells = (str(message["date"]), str(message["to"]), str(message["subject"]))
    when, to, subject = (html.escape(cell) for cell in cells)
    return f"<tr><td>{when}</td><td>{to}</td><td><a href='/mails/{name}'>{subject}</a></td></tr>"
