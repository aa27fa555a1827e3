"""Bodies and answers of contacts."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.identity.bureaus.schemas import LEFT_OUT
from services.identity.contacts.queries import ContactRow, CustomerAccount, Reason
from services.identity.people.schemas import EmailOut, PersonNameOut
from shared.http.schemas import Answer, Body, Language, Line, one_line

ContactName = Annotated[Line, Field(examples=["Fatima Åkesson"])]
# Kept as it stands in the register, right or wrong: the checklist names those that can't be written to.
Address = Annotated[
    str | None,
    Field(max_length=320, examples=["fatima.akesson@bageriet.example"]),
    AfterValidator(one_line),
]
Phone = Annotated[str | None, Field(max_length=50, examples=["08-123 45 67"]), AfterValidator(one_line)]


class ContactIn(Body):
    name: ContactName
    """Whom mails greet."""
    email: Address = None
    """Kept as it is sent, right or wrong; the activation checklist shows what can't be written to."""
    phone: Phone = None
    """Kept as it is sent."""
    language: Language = "sv"
    """Of the mails to the contact."""


class ContactChange(Body):
    """What is left out stays as it is."""

    name: ContactName = LEFT_OUT
    """Whom mails greet."""
    email: Address = None
    """Kept as it is sent, right or wrong; null or empty removes it."""
    phone: Phone = None
    """Kept as it is sent; null or empty removes it."""
    language: Language = LEFT_OUT
    """Of the mails to the contact."""

    def columns(self) -> dict[str, Any]:
        """What was sent, as columns."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class MainContactIn(Body):
    contact_id: UUID | None
    """One of the customer's contacts; null for none."""


class ContactOut(Answer):
    id: UUID
    """Stays the same when name or address change."""
    customer_id: UUID
    """Whose contact it is."""
    name: PersonNameOut
    """Whom mails greet."""
    email: EmailOut | None
    """As it stands in the register; null where there is none."""
    phone: Annotated[str, Field(examples=["08-123 45 67"])] | None
    """As it stands in the register; null where there is none."""
    language: Language
    """Of the mails to the contact."""
    main_contact: bool
    """Whether it is the one who receives the customer's invitations."""
    can_receive_cases: bool
    """Whether a collaboration is open and a member of its account has the contact's address."""
    reason: Reason | None
    """Why cases do not reach the contact; null where they do."""
    version: int
    """Goes up by one with each change; the `ETag` of the contact."""

    @classmethod
    def of(cls, row: ContactRow) -> Self:
        contact = row.contact
        return cls(
            id=contact.id,
            customer_id=contact.customer_id,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            language="en" if contact.language == "en" else "sv",
            main_contact=row.is_main,
            can_receive_cases=row.reason is None,
            reason=row.reason,
            version=contact.version,
        )


class AdministratorOut(Answer):
    user_id: UUID
    """The person who logs in."""
    contact_id: UUID | None
    """The customer's contact with this address; null where the register has none: the person then sees
    nothing of the bureau's cases, whatever the role at the account."""
    name: PersonNameOut
    """As the person writes it."""
    side: Literal["customer"] = "customer"
    """Administrators of an account are always on the customer's side."""
    email: EmailOut
    """The address that the person logs in with, in lower case."""
    since: datetime
    """When the person became an administrator, the last time."""


class CustomerAccountOut(Answer):
    id: UUID
    """The `account_id` of the customer's cases."""
    name: Annotated[str, Field(examples=["Bageriet AB"])]
    """The customer's, as it was when the first invitation was accepted."""
    organisation_number: Annotated[str, Field(examples=["5560360793"])] | None
    """Ten digits without a hyphen; null for an account that is not known by one."""
    administrators: list[AdministratorOut]
    """Who manages its members, the longest serving first."""

    @classmethod
    def of(cls, found: CustomerAccount) -> Self:
        administrators = [
            AdministratorOut(
                user_id=user.id,
                contact_id=found.contact_ids.get(user.id),
                name=membership.shown_name(user),
                email=user.email,
                since=membership.administrator_since or membership.added_at,
            )
            for membership, user in found.administrators
        ]
        return cls.model_validate({**vars(found.account), "administrators": administrators})
