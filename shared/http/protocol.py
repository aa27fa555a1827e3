"""How HTTP/1.1 is parsed: by llhttp, with the limits and the strictness that it lacks.

A client has a time for the head of a request; what follows may take as long as it moves. Whoever opens
connections and sends nothing, or reads nothing, loses them.
"""

import asyncio
import fcntl
import struct
import termios
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import ServiceError, Unavailable
from shared.http.errors import HeadTooLarge, MalformedRequest, TooSlow

# Bytes of a request line with its headers; an access token takes up to 4 KiB of them.
LARGEST_HEAD = 64 * 1024
MOST_HEADERS = 100
# Bytes on the wire for each byte of a body, at most: a chunk of one byte takes six.
LARGEST_OVERHEAD = 8


@dataclass(frozen=True)
class Bounds:
    """A body, or an answer, moves by at least `lowest_rate` bytes a second, measured over `stall_seconds`."""

    head_seconds: float = 10.0
    stall_seconds: float = 20.0
    lowest_rate: int = 500
    connections: int = 900


class _Pace:
    """How many bytes have moved since when."""

    def __init__(self, now: float) -> None:
        self.since = now
        self.moved = 0

    def is_too_slow(self, now: float, bounds: Bounds) -> bool:
        if now - self.since < bounds.stall_seconds:
            return False
        slow = self.moved < bounds.lowest_rate * bounds.stall_seconds
        self.since, self.moved = now, 0
        return slow


class StrictHttp(HttpToolsProtocol):
    """One connection. `require_progress` is called by the server every now and then."""

    # Of the head that has begun: what has come of it since. None while there is none.
    _head: int | None = None
    # Of the body that is not complete, how fast it comes; None while there is none.
    _body: _Pace | None = None
    _wire = _content = 0
    # While the client reads more slowly than we write.
    _answer: _Pace | None = None
    _unread = 0

    def __init__(self, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bounds = bounds
        self._idle_since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            self._refuse(Unavailable())

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        elif self._body is not None:
            self._wire += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._head is not None and self._head > LARGEST_HEAD:
            self._refuse(HeadTooLarge())
        elif self._wire - LARGEST_OVERHEAD * self._content > LARGEST_HEAD:
            self._refuse(MalformedRequest())

    def send_400_response(self, msg: str) -> None:
        self._refuse(MalformedRequest())

    def on_message_begin(self) -> None:
        self._head = 0
        self._idle_since = self.loop.time()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes after the body would stand among the headers that were judged before it.
        if self._head is None:
            return
        if len(self.headers) >= MOST_HEADERS:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._require_sound()
        self._head = None
        self._body, self._wire, self._content = _Pace(self.loop.time()), 0, 0
        super().on_headers_complete()
        if self.parser.should_upgrade():
            # The parser takes what follows for another protocol, which we don't speak.
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._content += len(body)
        if self._body is not None:
            self._body.moved += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._body = None
        self._wire = self._content = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def resume_writing(self) -> None:
        self._answer = None
        super().resume_writing()

    def require_progress(self, now: float) -> None:
        """Ends the connection of a client that is too slow."""
        if self._reads_too_slowly(now):
            self.transport.abort()
        elif self.transport.is_closing():
            return
        elif self._body is not None:
            if self.flow.read_paused or self.cycle.waiting_for_100_continue:
                # It is our turn, not the client's.
                self._body = _Pace(now)
            elif self._body.is_too_slow(now, self.bounds):
                self._refuse(TooSlow())
        elif self._awaits_head() and now - self._idle_since > self.bounds.head_seconds:
            self._refuse(TooSlow())

    def _awaits_head(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _reads_too_slowly(self, now: float) -> bool:
        if not (self.flow.write_paused or self.transport.is_closing()):
            self._answer = None
            return False
        unread = self.transport.get_write_buffer_size() + _unacknowledged(self.transport)
        if self._answer is None:
            self._answer, self._unread = _Pace(now), unread
        self._answer.moved += max(0, self._unread - unread)
        self._unread = unread
        return self._answer.is_too_slow(now, self.bounds)

    def _require_sound(self) -> None:
        """Raises ValueError for what a proxy might understand in another way (RFC 9112, 3.2, 6.1 and 11.2).
        The parser makes it a malformed request."""
        version = self.parser.get_http_version()
        named = [name for name, _ in self.headers]
        codings = [value.strip().lower() for name, value in self.headers if name == b"transfer-encoding"]
        has_body = bool(codings) or b"content-length" in named
        if (
            version not in ("1.0", "1.1")
            or named.count(b"host") > 1
            or (version == "1.1" and b"host" not in named)
            or (codings and (codings != [b"chunked"] or version == "1.0" or b"content-length" in named))
            or (has_body and self.parser.should_upgrade())
        ):
            raise ValueError("ambiguous")

    def _refuse(self, error: ServiceError) -> None:
        """Answer, unless an answer is under way or nothing was asked, and close the connection."""
        answering = (
            self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        )
        asked = self._head is not None or self._body is not None or isinstance(error, Unavailable)
        if asked and not answering:
            self.transport.write(_problem(error))
        self.transport.close()


def _problem(error: ServiceError) -> bytes:
    """As those of the API (problems.py). Nobody has read yet which language the client wants."""
    phrase = HTTPStatus(error.status).phrase
    body = orjson.dumps(
        {
            "type": "about:blank",
            "title": phrase,
            "status": error.status,
            "code": error.code,
            "detail": error.detail("en"),
            "errors": [],
        }
    )
    headers = {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **error.headers(),
    }
    lines = [f"HTTP/1.1 {error.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _unacknowledged(transport: asyncio.Transport) -> int:
    """Bytes that the kernel keeps until the client's has them; 0 where it does not tell."""
    try:
        told = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0" * 4)
    except OSError:
        return 0
    return int(struct.unpack("i", told)[0])
