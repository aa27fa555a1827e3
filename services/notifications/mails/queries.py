"""Reading mails."""

from sqlalchemy import CTE, func, select

from services.notifications.mails.tables import Mail


def lock_due_mails(limit: int) -> CTE:
    """The ids of the mails that have waited longest, as a part of the statement that claims them; a mail that
    another worker is claiming is passed over."""
    return (
        select(Mail.id)
        .where(Mail.state == "waiting", Mail.due_at <= func.now())
        .order_by(Mail.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
