"""What notifications knows of the people it writes to."""

import time

from services.notifications.copies.queries import get_bureau, list_members
from shared.events.cases import MessagePosted
from shared.events.identity import (
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    MemberRemoved,
    MemberRoleChanged,
)
from tests.factories.events import event_of
from tests.factories.mails import mails_of
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service
from tests.factories.world import World


async def test_copies_apply_newer_and_ignore_older(service: Service, world: World) -> None:
    newer = event_of(MemberRoleChanged, world.member, sequence=3, role="user")
    older = event_of(MemberRoleChanged, world.member, sequence=2, language="sv")
    await service.deliver(newer, older)
    await service.deliver(event_of(MemberRemoved, world.member, sequence=1))
    async with service.database.transaction() as session:
        known = await list_members(
            session, account_id=world.customer.account_id, user_ids=[world.member.user_id]
        )
    assert known[world.member.user_id].role == "user"
    assert known[world.member.user_id].language == "en"
    assert known[world.member.user_id].active


async def test_addresses_are_kept_as_they_are_compared(service: Service, world: World) -> None:
    written = event_of(MemberRoleChanged, world.member, sequence=2, email=" Asa.Ek@KUND.example")
    await service.deliver(written)
    async with service.database.transaction() as session:
        known = await list_members(
            session, account_id=world.customer.account_id, user_ids=[world.member.user_id]
        )
    assert known[world.member.user_id].email == "asa.ek@kund.example"


async def test_one_person_at_two_bureaus_has_two_copies(
    service: Service, world: World, other_world: World, bureau: Bureau
) -> None:
    await service.deliver(
        event_of(
            EmployeeAdded,
            Employee(other_world.bureau.id, user_id=world.employee.user_id, language="en"),
        )
    )
    async with service.database.transaction() as session:
        assert (await get_bureau(session, bureau.id)).name == bureau.name
    await service.deliver(event_of(MessagePosted, world.to_bureau))
    (mail,) = await mails_of(service, bureau)
    assert mail.language == "sv"


async def test_access_is_kept_from_the_same_events(service: Service, world: World) -> None:
    await service.deliver(event_of(EmployeeAdded, world.employee))
    await service.deliver(event_of(EmployeeChanged, world.employee, sequence=2, maintenance="none"))
    earlier = time.time() - 60
    refused = await service.caller(world.employee, iat=earlier).get("/v1/events")
    assert refused.status_code == 403
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=3))
    gone = await service.caller(world.employee, iat=earlier).get("/v1/events")
    assert gone.status_code == 401
