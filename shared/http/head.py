"""HEAD wherever GET is (RFC 9110, 9.3.2): the routes themselves know GET only."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = "arende.head"


class HeadAsGet:
    """Answers a HEAD as the GET of the same address, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self.app(scope, receive, send)

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # A copy, because the server below must still know that the request is a HEAD.
        return await self.app({**scope, "method": "GET", _HEAD: True}, receive, send_without_body)


def is_head(scope: Scope) -> bool:
    """Whether the body of the answer will not be sent, so that nobody needs to read a file for it."""
    return _HEAD in scope
