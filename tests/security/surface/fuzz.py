"""Generated requests to one service: schemathesis makes them from its document, and each role sends some."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SanitizationConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.prepare import prepare_request

from tests.factories.callers import Caller
from tests.security.surface.operations import Operation, Request

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
URL = "http://arende.test"
AS_IS = SanitizationConfig(enabled=False)


@dataclass
class Fuzz:
    """`failures` has the first request of each kind that went wrong, as a curl command."""

    roles: Mapping[str, Caller]
    examples: int
    seed: int
    loop: asyncio.AbstractEventLoop
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    sent: int = 0

    def run(self, document: dict[str, Any], known: Mapping[str, tuple[Operation, Request]]) -> None:
        """Blocks; runs in a thread beside the loop. The order of operations is that of `known`."""
        schema = schemathesis.openapi.from_dict(document)
        found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
        described = {each.definition.raw["operationId"]: each for each in found}
        for name, (operation, real) in known.items():
            self._try(described[name], operation, real)

    def _try(self, described: Any, operation: Operation, real: Request) -> None:
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        cases = st.one_of([described.as_strategy(generation_mode=mode) for mode in modes])

        @seed(self.seed)
        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases, st.sampled_from(sorted(self.roles)), st.booleans())
        def one(case: Case[Any], role: str, with_real_ids: bool) -> None:
            if with_real_ids:
                fill(case, operation, real)
            self._send(case, role)

        one()

    def _send(self, case: Case[Any], role: str) -> None:
        made = prepare_request(case, dict(self.roles[role].headers), config=AS_IS, base_url=URL)
        assert isinstance(made.body, bytes | str | None)
        headers = [(name, str(value)) for name, value in made.headers.items()]
        try:
            request = httpx.Request(str(made.method), str(made.url), headers=headers, content=made.body)
        except (httpx.InvalidURL, UnicodeEncodeError):
            return
        self.sent += 1
        client = self.roles[role].client
        try:
            answer = asyncio.run_coroutine_threadsafe(client.send(request), self.loop).result()
            # The transport of the tests reads each answer, so that httpx does not take its time.
            answer.elapsed = timedelta()
            case.validate_response(answer, checks=CHECKS)
        except (AssertionError, Failure, FailureGroup) as wrong:
            about = (case.operation.definition.raw["operationId"], str(wrong).splitlines()[0])
            command = case.as_curl_command(headers=dict(self.roles[role].headers), base_url=URL)
            self.failures.setdefault(about, f"{about[0]} as {role}: {wrong}\n{command}")


def fill(case: Case[Any], operation: Operation, real: Request) -> None:
    """Put ids that there are in the place of generated ones, so that requests get further than to a 404."""
    case.path_parameters = dict(real.parts["path"])
    if isinstance(case.body, dict) and isinstance(real.parts["body"], dict):
        named = {name: value for name, value in real.parts["body"].items() if name in operation.ids}
        case.body = {**case.body, **{name: value for name, value in named.items() if name in case.body}}
