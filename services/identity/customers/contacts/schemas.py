"""Bodies and answers of contacts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Answer, Body, Language, Line

Reason = Literal["no_collaboration", "email_missing", "not_a_member"]
# Kept as it stands in the register, right or wrong: the checklist names those that can't be written to.
Address = Annotated[str | None, Field(max_length=320, pattern=r"^[^\x00-\x1f\x7f]*$")]
Phone = Annotated[str | None, Field(max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ContactNew(Body):
    name: Line
    email: Address = None
    phone: Phone = None
    language: Language = "sv"


class ContactPatch(Body):
    name: Line = ""
    email: Address = None
    phone: Phone = None
    language: Language = "sv"


class MainContactChoice(Body):
    """None: the customer has no main contact."""

    contact_id: UUID | None


class ContactOut(Answer):
    """`can_receive_cases`: registered here and a member of the customer's account; else the `reason`."""

    id: UUID
    customer_id: UUID
    name: str
    email: str | None
    phone: str | None
    language: Language
    main_contact: bool
    can_receive_cases: bool
    reason: Reason | None
    version: int
