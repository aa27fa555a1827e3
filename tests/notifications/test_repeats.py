"""Every write of notifications, sent twice: one answer with a key, and no change without one."""

from shared.events.cases import MessagePosted
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.repeats import Write, operations_of, repeat_with_key, repeat_without_key
from tests.factories.service import Service
from tests.factories.world import World


def test_every_write_is_tried(service: Service) -> None:
    assert operations_of(service.app) == {"mark_notification_read"}


async def mark_notification_read(service: Service, world: World, by: Caller) -> Write:
    await service.deliver(event_of(MessagePosted, world.to_bureau))
    item = (await by.read("/v1/notifications"))["items"][0]
    return Write(by, "PUT", f"/v1/notifications/{item['id']}/read")


async def test_reading_again_is_no_change(service: Service, world: World, employee: Caller) -> None:
    write = await mark_notification_read(service, world, employee)
    await repeat_without_key(service, world.bureau.id, write, 200)


async def test_a_key_has_one_effect_and_one_answer(service: Service, world: World, employee: Caller) -> None:
    write = await mark_notification_read(service, world, employee)
    await repeat_with_key(service, world.bureau.id, write)
