"""The mails of the journey, read from the local mailbox."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from arende.demo.client import until


class Mailbox(Protocol):
    """The mails that the system has sent, by name; the newest name is the first."""

    def names(self) -> list[str]: ...
    def read(self, name: str) -> EmailMessage: ...


_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Letter:
    to: str
    kind: str
    subject: str
    link: str

    @property
    def token(self) -> str:
        return self.link.rsplit("/", 1)[-1]


@dataclass
class Letters:
    """`aside` and `outsiders` are mails and addresses that belong to people outside the story."""

    mailbox: Mailbox
    seen: dict[str, Letter] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)
    outsiders: set[str] = field(default_factory=set)

    def look(self) -> list[Letter]:
        for name in reversed(self.mailbox.names()):
            if name not in self.seen:
                self.seen[name] = _letter(self.mailbox.read(name))
        return list(self.seen.values())

    async def to(self, email: str, *kinds: str) -> Letter:
        """The newest mail of one of these kinds to this address; waits for it."""

        async def found() -> Letter | None:
            letters = await asyncio.to_thread(self.look)
            wanted = [each for each in letters if each.to == email.lower() and each.kind in kinds]
            return wanted[-1] if wanted else None

        return await until(found, f"a mail ({', '.join(kinds)}) to {email}")

    async def count(self, kind: str, number: int) -> None:
        """Wait until so many of a kind have come."""

        async def enough() -> bool:
            return self.kinds()[kind] >= number

        await until(enough, f"{number} mails of kind {kind}", seconds=90)

    def kinds(self) -> Counter[str]:
        """How many of each kind have come, without those set aside."""
        self.look()
        counted = [letter for name, letter in self.seen.items() if name not in self.aside]
        return Counter(letter.kind for letter in counted if letter.to not in self.outsiders)

    def set_aside(self, known: set[str]) -> None:
        """Leave what came after the `known` mails out of the count: it is for people outside the story."""
        self.look()
        self.aside |= set(self.seen) - known


def _letter(message: EmailMessage) -> Letter:
    part = message.get_body(("plain",))
    text = part.get_content() if part else ""
    link = _LINK.search(text)
    return Letter(
        to=str(message["to"].addresses[0].addr_spec).lower(),
        kind=str(message.get("X-Arende-Kind", "other")),
        subject=str(message["subject"]),
        link=link.group() if link else "",
    )
