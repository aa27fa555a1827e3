"""Events, built from the records that they are about."""

from dataclasses import fields
from typing import Any, TypeVar

from shared.events import Event
from tests.factories import records

E = TypeVar("E", bound=Event)
Record = (
    records.Bureau
    | records.Employee
    | records.Customer
    | records.Contact
    | records.Member
    | records.User
    | records.Case
    | records.Invitation
    | records.Acceptance
    | records.Invoice
    | records.Mail
)


def event_of(kind: type[E], about: Record, **overrides: Any) -> E:
    """The event that its publisher adds about the record: `event_of(MemberRemoved, asa, sequence=2)`.

    Each call makes another event. Its `sequence` is 1 unless it is given; an override that is no field of
    the event is an error.
    """
    if unknown := overrides.keys() - kind.model_fields:
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    known = {each.name: getattr(about, each.name) for each in fields(about)}
    return kind.model_validate({**known, **overrides})
