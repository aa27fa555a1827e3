"""What leaves for a bureau that no operator has approved, or that is suspended: of all kinds of mails."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from sqlalchemy import update

from services.notifications.mails.tables import HELD_AT_MOST, Mail
from services.notifications.settings import Settings
from shared.events import Event
from shared.events.billing import InvoiceIssued
from shared.events.cases import CaseAssigned, CaseSent, MessagePosted
from shared.events.credentials import CredentialsChanged
from shared.events.identity import (
    AccountAdministratorChanged,
    BureauApproved,
    BureauChanged,
    BureauRegistered,
    BureauStatus,
    BureauSuspended,
    ContactAdded,
    CustomerRegistered,
    EmployeeAdded,
    MemberAdded,
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
)
from shared.events.invitations import (
    CollaborationEnded,
    InvitationAcceptanceRefused,
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationReminded,
    InvitationSent,
)
from shared.ids import uuid7
from tests.factories.events import event_of
from tests.factories.mails import mails_of, make_due, send
from tests.factories.records import Acceptance, Contact, Invoice, Member, User
from tests.factories.service import Service
from tests.factories.world import World, new_world
from tests.notifications.mails.mail_server import Answering, answering

pytestmark = pytest.mark.usefixtures("nothing_waits")
STATUS = {"registered": BureauRegistered, "approved": BureauApproved, "suspended": BureauSuspended}
# Mails to a person about their own log-in or membership, which no bureau causes.
OF_PERSONS = {
    "credentials_changed",
    *("verify_address", "password_reset", "member_welcome", "password_changed", "sign_up_repeated"),
}


def all_kinds() -> set[str]:
    names = [file.name for file in (files("services.notifications.mails") / "texts").iterdir()]
    return {name.removesuffix(".toml") for name in names if name.endswith(".toml")}


async def tell(service: Service, world: World, status: BureauStatus, *, sequence: int) -> None:
    event = event_of(STATUS[status], replace(world.bureau, status=status), sequence=sequence)
    await service.deliver(event, queue="track-bureau")


async def known(service: Service, status: BureauStatus) -> World:
    world = new_world()
    await tell(service, world, status, sequence=1)
    await service.deliver(event_of(CustomerRegistered, world.customer), queue="track-customer")
    await service.deliver(event_of(EmployeeAdded, world.employee), queue="track-employee")
    await service.deliver(event_of(MemberAdded, world.member), queue="track-member")
    return world


def causes(world: World, stranger: User) -> list[Event]:
    """An event for each kind of mail, of which `stranger` gets those of persons."""
    account_id, invitation = world.customer.account_id, world.invitation
    accepted = Acceptance(
        world.member.user_id,
        bureau_id=world.bureau.id,
        customer_id=world.customer.customer_id,
        account_id=account_id,
    )
    refusal = {"account_id": account_id, "person_name": "Olle Ek"}
    administrator = {
        "bureau_id": world.bureau.id,
        "account_id": account_id,
        "customer_id": world.customer.customer_id,
        "user_id": uuid7(),
        "name": "Olle Ek",
        "email": "olle@kund.example",
    }
    member = Member(account_id, user_id=stranger.user_id, email=stranger.email)
    return [
        event_of(UserRegistered, stranger),
        event_of(PasswordResetRequested, stranger),
        event_of(PasswordChanged, stranger),
        event_of(CredentialsChanged, stranger, change="passkey_added"),
        event_of(SignUpRepeated, stranger),
        event_of(EmployeeAdded, replace(world.employee, user_id=uuid7()), password_reset_id=uuid7()),
        event_of(MemberAdded, member, password_reset_id=uuid7()),
        AccountAdministratorChanged(**administrator, administrator=True),
        AccountAdministratorChanged(**administrator, administrator=False),
        event_of(InvitationSent, invitation, message="Hej"),
        event_of(InvitationReminded, invitation),
        event_of(InvitationAccepted, accepted, contact_name="Åsa Ek"),
        event_of(InvitationDeclined, invitation, reason="Nej"),
        event_of(InvitationExpired, invitation),
        event_of(InvitationAcceptanceRefused, invitation, **refusal),
        event_of(CollaborationEnded, world.customer, ended_by="customer", sequence=2),
        event_of(CaseSent, world.to_customer),
        event_of(CaseSent, world.to_bureau, case_id=uuid7()),
        event_of(CaseAssigned, world.to_bureau, case_id=uuid7()),
        event_of(MessagePosted, world.to_customer, case_id=uuid7(), sequence=3),
        event_of(InvoiceIssued, Invoice(world.bureau.id)),
    ]


async def cause_all(service: Service, world: World) -> None:
    """Every kind of mail is written for this world."""
    stranger, contact = User(), Contact(world.bureau.id, world.customer.customer_id, email=world.member.email)
    for event in causes(world, stranger):
        # The copy is not told, lest the mails about cases be withheld for that reason.
        queue = "mail-collaboration-ended" if isinstance(event, CollaborationEnded) else None
        await service.deliver(event, queue=queue)
    # Who is among the contacts is told names.
    await service.deliver(event_of(ContactAdded, contact), queue="track-contact")
    again = [event for event in causes(world, stranger) if isinstance(event, InvitationAcceptanceRefused)]
    await service.deliver(*again)


@pytest.mark.parametrize(
    ("status", "leaves"), [("registered", set[str]()), ("suspended", {"invoice_issued"})]
)
async def test_no_mail_of_any_kind_leaves_until_the_bureau_is_approved(
    service: Service, settings: Settings, status: BureauStatus, leaves: set[str]
) -> None:
    world = await known(service, status)
    await cause_all(service, world)
    rows = await mails_of(service, world.bureau)
    assert {mail.kind for mail in rows} | OF_PERSONS == all_kinds()
    server = Answering()
    async with answering(server) as url:
        for _ in range(3):
            await make_due(service, world.bureau)
            await send(service, settings, url)
    assert {str(mail["X-Arende-Kind"]) for mail in server.mails} == OF_PERSONS | leaves
    held = [mail for mail in await mails_of(service, world.bureau) if mail.kind not in leaves]
    assert {(mail.state, mail.attempts) for mail in held} == {("waiting", 0)}


async def test_the_news_of_an_approval_may_come_after_the_mails_that_it_allows(
    service: Service, settings: Settings
) -> None:
    world = await known(service, "registered")
    await service.deliver(event_of(InvitationSent, world.invitation))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
        assert server.mails == []
        await tell(service, world, "approved", sequence=2)
        await make_due(service, world.bureau)
        await send(service, settings, url)
    (mail,) = server.mails
    assert mail["X-Arende-Kind"] == "invitation"


async def test_what_has_waited_for_a_week_is_withheld(service: Service, settings: Settings) -> None:
    world = await known(service, "suspended")
    await service.deliver(event_of(InvitationSent, world.invitation))
    earlier = Mail.added_at - HELD_AT_MOST - timedelta(hours=1)
    async with service.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.bureau_id == world.bureau.id).values(added_at=earlier))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
        await tell(service, world, "approved", sequence=2)
        await make_due(service, world.bureau)
        await send(service, settings, url)
    assert server.mails == []
    assert [mail.state for mail in await mails_of(service, world.bureau)] == ["withheld"]


async def test_a_mail_names_the_bureau_as_it_was_approved(service: Service, settings: Settings) -> None:
    world = await known(service, "approved")
    approved = world.bureau.name
    renamed = replace(world.bureau, name="Skatteverket", approved_name=approved)
    await service.deliver(event_of(BureauChanged, renamed, sequence=2), queue="track-bureau")
    await service.deliver(event_of(InvitationSent, world.invitation))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
    (mail,) = server.mails
    assert "Skatteverket" not in mail.as_string()
    assert str(mail["From"]).startswith(f"{approved} via Ärende <")
