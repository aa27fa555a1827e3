"""What the chapters of the journey share: the people in it, and what has happened so far."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from arende.demo.client import Caller
from arende.demo.letters import Letters
from arende.demo.screen import Screen

SAMPLE = Path(__file__).parent / "register.csv"


@dataclass
class Company:
    """A customer whom the story follows: what the API shows of it, and its main contact, who logs in."""

    customer: dict[str, Any]
    person: Caller
    invitation_id: str = ""
    account_id: str = ""
    cases: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.customer["name"])


@dataclass
class Story:
    """`http` reaches the public API. Where not `mails_arrive`, mails go elsewhere and `letters` stays empty.
    `choice` chooses what is left to chance, so that the same seed tells the same story. All people have the
    same `password` but the `operator`, who has an address and a password of their own. The first `deactivate`
    customers become inactive before the purchase."""

    http: httpx.AsyncClient
    screen: Screen
    letters: Letters
    mails_arrive: bool
    clock_file: Path
    register: bytes
    choice: random.Random
    deactivate: int
    password: str
    operator: tuple[str, str]
    report: dict[str, Any] = field(default_factory=dict)
    bureau_id: str = ""
    admin: Caller = field(init=False)
    employees: list[Caller] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)

    def caller(self, name: str, email: str) -> Caller:
        return Caller(self.http, name=name, email=email, password=self.password)

    async def sign_up(self, name: str, email: str, *, language: str = "sv") -> Caller:
        """A person signs up, follows the link in the mail, chooses the password and logs in without a hat."""
        person = self.caller(name, email)
        body = {"name": name, "email": email, "password": self.password, "language": language}
        await person.post("/v1/users", body)
        letter = await self.letters.to(email, "verify_address")
        await person.post("/v1/users/verify", {"token": letter.token, "password": self.password})
        await person.log_in()
        return person


@asynccontextmanager
async def story_at(url: str, **parts: Any) -> AsyncIterator[Story]:
    """A story at the public API at `url`; `parts` are the story's other fields."""
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        yield Story(http=http, **parts)


def organisation_number(random_source: random.Random) -> str:
    """Ten digits with a valid check digit (Luhn), of a limited company."""
    nine = "559" + "".join(str(random_source.randrange(10)) for _ in range(6))
    total = 0
    for place, digit in enumerate(nine):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return nine + str(-total % 10)
