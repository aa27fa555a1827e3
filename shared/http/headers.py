"""The headers that every answer carries, unless it has its own of that name."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# For what is no page: nothing may be loaded or shown because of it.
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class SafeHeaders:
    """Keeps answers out of caches, addresses out of `Referer`, and browsers from showing an answer as a page.
    `https`: the installation is reached by HTTPS only, and browsers are told so."""

    def __init__(self, app: ASGIApp, *, https: bool, policy: str = NO_PAGE) -> None:
        self.app = app
        self.headers = [
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"content-security-policy", policy.encode()),
            *([_HSTS] if https else []),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, self._completing(send) if scope["type"] == "http" else send)

    def _completing(self, send: Send) -> Send:
        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {name for name, _ in own}
                missing = [header for header in self.headers if header[0] not in names]
                message = {**message, "headers": own + missing}
            await send(message)

        return complete
