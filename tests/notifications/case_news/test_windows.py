"""What is mailed at the end of a window: whatever has not been read by then, to who is still concerned."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from services.notifications.settings import Settings
from shared.events.cases import CaseAssigned, CaseRead, CaseSent, MessagePosted
from shared.events.identity import (
    BureauRegistered,
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    EmployeeDeactivated,
    MemberAdded,
    MemberRemoved,
)
from shared.events.invitations import CollaborationEnded, CollaborationOpened
from shared.ids import uuid7
from tests.factories.events import event_of
from tests.factories.mails import mails_of, make_due, send
from tests.factories.records import Bureau, Contact
from tests.factories.service import Service
from tests.factories.world import World
from tests.notifications.mails.mail_server import Answering, answering

pytestmark = pytest.mark.usefixtures("nothing_waits")


@pytest.fixture
async def contact(service: Service, world: World) -> Contact:
    """The member of the world, in the bureau's register."""
    contact = Contact(world.bureau.id, world.customer.customer_id, email=world.member.email)
    await service.deliver(event_of(ContactAdded, contact))
    return contact


class Windows:
    """Delivers news of the world's case and ends windows, whatever the clock says."""

    def __init__(self, service: Service, settings: Settings, world: World) -> None:
        self.service, self.settings, self.world = service, settings, world

    async def post(self, version: int, **overrides: object) -> None:
        event = event_of(MessagePosted, self.world.to_customer, sequence=version, **overrides)
        await self.service.deliver(event)

    async def read(self, version: int) -> None:
        by = {"by": "customer", "actor_id": self.world.member.user_id, "recipient_ids": []}
        await self.service.deliver(event_of(CaseRead, self.world.to_customer, sequence=version, **by))

    async def end(self) -> list[EmailMessage]:
        """What leaves when the window is over."""
        await make_due(self.service, self.world.bureau)
        return await self.leaves()

    async def leaves(self) -> list[EmailMessage]:
        server = Answering()
        async with answering(server) as url:
            await send(self.service, self.settings, url)
        return server.mails

    async def states(self) -> list[str]:
        return sorted(mail.state for mail in await mails_of(self.service, self.world.bureau))


@pytest.fixture
def windows(service: Service, settings: Settings, world: World) -> Windows:
    return Windows(service, settings, world)


async def test_what_comes_after_the_reading_is_mailed_at_the_window_s_end(windows: Windows) -> None:
    await windows.post(3)
    assert len(await windows.leaves()) == 1
    await windows.read(3)
    await windows.post(4)
    assert await windows.leaves() == []
    assert len(await windows.end()) == 1


async def test_what_has_been_read_by_the_window_s_end_is_not_mailed(windows: Windows) -> None:
    await windows.post(3)
    await windows.leaves()
    for version in (4, 5):
        await windows.post(version)
    await windows.read(5)
    assert await windows.end() == []
    assert await windows.states() == ["sent", "withheld"]


async def test_of_several_the_newest_decides(windows: Windows) -> None:
    await windows.post(3)
    await windows.leaves()
    await windows.post(4)
    await windows.read(4)
    await windows.post(5)
    await windows.read(4)
    assert len(await windows.end()) == 1


async def test_a_reading_counts_for_what_was_seen_whenever_its_event_comes(windows: Windows) -> None:
    await windows.read(4)
    await windows.post(4)
    assert await windows.leaves() == []
    await windows.post(5)
    assert len(await windows.end()) == 1
    # An older reading, and older news, change nothing.
    await windows.read(3)
    await windows.post(6)
    await windows.post(4)
    assert len(await windows.end()) == 1


async def test_another_s_reading_is_not_the_recipient_s(service: Service, windows: Windows) -> None:
    await windows.post(3)
    by = {"by": "customer", "actor_id": uuid7(), "recipient_ids": []}
    await service.deliver(event_of(CaseRead, windows.world.to_customer, sequence=3, **by))
    assert len(await windows.end()) == 1


async def test_news_that_finds_the_window_s_mail_gone_gets_one_more(windows: Windows) -> None:
    """The worker that sends and the one that gathers never agree on a moment exactly."""
    for version in (3, 4):
        await windows.post(version)
    assert len(await windows.end()) == 2
    await windows.post(5)
    await windows.read(4)
    assert len(await windows.end()) == 1
    await windows.post(6)
    await windows.read(6)
    assert await windows.end() == []
    await windows.post(7)
    assert len(await windows.end()) == 1


