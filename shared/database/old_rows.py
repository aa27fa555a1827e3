"""Deleting rows that are old, a bounded number at once."""

from sqlalchemy import TextClause, text


def deletion(table: str, *, moment: str, hours: int) -> TextClause:
    """Deletes at most `:limit` rows whose `moment` is longer ago, and returns a row for each. Rows that
    another replica is deleting are passed over."""
    return text(
        f"delete from {table} where ctid = any(array("  # noqa: S608 - names of ours
        f"select ctid from {table} where {moment} < now() - interval '{hours} hours'"
        " limit :limit for update skip locked)) returning 1"
    )
