"""The trail of a case: what was done, chained by hashes."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import orjson
from pydantic_core import to_jsonable_python
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.actors import Actor
from services.cases.case.contents import Content
from services.cases.case.tables import Case
from services.cases.tables import Row
from shared.events.cases import Side

NO_FACTS: Mapping[str, Any] = {}


class Entry(Row):
    """One thing that was done. Neither role of the service may change or delete an entry.

    The bureau's chain holds all entries. The customer's holds those with a `shared_position`, counted and
    chained apart, so that it tells nothing of `internal` ones: what concerns the bureau alone, and what was
    done in a draft. Entries from before the sending that are older than this rule are not marked so.
    """

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
    shared_position: Mapped[int | None]
    shared_hash: Mapped[str | None]

    @classmethod
    def next_of(
        cls,
        case: Case,
        *,
        action: str,
        by: Actor,
        at: datetime,
        facts: Mapping[str, Any] = NO_FACTS,
        contents: Iterable[Content] = (),
        internal: bool = False,
    ) -> Self:
        """The next entry of the case's chains; it must be stored together with the case.

        `contents` are the texts and files that were written or changed. Their digests join the facts.

        The case's row is new or locked, so that positions have no gaps.
        """
        digests = {each.key: each.sha256 for each in contents}
        entry = cls(
            case_id=case.id,
            position=case.timeline_length + 1,
            bureau_id=case.bureau_id,
            at=at,
            action=action,
            side=by.side,
            user_id=by.user_id,
            facts=to_jsonable_python({**facts, "contents": digests} if digests else dict(facts)),
            internal=internal or case.sent_at is None,
        )
        entry.hash = entry.hash_after(case.timeline_hash, position=entry.position)
        case.timeline_length, case.timeline_hash = entry.position, entry.hash
        if not entry.internal:
            position = case.shared_timeline_length + 1
            linked = entry.hash_after(case.shared_timeline_hash, position=position)
            entry.shared_position, entry.shared_hash = position, linked
            case.shared_timeline_length, case.shared_timeline_hash = position, linked
        return entry

    def hash_after(self, previous: str, *, position: int) -> str:
        """SHA-256 over the hash before and the entry as canonical JSON (docs/audit.md); `position` and
        `previous` are those of either chain."""
        content = {
            "case_id": str(self.case_id),
            "position": position,
            "at": self.at.astimezone(UTC).isoformat(),
            "action": self.action,
            "side": self.side,
            "user_id": str(self.user_id),
            "facts": self.facts,
            "internal": self.internal,
        }
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(previous.encode() + canonical).hexdigest()
