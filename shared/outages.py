"""What an error says of the server behind it: that it can't be used now, or that we asked for nonsense."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATE classes that say "not now" rather than "not this": connection, resources, operator, read-only.
_NOT_NOW = ("08", "53", "57", "25006", "58")
# Of these classes, what one statement brings upon itself: cancelled by its time limit, beyond a quota.
_ITS_OWN_FAULT = ("57014", "53400")


class DatabaseDown(Exception):
    """Our own database can't be used now: nothing was handled, deliver it again later."""


def is_down(error: BaseException) -> bool:
    if sqlstate(error) in _ITS_OWN_FAULT:
        return False
    if isinstance(error, InterfaceError):
        # The driver's word for a closed connection, and for a statement that it can't send at all.
        return bool(error.connection_invalidated) or "closed" in str(error.orig)
    if isinstance(error, DatabaseDown | PoolTimeout | OperationalError):
        return True
    if isinstance(error, OSError):
        # No way to it, or no answer within the time for a statement (TimeoutError); a file's has its name.
        return error.filename is None
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return sqlstate(error).startswith(_NOT_NOW)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's five characters; empty where it said none. SQLAlchemy wraps the error of the driver."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
