from datetime import datetime
from uuid import UUID

from services.identity.bureaus.schemas import AccountRole, Customers, Maintenance
from services.identity.people.schemas import Email, EmailOut, PersonName, PersonNameOut
from shared.http.schemas import Answer, Body, Language


class EmployeeIn(Body):
    name: PersonName
    """As colleagues and customers are to see it."""
    email: Email
    """Where the bureau reaches the person, who also logs in with it if nobody has signed up with it yet."""
    account_role: AccountRole = "user"
    """An `administrator` with full maintenance manages the bureau's subscription too."""
    maintenance: Maintenance = "none"
    """`full`: may change settings, employees and shared templates, and sees all invitations."""
    customers: Customers = "limited"
    """`limited`: works only with customers for whom the person is responsible or takes part. `full`: all."""
    language: Language = "sv"
    """Of the mails to a new person."""


class EmployeeChange(Body):
    """What is left out stays as it is."""

    name: PersonName | None = None
    """As colleagues and customers are to see it."""
    email: Email | None = None
    """Where the bureau reaches the person. It changes the log-in only of a person who never came."""
    account_role: AccountRole | None = None
    """An `administrator` with full maintenance manages the bureau's subscription too."""
    maintenance: Maintenance | None = None
    """`full`: may change settings, employees and shared templates, and sees all invitations."""
    customers: Customers | None = None
    """`limited`: works only with customers for whom the person is responsible or takes part. `full`: all."""


class DeactivationIn(Body):
    transfer_to: UUID | None = None
    """The active colleague who takes over the person's customers and open cases; needed if there are any."""


class EmployeeOut(Answer):
    id: UUID
    """The same person has another one at each bureau."""
    user_id: UUID
    """The person who logs in."""
    name: PersonNameOut
    """As colleagues and customers see it."""
    email: EmailOut
    """Where the bureau reaches the person, in lower case; the log-in may have another address."""
    account_role: AccountRole
    """An `administrator` with full maintenance manages the bureau's subscription too."""
    maintenance: Maintenance
    """`full`: may change settings, employees and shared templates, and sees all invitations."""
    customers: Customers
    """`limited`: works only with customers for whom the person is responsible or takes part. `full`: all."""
    active: bool
    """False for one who has left and can't act for the bureau."""
    version: int
    """Goes up by one with each change; the `ETag` of the employee."""
    created_at: datetime
    """When the person was added first."""
    deactivated_at: datetime | None
    """Null while the employee is active."""
