"""Every operation of the five services, as the documents describe it, and requests made from that.

A request is the document's example, with the ids of a tenant where the schema says that there is an id.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tests.contracts.prose import METHODS
from tests.factories.callers import Caller
from tests.factories.town import Town
from tests.security.surface.seeds import BODIES, SEEDS, THINGS, VALUES, Own

Schema = dict[str, Any]
FORM = "multipart/form-data"


@dataclass(frozen=True)
class Operation:
    """`form` tells the bodies apart where an operation takes several. `ids` are the names of ids in it."""

    service: str
    name: str
    form: str
    method: str
    path: str
    public: bool
    media: str | None
    example: Any
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    ids: frozenset[str]
    fields: frozenset[str]

    @property
    def label(self) -> str:
        return f"{self.name}: {self.form}" if self.form else self.name

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Request:
    """`parts` are the values in `path`, `query` and `body`; `places` says where among them the ids stand."""

    operation: Operation
    parts: Mapping[str, Any]
    places: tuple[tuple[str, ...], ...]

    def swapped(self, place: tuple[str, ...], other: "Request") -> "Request":
        """With the id in one place as the other request has it."""
        return replace(self, parts=_with(self.parts, place, other.parts))

    async def send(self, by: Caller, **query: str) -> httpx.Response:
        operation, body = self.operation, self.parts["body"]
        more: dict[str, Any] = {"params": {**self.parts["query"], **query}}
        if operation.media == "application/json":
            more["json"] = body
        elif operation.media == FORM:
            more |= {"files": {"file": ("a.txt", b"Summa 17", "text/plain")}, "data": body}
        elif operation.media is not None:
            more["content"], by = body.encode(), by.sending(content_type=operation.media)
        version: Any = "*" if operation.method in ("PUT", "PATCH") else None
        path = operation.path.format_map(self.parts["path"])
        return await by.call(operation.method, path, version=version, **more)


def operations(town: Town) -> list[Operation]:
    return [
        operation
        for name, service in town.services.items()
        for path, methods in service.app.openapi()["paths"].items()
        for method in sorted(methods.keys() & METHODS)
        for operation in _forms(name, service.app.openapi(), (method, path), methods[method])
    ]


def _forms(service: str, document: Schema, at: tuple[str, str], described: Schema) -> Iterator[Operation]:
    name, (method, path) = described["operationId"], at
    parameters = [each for each in described["parameters"] if each.get("in") in ("path", "query")]
    ids = {each["name"] for each in parameters if _has_ids(each["schema"])}
    content = described.get("requestBody", {}).get("content", {})
    media: str | None = next(iter(content), None)
    body = content.get(media, {})
    fields = _fields(document, body.get("schema", {}))
    forms = {form: each["value"] for form, each in body.get("examples", {}).items()}
    forms |= {each.partition(": ")[2]: None for each in BODIES if each.partition(": ")[0] == name}
    for form, example in (forms or {"": body.get("example")}).items():
        yield Operation(
            service=service,
            name=name,
            form=form,
            method=method.upper(),
            path=path,
            public=not described["security"],
            media=media,
            example=example,
            in_path=tuple(each["name"] for each in parameters if each["in"] == "path"),
            in_query=tuple(each["name"] for each in parameters if each["in"] == "query"),
            ids=frozenset(ids | {each for each, is_id in fields.items() if is_id}),
            fields=frozenset(fields),
        )


def _has_ids(schema: Schema) -> bool:
    return '"format": "uuid"' in json.dumps(schema)


def _fields(document: Schema, schema: Schema) -> dict[str, bool]:
    """The names of the fields of a body, also of what lies within it, and whether each is an id."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = {name: _has_ids(each) for name, each in schema.get("properties", {}).items()}
    within = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("properties", {}).values()]
    for each in [*within, *([schema["items"]] if "items" in schema else [])]:
        found = {**_fields(document, each), **found}
    return found


def request(operation: Operation, ids: Mapping[str, str]) -> Request:
    """The operation's request with these ids."""
    path = {name: _value(operation, name, ids) for name in operation.in_path}
    query = {name: _value(operation, name, ids) for name in operation.in_query if name in operation.ids}
    parts = {"path": path, "query": query, "body": _body(operation, ids)}
    return Request(operation, parts, tuple(_places(operation, parts)))


def _value(operation: Operation, name: str, ids: Mapping[str, str]) -> str:
    if name not in operation.ids:
        assert name in VALUES, f"{operation.name}: say in VALUES of {SEEDS} what {{{name}}} can be"
        return VALUES[name]
    names = (f"{operation.label} {name}", f"{operation.name} {name}", name)
    thing = next((THINGS[each] for each in names if each in THINGS), name.replace("_ids", "_id"))
    assert thing in ids, (
        f"{operation.name}: make the thing that {name!r} is the id of for each tenant, in tenants.py beside "
        f"{SEEDS}, and keep its id as {thing!r}; an id of another name is told in THINGS of {SEEDS}"
    )
    return ids[thing]


def _body(operation: Operation, ids: Mapping[str, str]) -> Any:
    body = BODIES.get(operation.label, operation.example)
    if operation.media is None or isinstance(body, str):
        return body
    if operation.label not in BODIES:
        # The example need not have each id that the body can have.
        body = {**dict.fromkeys(operation.ids & operation.fields), **(body or {})}
    return {name: _filled(operation, name, value, ids) for name, value in body.items()}


def _filled(operation: Operation, name: str, value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Own):
        return ids[value.name]
    if isinstance(value, dict):
        return {within: _filled(operation, within, each, ids) for within, each in value.items()}
    if isinstance(value, list) and any(isinstance(each, dict | Own) for each in value):
        return [_filled(operation, name, each, ids) for each in value]
    if name not in operation.ids:
        return value
    found = _value(operation, name, ids)
    return [found] if name.endswith("_ids") else found


def _places(operation: Operation, parts: Any, *at: str) -> Iterator[tuple[str, ...]]:
    """The way to each id: `("body", "answers", "0", "item_id")`."""
    for name, value in _entries(parts):
        if name in operation.ids and not isinstance(value, dict):
            yield (*at, name)
        else:
            yield from _places(operation, value, *at, name)


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((str(position), each) for position, each in enumerate(value))
    elif isinstance(value, dict):
        yield from value.items()


def _with(parts: Any, place: tuple[str, ...], others: Any) -> Any:
    """A copy of `parts` with what `others` have in the place."""
    if not place:
        return others
    first, *rest = place
    key: Any = int(first) if isinstance(parts, list) else first
    changed = list(parts) if isinstance(parts, list) else dict(parts)
    changed[key] = _with(parts[key], tuple(rest), others[key])
    return changed
