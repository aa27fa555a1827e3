"""What identity publishes about bureaus, employees, customers, contacts, accounts, members and persons."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from shared.events import Event

Language = Literal["sv", "en"]
AccountRole = Literal["administrator", "user"]
BureauStatus = Literal["registered", "approved", "suspended"]


class IdentityEvent(Event):
    source = "/arende/identity"


class BureauEvent(IdentityEvent):
    """A bureau as it is now. `approved_name` is the name that an operator has approved; an event of a release
    that knew no approval says `registered`."""

    subject = "bureau_id"

    name: str
    organisation_number: str
    email: str
    language: Language
    street: str
    postal_code: str
    city: str
    country: str
    status: BureauStatus = "registered"
    approved_name: str | None = None

    @property
    def shown_name(self) -> str:
        """What others are to see: the name that was approved, whatever the bureau calls itself since."""
        return self.approved_name or self.name


class BureauRegistered(BureauEvent):
    type = "se.arende.bureau.registered.v1"


class BureauChanged(BureauEvent):
    type = "se.arende.bureau.changed.v1"


class BureauApproved(BureauEvent):
    type = "se.arende.bureau.approved.v1"


class BureauSuspended(BureauEvent):
    type = "se.arende.bureau.suspended.v1"


class EmployeeEvent(IdentityEvent):
    """An employee as it is now. `user_id` is the person who logs in."""

    subject = "employee_id"

    employee_id: UUID
    user_id: UUID
    name: str
    email: str
    language: Language
    account_role: AccountRole
    maintenance: Literal["none", "full"]
    customers: Literal["limited", "full"]


class EmployeeAdded(EmployeeEvent):
    """The link in the welcome mail is derived from `password_reset_id`; None for a person with a password."""

    type = "se.arende.employee.added.v1"

    password_reset_id: UUID | None = None


class EmployeeChanged(EmployeeEvent):
    type = "se.arende.employee.changed.v1"


class EmployeeDeactivated(EmployeeEvent):
    """`transfer_to` is the employee who takes over what the person was responsible for."""

    type = "se.arende.employee.deactivated.v1"
    ends = True

    transfer_to: UUID | None = None


class MainContact(BaseModel):
    contact_id: UUID
    name: str
    email: str
    language: Language


class CustomerEvent(IdentityEvent):
    """A customer as it is now. `failing_points` are the codes of the checklist that stop an invitation.

    `organisation_number` is ten digits without hyphen; a private individual has none.
    """

    subject = "customer_id"
    public = True
    partner_facts = ("active",)

    customer_id: UUID
    number: str
    name: str
    kind: Literal["company", "private_individual"]
    organisation_number: str | None
    active: bool
    responsible_id: UUID
    participant_ids: list[UUID]
    main_contact: MainContact | None
    failing_points: list[str]


class CustomerRegistered(CustomerEvent):
    type = "se.arende.customer.registered.v1"


class CustomerChanged(CustomerEvent):
    type = "se.arende.customer.changed.v1"


class CustomerDeactivated(CustomerEvent):
    type = "se.arende.customer.deactivated.v1"


class CustomerReactivated(CustomerEvent):
    type = "se.arende.customer.reactivated.v1"


class ContactEvent(IdentityEvent):
    subject = "contact_id"

    contact_id: UUID
    customer_id: UUID
    name: str
    email: str | None
    language: Language


class ContactAdded(ContactEvent):
    type = "se.arende.contact.added.v1"


class ContactChanged(ContactEvent):
    type = "se.arende.contact.changed.v1"


class ContactRemoved(ContactEvent):
    type = "se.arende.contact.removed.v1"
    ends = True


class MainContactChanged(IdentityEvent):
    """Another person is the main contact, or the same person has another address. The sequence is the
    customer's."""

    type = "se.arende.main_contact.changed.v1"
    subject = "customer_id"
    public = True

    customer_id: UUID
    main_contact: MainContact | None


class AccountCreated(IdentityEvent):
    """Accounts belong to no bureau. `organisation_number` is None for a private individual's account."""

    type = "se.arende.account.created.v1"
    subject = "account_id"

    account_id: UUID
    name: str
    organisation_number: str | None


class MemberEvent(IdentityEvent):
    """A member as it is now. The sequence is counted per account and user, and goes on if a removed member
    comes back."""

    subject = "user_id"

    account_id: UUID
    user_id: UUID
    name: str
    email: str
    language: Language
    role: AccountRole


class MemberAdded(MemberEvent):
    """`password_reset_id`: where the address is not verified yet, the link in the welcome mail is derived
    from it; the mail says who added the person and to which account."""

    type = "se.arende.member.added.v1"

    password_reset_id: UUID | None = None
    account_name: str | None = None
    added_by_name: str | None = None


class MemberRoleChanged(MemberEvent):
    type = "se.arende.member.role_changed.v1"


class MemberRemoved(MemberEvent):
    type = "se.arende.member.removed.v1"
    ends = True


class AccountAdministratorChanged(IdentityEvent):
    """A person became or ceased to be administrator of a customer's account, told to each bureau that has an
    open collaboration with it. Its sequence is the member's."""

    type = "se.arende.account.administrator_changed.v1"
    subject = "account_id"

    account_id: UUID
    customer_id: UUID
    user_id: UUID
    name: str
    email: str
    administrator: bool


class UserRegistered(IdentityEvent):
    """The link that verifies the address is derived from `verification_id` (shared/links.py)."""

    type = "se.arende.user.registered.v1"
    subject = "user_id"

    user_id: UUID
    name: str
    email: str
    language: Language
    verification_id: UUID


class SignUpRepeated(IdentityEvent):
    """Somebody has signed up with the verified address of a person, who is told of it by mail."""

    type = "se.arende.sign_up.repeated.v1"
    subject = "user_id"

    user_id: UUID
    name: str
    email: str
    language: Language


class UserVerified(IdentityEvent):
    type = "se.arende.user.verified.v1"
    unread = True
    subject = "user_id"

    user_id: UUID
    email: str


class PasswordResetRequested(IdentityEvent):
    """The link is derived from `reset_id` (shared/links.py); the token itself is in no event."""

    type = "se.arende.password_reset.requested.v1"
    subject = "user_id"

    user_id: UUID
    name: str
    email: str
    language: Language
    reset_id: UUID


class PasswordChanged(IdentityEvent):
    """A verified person has another password from now on, and is told of it by mail."""

    type = "se.arende.password.changed.v1"
    subject = "user_id"

    user_id: UUID
    name: str
    email: str
    language: Language


class DutyConfirmed(IdentityEvent):
    type = "se.arende.duty.confirmed.v1"
    unread = True
    subject = "bureau_id"

    duty: Literal["general_risk_assessment", "engagement_letters"]
    confirmed_by: UUID
