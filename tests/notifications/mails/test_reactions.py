"""Which event makes which mail."""

from shared.events.billing import InvoiceIssued
from shared.events.identity import (
    EmployeeAdded,
    MemberAdded,
    MemberRemoved,
    PasswordResetRequested,
    UserRegistered,
)
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationReminded,
    InvitationResent,
    InvitationSent,
)
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.mails import mails_of, mails_to
from tests.factories.records import Bureau, Invoice, Member, User
from tests.factories.service import Service
from tests.factories.world import World


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


async def test_a_refused_acceptance_is_told_to_every_administrator(
    service: Service, world: World, member: Caller, bureau: Bureau
) -> None:
    account_id = world.customer.account_id
    second, plain, gone = Member(account_id), Member(account_id, role="user"), Member(account_id)
    await service.deliver(event_of(MemberAdded, second), event_of(MemberAdded, plain))
    await service.deliver(event_of(MemberRemoved, gone, sequence=2))
    event = InvitationAcceptanceRefused(
        bureau_id=bureau.id,
        invitation_id=uuid7(),
        customer_id=world.customer.customer_id,
        customer_name="Ek & Son HB",
        account_id=account_id,
        person_name="Olle Ek",
    )
    await service.deliver(event)
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


async def test_a_reaction_waits_for_the_copies_it_needs(service: Service) -> None:
    unknown = Bureau()
    event = event_of(InvoiceIssued, Invoice(unknown.id))
    await service.deliver(event)
    waiting = await service.rows("select cause from dead_letters where event_id = :id", id=event.id)
    assert [row.cause for row in waiting] == ["not_found"]
    assert await mails_of(service, unknown) == []
