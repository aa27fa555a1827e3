"""The writes of credentials, for test_repeats.py."""

from typing import Protocol

from tests.factories.callers import Caller
from tests.factories.passkeys import PASSKEYS, Device, add_passkey, options_of
from tests.factories.people import Person
from tests.factories.repeats import UNSTORED, Write, Writes
from tests.factories.second_factors import TOTP, set_up_totp
from tests.factories.second_factors import begin_totp as begin_setting_up


class World(Protocol):
    @property
    def owner(self) -> Person: ...
    @property
    def anybody(self) -> Caller: ...


async def begin_totp(world: World) -> Write:
    return Write(world.owner, "POST", TOTP)


async def confirm_totp(world: World) -> Write:
    app = await begin_setting_up(world.owner)
    return Write(world.owner, "POST", f"{TOTP}/confirm", {"code": app.code()})


async def remove_totp(world: World) -> Write:
    await set_up_totp(world.owner)
    return Write(world.owner, "DELETE", TOTP)


async def renew_recovery_codes(world: World) -> Write:
    await set_up_totp(world.owner)
    return Write(world.owner, "POST", "/v1/me/credentials/recovery-codes")


async def begin_passkey(world: World) -> Write:
    return Write(world.owner, "POST", f"{PASSKEYS}/begin")


async def a_passkey(world: World) -> str:
    added = await add_passkey(world.owner, Device())
    return f"{PASSKEYS}/{added['passkey']['id']}"


async def add_a_passkey(world: World) -> Write:
    made = Device().make(await options_of(world.owner))
    return Write(world.owner, "POST", PASSKEYS, {"name": "Telefonen", "credential": made})


async def rename_passkey(world: World) -> Write:
    return Write(world.owner, "PATCH", await a_passkey(world), {"name": "Datorn"})


async def remove_passkey(world: World) -> Write:
    return Write(world.owner, "DELETE", await a_passkey(world))


async def begin_passkey_log_in(world: World) -> Write:
    return Write(world.anybody, "POST", "/v1/sessions/passkey/begin")


async def log_in_by_passkey(world: World) -> Write:
    device = Device()
    await add_passkey(world.owner, device)
    asked = (await (await begin_passkey_log_in(world)).send()).json()
    body = {"credential": device.show(asked["public_key"])}
    return Write(world.anybody, "POST", "/v1/sessions/passkey", body)


CREDENTIALS: Writes = {
    "begin_totp": (begin_totp, UNSTORED),
    "confirm_totp": (confirm_totp, UNSTORED),
    "remove_totp": (remove_totp, "not_found"),
    "renew_recovery_codes": (renew_recovery_codes, UNSTORED),
    "begin_passkey": (begin_passkey, UNSTORED),
    "add_passkey": (add_a_passkey, UNSTORED),
    "rename_passkey": (rename_passkey, 200),
    "remove_passkey": (remove_passkey, "not_found"),
    "begin_passkey_log_in": (begin_passkey_log_in, UNSTORED),
    "log_in_by_passkey": (log_in_by_passkey, UNSTORED),
}
