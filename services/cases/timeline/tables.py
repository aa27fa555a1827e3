"""The trail of a case: what was done, chained by hashes."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.tables import Row
from shared.events.cases import Side


class Entry(Row):
    """Insert-only for both roles. `internal` ones are the bureau's own."""

    __tablename__ = "timeline"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    at: Mapped[datetime]
    action: Mapped[str]
    side: Mapped[Side] = mapped_column(Text)
    user_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]]
    internal: Mapped[bool]
    hash: Mapped[str]

    def hash_after(self, previous: str) -> str:
        """SHA-256 over the hash before and the entry as canonical JSON (sorted keys, UTC times)."""
        content = {
            "case_id": str(self.case_id),
            "position": self.position,
            "at": self.at.astimezone(UTC).isoformat(),
            "action": self.action,
            "side": self.side,
            "user_id": str(self.user_id),
            "facts": self.facts,
            "internal": self.internal,
        }
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(previous.encode() + canonical).hexdigest()
