"""A mail server that gives the answers it is told to give."""

import asyncio
import email
import email.policy
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Answering:
    """Keeps the mails that it accepts. `data` and `rcpt` are its next answers, then it says "250 OK". As many
    times as `hangs` and `closes` say, it answers nothing or closes the connection."""

    def __init__(
        self, *, data: list[str] | None = None, rcpt: list[str] | None = None, hangs: int = 0, closes: int = 0
    ) -> None:
        self.data, self.rcpt = data or [], rcpt or []
        self.hangs, self.closes = hangs, closes
        self.connections = 0
        self.mails: list[EmailMessage] = []

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs:
            self.hangs -= 1
            await asyncio.Event().wait()
        if self.closes:
            self.closes -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 lost"
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            assert len(envelope.rcpt_tos) == 1
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return answer

    async def handle_exception(self, error: Exception) -> str:
        return "500 closed"


@asynccontextmanager
async def answering(handler: Answering) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True), host="127.0.0.1", port=0
    )
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def no_server() -> str:
    """An address where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"smtp://127.0.0.1:{listener.getsockname()[1]}"
