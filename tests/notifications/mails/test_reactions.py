"""Which event makes which mail."""

from dataclasses import replace
from typing import get_args

import pytest

from services.notifications.settings import Settings
from shared.events.billing import InvoiceIssued
from shared.events.credentials import CredentialsChange, CredentialsChanged
from shared.events.identity import (
    AccountAdministratorChanged,
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    EmployeeAdded,
    MemberAdded,
    MemberRemoved,
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
)
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationReminded,
    InvitationResent,
    InvitationSent,
)
from shared.events.notifications import MailSent
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.mails import mails_of, mails_to, send
from tests.factories.records import Bureau, Contact, Employee, Invoice, Member, User
from tests.factories.service import Service
from tests.factories.world import World
from tests.notifications.mails.mail_server import Answering, answering


def refused_acceptance(world: World) -> InvitationAcceptanceRefused:
    return InvitationAcceptanceRefused(
        bureau_id=world.bureau.id,
        invitation_id=uuid7(),
        customer_id=world.customer.customer_id,
        customer_name="Ek & Son HB",
        account_id=world.customer.account_id,
        person_name="Olle Ek",
    )


def administrator_changed(world: World, *, administrator: bool = True) -> AccountAdministratorChanged:
    return AccountAdministratorChanged(
        bureau_id=world.bureau.id,
        account_id=world.customer.account_id,
        customer_id=world.customer.customer_id,
        user_id=uuid7(),
        name="Olle Ek",
        email="olle@kund.example",
        administrator=administrator,
    )


async def test_a_new_user_gets_a_link_to_verify_the_address(service: Service) -> None:
    event = event_of(UserRegistered, User(language="en"))
    await service.deliver(event)
    await service.deliver(event)
    (mail,) = await mails_to(service, event.user_id)
    assert (mail.kind, mail.email, mail.language) == ("verify_address", event.email, "en")
    assert (mail.link_purpose, mail.link_id) == ("verify", event.verification_id)
    assert (mail.about, mail.about_id, mail.bureau_id) == ("person", event.user_id, None)


async def test_a_password_reset_is_mailed(service: Service) -> None:
    event = PasswordResetRequested(
        user_id=uuid7(), name="Åsa", email="asa@kund.example", language="sv", reset_id=uuid7()
    )
    await service.deliver(event)
    (mail,) = await mails_to(service, event.user_id)
    assert (mail.link_purpose, mail.link_id) == ("password-reset", event.reset_id)


@pytest.mark.parametrize(
    ("kind", "mailed"), [(PasswordChanged, "password_changed"), (SignUpRepeated, "sign_up_repeated")]
)
async def test_a_warning_leads_to_where_a_password_is_asked_for(
    service: Service, kind: type[PasswordChanged] | type[SignUpRepeated], mailed: str
) -> None:
    asa = User()
    facts = {"user_id": asa.user_id, "name": asa.name, "email": asa.email, "language": "sv"}
    event = kind.model_validate(facts)
    await service.deliver(event)
    await service.deliver(event)
    (mail,) = await mails_to(service, asa.user_id)
    assert (mail.kind, mail.email, mail.link_purpose) == (mailed, asa.email, "new-password")
    assert (mail.about, mail.about_id, mail.bureau_id) == ("person", asa.user_id, None)


@pytest.mark.parametrize("change", get_args(CredentialsChange))
async def test_a_change_of_credentials_is_mailed(service: Service, change: CredentialsChange) -> None:
    swedish, english = User(), User(language="en")
    for user in (swedish, english):
        event = event_of(CredentialsChanged, user, change=change)
        await service.deliver(event)
        await service.deliver(event)
    (svensk,), (engelsk,) = [await mails_to(service, user.user_id) for user in (swedish, english)]
    assert (svensk.kind, svensk.email, svensk.link_purpose) == (
        "credentials_changed",
        swedish.email,
        "credentials",
    )
    assert svensk.values["what_happened"] != engelsk.values["what_happened"]


