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


def side_of(caller: Caller) -> Side:
    return "bureau" if isinstance(caller, CallerEmployee) else "customer"


def actor_of(caller: Caller) -> Actor:
    return Actor(side_of(caller), caller.user_id)
