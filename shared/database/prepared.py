"""Statements that each request runs, made once."""

import re

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.sql import ClauseElement


def prepared(statement: ClauseElement) -> TextClause:
    """The statement as text. Its values must all be named parameters (`bindparam`).

    SQLAlchemy goes through the parts of a statement at each execution, which can take longer than the
    database needs for it; of text it only sees the parameters. What comes back is what the driver makes of
    it: no types of columns are applied.
    """
    dialect = PGDialect(paramstyle="pyformat")  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
    compiled = statement.compile(dialect=dialect)
    fixed = sorted(name for name, value in compiled.params.items() if value is not None)
    if fixed:
        raise ValueError(f"not named parameters: {', '.join(fixed)}")
    # In text, a colon begins a parameter unless it is escaped.
    escaped = str(compiled).replace(":", "\\:")
    return text(re.sub(r"%\((\w+)\)s", r":\1", escaped).replace("%%", "%"))
