"""Every write of invitations, sent twice: one answer with a key, and no change without one."""

from typing import Any, NamedTuple

import pytest

from tests.factories.callers import Caller
from tests.factories.invitations import (
    accept,
    invite,
    main_contact_of,
    register_customer,
    ten_minutes_pass,
)
from tests.factories.records import Bureau, Customer
from tests.factories.repeats import NEW, Write, Writes, operations_of, repeat_with_key, repeat_without_key
from tests.factories.service import Service


class World(NamedTuple):
    service: Service
    bureau: Bureau
    admin: Caller

    async def customer(self) -> Customer:
        return await register_customer(self.service, self.bureau)

    async def invited(self) -> tuple[Caller, dict[str, Any]]:
        """The main contact of a customer, and the invitation to them."""
        customer = await self.customer()
        return main_contact_of(self.service, customer), await invite(self.admin, customer)


@pytest.fixture
def world(service: Service, bureau: Bureau, admin: Caller) -> World:
    return World(service, bureau, admin)


async def invite_customer(world: World) -> Write:
    body = {"customer_id": str((await world.customer()).customer_id), "message": "Välkommen"}
    return Write(world.admin, "POST", "/v1/invitations", body)


async def invite_customers(world: World) -> Write:
    await world.customer()
    return Write(world.admin, "POST", "/v1/invitations/batch", {"customer_ids": "all_ready"})


async def resend_invitation(world: World) -> Write:
    _, invitation = await world.invited()
    await ten_minutes_pass(world.service, invitation)
    return Write(world.admin, "POST", f"/v1/invitations/{invitation['id']}/resend")


async def revoke_invitation(world: World) -> Write:
    _, invitation = await world.invited()
    return Write(world.admin, "POST", f"/v1/invitations/{invitation['id']}/revoke")


async def accept_invitation(world: World) -> Write:
    person, invitation = await world.invited()
    return Write(person, "POST", f"/v1/invitations/{invitation['id']}/accept")


async def decline_invitation(world: World) -> Write:
    person, invitation = await world.invited()
    return Write(
        person, "POST", f"/v1/invitations/{invitation['id']}/decline", {"reason": "Vi har bytt byrå."}
    )


async def end_collaboration(world: World) -> Write:
    person, invitation = await world.invited()
    accepted = await accept(person, invitation)
    return Write(world.admin, "POST", f"/v1/collaborations/{accepted.json()['collaboration_id']}/end")


WRITES: Writes = {
    "invite_customer": (invite_customer, "already_invited"),
    "invite_customers": (invite_customers, NEW),
    "resend_invitation": (resend_invitation, "resent_too_soon"),
    "revoke_invitation": (revoke_invitation, 200),
    "accept_invitation": (accept_invitation, 200),
    "decline_invitation": (decline_invitation, 200),
    "end_collaboration": (end_collaboration, 200),
}


def test_every_write_is_tried(service: Service) -> None:
    assert set(WRITES) == operations_of(service.app)


@pytest.mark.parametrize("name", [name for name, (_, second) in WRITES.items() if second != NEW])
async def test_the_same_content_again_is_no_change(world: World, name: str) -> None:
    prepare, second = WRITES[name]
    await repeat_without_key(world.service, world.bureau.id, await prepare(world), second)


@pytest.mark.parametrize("name", WRITES)
async def test_a_key_has_one_effect_and_one_answer(world: World, name: str) -> None:
    prepare, _ = WRITES[name]
    await repeat_with_key(world.service, world.bureau.id, await prepare(world))
