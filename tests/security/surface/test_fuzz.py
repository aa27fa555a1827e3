"""No generated request is answered with a 5xx, and each answer is as the document says.

Each operation gets as many requests as `--examples` says, half of them valid, spread over the roles.
"""

import asyncio

import pytest

from arende.registry import NAMES
from tests.factories.callers import Caller
from tests.factories.town import Town
from tests.security.surface.fuzz import Fuzz
from tests.security.surface.matrix import END_LOGIN, FRESH, LAST
from tests.security.surface.operations import Operation, operations, request
from tests.security.surface.tenants import Tenant

ROLES = ("nobody", "operator", "owner", "participant", "AMC", "---", "own")


def late(operation: Operation) -> int:
    """What ends things comes after what needs them."""
    if operation.name in END_LOGIN:
        return 3
    if operation.name in LAST:
        return 2
    return 1 if operation.label in FRESH else 0


@pytest.mark.timeout(0)
# Identity comes last, because its operations log everybody out.
@pytest.mark.parametrize("service", sorted(NAMES, key="identity".__eq__))
async def test_what_is_generated(
    town: Town, tenant: Tenant, service: str, pytestconfig: pytest.Config
) -> None:
    roles: dict[str, Caller] = {name: tenant.people[name] for name in ROLES}
    roles["anonymous"] = Caller(town.client)
    number = pytestconfig.getoption("--fuzz-seed")
    fuzz = Fuzz(roles, pytestconfig.getoption("--examples"), number, asyncio.get_running_loop())
    own = [each for each in operations(town) if each.service == service]
    known = {each.name: (each, request(each, tenant.ids)) for each in sorted(own, key=late)}
    await asyncio.to_thread(fuzz.run, town.services[service].app.openapi(), known)
    assert fuzz.sent > len(known)
    wrong = "\n\n".join(fuzz.failures.values())
    assert not fuzz.failures, f"with --fuzz-seed {number}:\n\n{wrong}"