async def test_only_an_employee_without_a_password_is_welcomed(
    service: Service, world: World, bureau: Bureau
) -> None:
    reset_id = uuid7()
    await service.deliver(event_of(EmployeeAdded, world.employee))
    await service.deliver(event_of(EmployeeAdded, world.employee, password_reset_id=reset_id))
    (mail,) = await mails_of(service, bureau)
    assert (mail.kind, mail.link_id, mail.sender) == ("employee_welcome", reset_id, bureau.name)
    assert mail.values == {"name": "Anna Ek", "bureau_name": bureau.name}


async def test_invitations_and_their_reminders_are_mailed(
    service: Service, world: World, bureau: Bureau
) -> None:
    sent = event_of(InvitationSent, world.invitation, message="Välkommen!")
    again = event_of(
        InvitationResent,
        world.invitation,
        invitation_id=sent.invitation_id,
    )
    reminder = event_of(
        InvitationReminded,
        world.invitation,
        invitation_id=sent.invitation_id,
        language="en",
    )
    await service.deliver(sent, again, sent)
    await service.deliver(reminder)
    mails = await mails_of(service, bureau)
    assert [mail.kind for mail in mails] == ["invitation", "invitation", "invitation_reminder"]
    assert {mail.link_id for mail in mails} == {sent.invitation_id}
    assert {mail.about_id for mail in mails} == {sent.invitation_id}
    assert [mail.values["expires_on"] for mail in mails] == [
        "30 april 2026",
        "30 april 2026",
        "30 April 2026",
    ]


async def test_an_invitation_leaves_only_to_who_is_still_in_the_register_at_this_address(
    service: Service, world: World, bureau: Bureau, settings: Settings
) -> None:
    right = Contact(bureau.id, world.customer.customer_id)
    wrong = replace(right, email="fel@kund.example")
    late = replace(world.invitation, invitation_id=uuid7(), email="annan@kund.example")
    await service.deliver(event_of(ContactAdded, wrong))
    mistaken = replace(world.invitation, email="fel@kund.example")
    await service.deliver(event_of(InvitationSent, mistaken), event_of(InvitationSent, late))
    await service.deliver(event_of(ContactChanged, right, sequence=2))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
    sent = {mail.email: mail.state for mail in await mails_of(service, bureau)}
    assert sent == {wrong.email: "withheld", late.email: "sent"}


async def test_a_new_member_is_told_who_added_them(service: Service) -> None:
    known, new = Member(uuid7()), Member(uuid7())
    said = {"account_name": "Ek & Son HB", "added_by_name": "Olle Ek"}
    welcome = event_of(MemberAdded, new, password_reset_id=uuid7(), **said)
    await service.deliver(event_of(MemberAdded, known, **said), welcome, welcome)
    assert await mails_to(service, known.user_id) == []
    (mail,) = await mails_to(service, new.user_id)
    assert (mail.kind, mail.link_purpose) == ("member_welcome", "password-reset")
    assert (mail.link_id, mail.values) == (welcome.password_reset_id, {"name": new.name, **said})


async def test_a_change_of_who_administers_is_told_to_who_is_responsible(
    service: Service, world: World, employee: Caller
) -> None:
    new, gone = administrator_changed(world), administrator_changed(world, administrator=False)
    await service.deliver(new, gone, new)
    mails = await mails_of(service, world.bureau)
    assert [mail.kind for mail in mails] == ["administrator_added", "administrator_removed"]
    for mail in mails:
        assert mail.user_id == world.employee.user_id
        assert (mail.link_purpose, mail.link_id) == ("customer", world.customer.customer_id)
    assert mails[0].values["person_email"] == "olle@kund.example"
    items = (await employee.get("/v1/notifications")).json()["items"]
    about = {(item["about"], item["about_id"]) for item in items}
    assert about == {("customer", str(world.customer.customer_id))}
    assert sorted(item["kind"] for item in items) == ["administrator_added", "administrator_removed"]


async def test_where_nobody_is_known_to_be_responsible_the_bureau_is_told(
    service: Service, world: World
) -> None:
    unowned = replace(world.customer, responsible_id=uuid7())
    await service.deliver(event_of(CustomerChanged, unowned, sequence=2))
    await service.deliver(administrator_changed(world))
    (mail,) = await mails_of(service, world.bureau)
    assert (mail.email, mail.user_id) == (world.bureau.email, None)


