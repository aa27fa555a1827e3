"""The names and arguments of everything on the broker, found by measurement and in RabbitMQ's documents.

One topic exchange for all events, a quorum queue per reaction, and one dead queue per service for
messages whose deliveries killed their process. Failures that a process survives never go back to the
broker: they are rows (shared/bus/dead_letters.py).
"""

from collections.abc import Iterable

from pamqp.common import FieldTable

from shared.bus.handlers import Handlers, Reaction

EVENTS = "arende.events"
DEAD = "arende.dead"
UNREAD = "arende.unread"
EXCHANGES = {EVENTS: "topic", DEAD: "direct"}
DELIVERY_LIMIT = 20
PREFETCH = 400

# Without reject-publish, RabbitMQ dead-letters at most once and says nothing about it.
WORK_QUEUE: FieldTable = {
    "x-queue-type": "quorum",
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-overflow": "reject-publish",
    "x-dead-letter-exchange": DEAD,
    "x-dead-letter-strategy": "at-least-once",
}
DEAD_QUEUE: FieldTable = {"x-queue-type": "quorum"}
# Events that no reaction reads come here, and the last ones stay to be looked at: an event that is routed
# nowhere would vanish without a word.
UNREAD_QUEUE: FieldTable = {
    "x-queue-type": "quorum",
    "x-max-length": 10_000,
    "x-overflow": "drop-head",
}


def dead_queue(service: str) -> str:
    return f"{service}.dead"


def bindings(reactions: Iterable[Reaction]) -> dict[str, list[str]]:
    """The routing keys by which each queue is bound."""
    return {reaction.queue: [event.type for event in reaction.events] for reaction in reactions}


def types_read(services: Iterable[Handlers]) -> set[str]:
    return {
        key for service in services for keys in bindings(service.reactions.values()).values() for key in keys
    }
