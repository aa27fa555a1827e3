"""The broker's users: two for each service, with the least rights that their work needs (ADR 0012).

The worker publishes its own service's events and reads its own service's queues. The owner makes, binds
and removes these queues, and publishes nothing. APIs have no user: they never talk to the broker.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from yarl import URL

from arende.databases import derived_password
from arende.registry import NAMES
from shared.bus import topology
from shared.events import TYPES, load_all

Process = Literal["worker", "owner"]
NOTHING = "^$"
_EVENTS, _DEAD, _UNREAD = (re.escape(name) for name in (topology.EVENTS, topology.DEAD, topology.UNREAD))
_ALL: list[tuple[str, Process]] = [(service, process) for service in NAMES for process in ("worker", "owner")]


@dataclass(frozen=True)
class Rights:
    """Regular expressions: the first three match the names of queues and exchanges, as in RabbitMQ's
    permissions; `publish` and `bind` match routing keys, as in its topic permissions."""

    configure: str
    write: str
    read: str
    publish: str
    bind: str


def rights(service: str, process: Process) -> Rights:
    queues = rf"{service}\..+"
    if process == "worker":
        publish = rf"^se\.arende\.({'|'.join(objects_of(service))})\."
        return Rights(NOTHING, _any_of(_EVENTS), _any_of(queues), publish, NOTHING)
    return Rights(
        configure=_any_of(queues, _UNREAD),
        write=_any_of(queues, _DEAD, _UNREAD),
        read=_any_of(queues, _EVENTS, _DEAD),
        publish=NOTHING,
        bind=r"^se\.arende\.",
    )


def _any_of(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"


def objects_of(service: str) -> list[str]:
    """What a service's events are about (`case`, `file` …): the third word of their types."""
    load_all()
    source = f"/arende/{service}"
    return sorted({event_type.split(".")[2] for event_type, event in TYPES.items() if event.source == source})


@dataclass(frozen=True)
class BrokerUsers:
    """`url`: the broker with its virtual host; a user in it is ignored. Passwords follow from `secret`."""

    url: str
    secret: str

    def url_of(self, service: str, process: Process) -> str:
        name = user_name(service, process)
        return str(URL(self.url).with_user(name).with_password(derived_password(self.secret, name)))

    def definitions(self) -> dict[str, Any]:
        """Virtual host, users, rights and exchanges, as RabbitMQ imports them (`rabbitmqctl
        import_definitions`, `load_definitions`). Importing them again changes nothing else on the broker."""
        vhost = unquote(URL(self.url).raw_path.removeprefix("/")) or "/"
        here = {"vhost": vhost}
        permissions, topics = [], []
        for service, process in _ALL:
            user, allowed = {"user": user_name(service, process)} | here, rights(service, process)
            on_names = {"configure": allowed.configure, "write": allowed.write, "read": allowed.read}
            permissions.append(user | on_names)
            on_keys = {"exchange": topology.EVENTS, "write": allowed.publish, "read": allowed.bind}
            topics.append(user | on_keys)
        kept = {"durable": True, "auto_delete": False, "internal": False, "arguments": {}}
        return {
            "vhosts": [{"name": vhost}],
            "users": [self._user(user_name(service, process)) for service, process in _ALL],
            "permissions": permissions,
            "topic_permissions": topics,
            "exchanges": [
                here | {"name": name, "type": kind} | kept for name, kind in topology.EXCHANGES.items()
            ],
        }

    def _user(self, name: str) -> dict[str, Any]:
        password = derived_password(self.secret, name).encode()
        # Derived like the password instead of random, so that a second run writes the same file.
        salt = hashlib.sha256(b"salt" + password).digest()[:4]
        hashed = base64.b64encode(salt + hashlib.sha256(salt + password).digest()).decode()
        return {
            "name": name,
            "password_hash": hashed,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": [],
        }


def user_name(service: str, process: Process) -> str:
    return f"arende_{service}_{process}"
