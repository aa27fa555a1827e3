"""Events: facts in the past tense, declared once by their publisher, and CloudEvents 1.0 on the wire."""

import pkgutil
from importlib import import_module
from typing import Any, ClassVar, Self, get_args
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.clock import utcnow
from shared.ids import uuid7

CONTENT_TYPE = "application/cloudevents+json"
# CloudEvents wants an absolute URI for `dataschema`. A `tag:` URI (RFC 4151) names the schema without saying
# where it is read: services know no address of their own. The partner feed puts its address in its place.
SCHEMAS = "tag:arende.se,2026:"
TYPES: dict[str, type["Event"]] = {}

# The fields of Event that are attributes of CloudEvents; all other fields are the event's data.
ENVELOPE = {
    "id": "id",
    "time": "time",
    "bureau_id": "bureauid",
    "actor_id": "actorid",
    "correlation_id": "correlationid",
    "causation_id": "causationid",
    "traceparent": "traceparent",
    "sequence": "sequence",
    "republished": "republished",
}


class UnreadableEvent(Exception):
    """A message that is no event of ours: bad JSON, an unknown type or version, or wrong fields."""


class Event(BaseModel):
    """One fact. A subclass names its `type` and which of its fields is the `subject`; one without a `type`
    is the base of a family of events (`CustomerEvent`).

    `sequence` is the version of the subject, +1 for each change of it: copies apply newer and ignore older.
    `ends` says that its subject has ended (removed, deactivated): copies of it are not `active` any more.
    `republished` says that it tells a present state again: only reactions that keep copies take it.
    `unread` says that no service reacts to it yet: its newest events are kept in the queue
    `arende.unread`, where an operator can look at them.
    `public` events may be sent to partners, who get the fields with ids and those that `partner_facts` names.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    type: ClassVar[str]
    source: ClassVar[str]
    subject: ClassVar[str]
    public: ClassVar[bool] = False
    partner_facts: ClassVar[tuple[str, ...]] = ()
    ends: ClassVar[bool] = False
    unread: ClassVar[bool] = False

    id: UUID = Field(default_factory=uuid7)
    time: AwareDatetime = Field(default_factory=utcnow)
    bureau_id: UUID | None = None
    actor_id: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    traceparent: str | None = None
    sequence: int = 1
    republished: bool = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            if cls.type in TYPES:
                raise TypeError(f"{cls.type} is declared twice")
            TYPES[cls.type] = cls

    @classmethod
    def partner_fields(cls) -> list[str]:
        """The names of the fields that partners get; a field that is added later stays internal, unless it
        holds ids."""
        own = {name: field for name, field in cls.model_fields.items() if name not in Event.model_fields}
        return [
            name for name, field in own.items() if name in cls.partner_facts or _holds_ids(field.annotation)
        ]

    @property
    def tenant(self) -> UUID:
        """The bureau that the event belongs to, for events that always have one."""
        if self.bureau_id is None:
            raise UnreadableEvent(f"{self.type} {self.id} names no bureau")
        return self.bureau_id

    def to_wire(self) -> bytes:
        fields = self.model_dump(mode="json")
        envelope = {attribute: fields.pop(name) for name, attribute in ENVELOPE.items()}
        subject = fields.get(self.subject) or envelope["bureauid"]
        document = {
            "specversion": "1.0",
            "source": self.source,
            "type": self.type,
            "subject": subject,
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}{self.type}",
            **{name: value for name, value in envelope.items() if value not in (None, False)},
            "data": fields,
        }
        if fields.get("customer_id") is not None:
            document["customerid"] = fields["customer_id"]
        return orjson.dumps(document)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        data = document.get("data")
        if not isinstance(data, dict):
            raise UnreadableEvent("data is no object")
        # Defaults in their place would make another event of each delivery.
        if missing := [name for name in ("id", "time", "sequence") if name not in document]:
            raise UnreadableEvent(f"{cls.type}: wrong fields: {', '.join(missing)}")
        envelope = {
            name: document[attribute] for name, attribute in ENVELOPE.items() if attribute in document
        }
        try:
            return cls.model_validate({**data, **envelope})
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
            raise UnreadableEvent(f"{cls.type}: wrong fields: {fields}") from error


def load_all() -> None:
    """Import every file of events, so that TYPES has each type whatever this process has loaded before."""
    for file in pkgutil.iter_modules(__path__, f"{__name__}."):
        import_module(file.name)


def _holds_ids(annotation: Any) -> bool:
    kinds = {each for each in get_args(annotation) if each is not type(None)} or {annotation}
    return kinds == {UUID}


def family(kind: type[Event]) -> tuple[type[Event], ...]:
    """The declared events of this kind: the class itself, or all that are derived from a base class."""
    declared = tuple(each for each in TYPES.values() if issubclass(each, kind))
    if not declared:
        raise TypeError(f"no event is declared of {kind.__name__}")
    return declared


def from_wire(body: bytes) -> Event:
    """The event that a message holds. Raises UnreadableEvent."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent("not JSON") from error
    if not isinstance(document, dict):
        raise UnreadableEvent("no CloudEvents document")
    kind = TYPES.get(str(document.get("type")))
    if kind is None:
        raise UnreadableEvent(f"unknown type {str(document.get('type'))[:100]!r}")
    return kind.from_document(document)


def traceparent_of(body: bytes) -> str | None:
    """The trace that an event on the wire belongs to, found without parsing the whole event."""
    _, found, rest = body.partition(b'"traceparent":"')
    return rest[: rest.index(b'"')].decode() if found else None
