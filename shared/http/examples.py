"""Examples of whole bodies and answers in the API's document, composed from the examples of their fields."""

from collections.abc import Iterable, Mapping
from typing import Any

# A schema of which no example can be made: a text whose field gives none.
MISSING: Any = object()

_BY_FORMAT = {
    "uuid": "01932f5e-8a4c-7d10-9b3e-4f6a2c81d7e5",
    "date-time": "2026-11-24T09:30:00Z",
    "date": "2026-11-24",
    "email": "anna.ek@byran.example",
}


class Examples:
    """Of the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self.schemas = schemas

    def add_to(self, operation: dict[str, Any]) -> None:
        """Give the operation's body and its answer an example each, where one can be made."""
        for content in contents(operation):
            media = content.get("application/json", {})
            made = self.of(media.get("schema", {}))
            if made is not MISSING and "examples" not in media:
                media.setdefault("example", made)

    def of(self, schema: Mapping[str, Any]) -> Any:
        """A value that fits the schema, or MISSING."""
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            return self.of(self.schemas[schema["$ref"].rpartition("/")[2]])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self._any(options)
        return self._typed(schema)

    def _any(self, options: Iterable[Mapping[str, Any]]) -> Any:
        """The first option of which there is an example; null only where there is no other."""
        made = [self.of(option) for option in options]
        return next((each for each in made if each is not MISSING and each is not None), made[-1])

    def _typed(self, schema: Mapping[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                item = self.of(schema.get("items", {}))
                return MISSING if item is MISSING else [item]
            case "string":
                return _BY_FORMAT.get(schema.get("format", ""), MISSING)
            case "integer" | "number":
                return schema.get("default", int(max(1, schema.get("minimum", 1))))
            case "boolean":
                return schema.get("default", False)
            case "null":
                return None
        return MISSING

    def _object(self, schema: Mapping[str, Any]) -> Any:
        """MISSING where a required property has no example; others without a value are left out."""
        required = schema.get("required", [])
        made = {name: self.of(each) for name, each in schema.get("properties", {}).items()}
        if any(made.get(name) is MISSING for name in required):
            return MISSING
        made = {
            name: value
            for name, value in made.items()
            if name in required or (value is not MISSING and value is not None)
        }
        values = schema.get("additionalProperties")
        if not made and isinstance(values, Mapping) and (value := self.of(values)) is not MISSING:
            return {str(self.of(schema.get("propertyNames", {"examples": ["name"]}))): value}
        return made


def contents(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the operation takes and what it returns when it works, by media type."""
    done = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    return [part["content"] for part in (operation.get("requestBody", {}), *done) if "content" in part]