async def test_a_refused_acceptance_tells_names_only_to_the_customer_s_contacts(
    service: Service, world: World, other_world: World
) -> None:
    """Whoever opened the account for the company's number first learns nothing of the bureau's people."""
    contact, former, rogue = [Member(world.customer.account_id) for _ in range(3)]
    await service.deliver(*[event_of(MemberAdded, each) for each in (contact, former, rogue)])
    listed, left = [
        Contact(world.bureau.id, world.customer.customer_id, email=email)
        for email in (contact.email.upper(), former.email)
    ]
    foreign = Contact(other_world.bureau.id, other_world.customer.customer_id, email=rogue.email)
    await service.deliver(event_of(ContactRemoved, left, sequence=2))
    await service.deliver(*[event_of(ContactAdded, each) for each in (listed, left, foreign)])
    await service.deliver(refused_acceptance(world))
    mails = {mail.user_id: mail for mail in await mails_of(service, world.bureau)}
    told = mails[contact.user_id]
    assert (told.kind, told.sender) == ("acceptance_refused", world.bureau.name)
    assert told.values["person_name"] == "Olle Ek"
    for stranger in (former, rogue, world.member):
        mail = mails[stranger.user_id]
        assert (mail.kind, mail.sender, mail.values) == ("acceptance_refused_unnamed", None, {})


async def test_a_refused_acceptance_is_told_to_every_administrator(
    service: Service, world: World, member: Caller, bureau: Bureau
) -> None:
    account_id = world.customer.account_id
    second, plain, gone = Member(account_id), Member(account_id, role="user"), Member(account_id)
    await service.deliver(event_of(MemberAdded, second), event_of(MemberAdded, plain))
    await service.deliver(event_of(MemberRemoved, gone, sequence=2))
    await service.deliver(refused_acceptance(world), queue="mail-acceptance-refused")
    assert {mail.user_id for mail in await mails_of(service, bureau)} == {
        world.member.user_id,
        second.user_id,
    }
    seen = await member.get("/v1/notifications")
    assert [item["kind"] for item in seen.json()["items"]] == ["acceptance_refused"]


async def test_an_invoice_is_mailed_to_the_bureau(service: Service, bureau: Bureau) -> None:
    event = event_of(InvoiceIssued, Invoice(bureau.id))
    await service.deliver(event)
    (mail,) = await mails_of(service, bureau)
    assert mail.email == bureau.email
    assert mail.values["total_text"] == "1\u00a0234,50\u00a0kr"
    assert (mail.values["due_on"], mail.link_id) == ("30 maj 2026", event.invoice_id)


async def test_an_invoice_is_news_to_those_who_may_read_it(
    service: Service, world: World, bureau: Bureau, employee: Caller
) -> None:
    clerk = Employee(bureau.id, account_role="user", maintenance="none")
    keeper = Employee(bureau.id, account_role="user")
    await service.deliver(*[event_of(EmployeeAdded, each) for each in (world.employee, clerk, keeper)])
    event = event_of(InvoiceIssued, Invoice(bureau.id))
    await service.deliver(event)
    for reader in (employee, service.caller(keeper)):
        (item,) = (await reader.get("/v1/notifications")).json()["items"]
        assert (item["kind"], item["about_id"]) == ("invoice_issued", str(event.invoice_id))
    assert (await service.caller(clerk).get("/v1/notifications")).json()["items"] == []


async def test_a_reaction_waits_for_the_copies_it_needs(service: Service) -> None:
    unknown = Bureau()
    event = event_of(InvoiceIssued, Invoice(unknown.id))
    await service.deliver(event)
    waiting = await service.rows("select cause from dead_letters where event_id = :id", id=event.id)
    assert [row.cause for row in waiting] == ["not_found"]
    assert await mails_of(service, unknown) == []


async def test_a_mail_about_a_customer_is_told_of_as_sent(
    service: Service, world: World, settings: Settings
) -> None:
    await service.deliver(administrator_changed(world))
    async with answering(Answering()) as url:
        await send(service, settings, url)
    (sent,) = await service.published(MailSent, bureau_id=world.bureau.bureau_id)
    assert (sent.kind, sent.about, sent.about_id) == ("administrator_added", None, None)
    assert sent.customer_id == world.customer.customer_id
