"""The HTTP API is what docs/openapi.json says."""

import json
import re
from pathlib import Path

from tests.contracts import openapi

METHODS = {"get", "post", "put", "patch", "delete"}
PROMISED = (Path(__file__).parent / "promised_routes.txt").read_text().splitlines()


def test_the_document_is_as_checked_in() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run `make snapshots`, read what changed, commit it"


def test_nothing_that_was_promised_is_gone() -> None:
    """The routes of the main journey. Removing one breaks clients."""
    paths = json.loads(openapi.FILE.read_text())["paths"]
    offered = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    missing = [route for route in PROMISED if _shape(route) not in {_shape(each) for each in offered}]
    assert missing == []


def test_each_service_serves_a_document_that_stands_alone() -> None:
    """A document has every schema that it refers to, and no other."""
    for name, app in openapi.apis().items():
        document = app.openapi()
        kinds = {kind: parts for kind, parts in document["components"].items() if kind != "securitySchemes"}
        has = {f"#/components/{kind}/{part}" for kind, parts in kinds.items() for part in parts}
        assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))) == has, name


def _shape(route: str) -> str:
    """The path without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in route.split("/"))


def test_every_operation_that_changes_something_says_what_it_may_refuse() -> None:
    paths = json.loads(openapi.FILE.read_text())["paths"]
    silent = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in METHODS - {"get"} and not any(code.startswith("4") for code in operation["responses"])
    ]
    assert silent == []


def test_every_operation_that_changes_something_takes_a_key_and_stores_no_secret() -> None:
    document = json.loads(openapi.FILE.read_text())
    components, wrong = document["components"], []
    for path, methods in document["paths"].items():
        for method in methods.keys() & METHODS - {"get"}:
            operation = methods[method]
            named = [each["$ref"].rpartition("/")[2] for each in operation["parameters"] if "$ref" in each]
            keys = [each for each in named if components["parameters"][each]["name"] == "Idempotency-Key"]
            shown = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(operation["responses"])))
            names = {name for each in shown for name in components["schemas"][each].get("properties", {})}
            secret = any(
                re.search(r"token|secret|password|recovery_codes|public_key", name) for name in names
            )
            if keys != ["IdempotencyKeyUnused" if secret else "IdempotencyKey"]:
                wrong.append(f"{method} {path}: {keys}")
    assert wrong == []
