"""The security log: what was refused, and who changed which rights. JSON lines of `arende.security`.

A person stands in it by id alone: no line holds a name, an address, a secret or a text that somebody sent.
The trace in a line leads to the proxy's log, which tells where the request came from.
"""

import logging
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from shared.telemetry import SECURITY_EVENTS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

log = logging.getLogger("arende.security")

# What an answer refused. Anybody can cause these without end, so only so many of a kind are logged.
Refused = Literal["limit_hit", "log_in_failed", "right_refused", "token_refused"]
# What a transaction changed, and so what happened for certain.
Done = Literal[
    "bureau_status_changed",
    "logged_in",
    "password_changed",
    "permissions_changed",
    "person_verified",
    "refresh_token_reused",
    "role_changed",
    "second_factor_changed",
    "sessions_ended",
]
# A text is a word of ours, such as the code of a refusal, and never what somebody sent.
Fact = UUID | int | str | None

MOST_LINES = 60
PER_SECONDS = 60


def note(session: "AsyncSession", kind: Done, /, **facts: Fact) -> None:
    """Log and count this if, and only if, the transaction commits; the line adds by whom where that is known.

    `security.note(session, "role_changed", person=member.user_id, account=account.id)`
    """
    session.info.setdefault("security", []).append((kind, facts))


def tell_noted(info: dict[Any, Any]) -> None:
    """Log and count what was noted in the transaction with this `info`, which has been committed."""
    cause = info.get("cause")
    for kind, facts in info.pop("security", ()):
        SECURITY_EVENTS.labels(info["service"], kind).inc()
        _write(info["service"], kind, {"by": cause and cause.actor_id, **facts})


def tell_refused(service: str, kind: Refused, **facts: Fact) -> None:
    """Count a refusal, and log it unless MOST_LINES of the kind were logged in this minute. The next line
    that is logged says how many were left out."""
    SECURITY_EVENTS.labels(service, kind).inc()
    minute = _minutes.setdefault((service, kind), _Minute())
    if minute.has_room(monotonic()):
        _write(service, kind, {**facts, "left_out": minute.take_left_out()})


@dataclass
class _Minute:
    ends: float = 0.0
    logged: int = 0
    left_out: int = 0

    def has_room(self, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.logged = now + PER_SECONDS, 0
        self.logged += 1
        if self.logged > MOST_LINES:
            self.left_out += 1
        return self.logged <= MOST_LINES

    def take_left_out(self) -> int | None:
        left_out, self.left_out = self.left_out, 0
        return left_out or None


_minutes: dict[tuple[str, Refused], _Minute] = {}


def _write(service: str, kind: Refused | Done, facts: dict[str, Fact]) -> None:
    told = {name: fact for name, fact in facts.items() if fact is not None}
    log.info(kind, extra={"facts": {"service": service, **told}})
