"""What the bureau hears of its invitations and collaborations, by mail and in the feed."""

from typing import Any

import pytest

from services.notifications.settings import Settings
from shared.events import Event
from shared.events.identity import CustomerChanged, EmployeeAdded, EmployeeDeactivated
from shared.events.invitations import (
    CollaborationEnded,
    InvitationAcceptanceRefused,
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
)
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.mails import mails_of, send
from tests.factories.records import Acceptance, Employee
from tests.factories.service import Service
from tests.factories.world import World
from tests.notifications.mails.mail_server import Answering, answering

QUEUES = ("mail-invitation-answer", "mail-refusal-to-bureau", "mail-collaboration-ended")


@pytest.fixture
async def inviter(service: Service, world: World) -> Employee:
    """An employee who is not the one responsible for the customer."""
    inviter = Employee(world.bureau.id, name="Bo Lind", language="en")
    await service.deliver(event_of(EmployeeAdded, inviter), queue="track-employee")
    return inviter


def answers(world: World, inviter: Employee) -> dict[str, Event]:
    said = {"sent_by": inviter.employee_id}
    accepted = Acceptance(
        world.member.user_id,
        bureau_id=world.bureau.id,
        customer_id=world.customer.customer_id,
        account_id=world.customer.account_id,
    )
    return {
        "invitation_accepted": event_of(InvitationAccepted, accepted, contact_name="Åsa Ek", **said),
        "invitation_declined": event_of(
            InvitationDeclined, world.invitation, reason="Vi byter\nbyrå.", **said
        ),
        "invitation_expired": event_of(InvitationExpired, world.invitation, **said),
        "invitation_refused": event_of(
            InvitationAcceptanceRefused,
            world.invitation,
            account_id=world.customer.account_id,
            person_name="Åsa Ek",
            **said,
        ),
    }


async def tell(service: Service, event: Event) -> None:
    for queue in QUEUES:
        if type(event) in service.consumer.reactions[f"notifications.{queue}"].events:
            await service.deliver(event, queue=queue)


def ended(world: World, **facts: Any) -> CollaborationEnded:
    return event_of(CollaborationEnded, world.customer, sequence=2, **facts)


@pytest.mark.usefixtures("nothing_waits")
@pytest.mark.parametrize(
    "kind", ["invitation_accepted", "invitation_declined", "invitation_expired", "invitation_refused"]
)
async def test_who_invited_hears_of_the_answer(
    service: Service, settings: Settings, world: World, inviter: Employee, kind: str
) -> None:
    event = answers(world, inviter)[kind]
    await tell(service, event)
    await tell(service, event)
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
    (mail,) = server.mails
    assert (mail["X-Arende-Kind"], mail["To"]) == (kind, inviter.email)
    assert "Ek & Son HB" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    text = "\n".join(body.get_content().splitlines())
    assert "Åsa Ek" in text
    assert f"https://app.arende.example/bureau/customers/{world.customer.customer_id}" in text
    assert ("> Vi byter\n> byrå." in text) is (kind == "invitation_declined")
    (item,) = (await service.caller(inviter).get("/v1/notifications")).json()["items"]
    assert (item["kind"], item["about"]) == (kind, "invitation")
    assert (await service.caller(world.employee).get("/v1/notifications")).json()["items"] == []


async def test_of_who_has_left_the_responsible_hears_and_else_the_bureau(
    service: Service, world: World, inviter: Employee
) -> None:
    declined = answers(world, inviter)["invitation_declined"]
    await service.deliver(event_of(EmployeeDeactivated, inviter, sequence=2))
    await tell(service, declined)
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=2))
    await tell(service, answers(world, inviter)["invitation_expired"])
    assert [(mail.kind, mail.email) for mail in await mails_of(service, world.bureau)] == [
        ("invitation_declined", world.employee.email),
        ("invitation_expired", world.bureau.email),
    ]


@pytest.mark.usefixtures("nothing_waits")
async def test_what_waits_for_one_who_leaves_goes_to_who_is_in_charge(
    service: Service, settings: Settings, world: World, inviter: Employee
) -> None:
    await tell(service, answers(world, inviter)["invitation_accepted"])
    await service.deliver(event_of(EmployeeDeactivated, inviter, sequence=2))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
    (mail,) = server.mails
    assert mail["To"] == world.employee.email
    assert "har tackat ja" in mail["Subject"]


async def test_an_event_of_before_is_told_to_the_responsible(service: Service, world: World) -> None:
    await tell(service, event_of(InvitationExpired, world.invitation, contact_name=None))
    (mail,) = await mails_of(service, world.bureau)
    assert (mail.email, mail.values["contact_name"]) == (world.employee.email, world.customer.name)


async def test_the_responsible_and_who_invited_hear_when_a_customer_ends(
    service: Service, world: World, inviter: Employee, employee: Caller
) -> None:
    await tell(service, ended(world, ended_by="bureau", invited_by=inviter.employee_id))
    assert await mails_of(service, world.bureau) == []
    await tell(service, ended(world, ended_by="customer", invited_by=inviter.employee_id))
    mails = await mails_of(service, world.bureau)
    assert {mail.email for mail in mails} == {world.employee.email, inviter.email}
    assert {mail.kind for mail in mails} == {"collaboration_ended"}
    (item,) = (await employee.get("/v1/notifications")).json()["items"]
    assert (item["about"], item["about_id"]) == ("customer", str(world.customer.customer_id))


async def test_one_person_who_is_both_is_told_once_and_the_bureau_where_nobody_is_left(
    service: Service, world: World
) -> None:
    both = ended(world, ended_by="customer", invited_by=world.employee.employee_id)
    await tell(service, both)
    assert [mail.email for mail in await mails_of(service, world.bureau)] == [world.employee.email]
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=2))
    await service.deliver(event_of(CustomerChanged, world.customer, sequence=2))
    await tell(service, ended(world, ended_by="customer"))
    assert {mail.email for mail in await mails_of(service, world.bureau)} == {
        world.employee.email,
        world.bureau.email,
    }