@pytest.mark.parametrize("tie", ["member", "contact", "address", "collaboration"])
async def test_nothing_leaves_to_a_customer_s_person_who_has_lost_the_tie(
    service: Service, world: World, contact: Contact, windows: Windows, tie: str
) -> None:
    await service.deliver(event_of(CollaborationOpened, world.customer))
    await service.deliver(event_of(CaseSent, world.to_customer, sequence=2))
    await windows.post(3)
    lost = {
        "member": event_of(MemberRemoved, world.member, sequence=2),
        "contact": event_of(ContactRemoved, contact, sequence=2),
        "address": event_of(ContactChanged, replace(contact, email="ny@kund.example"), sequence=2),
        "collaboration": event_of(CollaborationEnded, world.customer, sequence=2),
    }
    await service.deliver(lost[tie])
    assert await windows.end() == []
    assert await windows.states() == ["withheld", "withheld"]


async def test_a_contact_whose_removal_came_first_is_not_written_to(
    service: Service, contact: Contact, windows: Windows
) -> None:
    await service.deliver(event_of(ContactRemoved, contact, sequence=2))
    await windows.post(3)
    assert await windows.end() == []


async def test_who_comes_back_and_who_wrote_the_case_are_written_to(
    service: Service, world: World, contact: Contact, windows: Windows
) -> None:
    await windows.post(3)
    await service.deliver(event_of(ContactRemoved, contact, sequence=2))
    await windows.post(4, author_id=world.member.user_id)
    assert len(await windows.end()) == 1
    await windows.post(5)
    again = replace(contact, contact_id=uuid7())
    await service.deliver(event_of(ContactAdded, again))
    await service.deliver(event_of(MemberRemoved, world.member, sequence=2))
    await service.deliver(event_of(MemberAdded, world.member, sequence=3))
    assert len(await windows.end()) == 1


async def test_a_new_collaboration_outweighs_one_that_has_ended(
    service: Service, world: World, windows: Windows
) -> None:
    await windows.post(3)
    await service.deliver(event_of(CollaborationEnded, world.customer, sequence=2))
    again = replace(world.customer, collaboration_id=uuid7())
    await service.deliver(event_of(CollaborationOpened, again))
    assert len(await windows.end()) == 1


async def test_nothing_leaves_to_an_employee_who_has_left(
    service: Service, world: World, windows: Windows
) -> None:
    await service.deliver(event_of(MessagePosted, world.to_bureau, sequence=3))
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=2))
    assert await windows.end() == []


async def test_being_given_a_case_has_a_mail_of_its_own_that_is_not_gathered(
    service: Service, world: World, bureau: Bureau, windows: Windows
) -> None:
    await service.deliver(event_of(MessagePosted, world.to_bureau, sequence=3))
    await windows.leaves()
    await service.deliver(event_of(MessagePosted, world.to_bureau, sequence=4))
    given = event_of(
        CaseAssigned, world.to_customer, recipient_ids=[world.employee.user_id], sequence=5, status="draft"
    )
    await service.deliver(given)
    (assigned,) = await windows.leaves()
    assert assigned["X-Arende-Kind"] == "case_assigned"
    assert "Ek & Son HB" in assigned["Subject"]
    (gathered,) = await windows.end()
    assert gathered["X-Arende-Kind"] == "case_updated"


async def test_a_mail_names_the_two_sides_as_they_are_called_when_it_leaves(
    service: Service, world: World, windows: Windows
) -> None:
    await service.deliver(event_of(CaseSent, world.to_customer, sequence=2))
    await service.deliver(event_of(MessagePosted, world.to_bureau, sequence=3))
    customer, bureau = replace(world.customer, name="Nya Ek AB"), replace(world.bureau, name="Norrbyrån AB")
    await service.deliver(event_of(CustomerChanged, customer, sequence=2))
    await service.deliver(event_of(BureauRegistered, bureau, sequence=2), queue="track-bureau")
    mails = {mail["X-Arende-Kind"]: mail for mail in await windows.leaves()}
    sent = mails["case_sent"]
    assert "Norrbyrån AB" in sent["Subject"]
    assert "Norrbyrån AB" in sent["From"]
    text = sent.get_body(("plain",))
    assert text is not None
    assert "Nya Ek AB" in text.get_content()
    assert "Nya Ek AB" in mails["case_updated"]["Subject"]
