"""Merging lines of a register file into the register, with few statements for many lines."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.queries import (
    find_substitute,
    list_employee_emails,
    lock_active_employees,
)
from services.identity.contacts.commands import new_contact
from services.identity.contacts.queries import list_contacts_of
from services.identity.customers.commands import new_customer
from services.identity.customers.errors import HasOrganisationNumber
from services.identity.customers.events import (
    Snapshot,
    publish_change,
    publish_contact,
    publish_customer,
    values_of,
)
from services.identity.customers.queries import lock_customers_by_number
from services.identity.customers.tables import Contact, Customer
from services.identity.imports.lines import RegisterLine
from services.identity.imports.tables import ImportJob
from shared.addresses import normalised
from shared.events.identity import ContactAdded, ContactChanged, CustomerRegistered


class Merge:
    """The lines of one chunk on their way into the register, and the counts and notes so far."""

    def __init__(self, session: AsyncSession, job: ImportJob, *, at: datetime) -> None:
        self.session, self.job, self.at = session, job, at
        self.starter_id = job.employee_id
        self.employees: dict[str, UUID] = {}
        self.customers: dict[str, Customer] = {}
        self.contacts: dict[UUID, list[Contact]] = {}
        self.rejected: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []
        self.created = self.updated = self.unchanged = 0

    @classmethod
    async def prepare(
        cls, session: AsyncSession, job: ImportJob, lines: Sequence[tuple[int, RegisterLine]], *, at: datetime
    ) -> Self:
        """Reads and locks all that the lines may change."""
        merge = cls(session, job, at=at)
        await lock_active_employees(session, job.bureau_id)
        # Who started the import may have left since. One who leaves now waits for this transaction.
        merge.starter_id = await find_substitute(session, job.bureau_id, job.employee_id)
        merge.employees = await list_employee_emails(session, job.bureau_id)
        numbers = [line.number for _, line in lines]
        known = await lock_customers_by_number(session, job.bureau_id, numbers)
        merge.customers = {customer.number: customer for customer, _ in known}
        merge.contacts = await list_contacts_of(session, [customer.id for customer, _ in known])
        return merge

    def merge(self, place: int, line: RegisterLine) -> None:
        customer = self.customers.get(line.number)
        if customer is not None and customer.must_stay_company(line.kind):
            self.rejected.append({"line": place, **asdict(HasOrganisationNumber.of_field("kind"))})
            return
        self._warn(place, line)
        if customer is None:
            self._register(line)
            self.created += 1
        elif self._change(customer, line):
            self.updated += 1
        else:
            self.unchanged += 1

    def _register(self, line: RegisterLine) -> None:
        customer = new_customer(
            bureau_id=self.job.bureau_id,
            at=self.at,
            active=line.active is not False,
            responsible_id=self._responsible(line) or self.starter_id,
            **line.columns(),
        )
        main_contact = self._add_contact(customer, line) if line.contact_name else None
        customer.assess(main_contact, employee_emails=self.employees)
        self.session.add(customer)
        publish_customer(self.session, CustomerRegistered, customer, main_contact, at=self.at)

    def _change(self, customer: Customer, line: RegisterLine) -> bool:
        contacts = self.contacts.setdefault(customer.id, [])
        before = Snapshot.of(customer, _by_id(contacts, customer.main_contact_id))
        for name, value in line.columns().items():
            setattr(customer, name, value)
        customer.responsible_id = self._responsible(line) or customer.responsible_id
        if line.active is not None:
            customer.set_active(line.active, at=self.at)
        if line.contact_name:
            self._bring_contact(customer, contacts, line)
        main_contact = _by_id(contacts, customer.main_contact_id)
        customer.assess(main_contact, employee_emails=self.employees)
        return publish_change(self.session, customer, main_contact, since=before, at=self.at)

    def _bring_contact(self, customer: Customer, contacts: Iterable[Contact], line: RegisterLine) -> None:
        """The line's person becomes the main contact: a contact with that address or name, else a new one."""
        contact = _same_person(contacts, line)
        if contact is None:
            self._add_contact(customer, line)
            return
        customer.main_contact_id = contact.id
        was = values_of(contact)
        contact.name = line.contact_name or contact.name
        contact.email = line.contact_email or contact.email
        contact.phone = line.contact_phone or contact.phone
        if values_of(contact) != was:
            contact.version += 1
            publish_contact(self.session, ContactChanged, contact, at=self.at)

    def _add_contact(self, customer: Customer, line: RegisterLine) -> Contact:
        contact = new_contact(
            customer,
            name=line.contact_name or "",
            email=line.contact_email,
            phone=line.contact_phone,
            language="sv",
            at=self.at,
        )
        customer.main_contact_id = contact.id
        self.contacts.setdefault(customer.id, []).append(contact)
        self.session.add(contact)
        publish_contact(self.session, ContactAdded, contact, at=self.at)
        return contact

    def _responsible(self, line: RegisterLine) -> UUID | None:
        return self.employees.get(line.responsible_email) if line.responsible_email else None

    def _warn(self, place: int, line: RegisterLine) -> None:
        if line.responsible_email and line.responsible_email not in self.employees:
            note = {"line": place, "code": "responsible_unknown", "value": line.responsible_email[:200]}
            self.warnings.append(note)
        if line.active_unknown:
            self.warnings.append({"line": place, "code": "active_unknown"})


def _by_id(contacts: Iterable[Contact], contact_id: UUID | None) -> Contact | None:
    return next((each for each in contacts if each.id == contact_id), None)


def _same_person(contacts: Iterable[Contact], line: RegisterLine) -> Contact | None:
    """The one with the address if there is one, else the one with the name."""
    address, name = normalised(line.contact_email or ""), (line.contact_name or "").casefold()
    by_address = (each for each in contacts if address and each.normalised_email == address)
    by_name = (each for each in contacts if each.name.casefold() == name)
    return next(by_address, None) or next(by_name, None)
