"""One connection to the mail server, opened at the first mail and opened again after a failure."""

import asyncio
import contextlib
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt. After a `final` one another attempt would end in the same way."""

    name: str
    smtp_code: int | None = None

    @property
    def final(self) -> bool:
        return self.name in ("refused", "unsupported", "bad_address")


class Postman:
    """`async with Postman(url, timeout=15) as postman`: sends one mail after the other."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._server: SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._server.is_connected:
            with contextlib.suppress(SMTPException, OSError):
                await self._server.quit(timeout=1)
        self._hang_up()

    async def send(self, message: EmailMessage) -> Outcome:
        """Takes no longer than the timeout, and whatever the mail server does becomes an Outcome.

        Raises what writing the message raises, where it can't be written; the connection is closed then, so
        that the next mail does not follow half a message.
        """
        try:
            async with asyncio.timeout(self._timeout):
                server = await self._connected()
                await server.send_message(message)
        except SMTPRecipientsRefused as error:
            outcome = _refusal(error.recipients[0].code)
        except (SMTPSenderRefused, SMTPDataError) as error:
            outcome = _refusal(error.code)
        except SMTPNotSupported:
            outcome = Outcome("unsupported")
        except (SMTPException, OSError) as error:
            outcome = Outcome("unreachable", getattr(error, "code", None))
        except Exception:
            self._hang_up()
            raise
        else:
            return Outcome("sent", 250)
        self._hang_up()
        return outcome

    async def _connected(self) -> SMTP:
        if self._server is None:
            url = urlsplit(self._url)
            safe = url.scheme == "smtps"
            server = SMTP(
                hostname=url.hostname,
                port=url.port or (465 if safe else 25),
                username=unquote(url.username) if url.username else None,
                password=unquote(url.password) if url.password else None,
                use_tls=safe,
                start_tls=False if safe else None,
                timeout=self._timeout,
            )
            self._server = server
            await server.connect()
        return self._server

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def _refusal(code: int) -> Outcome:
    return Outcome("refused" if code >= 500 else "postponed", code)
