"""Puts the caller in the place of the proxy that passed the request on.

Only X-Forwarded-For is read: a proxy that appends to it may pass `Forwarded` on as the client wrote it.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.networks import TrustedProxies


class BehindProxies:
    def __init__(self, app: ASGIApp, trusted: TrustedProxies) -> None:
        self.app = app
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["client"]:
            # A header on several lines is the same as one with commas (RFC 9110, 5.3).
            lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            if lines:
                entries = b",".join(lines).decode("latin-1").split(",")
                peer, port = scope["client"]
                client = self.trusted.client_behind(peer, entries)
                scope["client"] = (client, port if client == peer else 0)
        await self.app(scope, receive, send)
