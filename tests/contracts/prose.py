"""Lists the words and examples that the API's document lacks.

    python -m tests.contracts.prose             # how many things each service lacks
    python -m tests.contracts.prose cases       # each thing that the service `cases` lacks
    python -m tests.contracts.prose cases files # the same for the operations under the tag `files` alone

Where the words are written:
- An operation: the docstring of its route. The first paragraph is the summary (imperative, no full stop), the
  rest the description: who may call it, what it does, what is easily missed. Where functions make routes in a
  loop, `description=` of the decorator takes the same text.
- A property: the string below the field (`Body` and `Answer` read it), with unit, limits and what null means.
- A parameter: `Path(description=…)`, `Query(description=…)`; for ids an alias in the room, such as `CaseId`.
- An example: `Field(examples=[…])` on each text, such as a name; the examples of whole bodies and answers are
  composed from those of their fields. Ids, dates, numbers, enumerations and e-mail addresses need none.
- A tag: the service's `main.py`.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.http.examples import MISSING, Examples, contents
from shared.surface import owner_of
from tests.contracts import openapi

METHODS = {"get", "post", "put", "patch", "delete"}
LONGEST_SUMMARY = 80
LONGEST_OPERATION_ID = 40
FOR_READING = ("get_", "list_", "count_", "download_")
_FILLING = "a an the of this that its it is to for in and or s"
_COMMON = "common"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing. `service` is `common` where several services have it."""

    service: str
    tag: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def gaps(document: Mapping[str, Any]) -> list[Gap]:
    """Everything that the document lacks, in the document's order."""
    schemas = document["components"]["schemas"]
    found: list[Gap] = []
    reached: dict[str, set[tuple[str, str]]] = {}
    for method, path, operation in operations(document):
        service, tag = owner_of(path) or _COMMON, operation["tags"][0]
        for place, what in (*_of_operation(method, path, operation), *_of_examples(operation, schemas)):
            found.append(Gap(service, tag, place, what))
        for name in _schemas_in(operation, schemas):
            reached.setdefault(name, set()).add((service, tag))
    for name, users in reached.items():
        services = {service for service, _ in users}
        service = services.pop() if len(services) == 1 else _COMMON
        tag = min(tag for _, tag in users)
        found += [Gap(service, tag, place, what) for place, what in _of_properties(name, schemas[name])]
    return list(dict.fromkeys(found))


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation with its method (lower case) and path."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield method, path, operation


def _of_operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    place, name = f"{method.upper()} {path}", operation["operationId"]
    if len(name) > LONGEST_OPERATION_ID or not re.fullmatch(r"[a-z]+(_[a-z]+)+", name):
        yield place, f"operationId {name} is not a verb and its object"
    if method == "get" and not name.startswith(FOR_READING):
        yield place, f"operationId {name} begins with none of {', '.join(FOR_READING)}"
    summary = operation.get("summary", "")
    if not summary or summary == name.replace("_", " ").title():
        yield place, "summary"
    elif len(summary) > LONGEST_SUMMARY:
        yield place, f"summary is longer than {LONGEST_SUMMARY} characters"
    if says_nothing(operation.get("description", ""), f"{name} {summary}"):
        yield place, "description"
    for parameter in operation.get("parameters", []):
        if "name" in parameter and says_nothing(parameter.get("description", ""), parameter["name"]):
            yield f"{place} {parameter['in']} {parameter['name']}", "description"
    for content in contents(operation):
        for media in content.values():
            yield from _of_properties(name, media.get("schema"))
    for status, answer in operation["responses"].items():
        if status.startswith("2") and status != "204" and "content" not in answer:
            yield place, f"what it returns (`content` of {status} in `responses=`)"


def says_nothing(text: str, name: str) -> bool:
    """Whether a description is empty, or only repeats the words of the name."""
    return not _words(text) - _words(f"{name} {_FILLING}")


def _words(text: str) -> set[str]:
    """The words in lower case, with plurals as singulars."""
    return {word.removesuffix("s") for word in re.findall(r"[a-zåäö]+", text.lower())}


def _of_properties(place: str, schema: Any) -> Iterator[tuple[str, str]]:
    """The gaps of a schema, and of all schemas inside it."""
    if isinstance(schema, list):
        for each in schema:
            yield from _of_properties(place, each)
    if not isinstance(schema, dict):
        return
    for name, each in schema.get("properties", {}).items():
        if says_nothing(each.get("description", ""), f"{name} {_spaced(place)}"):
            yield f"{place}.{name}", "description"
        yield from _of_properties(f"{place}.{name}", each)
    for key in ("items", "anyOf", "oneOf", "allOf", "additionalProperties"):
        yield from _of_properties(place, schema.get(key))


def _spaced(name: str) -> str:
    return re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ").replace(".", " ")


def _of_examples(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields without an example, for which a body or an answer has none."""
    for content in contents(operation):
        for kind, media in content.items():
            if "example" in media or "examples" in media:
                continue
            if kind == "application/json":
                yield from _without_example(operation["operationId"], media.get("schema", {}), schemas)
            elif kind.startswith("text/"):
                yield operation["operationId"], f"example of {kind}"


def _without_example(
    place: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    examples = Examples(schemas)
    if examples.of(schema) is not MISSING:
        return
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _without_example(name, schemas[name], schemas)
    elif "items" in schema:
        yield from _without_example(place, schema["items"], schemas)
    elif "properties" in schema:
        for name in schema.get("required", []):
            yield from _without_example(f"{place}.{name}", schema["properties"][name], schemas)
    else:
        yield place, "example"


def _schemas_in(part: Any, schemas: Mapping[str, Any], seen: set[str] | None = None) -> set[str]:
    """The names of all schemas that the part refers to, directly or through others."""
    seen = set() if seen is None else seen
    if isinstance(part, list):
        for each in part:
            _schemas_in(each, schemas, seen)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas and name not in seen:
            seen.add(name)
            _schemas_in(schemas[name], schemas, seen)
        for each in part.values():
            _schemas_in(each, schemas, seen)
    return seen


def counts(found: Iterable[Gap]) -> dict[str, int]:
    return dict(sorted(Counter(gap.service for gap in found).items()))


def main(service: str | None = None, tag: str | None = None) -> str:
    found = gaps(openapi.document())
    if service is None:
        return "\n".join(f"{name} {count}" for name, count in counts(found).items())
    chosen = [gap for gap in found if gap.service == service and tag in (None, gap.tag)]
    return "\n".join([*map(str, chosen), f"{len(chosen)} things"])


if __name__ == "__main__":
    print(main(*sys.argv[1:]))  # noqa: T201 - a command prints its result
