"""Every write of billing, sent twice: one answer with a key, and no change without one."""

import asyncio
from typing import NamedTuple

import pytest

from shared.clock import first_day, month_at, next_month, utcnow
from tests.factories.callers import Caller
from tests.factories.records import Bureau
from tests.factories.repeats import NEW, Write, Writes, operations_of, repeat_with_key, repeat_without_key
from tests.factories.service import Service
from tests.factories.subscriptions import buy, quote, register_customers


class World(NamedTuple):
    service: Service
    bureau: Bureau
    admin: Caller
    operator: Caller


@pytest.fixture
def world(service: Service, bureau: Bureau, admin: Caller, operator: Caller) -> World:
    return World(service, bureau, admin, operator)


async def buy_subscription(world: World) -> Write:
    await register_customers(world.service, world.bureau, 2)
    return Write(world.admin, "POST", "/v1/subscription", await quote(world.admin))


async def cancel_subscription(world: World) -> Write:
    await buy(world.admin)
    return Write(world.admin, "POST", "/v1/subscription/cancel")


async def set_price(world: World) -> Write:
    day = first_day(next_month(month_at(utcnow()))).replace(year=2097)
    body = {"amount": {"amount": 2900, "currency": "SEK"}, "valid_from": day.isoformat()}
    return Write(world.operator, "PUT", "/v1/prices", body)


async def start_billing_run(world: World) -> Write:
    return Write(world.operator, "POST", "/v1/billing-runs", {"month": "2026-09", "dry_run": True})


WRITES: Writes = {
    "buy_subscription": (buy_subscription, 200),
    "cancel_subscription": (cancel_subscription, 200),
    "set_price": (set_price, 200),
    "start_billing_run": (start_billing_run, NEW),
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


async def test_the_same_price_twice_at_once_is_one_price(world: World) -> None:
    body = {"amount": {"amount": 2950, "currency": "SEK"}, "valid_from": "2096-01-01"}
    write = Write(world.operator, "PUT", "/v1/prices", body)
    answers = await asyncio.gather(*(write.send() for _ in range(5)))
    assert len({answer.json()["price_version"] for answer in answers}) == 1
