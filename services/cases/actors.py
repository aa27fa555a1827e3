"""Who does something in a case."""

from dataclasses import dataclass
from uuid import UUID

from shared.callers import CallerEmployee, CallerMember
from shared.events.cases import Side


@dataclass(frozen=True)
class Actor:
    side: Side
    user_id: UUID
    employee_id: UUID | None = None
    name: str | None = None


def actor_of(caller: CallerEmployee | CallerMember) -> Actor:
    if isinstance(caller, CallerEmployee):
        return Actor("bureau", caller.user_id, employee_id=caller.employee_id)
    return Actor("customer", caller.user_id, name=caller.name)
