"""Debian's Chromium with a virtual device for passkeys (CDP, domain WebAuthn)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page, Route, async_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    # Chromium refuses to run as root with one.
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_MAKE = """async options => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    return JSON.stringify((await navigator.credentials.create({publicKey})).toJSON())
}"""
_SHOW = """async options => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON())
}"""


@dataclass(frozen=True)
class Browser:
    """A page at one origin, and the device that its `navigator.credentials` uses."""

    page: Page
    session: CDPSession
    device: str

    async def make(self, options: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(await self.page.evaluate(_MAKE, options)))

    async def show(self, options: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(await self.page.evaluate(_SHOW, options)))

    async def know_the_person(self, known: bool) -> None:
        """Whether the device takes who is before it for its person."""
        await self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": known}
        )


@asynccontextmanager
async def browser_at(origin: str) -> AsyncIterator[Browser]:
    """Nothing listens at the origin: the page is made here."""

    async def answer(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<!doctype html><title>Ärende</title>")

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await chromium.new_page()
        await page.route("**/*", answer)
        await page.goto(origin)
        session = await page.context.new_cdp_session(page)
        await session.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        yield Browser(page, session, added["authenticatorId"])
        await chromium.close()
