"""What an error says of the server behind it: whether it can't be used now, or refuses what was asked."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATE classes of errors that pass: connection, resources, intervention by an operator, read-only.
_NOT_NOW = ("08", "53", "57", "25006", "58")
# Codes of these classes that one statement causes itself: it ran out of time or beyond a quota.
_ITS_OWN_FAULT = ("57014", "53400")


class DatabaseDown(Exception):
    """Our own database can't be used now: nothing was handled, deliver it again later."""


def is_down(error: BaseException) -> bool:
    if sqlstate(error) in _ITS_OWN_FAULT:
        return False
    if isinstance(error, InterfaceError):
        # The driver raises this for a closed connection, and for a statement that it can't send at all.
        return bool(error.connection_invalidated) or "closed" in str(error.orig)
    if isinstance(error, DatabaseDown | PoolTimeout | OperationalError):
        return True
    if isinstance(error, OSError):
        # The server can't be reached, or does not answer in time. The error of a file has a file name.
        return error.filename is None
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return sqlstate(error).startswith(_NOT_NOW)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of five characters; empty where the error has none. SQLAlchemy wraps the driver's."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
