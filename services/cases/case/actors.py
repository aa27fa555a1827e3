"""Who does something in a case."""

from dataclasses import dataclass
from uuid import UUID

from shared.callers import CallerEmployee, CallerMember
from shared.events.cases import Side

# Whoever may see cases. What they see and may do differs.
Caller = CallerEmployee | CallerMember


@dataclass(frozen=True)
class Actor:
    side: Side
    user_id: UUID


# What no person does, such as closing a case when its time is over: the nil UUID of RFC 9562.
CLOCK = Actor("bureau", UUID(int=0))


def side_of(caller: Caller) -> Side:
    return "bureau" if isinstance(caller, CallerEmployee) else "customer"


def actor_of(caller: Caller) -> Actor:
    return Actor(side_of(caller), caller.user_id)
