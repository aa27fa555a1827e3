"""Clients that are generated from docs/openapi.json: generating them succeeds, and they work."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from arende.demo.story import SAMPLE
from services.identity.settings import Settings
from tests.contracts import node_tools, openapi
from tests.factories.keys import Keys
from tests.factories.people import PASSWORD, Person, bureau_body, verify
from tests.factories.service import Service, serve

DOCUMENT: dict[str, Any] = json.loads(openapi.FILE.read_text())
PACKAGE = "arende_client"


@pytest.mark.servers
def test_a_typescript_client_is_generated_and_its_types_hold(tmp_path: Path) -> None:
    done = node_tools.run("openapi-typescript", openapi.FILE, "--output", "arende.ts", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    use = tmp_path / "use.ts"
    use.write_text(
        'import type { operations } from "./arende";\n'
        'type Answer = operations["create_case"]["responses"][201]["content"]["application/json"];\n'
        "export const numberOf = (answer: Answer): string => answer.number;\n"
    )
    checked = node_tools.run("tsc", "--noEmit", "--strict", use)
    assert checked.stdout == ""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a generated Python client of the whole document."""
    folder = tmp_path_factory.mktemp("clients")
    generator = Path(sys.executable).parent / "openapi-python-client"
    config, output = node_tools.FOLDER / "python_client.yaml", folder / PACKAGE
    done = subprocess.run(  # noqa: S603 - a pinned tool with arguments of ours
        [
            *(generator, "generate", "--path", openapi.FILE, "--config", config),
            *("--output-path", output, "--meta", "none", "--fail-on-warning"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@dataclass
class Client:
    """Calls the generated functions by method and path, whatever their names are."""

    transport: httpx.ASGITransport
    token: str = ""

    async def call(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """Returns the parsed answer. Raises where it is no success that the document promises."""
        operation = DOCUMENT["paths"][path][method]
        tag = operation["tags"][0].replace(" ", "_")
        function = import_module(f"{PACKAGE}.api.{tag}.{operation['operationId']}")
        if isinstance(body, dict):
            body = _model(operation).from_dict(body)
        given = parameters if body is None else {**parameters, "body": body}
        answer = await function.asyncio_detailed(client=self._http(), **given)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def _http(self) -> Any:
        kinds = import_module(f"{PACKAGE}.client")
        options = {"base_url": "http://arende.test", "httpx_args": {"transport": self.transport}}
        if self.token:
            return kinds.AuthenticatedClient(token=self.token, **options)
        return kinds.Client(**options)


def _model(operation: Mapping[str, Any]) -> Any:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return getattr(import_module(f"{PACKAGE}.models"), schema["$ref"].rpartition("/")[2])


@pytest.fixture
async def service(common_settings: Any, keys: Keys) -> AsyncIterator[Service]:
    values = common_settings("identity", signing_keys_file=keys.private_file)
    async with serve(Settings(**values, password_memory_kib=64, password_rounds=1), keys) as service:
        yield service


@pytest.fixture
async def client(package: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.syspath_prepend(package)
    return Client(httpx.ASGITransport(app=service.app))


async def test_a_python_client_walks_a_piece_of_the_journey(client: Client, service: Service) -> None:
    wanted = bureau_body()
    bureau = await client.call("post", "/v1/bureaus", wanted)
    # The API does not tell the token that verifies an address: it is in a mail.
    await verify(service, Person(service.client, wanted["email"]))
    credentials = {"email": wanted["email"], "password": PASSWORD, "act_as": {"bureau_id": str(bureau.id)}}
    client.token = (await client.call("post", "/v1/sessions", credentials)).access_token
    me = await client.call("get", "/v1/me")
    assert me.email == wanted["email"]
    body = {"number": "1", "name": "Åkeri AB", "kind": "company", "organisation_number": "556000-0001"}
    customer = await client.call("post", "/v1/customers", body, idempotency_key="the first customer")
    again = await client.call("post", "/v1/customers", body, idempotency_key="the first customer")
    assert again.id == customer.id
    listed = await client.call("get", "/v1/customers", limit=10)
    assert [each.id for each in listed.items] == [customer.id]
    file = import_module(f"{PACKAGE}.types").File(payload=SAMPLE.read_bytes())
    job = await client.call("post", "/v1/customers/import", file)
    assert (await client.call("get", "/v1/jobs/{job_id}", job_id=job.id)).id == job.id
