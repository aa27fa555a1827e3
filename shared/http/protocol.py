"""How HTTP is parsed: by llhttp, with a limit that it lacks."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Bytes of a request line with its headers; an access token takes up to 4 KiB of them.
LARGEST_HEAD = 64 * 1024


class LimitedHead(HttpToolsProtocol):
    """Refuses a request whose head does not end, because the parser would keep all of it in memory."""

    # Of the head that has begun: what has come of it since. None while there is none.
    _head: int | None = None

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request's headers are too large.")

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()
