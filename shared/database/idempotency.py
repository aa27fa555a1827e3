"""The rows of `Idempotency-Key`: which request took a key, and which answer it got."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.last_writes import LastWrite, before_commit
from shared.database.old_rows import deletion
from shared.database.tables import idempotency_keys as keys


@dataclass(frozen=True)
class Claim:
    """The columns of the row by which a request claims its key."""

    caller: str
    key: str
    request_hash: bytes


# Waits while another request holds the key. Returns one row if the key was free, and none if it was taken.
CLAIM = (
    "insert into idempotency_keys (caller, key, request_hash) values (:caller, :key, :request_hash)"
    " on conflict do nothing returning key"
)
_CLAIM = text(CLAIM)
_STORE = (
    "update idempotency_keys set status = :status, headers = cast(:headers as jsonb), body = :answer"
    " where caller = :of_caller and key = :of_key"
)
_FORGET = deletion("idempotency_keys", moment="created_at", hours=48)


async def claimed(session: AsyncSession, claim: Claim) -> bool:
    """Claim the key; returns whether it was free."""
    return (await session.execute(_CLAIM, vars(claim))).first() is not None


async def get_claimed(session: AsyncSession, claim: Claim) -> Any:
    """The row of a key that was claimed before, with its `request_hash` and, if there is one, the answer."""
    wanted = select(keys).filter_by(caller=claim.caller, key=claim.key).with_for_update()
    return (await session.execute(wanted)).one()


def store_answer(
    session: AsyncSession, claim: Claim, *, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Store the answer in the row of the key when the transaction commits."""
    answer = {"status": status, "headers": orjson.dumps(headers).decode(), "answer": body}
    session.info["answer"] = {"of_caller": claim.caller, "of_key": claim.key, **answer}
    before_commit(session, _write_answer)


def _write_answer(session: AsyncSession) -> LastWrite:
    return LastWrite(_STORE, session.info.pop("answer"))


async def forget_old(session: AsyncSession, *, limit: int) -> int:
    """Delete keys that are older than 48 hours, at most so many; returns how many they were."""
    return len((await session.execute(_FORGET, {"limit": limit})).all())
