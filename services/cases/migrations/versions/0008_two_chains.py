"""The customer's chain of each timeline, and the version and time of a case that its customer sees."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

PAGE = 1000
HIDDEN = ("cases", "timeline", "read_marks")
CASES = sa.table("cases", sa.column("id"), sa.column("created_by_side"))
ENTRIES = sa.table(
    "timeline",
    sa.column("case_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("action", sa.Text()),
    sa.column("side", sa.Text()),
    sa.column("user_id", sa.Uuid()),
    sa.column("facts", postgresql.JSONB()),
    sa.column("internal", sa.Boolean()),
)
LINK = """
update timeline t set shared_position = n.shared_position, shared_hash = n.shared_hash
from unnest(cast(:cases as uuid[]), cast(:positions as integer[]), cast(:numbers as integer[]),
    cast(:hashes as text[])) as n (case_id, position, shared_position, shared_hash)
where t.case_id = n.case_id and t.position = n.position
"""
# A case that goes on in the next page gets its head again there.
HEADS = """
update cases c set shared_timeline_length = n.length, shared_timeline_hash = n.hash
from unnest(cast(:cases as uuid[]), cast(:numbers as integer[]), cast(:hashes as text[])) as n (id, length, hash)
where c.id = n.id
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("shared_version", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("shared_updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("shared_timeline_length", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("shared_timeline_hash", sa.Text(), nullable=True))
    op.add_column("timeline", sa.Column("shared_position", sa.Integer(), nullable=True))
    op.add_column("timeline", sa.Column("shared_hash", sa.Text(), nullable=True))
    # Row-level security hides the rows from the owner too, where it is forced.
    for table in HIDDEN:
        op.execute(f"alter table {table} no force row level security")
    # The customer goes on with the version that it has seen, and a draft begins when it is sent.
    op.execute(
        "update cases set shared_version = case when sent_at is null then 0 else version end,"
        " shared_updated_at = updated_at, shared_timeline_length = 0, shared_timeline_hash = ''"
    )
    op.execute("delete from read_marks m using cases c where c.id = m.case_id and c.sent_at is null")
    _chain_existing_entries()
    for table in HIDDEN:
        op.execute(f"alter table {table} force row level security")
    for column in ("shared_version", "shared_updated_at", "shared_timeline_length", "shared_timeline_hash"):
        op.alter_column("cases", column, nullable=False)
    op.drop_index(op.f("ix_cases_account_id_updated_at_id"), table_name="cases")
    op.create_index(
        op.f("ix_cases_account_id_shared_updated_at_id"), "cases", ["account_id", "shared_updated_at", "id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_account_id_shared_updated_at_id"), table_name="cases")
    op.create_index(op.f("ix_cases_account_id_updated_at_id"), "cases", ["account_id", "updated_at", "id"])
    for column in ("shared_position", "shared_hash"):
        op.drop_column("timeline", column)
    for column in ("shared_version", "shared_updated_at", "shared_timeline_length", "shared_timeline_hash"):
        op.drop_column("cases", column)


def _chain_existing_entries() -> None:
    """The customer's chain of a case begins with its sending, or with the opening of what the customer wrote.

    Older entries of drafts are not marked as internal, and are left out all the same.
    """
    bind, head = op.get_bind(), _Head()
    for page in _pages(bind):
        links = []
        for entry in page:
            if entry.case_id != head.case_id:
                head = _Head(entry.case_id)
            head.begun = head.begun or entry.action == ("sent" if entry.created_by_side == "bureau" else "created")
            if head.begun and not entry.internal:
                head.take(entry)
                links.append((entry.case_id, entry.position, head.position, head.hash))
        if links:
            cases, positions, numbers, hashes = map(list, zip(*links, strict=True))
            linked = {"cases": cases, "positions": positions, "numbers": numbers, "hashes": hashes}
            bind.execute(sa.text(LINK), linked)
            last = {case_id: (number, linked_hash) for case_id, _, number, linked_hash in links}
            heads = {
                "cases": list(last),
                "numbers": [number for number, _ in last.values()],
                "hashes": [linked_hash for _, linked_hash in last.values()],
            }
            bind.execute(sa.text(HEADS), heads)


class _Head:
    """Where the customer's chain of one case has come to."""

    def __init__(self, case_id: UUID | None = None) -> None:
        self.case_id, self.begun, self.position, self.hash = case_id, False, 0, ""

    def take(self, entry: Any) -> None:
        self.position += 1
        content = {
            "case_id": str(entry.case_id),
            "position": self.position,
            "at": entry.at.astimezone(UTC).isoformat(),
            "action": entry.action,
            "side": entry.side,
            "user_id": str(entry.user_id),
            "facts": entry.facts,
            "internal": False,
        }
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        self.hash = hashlib.sha256(self.hash.encode() + canonical).hexdigest()


def _pages(bind: sa.Connection) -> Iterator[Sequence[Any]]:
    """All entries with the side that opened their case, in the order of the chains."""
    place = sa.tuple_(ENTRIES.c.case_id, ENTRIES.c.position)
    wanted = (
        sa.select(*ENTRIES.c, CASES.c.created_by_side)
        .join_from(ENTRIES, CASES, CASES.c.id == ENTRIES.c.case_id)
        .order_by(ENTRIES.c.case_id, ENTRIES.c.position)
        .limit(PAGE)
    )
    page = bind.execute(wanted).all()
    while page:
        yield page
        last = page[-1]
        page = bind.execute(wanted.where(place > sa.tuple_(last.case_id, last.position))).all()
