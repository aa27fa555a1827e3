"""Whatever stands in an address is judged before the database sees it: nothing there is a failure of ours."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from arende.registry import SERVICES
from shared.encoding import encode
from shared.ids import uuid7
from tests.factories.callers import Headers
from tests.factories.keys import Keys
from tests.security.conftest import Apis
from tests.security.forgeries import signed


def cursor(*values: Any) -> str:
    return encode(json.dumps(values).encode())


CURSORS = (
    "WzFd",
    "e30",
    "W10",
    "bnVsbA",
    "???",
    "å",
    "=" * 400,
    "A" * 2000,
    cursor(None),
    cursor(2**63),
    cursor(-(2**70)),
    cursor(1e300),
    cursor("x", "x"),
    cursor("a\x00b", str(uuid7())),
    cursor("0001-01-01T00:00:00+14:00", str(uuid7())),
    cursor("9999-12-31T23:59:59-14:00", str(uuid7())),
    cursor("2026-11-24T09:30:00", str(uuid7())),
    cursor({"a": [[[]]]}, []),
    cursor("own", "x"),
    cursor("own", None),
    encode(b'{"of":1,"after":[1]}'),
    encode(b'{"of":"x","after":1}'),
    encode(b"[" * 900),
    base64.b64encode(b"\xff" * 30).decode(),
)
DAYS = (
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
    "2026-W01-1",
    "1764000000",
    "-1",
    "1e308",
    "NaN",
    "x",
)
NUMBERS = ("0", "-1", str(2**31), str(2**63), "9" * 400, "1e99", "NaN", "1_0", "\u0661", "x", "")
TEXTS = ("", "x" * 5000, "%", "_\\", "\ufffd", "\u202e", "' or 1=1 --", "null", "*")
IDS = (
    "0",
    str(2**63),
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{01a20f50-ec88-77aa-8c4a-842fcf7c8ab6}",
    "urn:uuid:01a20f50-ec88-77aa-8c4a-842fcf7c8ab6",
    "01A20F50EC8877AA8C4A842FCF7C8AB6",
    "%ED%A0%80",
    "%FF%FE",
    "%2500",
    "..%2f..%2f",
    "x" * 3000,
)
BY_FORMAT = {"date": DAYS, "date-time": DAYS, "uuid": IDS}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any]


def operations(apis: Apis, service: str) -> Iterator[Operation]:
    document = apis[service].openapi()
    for path, methods in document["paths"].items():
        for method, each in methods.items():
            content = each.get("requestBody", {}).get("content", {}).get("application/json", {})
            named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            body = document["components"]["schemas"].get(named, {}).get("properties", {})
            parameters = [parameter for parameter in each["parameters"] if "$ref" not in parameter]
            yield Operation(method.upper(), path, parameters, body)


def kinds_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (part for each in schema.get("anyOf", [schema]) for part in (each, each.get("items", {})))


def odd(parameter: dict[str, Any]) -> tuple[str, ...]:
    if parameter["name"] == "cursor":
        return CURSORS
    for kind in kinds_of(parameter["schema"]):
        if kind.get("format") in BY_FORMAT:
            return BY_FORMAT[kind["format"]]
        if kind.get("type") == "integer":
            return NUMBERS
    return TEXTS


@pytest.fixture(params=["employee", "member", "operator"])
def headers(request: pytest.FixtureRequest, keys: Keys) -> Headers:
    hats: dict[str, Any] = {
        "employee": {},
        "member": {"hat": {"kind": "member", "account_id": str(uuid7()), "role": "administrator"}},
        "operator": {"hat": {"kind": "operator"}},
    }
    return {"Authorization": f"Bearer {signed(keys.key, **hats[request.param])}"}


@pytest.mark.parametrize("service", SERVICES)
async def test_odd_parameters_are_no_failure_of_ours(
    apis: Apis, clients: Any, headers: Headers, service: str
) -> None:
    client = clients[service]
    for operation in operations(apis, service):
        path = re.sub(r"\{\w+\}", str(uuid7()), operation.path)
        for parameter in operation.parameters:
            if operation.method == "GET" and parameter["in"] == "query":
                for value in odd(parameter):
                    answer = await client.get(path, params={parameter["name"]: value}, headers=headers)
                    assert answer.status_code < 500, (operation.path, parameter["name"], value)


@pytest.mark.parametrize("service", SERVICES)
async def test_odd_ids_are_no_failure_of_ours(
    apis: Apis, clients: Any, headers: Headers, service: str
) -> None:
    for operation in operations(apis, service):
        for value in IDS if "{" in operation.path else ():
            path = re.sub(r"\{\w+\}", value, operation.path)
            sent = {**headers, "If-Match": '"99999999999999999999999"'}
            answer = await clients[service].request(operation.method, path, headers=sent)
            assert answer.status_code < 500, (operation.method, path)


@pytest.mark.parametrize("name", ["If-Match", "Idempotency-Key", "Accept-Language", "If-None-Match", "Range"])
@pytest.mark.parametrize(
    "value", ["\xff\xfe", "x" * 5000, "," * 5000, '"99999999999999999999999"', "*;q=nan"]
)
async def test_odd_headers_are_no_failure_of_ours(
    apis: Apis, clients: Any, keys: Keys, name: str, value: str
) -> None:
    headers = {"Authorization": f"Bearer {signed(keys.key)}", name: value.encode("latin-1")}
    for operation in operations(apis, "cases"):
        path = re.sub(r"\{\w+\}", str(uuid7()), operation.path)
        answer = await clients["cases"].request(operation.method, path, headers=headers)
        assert answer.status_code < 500, (operation.method, path)


@pytest.mark.parametrize("service", SERVICES)
async def test_each_day_and_number_of_a_body_has_bounds(
    apis: Apis, clients: Any, keys: Keys, service: str
) -> None:
    tokens = [signed(keys.key), signed(keys.key, hat={"kind": "operator"})]
    for operation in operations(apis, service):
        path = re.sub(r"\{\w+\}", str(uuid7()), operation.path)
        for name, schema in operation.body.items():
            kinds = list(kinds_of(schema))
            beyond: list[Any] = []
            if any(kind.get("format") in ("date", "date-time") for kind in kinds):
                beyond = list(DAYS)
            elif any(kind.get("type") == "integer" for kind in kinds):
                beyond = [2**63, -(2**63) - 1, 1e300]
            for value in beyond:
                answers = [
                    await clients[service].request(
                        operation.method,
                        path,
                        json={name: value},
                        headers={"Authorization": f"Bearer {token}", "If-Match": "*"},
                    )
                    for token in tokens
                ]
                failing = {each["field"] for answer in answers for each in answer.json()["errors"]}
                statuses = {answer.status_code for answer in answers}
                assert statuses <= {403, 422}, (path, name, value)
                assert name in failing, (path, name, value)
