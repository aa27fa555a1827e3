"""The operations that take a secret, as the API's document tells them, and how each is called with one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
METHODS = {"get", "post", "put", "patch", "delete"}
_SECRET = re.compile(r"(^|_)(token|code|otp|password|secret|assertion|credential|link)s?($|_)")
# Named alike, and no secrets.
_HARMLESS = {"postal_code"}
# How each operation with a secret in its address is called: what else its path and body need.
SEEDS: dict[str, dict[str, Any]] = {
    "PUT /v1/activation-checklist/duties/{code}": {"body": {}},
    "GET /v1/invitations/by-token/{token}": {"body": None},
    "PUT /v1/password-resets/{token}": {"body": {"password": "kanarie-lösen-mening"}},
}
# Bodies that need more than their secrets to come as far as to be looked up.
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/sessions": {"email": "kanarie@example.com"},
    "POST /v1/users": {"name": "Anna Ek", "email": "kanarie.ny@example.com"},
}


def is_secret(name: str) -> bool:
    return name not in _HARMLESS and _SECRET.search(name) is not None


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def secrets_of(operation: dict[str, Any]) -> set[str]:
    """The names of parameters and of properties of the body, at any depth, that hold a secret."""
    parameters = [_resolved(each) for each in operation.get("parameters", [])]
    named = {each["name"] for each in parameters if each["in"] in ("path", "query")}
    return set(filter(is_secret, named | set(_properties(operation.get("requestBody", {}), ()))))


def _properties(schema: Any, above: tuple[str, ...]) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _properties(each, above)
    elif isinstance(schema, dict):
        reference = schema.get("$ref")
        if reference and reference not in above:
            yield from _properties(_resolved(schema), (*above, reference))
        yield from schema.get("properties", {})
        for name, value in schema.items():
            if name not in ("example", "examples"):
                yield from _properties(value, above)


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = DOCUMENT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def in_address(operation: dict[str, Any]) -> set[str]:
    """The secrets in the path and the query, which others than us write into their logs."""
    parameters = [_resolved(each) for each in operation.get("parameters", [])]
    return {
        each["name"] for each in parameters if each["in"] in ("path", "query") and is_secret(each["name"])
    }


def request_of(name: str, canary: str) -> tuple[str, str, dict[str, Any] | None]:
    """Method, path with query, and body of a call that has the canary in place of each secret, and in a
    parameter that nobody has declared."""
    method, path = name.split()
    operation = DOCUMENT["paths"][path][method.lower()]
    secrets, filled = secrets_of(operation), path
    for parameter in re.findall(r"{(\w+)}", path):
        value = canary if is_secret(parameter) else "01890a5d-ac96-774b-bcce-b302099a8057"
        filled = filled.replace(f"{{{parameter}}}", value)
    queried = {each for each in in_address(operation) if f"{{{each}}}" not in path} | {"undeclared"}
    query = "&".join(f"{each}={canary}" for each in sorted(queried))
    if "requestBody" not in operation:
        return method, f"{filled}?{query}", None
    named = dict.fromkeys(secrets - in_address(operation), canary)
    return method, f"{filled}?{query}", {**named, **(SEEDS.get(name, {}).get("body") or BODIES.get(name, {}))}


TAKES_SECRETS = {name: secrets for name, each in operations() if (secrets := secrets_of(each))}
