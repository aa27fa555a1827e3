"""Every write of cases, sent twice: one answer with a key, and no change without one."""

from dataclasses import replace

import pytest

from shared.ids import uuid7
from tests.cases.writes import WRITES, World, change_case, set_followers
from tests.factories.callers import refusal
from tests.factories.cases import post
from tests.factories.repeats import NEW, Write, operations_of, repeat_with_key, repeat_without_key
from tests.factories.service import Service


def test_every_write_is_tried(service: Service) -> None:
    assert {name.partition(":")[0] for name in WRITES} == operations_of(service.app)


@pytest.mark.parametrize("name", [name for name, (_, second) in WRITES.items() if second != NEW])
async def test_the_same_content_again_is_no_change(world: World, name: str) -> None:
    prepare, second = WRITES[name]
    await repeat_without_key(world.service, world.bureau.id, await prepare(world), second)


@pytest.mark.parametrize("name", WRITES)
async def test_a_key_has_one_effect_and_one_answer(world: World, name: str) -> None:
    prepare, _ = WRITES[name]
    await repeat_with_key(world.service, world.bureau.id, await prepare(world))


async def test_the_same_followers_in_another_order_are_no_change(world: World) -> None:
    write = await set_followers(world)
    first = await write.send()
    turned = Write(world.anna, "PUT", write.path, {"employee_ids": write.body["employee_ids"][::-1]})
    assert (await turned.send()).headers["etag"] == first.headers["etag"]


async def test_with_its_key_a_change_is_answered_again_though_it_made_the_version_older(world: World) -> None:
    case = await world.case()
    body, path = {"priority": "high"}, f"/v1/cases/{case['id']}"
    write = Write(world.anna, "PATCH", path, body, version=case["version"])
    await repeat_with_key(world.service, world.bureau.id, write)
    assert refusal(await write.send()) == (412, "version_conflict")


async def test_with_its_key_another_change_is_refused(world: World) -> None:
    write, key = await change_case(world), str(uuid7())
    assert (await write.send(idempotency_key=key)).is_success
    other = replace(write, body={"priority": "low"})
    assert refusal(await other.send(idempotency_key=key)) == (422, "idempotency_key_reused")


async def test_a_key_is_of_one_method_and_path(world: World) -> None:
    again = world.anna.sending(idempotency_key=str(uuid7()))
    for case in (await world.case(), await world.case()):
        assert (await post(again, case, "resolve")).json()["id"] == case["id"]
        assert (await post(again, case, "close")).json()["status"] == "closed"
        assert (await post(again, case, "resolve")).json()["status"] == "resolved"
